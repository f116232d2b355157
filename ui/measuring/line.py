"""One line about what this visitor has asked for, on every page that does not show it in full, also after a reload."""

from collections.abc import Sequence

import streamlit as st

from ui.measuring.jobs import (
    SECONDS_BETWEEN_POLLS,
    ending_in_words,
    forget,
    jobs_of_mine,
    link_to_results,
    set_of,
    status_in_words,
)
from ui.measuring.kinds import KINDS, Kind
from ui.runs.jobs import Job
from ui.shell.component_text import component_text
from ui.shell.router import link_to


def show_line(page: str) -> None:
    """Draw the line where there is something to say; it follows what is under way by itself.

    Args:
        page: the last part of the page's path, "" for the one that opens by itself.
    """
    # Emptied where there is nothing to say: what was drawn for the page before would stay until this one ends.
    place = st.empty()
    told = _told(page)
    if not told:
        return
    is_under_way = any(job.is_active for _, job in told)
    with place.container(key="measuring_line", gap=None):
        st.html(f"<style>{component_text('measuring/browser/line.css')}</style>")
        st.fragment(_show, run_every=SECONDS_BETWEEN_POLLS if is_under_way else None)(page, is_under_way)


def _told(page: str) -> list[tuple[Kind, Job]]:
    return [(kind, job) for kind in KINDS if page not in kind.shown_on for job in jobs_of_mine(kind)]


def _show(page: str, was_under_way: bool) -> None:
    told = _told(page)
    active = [(kind, job) for kind, job in told if job.is_active]
    if active:
        _show_active(active)
    elif told:
        _show_ended(told)
    if bool(active) != was_under_way:
        # There may be new scores for the page to show, and nothing to follow any more.
        st.rerun()


def _show_active(active: Sequence[tuple[Kind, Job]]) -> None:
    kind, job = next((one for one in active if one[1].progress.state == "running"), active[0])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Scoring {status_in_words(job, kind)}{_and_more(active)}", width="content")
        link_to(kind.page, "Show")


def _show_ended(ended: Sequence[tuple[Kind, Job]]) -> None:
    kind, job = ended[-1]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{ending_in_words(job)}{_and_more(ended)}", width="content")
        if job.progress.state == "done":
            link_to_results(set_of(job), [job], kind)
        else:
            link_to(kind.page, "Show")
        keys = [other.key for _, other in ended]
        st.button("Dismiss", key="dismiss_line", type="tertiary", on_click=forget, args=(keys,))


def _and_more(jobs: Sequence[tuple[Kind, Job]]) -> str:
    return f" · and {len(jobs) - 1} more" if len(jobs) > 1 else ""
