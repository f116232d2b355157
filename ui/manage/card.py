"""Runs: the card of one, or without one its record in words."""

import re

import streamlit as st

from segcore.reports.run_in_words import facts_in_words
from segcore.runs.run import Run
from ui.frames.source import current_source
from ui.shell.router import link_to
from ui.shell.text import markdown_escaped

CARD_FILE = "README.md"
MOST_CARD_BYTES = 200_000

_FENCE = re.compile(r"^\s*(```|~~~)")


def show_card(run: Run) -> None:
    """Draw what there is to read of a run, and the ways from here to the pages that use it."""
    with st.container(border=True):
        st.subheader(markdown_escaped(run.name))
        _show_links(run)
        card = _read_card(run)
        if card is None:
            st.caption("It has no card (README.md); this is its record.")
        facts = {key: markdown_escaped(value) for key, value in facts_in_words(run).items()}
        st.table(facts, border="horizontal", hide_header=True, alt=f"The record of {run.name}.")
        for note in run.record.notes if card is None else ():
            st.markdown(f"- {markdown_escaped(note)}")
        if card is not None:
            with st.container(key="run_card"):
                st.markdown(as_shown(card.removeprefix(f"# {run.name}\n")))


def as_shown(card: str) -> str:
    """Return the Markdown of a card such that it shows nothing but text, tables and links.

    Pictures become links, as their addresses would be fetched; headings go below those of the page; comments, formulas
    and Streamlit's own directives are no part of Markdown elsewhere. HTML is not rendered by the page in any case.
    """
    lines, is_code = [], False
    for line in re.sub(r"<!--.*?-->", "", card, flags=re.DOTALL).splitlines():
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            line = re.sub(r"^(#{1,4})(?= )", r"##\1", line).replace("![", "[").replace("$", "\\$")
            line = re.sub(r":(?=[a-z-]+[\[:/])(?!//)", r"\\:", line)
        lines.append(line)
    return "\n".join(lines)


def _show_links(run: Run) -> None:
    with st.container(horizontal=True, gap="small"):
        if run.can_predict:
            source = current_source()
            link_to("compare", "Compare it", a=run.name, **(source.in_address if source else {}))
        link_to("evaluation", "Scores", a=run.name)
        if (run.path / "history.csv").is_file():
            link_to("training", "Curves", runs=run.name)


def _read_card(run: Run) -> str | None:
    path = run.path / CARD_FILE
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            content = file.read(MOST_CARD_BYTES + 1)
    except OSError:
        return None
    text = content[:MOST_CARD_BYTES].decode("utf-8", errors="replace")
    return f"{text}\n\n(The rest is left out.)" if len(content) > MOST_CARD_BYTES else text
