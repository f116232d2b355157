"""The HISTORY.md of a run: how it was trained, command by command, written from its record."""

from collections.abc import Iterator, Mapping

from segcore.reports.score_tables import WRITTEN, items
from segcore.reports.words import describe_average, describe_data, describe_further_data
from segcore.runs.run import Run

HISTORY_CARD = "HISTORY.md"


def run_history(run: Run) -> str | None:
    """Return how ``run`` was trained as Markdown, None for a run that this project did not train.

    Raises:
        KeyError: the record lacks something that is told.
    """
    if run.kind != "network":
        return None
    record = run.record
    sections = {
        "Commands": _commands(record),
        "Data": _data(record),
        "Averaged weights": _averages(record),
        "Earlier settings, machines and versions": _earlier(record),
        "Notes": record.get("notes", ()),
    }
    told = [f"## {title}\n{lines}" for title, content in sections.items() if (lines := items(content))]
    opening = (
        f"# How {run.name} was trained\n\nFrom `run.json`, which has every setting. "
        f"[README.md](README.md) has the scores and `history.csv` the curves."
    )
    return "\n\n".join((opening, *told, WRITTEN)) + "\n"


def is_current(average: Mapping, record: Mapping) -> bool:
    """Tell whether an entry of ``averages`` is of the weights that the run has now."""
    return average["weights_sha256"] == record["weights_sha256"]


def _commands(record: Mapping) -> Iterator[str]:
    for entry in record.get("commands", ()):
        yield f"From epoch {entry['from_epoch']} on: `{entry['command']}`"


def _data(record: Mapping) -> Iterator[str]:
    for entry in record.get("earlier", ()):
        if "data" in entry:
            yield f"Up to epoch {entry['to_epoch']}: {_frames(entry['data'])}."
    before = " after that" if any("data" in entry for entry in record.get("earlier", ())) else ""
    yield f"Trained{before} on {_frames(record['data'])}."
    for change in record["data"].get("extra", ()):
        yield f"From epoch {change['from_epoch']} on, further data: {describe_further_data(change['sources'])}."


def _frames(data: Mapping) -> str:
    height, width = data["frame_size"]
    return f"{describe_data(data)} of {width} x {height} pixels"


def _averages(record: Mapping) -> Iterator[str]:
    for average in record.get("averages", ()):
        what = (
            "The weights are now the mean"
            if is_current(average, record)
            else "The training went on from the mean"
        )
        yield (
            f"{what} of {describe_average(average)}, made by `{average['command']}`. Curves, commands and settings up "
            "to there are those of the first."
        )


def _earlier(record: Mapping) -> Iterator[str]:
    for entry in record.get("earlier", ()):
        told = [", ".join(f"`{key}={value}`" for key, value in entry["settings"].items())]
        if entry.get("hardware"):
            told.append(f"on {entry['hardware']}")
        if versions := entry.get("versions"):
            packages = ", ".join(f"{name} {value}" for name, value in versions.items() if name != "backend")
            told.append(f"{versions.get('backend')} back end ({packages})")
        if any(told):
            yield f"Up to epoch {entry['to_epoch']}: {', '.join(filter(None, told))}."
