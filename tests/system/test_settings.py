"""Settings: names, bounds, one sentence for a wrong value, one table, one file that reads."""

import re
from pathlib import Path

import pytest

from segcore.errors import InputError
from segcore.system import settings

ROOT = Path(__file__).resolve().parents[2]


def test_without_any_variable_the_defaults_hold():
    assert settings.runs_folder() is None
    assert settings.data_folder() is None
    assert settings.is_public() is False
    assert settings.threads() is None
    assert (settings.most_uploads(), settings.most_upload_megabytes()) == (12, 200)


@pytest.mark.parametrize(
    ("name", "older", "read"),
    [
        ("SEGCOMPARE_RUNS", "SEGCORE_RUNS", settings.runs_folder),
        ("SEGCOMPARE_DATA", "CITYSCAPES_DATASET", settings.data_folder),
    ],
)
def test_older_names_count_where_the_new_one_is_not_set(monkeypatch, name, older, read):
    monkeypatch.setenv(older, "~/older")
    assert read() == Path.home() / "older"
    monkeypatch.setenv(name, " ")
    assert read() == Path.home() / "older"
    monkeypatch.setenv(name, " /data/streets ")
    assert read() == Path("/data/streets")
    monkeypatch.setenv(name, "~nobody-of-this-name/streets")
    with pytest.raises(InputError, match="begins with a home folder that does not exist"):
        read()
    monkeypatch.setenv(name, "/data/caf\udce9")
    with pytest.raises(InputError, match="is not valid text; rename the folder"):
        read()


def test_a_public_server_has_lower_limits_which_can_be_set(monkeypatch):
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "1")
    assert settings.is_public() is True
    assert (settings.most_uploads(), settings.most_upload_megabytes()) == (4, 20)
    monkeypatch.setenv("SEGCOMPARE_UPLOADS", "0")
    monkeypatch.setenv("SEGCOMPARE_UPLOAD_MB", "50")
    assert (settings.most_uploads(), settings.most_upload_megabytes()) == (0, 50)
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "0")
    assert settings.is_public() is False


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SEGCOMPARE_PUBLIC", "yes", "'yes'; expected 1 for a public server, or 0"),
        ("SEGCOMPARE_THREADS", "0", "'0'; expected a number from 1 to 256"),
        ("SEGCOMPARE_THREADS", "257", "'257'; expected a number from 1 to 256"),
        ("SEGCOMPARE_THREADS", "two", "'two'; expected"),
        ("SEGCOMPARE_THREADS", "²", "'²'; expected"),
        ("SEGCOMPARE_UPLOADS", "-1", "'-1'; expected a number from 0 to 100"),
        ("SEGCOMPARE_UPLOAD_MB", "1e3", "'1e3'; expected a number from 1 to 200"),
        ("SEGCOMPARE_UPLOAD_MB", "9" * 5000, f"'{'9' * 40}'; expected"),
    ],
)
def test_a_wrong_value_is_one_sentence(monkeypatch, name, value, expected):
    settings.check_settings()
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=re.escape(f"{name} is {expected}")):
        settings.check_settings()


def test_the_table_of_the_documentation_is_that_of_the_code():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [
        f"| `{one.name}` | {one.meaning} | {one.default} | {f'`{one.older}` ' if one.older else ''}|"
        for one in settings.SETTINGS
    ]
    assert re.findall(r"^\| `.*$", text, re.MULTILINE) == rows


def test_no_other_file_reads_a_setting():
    names = [name for one in settings.SETTINGS for name in (one.name, one.older) if name]
    reads = re.compile(rf"(environ|getenv)[^\n]*({'|'.join(names)})")
    assert reads.search('os.environ.get("SEGCOMPARE_RUNS")')
    assert [
        path
        for folder in ("segcore", "ui", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if reads.search(path.read_text(encoding="utf-8"))
    ] == []


def test_threads_that_are_set_compute_a_network(monkeypatch):
    from segcore.predict.onnx import network

    assert 1 <= network.threads() <= network.MOST_THREADS
    monkeypatch.setenv("SEGCOMPARE_THREADS", "3")
    assert network.threads() == 3
