"""What the Training page shows beside and below its curves."""

import json
from collections.abc import Iterator, Sequence

import pandas as pd

from segcore.reports.charts.curves import PANELS
from segcore.reports.tables import views_in_words
from segcore.reports.words import (
    describe_average,
    describe_curve,
    describe_data,
    describe_further_data,
    describe_gap,
    describe_learning_rate,
)
from segcore.runs.lineage import Change
from segcore.runs.run import Run

# Told elsewhere on the page, or of no use to a reader.
_HIDDEN = {
    "format",
    "weights_sha256",
    "normalization",
    "training",
    "data",
    "versions",
    "arguments",
    "earlier",
    "averages",
    "commands",
    "notes",
    "classes",
    "input",
    "output",
}
_TOLD_ELSEWHERE = {"training": {"model", "arguments", "label_space", "seed", "epochs"}, "data": {"extra"}}
_COURSE = ("Further data from", "Weight averaging", "Command from", "Until epoch", "Note ")
_TITLES = {
    "num_classes": "Classes",
    "input_size": "Input size (w × h)",
    "frame_size": "Frame size (w × h)",
    "size": "Size (w × h)",
    "ema": "Weight average (EMA)",
}


def reading(panel: str, run: Run, history: pd.DataFrame) -> str:
    """Return what a run's curves of a panel (a key of ``PANELS``) say, in words."""
    chosen = PANELS[panel]
    if chosen.kind == "single":
        return describe_learning_rate(history)
    describe = describe_curve if chosen.kind == "both" else describe_gap
    return describe(history, chosen.quantity, loss_since=run.loss_since)


def is_of_the_course(setting: str) -> bool:
    """Return whether a row of ``configuration`` tells how the run came about, and not what it is now."""
    return setting.startswith(_COURSE)


def configuration(runs: Sequence[Run]) -> pd.DataFrame:
    """Return a table of text, a row a setting and a column a run, empty where a run does not record it.

    What none of the runs records has no row.
    """
    columns = {run.name: dict(_settings(run)) for run in runs}
    names = list(dict.fromkeys(name for settings in columns.values() for name in settings))
    rows = {run: [settings.get(name, "") for name in names] for run, settings in columns.items()}
    table = pd.DataFrame(rows, index=pd.Index(names, name="Setting"))
    return table[(table != "").any(axis="columns")]


def _settings(run: Run) -> Iterator[tuple[str, str]]:
    content = run.record.to_json()
    for key, value in content.items():
        if key not in _HIDDEN:
            yield _title(key), _text(key, value)
    if run.kind != "network":
        yield "Classes", ", ".join(run.space.class_names)
    for part, prefix in (
        ("input", "Input: "),
        ("output", "Output: "),
        ("arguments", "Model: "),
        ("data", "Data: "),
        ("training", ""),
        ("versions", "Version: "),
    ):
        for key, value in (content.get(part) or {}).items():
            if key in _TOLD_ELSEWHERE.get(part, ()):
                continue
            yield prefix + (key if part == "versions" else _title(key)), _text(key, value)
    for change in run.further_data:
        yield f"Further data from epoch {change.from_epoch} on", describe_further_data(change.sources)
    for number, averaging in enumerate(run.record.averages, start=1):
        yield f"Weight averaging {number}", f"{describe_average(averaging)}: {averaging.command}"
    for entry in run.record.commands:
        yield f"Command from epoch {entry.from_epoch} on", entry.command
    for entry in run.record.earlier:
        yield from _settings_before(entry)
    for number, note in enumerate(run.record.notes, start=1):
        yield f"Note {number}", note


def _settings_before(change: Change) -> Iterator[tuple[str, str]]:
    until = f"Until epoch {change.to_epoch}: "
    for key, value in change.settings.items():
        yield until + _title(key), _text(key, value)
    if change.data:
        yield until + "Data", describe_data(change.data)
    for key, value in (change.versions or {}).items():
        yield f"{until}Version: {key}", value
    if change.hardware:
        yield until + "Hardware", change.hardware


def _title(key: str) -> str:
    words = _TITLES.get(key, key.replace("_", " "))
    return words[:1].upper() + words[1:]


def _text(key: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and key not in ("seed", "date"):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if key.endswith("size") and isinstance(value, list | tuple) and len(value) == 2:
        return views_in_words([value])
    if key == "inference_sizes":
        return views_in_words(value)
    if key == "adaptation":
        return f"{len(value)} layers adapt to unusual frames" if value else ""
    if isinstance(value, list | tuple):
        return ", ".join(f"{item:.4g}" if isinstance(item, float) else str(item) for item in value)
    return json.dumps(value) if isinstance(value, dict) else str(value)
