"""Evaluate now: score a run on the frames of the sidebar in the background, and keep the scores with the run."""

from collections.abc import Callable, Sequence

import streamlit as st

from segcore.errors import InputError
from segcore.frames.cityscapes import Frame
from segcore.runs.checks import PLAIN_NAME
from segcore.runs.results import evaluation_sets, result_path, write_evaluation
from segcore.runs.run import Run
from segcore.scoring.evaluation import evaluate
from segcore.system.files import check_writable, not_writable
from segcore.system.progress import remaining
from ui.frames.source import Source, current_source
from ui.runs.cached import evaluation_of, frame_names_of
from ui.runs.conditions import provenance
from ui.runs.jobs import Job, jobs
from ui.runs.listing import DEMO_SET, sets_of
from ui.runs.predictors import predictor_of, say_what_starts_slowly
from ui.shell.page import percent
from ui.shell.public import refuse_on_public_server, turned_off
from ui.shell.text import markdown_escaped, message_of

SECONDS_BETWEEN_POLLS = 1.0
_KEY = "evaluate"
_PURPOSE = "to score runs"
_REMEDY = "make the folder writable, or set SEGCOMPARE_RUNS to a copy of the runs that is"


def show_evaluate_now(runs: Sequence[Run]) -> None:
    """Draw the choice of run and name, what would be replaced, and the button."""
    if turned_off(_PURPOSE):
        return
    source = current_source()
    if source is None or source.kind == "upload":
        st.info(
            "There is no ground truth to score against: choose the demo city or a data set in the sidebar; "
            "pictures of your own are scored one by one, on the page Compare."
        )
        return
    frames = [frame for frame in source.frames if frame.truth_path is not None]
    where = f"{source.title}, split {source.split}"
    if not frames:
        st.info(
            f"No frame of {markdown_escaped(where)} has ground truth to score against; choose another split."
        )
        return
    left_out = len(source.frames) - len(frames)
    without = f" {left_out} without ground truth are left out." if left_out else ""
    count = f"{len(frames)} frame{'' if len(frames) == 1 else 's'}"
    frame_ids = frozenset(frame.frame_id for frame in frames)
    st.write(f"Scores a run on the frames of the sidebar: {markdown_escaped(where)}, {count}.{without}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run = st.selectbox("Run", runs, format_func=lambda run: run.name, key="evaluate_run", width=260)
        proposed = _proposed_name(runs, source, frame_ids)
        set_name = st.text_input(
            "Keep as",
            proposed,
            # Other frames have another name to begin with.
            key=f"evaluate_as_{proposed}",
            width=180,
            help="Runs are compared on evaluations of one name, so give it to one set of frames only.",
        ).strip()
        button = st.empty()
    if not run.can_predict:
        st.info(
            f"{markdown_escaped(run.name)} keeps its scores but not its weights, so that it cannot be evaluated again."
        )
        return
    say_what_starts_slowly(run)
    if not PLAIN_NAME.fullmatch(set_name):
        st.error(
            f"{markdown_escaped(repr(set_name))} is not a valid name of a set; "
            "use letters, digits, '-', '\\_', '+' and '.'."
        )
        return
    is_stored = set_name in evaluation_sets(run)
    is_allowed = True
    if is_stored:
        is_allowed = _show_stored(run, set_name, frame_ids, count=count, where=where)
    else:
        st.caption(f"{markdown_escaped(run.name)} has no scores as {markdown_escaped(set_name)} yet.")
    others = [other for other in runs if other != run and _is_of(other, set_name, frame_ids) is False]
    if others:
        _warn_of_others(others, set_name, f"{count} of {markdown_escaped(where)}")
    data_name = _known_name(runs, set_name, frame_ids) or source.title
    button.button(
        "Evaluate and replace" if is_stored else "Evaluate",
        icon=":material/play_arrow:",
        type="primary",
        disabled=not is_allowed,
        on_click=_start,
        args=(run, frames, set_name, data_name),
    )


def show_jobs() -> None:
    """Draw the evaluations under way and how the last ones ended; polls by itself while one is under way."""
    drawn = _active()
    st.fragment(_show_jobs, run_every=SECONDS_BETWEEN_POLLS if drawn else None)(drawn)


def _proposed_name(runs: Sequence[Run], source: Source, frame_ids: frozenset[str]) -> str:
    """Return the name under which a run keeps scores of these frames, or else one that stands for no others."""
    usual = source.split
    if source.kind == "demo":
        # DEMO_SET is where the shipped runs keep scores of the val frames.
        usual = DEMO_SET if source.split == "val" else f"{DEMO_SET}_{source.split}"
    for name in (usual, *sets_of(runs)):
        if any(_is_of(run, name, frame_ids) for run in runs):
            return name
    is_taken = any(_is_of(run, usual, frame_ids) is False for run in runs)
    return f"{usual}_{len(frame_ids)}" if is_taken else usual


def _warn_of_others(others: Sequence[Run], set_name: str, these: str) -> None:
    named = ", ".join(markdown_escaped(run.name) for run in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    st.warning(
        f"As {markdown_escaped(set_name)} there are scores on other frames, of {named}{more}. "
        f"Runs are compared on evaluations of one name, so keep {these} under another."
    )


def _show_stored(run: Run, set_name: str, frame_ids: frozenset[str], *, count: str, where: str) -> bool:
    """Say what is kept and what it would be replaced by; return whether that is all right."""
    try:
        stored = evaluation_of(run, set_name)
        is_same = frame_names_of(run, set_name) == frame_ids
    except InputError as error:
        st.warning(f"{markdown_escaped(run.name)}: {message_of(error)} Evaluating replaces that file.")
        return True
    made = stored.provenance
    dated = f", of {markdown_escaped(made.date)}" if made.date else ""
    kept = (
        f"{markdown_escaped(run.name)} has scores as {markdown_escaped(set_name)}: "
        f"mean IoU {percent(stored.miou)}{dated}. {provenance(made)}."
    )
    if is_same:
        st.caption(f"{kept} Evaluating the same {count} again replaces them.")
        return True
    st.warning(f"{kept} These are other frames: {count} of {markdown_escaped(where)} would replace them.")
    return st.checkbox("Replace the scores of other frames", key=f"evaluate_replace_{run.name}_{set_name}")


def _is_of(run: Run, set_name: str, frame_ids: frozenset[str]) -> bool | None:
    """Tell whether the scores of a run are of just these frames, or None where there are none to tell by."""
    try:
        scores = evaluation_of(run, set_name)
        if scores is None:
            return None
        # Most sets differ in this, and which frames they hold takes reading all of the file.
        if scores.provenance.frames != len(frame_ids):
            return False
        scored = frame_names_of(run, set_name)
    except InputError:
        return None
    return scored == frame_ids if scored else None


def _known_name(runs: Sequence[Run], set_name: str, frame_ids: frozenset[str]) -> str | None:
    """Return what other scores on these frames call the data."""
    run = next((run for run in runs if _is_of(run, set_name, frame_ids)), None)
    return None if run is None else evaluation_of(run, set_name).provenance.data


def _start(run: Run, frames: Sequence[Frame], set_name: str, data_name: str) -> None:
    title = f"{run.name} as {set_name}"
    jobs().start(
        (_KEY, str(run.path), set_name),
        title,
        lambda report: _evaluate(run, frames, set_name, data_name, report),
    )


def _evaluate(
    run: Run,
    frames: Sequence[Frame],
    set_name: str,
    data_name: str,
    report: Callable[[int, int], None],
) -> str:
    # Before the work and not after it.
    refuse_on_public_server(_PURPOSE)
    path = result_path(run, "evaluation", set_name, ".json")
    check_writable(path, remedy=_REMEDY)
    scores = evaluate(
        run,
        frames,
        set_name=set_name,
        data_name=data_name,
        predictor=predictor_of(run),
        progress=report,
    )
    try:
        write_evaluation(run, scores)
    except OSError as error:
        raise not_writable(path, error, remedy=_REMEDY) from error
    return f"mean IoU {percent(scores.miou)} on {scores.provenance.frames} frames, kept in the run's folder."


def _active() -> frozenset[tuple]:
    return frozenset(job.key for job in jobs().all() if job.is_active)


def _show_jobs(drawn: frozenset[tuple]) -> None:
    for job in jobs().all():
        with st.container(horizontal=True, vertical_alignment="center"):
            _show_job(job)
    if _active() != drawn:
        # Something has ended, so that there are scores to show, or begun, so that there is something to watch.
        st.rerun()


def _show_job(job: Job) -> None:
    progress, title = job.progress, markdown_escaped(job.title)
    name = "_".join(map(str, job.key))
    if job.is_active:
        st.progress(progress.done / progress.total if progress.total else 0.0, text=_status(job))
        st.button("Cancel", key=f"cancel_{name}", on_click=job.cancel, disabled=job.is_ending)
        return
    if progress.state == "done":
        st.success(f"{title}: {message_of(progress.message)}")
    elif progress.state == "failed":
        st.error(f"{title}: {message_of(progress.message)}")
    else:
        st.info(f"{title}: cancelled, nothing was changed.")
    st.button("Dismiss", key=f"dismiss_{name}", on_click=jobs().forget, args=(job.key,))


def _status(job: Job) -> str:
    progress, title = job.progress, markdown_escaped(job.title)
    if job.is_ending:
        return f"{title}: ends after this frame…"
    if progress.state == "waiting":
        return f"{title}: waits for the evaluation before it"
    if not progress.total:
        return f"{title}: loading the model…"
    left = "" if progress.seconds_left is None else f", {remaining(progress.seconds_left)} left"
    return f"{title}: {progress.done} of {progress.total} frames{left}"
