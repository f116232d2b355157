import re

import pytest
from markdown_it import MarkdownIt

from ui.shell.text import markdown_escaped, message_of

JOINER = "\u2060"


@pytest.mark.parametrize(
    "text", ["a_b*c", "<b>x</b>", "[x](y)", "`x`", "~~x~~", "# x", "a\\b", "$x$ :red[x]"]
)
def test_markdown_shows_the_text_itself(text):
    (paragraph,) = re.findall(r"<p>(.*)</p>", MarkdownIt().render(markdown_escaped(text)))
    assert paragraph.replace("&lt;", "<").replace("&gt;", ">") == text


def test_names_of_files_that_are_no_utf8_can_be_shown():
    assert markdown_escaped("caf\udce9").encode() == rb"caf\\udce9"


# What Streamlit's Markdown takes for a link, as in mdast-util-gfm-autolink-literal.
LINKS = re.compile(
    r"(https?://|www(?=\.))([-.\w]+)([^ \t\r\n]*)|([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)", re.IGNORECASE
)


@pytest.mark.parametrize(
    "text", ["www.host.example", "WWW.host.example", "http://x.y", "HTTPS://x", "a@b.example"]
)
def test_what_looks_like_a_host_becomes_no_link(text):
    assert LINKS.search(text)
    escaped = markdown_escaped(text).replace("\\", "")
    assert LINKS.search(escaped) is None
    assert escaped.replace(JOINER, "") == text


def test_messages_name_no_folder_of_a_public_server(monkeypatch, tmp_path):
    runs, data = tmp_path / "the runs", tmp_path / "streets"
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(runs))
    monkeypatch.setenv("SEGCOMPARE_DATA", str(data))
    error = ValueError(f"{runs}/mine/run.json and {data} cannot be read.")
    assert message_of(error) == markdown_escaped(str(error))
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "1")
    assert message_of(error) == "the runs/mine/run.json and streets cannot be read."
