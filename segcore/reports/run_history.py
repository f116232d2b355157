"""The HISTORY.md of a run: its training, command by command, from its record."""

from collections.abc import Iterator

from segcore.reports.score_tables import WRITTEN, items
from segcore.reports.words import describe_average, describe_data, describe_further_data
from segcore.runs.lineage import Averaging, TrainedFrames, TrainingData
from segcore.runs.record import Record
from segcore.runs.run import Run

HISTORY_CARD = "HISTORY.md"


def run_history(run: Run) -> str | None:
    """Return the history of the training of ``run`` as Markdown; None for a run that this project did not train.

    Raises:
        KeyError: a key is missing in the record.
    """
    if run.kind != "network":
        return None
    record = run.record
    sections = {
        "Commands": _commands(record),
        "Data": _data(record),
        "Averaged weights": _averages(record),
        "Earlier settings, machines and versions": _earlier(record),
        "Notes": record.notes,
    }
    told = [f"## {title}\n{lines}" for title, content in sections.items() if (lines := items(content))]
    opening = (
        f"# How {run.name} was trained\n\nFrom `run.json`, which has every setting. "
        f"[README.md](README.md) has the scores and `history.csv` the curves."
    )
    return "\n\n".join((opening, *told, WRITTEN)) + "\n"


def is_current(averaging: Averaging, record: Record) -> bool:
    """Return whether the run's present weights are the result of an averaging."""
    return averaging.weights_sha256 == record.weights_sha256


def _commands(record: Record) -> Iterator[str]:
    for entry in record.commands:
        yield f"From epoch {entry.from_epoch} on: `{entry.command}`"


def _data(record: Record) -> Iterator[str]:
    for entry in record.earlier:
        if entry.data:
            yield f"Up to epoch {entry.to_epoch}: {_frames(entry.data)}."
    before = " after that" if any(entry.data for entry in record.earlier) else ""
    data: TrainingData = record.told("data")
    yield f"Trained{before} on {_frames(data)}."
    for change in data.extra:
        yield f"From epoch {change.from_epoch} on, further data: {describe_further_data(change.sources)}."


def _frames(data: TrainedFrames) -> str:
    height, width = data.told("frame_size")
    return f"{describe_data(data)} of {width} x {height} pixels"


def _averages(record: Record) -> Iterator[str]:
    for averaging in record.averages:
        what = (
            "The weights are now the mean"
            if is_current(averaging, record)
            else "The training continued from the mean"
        )
        yield (
            f"{what} of {describe_average(averaging)}, made by `{averaging.command}`. Curves, commands and settings up "
            "to there are those of the first."
        )


def _earlier(record: Record) -> Iterator[str]:
    for entry in record.earlier:
        told = [", ".join(f"`{key}={value}`" for key, value in entry.settings.items())]
        if entry.hardware:
            told.append(f"on {entry.hardware}")
        if versions := entry.versions:
            packages = ", ".join(f"{name} {value}" for name, value in versions.items() if name != "backend")
            told.append(f"{versions.get('backend')} back end ({packages})")
        if any(told):
            yield f"Up to epoch {entry.to_epoch}: {', '.join(filter(None, told))}."
