"""Measurements under way and how they ended, for the visitor who asked; what has ended well opens by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from segcore.system.progress import remaining
from ui.measuring.box import close_box
from ui.measuring.kinds import Kind
from ui.measuring.visitor import remember_visitor, visitor
from ui.runs.jobs import Job, jobs
from ui.shell.router import link_to
from ui.shell.text import markdown_escaped, message_of

SECONDS_BETWEEN_POLLS = 1.0
_LONG = 400


@dataclass(frozen=True)
class Batch:
    """What was asked for at once: the jobs, the set of scores that they make, and the names of the runs."""

    keys: tuple[tuple, ...]
    set_name: str
    runs: tuple[str, ...]


def ask(kind: Kind, batch: Batch) -> None:
    """Remember what this visitor has asked for, so that its result opens when all of it has ended; close the box."""
    close_box(kind)
    st.session_state[_batch_key(kind)] = batch


def finished_batch(kind: Kind) -> Batch | None:
    """Return, once, what this visitor asked for if all of it has ended and some of it well, with only these runs."""
    if not _has_finished(kind):
        return None
    batch: Batch = st.session_state.pop(_batch_key(kind))
    known = {job.key: job for job in jobs().all()}
    asked = [known.get(key) for key in batch.keys]
    done = tuple(
        run
        for run, job in zip(batch.runs, asked, strict=True)
        if job is not None and job.progress.state == "done"
    )
    return Batch(batch.keys, batch.set_name, done) if done else None


def show_jobs(kind: Kind, *, opens_results: bool = False) -> None:
    """Draw what this visitor has asked for and how it ended; polls by itself while something is under way.

    Args:
        kind: of the jobs.
        opens_results: whether the page asks for ``finished_batch`` whenever it is drawn.
    """
    mine = jobs_of_mine(kind)
    if mine:
        remember_visitor()
    drawn = _active(mine)
    st.fragment(_show_mine, run_every=SECONDS_BETWEEN_POLLS if drawn else None)(kind, drawn, opens_results)


def show_jobs_of_others(kind: Kind) -> None:
    """Draw what others have asked for and is under way."""
    others = [job for job in _all(kind) if job.is_active and visitor() not in job.visitors]
    if others:
        st.caption("Also running on this server when this page was drawn:")
    for job in others:
        _show_job(job, kind)


def _has_finished(kind: Kind) -> bool:
    """Return whether all has ended that this visitor asked for at once, and has not been opened."""
    batch: Batch | None = st.session_state.get(_batch_key(kind))
    return batch is not None and not any(job.is_active for job in jobs().all() if job.key in batch.keys)


def _batch_key(kind: Kind) -> str:
    return f"_{kind.name}_batch"


def _all(kind: Kind) -> list[Job]:
    return [job for job in jobs().all() if job.key[0] == kind.name]


def jobs_of_mine(kind: Kind) -> list[Job]:
    """Return what this visitor has asked for, the oldest first, also what has ended."""
    return [job for job in _all(kind) if visitor() in job.visitors]


def _active(some: Sequence[Job]) -> frozenset[tuple]:
    return frozenset(job.key for job in some if job.is_active)


def _show_mine(kind: Kind, drawn: frozenset[tuple], opens_results: bool) -> None:
    mine = jobs_of_mine(kind)
    done: dict[str, list[Job]] = {}
    failed: dict[tuple[str, str], list[Job]] = {}
    for job in mine:
        if job.progress.state == "done":
            done.setdefault(set_of(job), []).append(job)
        elif job.progress.state == "failed":
            failed.setdefault((set_of(job), job.progress.message), []).append(job)
        else:
            _show_job(job, kind)
    for together in failed.values():
        _show_failed(together, kind)
    for set_name, together in done.items():
        _show_done(set_name, together, kind)
    if _active(mine) != drawn or (opens_results and _has_finished(kind)):
        # Something has ended, so that there are scores to show, or begun, so that there is something to watch. What
        # has ended while the page was drawn is not open yet.
        st.rerun()


def _show_failed(together: Sequence[Job], kind: Kind) -> None:
    """Draw once what ended several jobs on the same set, of a long text its beginning first."""
    titles = ", ".join(markdown_escaped(job.title) for job in together)
    text = together[0].progress.message
    first, _, more = text.partition(": ") if len(text) > _LONG else (text, "", "")
    st.error(f"{titles}: {message_of(first)}{'.' if more else ''}")
    if more:
        with st.expander("More"):
            st.write(message_of(more))
    key = "_".join(("dismiss_failed", kind.name, *map(str, together[0].key)))
    st.button("Dismiss", key=key, on_click=forget, args=([job.key for job in together],))


def _show_done(set_name: str, together: Sequence[Job], kind: Kind) -> None:
    """Draw, in one, what jobs on the same set have made, and the way to it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success("  \n".join(ending_in_words(job) for job in together))
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            link_to_results(set_name, together, kind)
            key = "_".join(("dismiss", kind.name, set_name))
            st.button("Dismiss", key=key, on_click=forget, args=([job.key for job in together],))


def _show_job(job: Job, kind: Kind) -> None:
    """Draw a job that is under way or was cancelled."""
    progress = job.progress
    name = "_".join(map(str, job.key))
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.is_active:
            share = progress.done / progress.total if progress.total else 0.0
            st.progress(share, text=status_in_words(job, kind))
            st.button("Cancel", key=f"cancel_{name}", on_click=job.cancel, disabled=job.is_ending)
            return
        st.info(ending_in_words(job))
        st.button("Dismiss", key=f"dismiss_{name}", on_click=forget, args=([job.key],))


def ending_in_words(job: Job) -> str:
    """Return how a job has ended, for Markdown."""
    said = "cancelled, nothing was changed." if job.progress.state == "cancelled" else job.progress.message
    return f"{markdown_escaped(job.title)}: {message_of(said)}"


def link_to_results(set_name: str, together: Sequence[Job], kind: Kind) -> None:
    """Draw the way to what jobs on the same set have made."""
    link_to(kind.page, "Show", **kind.address(set_name, [Path(job.key[1]).name for job in together]))


def set_of(job: Job) -> str:
    """Return the set of scores that a job makes."""
    return job.key[-1]


def forget(keys: Sequence[tuple]) -> None:
    """Tell this visitor no more of jobs that have ended."""
    for key in keys:
        jobs().forget(key, visitor())


def status_in_words(job: Job, kind: Kind) -> str:
    """Return how far a job is, for Markdown."""
    progress, title = job.progress, markdown_escaped(job.title)
    if job.is_ending:
        return f"{title}: ends after this frame…"
    if progress.state == "waiting":
        return f"{title}: waits for earlier jobs"
    if not progress.total:
        return f"{title}: loading the model…"
    left = "" if progress.seconds_left is None else f", {remaining(progress.seconds_left)} left"
    return f"{title}: {progress.done} of {progress.total} {kind.unit}{left}"
