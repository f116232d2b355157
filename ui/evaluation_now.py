"""Evaluate now: score a run on the frames of the sidebar in the background, and keep the scores with the run."""

import tempfile
from collections.abc import Callable, Sequence

import streamlit as st

from segcore.data.cityscapes import Frame
from segcore.errors import InputError
from segcore.evaluation import evaluate
from segcore.progress import remaining
from segcore.results import evaluation_sets, write_evaluation
from segcore.run_format import PLAIN_NAME
from segcore.runs import Run
from ui.frame_counts import frame_counts
from ui.jobs import Job, jobs
from ui.models import predictor_of
from ui.page import percent
from ui.runs import DEMO_SET, plain, provenance, scores_of
from ui.source import current_source

SECONDS_BETWEEN_LOOKS = 1.0
_KEY = "evaluate"


def show_evaluate_now(runs: Sequence[Run]) -> None:
    """Draw the choice of run and name, what would be replaced, and the button."""
    source = current_source()
    if source is None or source.kind == "upload":
        st.info(
            "There is no ground truth to score against: choose the demo city or a Cityscapes folder in the sidebar; "
            "pictures of your own have none."
        )
        return
    frames = [frame for frame in source.frames if frame.truth_path is not None]
    where = f"{source.title}, split {source.split}"
    if not frames:
        st.info(f"No frame of {plain(where)} has ground truth to score against; choose another split.")
        return
    left_out = len(source.frames) - len(frames)
    without = f" {left_out} without ground truth are left out." if left_out else ""
    count = f"{len(frames)} frame{'' if len(frames) == 1 else 's'}"
    st.write(f"Scores a run on the frames of the sidebar: {plain(where)}, {count}.{without}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run = st.selectbox("Run", runs, format_func=lambda run: run.name, key="evaluate_run", width=260)
        set_name = st.text_input(
            "Keep as",
            DEMO_SET if source.kind == "demo" else source.split,
            # Another split has another name to begin with.
            key=f"evaluate_as_{source.kind}_{source.split}",
            width=180,
            help="Runs are compared on evaluations of one name, so give it to one set of frames only.",
        ).strip()
        button = st.empty()
    if not run.has_weights:
        st.info(
            f"{plain(run.name)} keeps its scores but not its weights, so that it cannot be evaluated again."
        )
        return
    if not PLAIN_NAME.fullmatch(set_name):
        st.error(
            f"{plain(repr(set_name))} is no name for a set; use letters, digits, '-', '\\_', '+' and '.'."
        )
        return
    frame_ids = {frame.frame_id for frame in frames}
    is_stored = set_name in evaluation_sets(run)
    is_allowed = True
    if is_stored:
        is_allowed = _show_stored(run, set_name, frame_ids, count=count, where=where)
    else:
        st.caption(f"{plain(run.name)} has no scores as {plain(set_name)} yet.")
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
    """Draw the evaluations under way and how the last ones ended; looks again by itself while one is under way."""
    drawn = _active()
    st.fragment(_show_jobs, run_every=SECONDS_BETWEEN_LOOKS if drawn else None)(drawn)


def _show_stored(run: Run, set_name: str, frame_ids: set[str], *, count: str, where: str) -> bool:
    """Say what is kept and what it would be replaced by; return whether that is all right."""
    try:
        stored = scores_of(run, set_name)
        is_same = _scored_frames(run, set_name) == frame_ids
    except InputError as error:
        st.warning(f"{plain(run.name)}: {plain(str(error))} Evaluating replaces that file.")
        return True
    dated = f", of {plain(str(stored['date']))}" if stored.get("date") else ""
    kept = (
        f"{plain(run.name)} has scores as {plain(set_name)}: mean IoU {percent(stored['miou'])}{dated}. "
        f"{provenance(stored)}."
    )
    if is_same:
        st.caption(f"{kept} Evaluating the same {count} again replaces them.")
        return True
    st.warning(f"{kept} These are other frames: {count} of {plain(where)} would replace them.")
    return st.checkbox("Replace the scores of other frames", key=f"evaluate_replace_{run.name}_{set_name}")


def _scored_frames(run: Run, set_name: str) -> set[str]:
    return {entry["frame"] for entry in frame_counts(run, set_name)}


def _known_name(runs: Sequence[Run], set_name: str, frame_ids: set[str]) -> str | None:
    """Return what other scores on these frames call the data."""
    for run in runs:
        try:
            scores = scores_of(run, set_name)
            if scores and scores["frames"] == len(frame_ids) and _scored_frames(run, set_name) == frame_ids:
                return scores.get("data")
        except InputError:
            continue
    return None


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
    _check_writable(run)
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
        raise _not_writable(run, error) from error
    return f"mean IoU {percent(scores['miou'])} on {scores['frames']} frames, kept in the run's folder."


def _check_writable(run: Run) -> None:
    folder = run.path / "evaluation"
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _not_writable(run, error) from error


def _not_writable(run: Run, error: OSError) -> InputError:
    return InputError(
        f"The scores cannot be kept in {run.path / 'evaluation'} ({error.strerror}); make the folder writable, or "
        "set SEGCORE_RUNS to a copy of the runs that is."
    )


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
    progress, title = job.progress, plain(job.title)
    name = "_".join(map(str, job.key))
    if job.is_active:
        st.progress(progress.done / progress.total if progress.total else 0.0, text=_status(job))
        st.button("Cancel", key=f"cancel_{name}", on_click=job.cancel, disabled=job.is_ending)
        return
    if progress.state == "done":
        st.success(f"{title}: {plain(progress.message)}")
    elif progress.state == "failed":
        st.error(f"{title}: {plain(progress.message)}")
    else:
        st.info(f"{title}: cancelled, nothing was changed.")
    st.button("Dismiss", key=f"dismiss_{name}", on_click=jobs().forget, args=(job.key,))


def _status(job: Job) -> str:
    progress, title = job.progress, plain(job.title)
    if job.is_ending:
        return f"{title}: ends after this frame…"
    if progress.state == "waiting":
        return f"{title}: waits for the evaluation before it"
    if not progress.total:
        return f"{title}: loading the model…"
    left = "" if progress.seconds_left is None else f", {remaining(progress.seconds_left)} left"
    return f"{title}: {progress.done} of {progress.total} frames{left}"
