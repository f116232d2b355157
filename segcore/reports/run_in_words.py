"""Description of a run in words, for the command line and for the page of a run without a card."""

from segcore.labels import LabelSpace
from segcore.reports.percent import ABSENT
from segcore.reports.tables import views_in_words
from segcore.runs.record import ForeignRecord, MasksRecord
from segcore.runs.run import Run

_MOST_NAMES = 6


def class_list_in_words(space: LabelSpace) -> str:
    """Return the number of classes, and the first and last names, which show whether a list is the right one."""
    names = space.class_names
    shown = names if len(names) <= _MOST_NAMES else (*names[:3], "...", *names[-2:])
    return f"{len(names)} classes ({', '.join(shown)})"


def input_in_words(run: Run) -> str:
    """Return the input of a foreign network in words."""
    how = run.network_input
    height, width = how.size
    sides = "any size, used at " if how.multiple else ""
    scale = ", ".join(f"{value:.5g}" for value in how.scale)
    offset = ", ".join(f"{value:.5g}" for value in how.offset)
    return (
        f"{sides}{height} x {width} pixels (height x width), {how.fit}, {how.channels}, {how.layout}, {how.dtype}, "
        f"pixel * ({scale}) + ({offset})"
    )


def output_in_words(run: Run) -> str:
    """Return the output of a foreign network in words."""
    how = run.network_output
    return f"{how.name}: {how.kind}" + ("" if how.kind == "classes" else f", {how.layout}")


def made_on(run: Run) -> str | None:
    """Return the day on which a run was trained or added, as YYYY-MM-DD; None if it is not recorded."""
    return run.record.added if isinstance(run.record, ForeignRecord) else run.record.date


def facts_in_words(run: Run) -> dict[str, str]:
    """Return the facts in a run's record as texts by title."""
    facts = {"Predicts by": _predicts_by(run), "Classes": class_list_in_words(run.space)}
    if run.kind == "onnx":
        facts |= {"Input": input_in_words(run), "Output": output_in_words(run)}
    elif run.kind == "network":
        facts["Sees frames at"] = f"{views_in_words(run.inference_sizes)} (width × height)"
    elif isinstance(run.record, MasksRecord):
        facts["Encoding of the masks"] = run.record.encoding
    if run.parameters is not None:
        facts["Parameters"] = f"{run.parameters:,}"
    if isinstance(run.record, ForeignRecord):
        facts["Made from"] = run.record.source or ABSENT
    else:
        facts["Trained on"] = (run.record.data and run.record.data.name) or ABSENT
    facts["Date"] = made_on(run) or ABSENT
    return facts


def _predicts_by(run: Run) -> str:
    if run.has_masks:
        return "stored masks of certain frames; it cannot predict other pictures"
    if not run.has_network:
        return "nothing: it keeps its scores but not its weights"
    if run.kind == "onnx":
        return "ONNX Runtime, a network that was not trained here"
    return f"{'ONNX Runtime' if run.starts_quickly else 'Keras, which starts slowly'}, a {run.architecture}"
