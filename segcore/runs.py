"""A trained run's folder: what it must hold, reading it, checking it, listing many of them.

<run>/run.json               how the model was built and trained
<run>/model.weights.h5       its weights, when they are kept
<run>/history.csv            one row an epoch
<run>/evaluation/<set>.json  scores on one set of frames
<run>/robustness/<set>.csv   scores under each effect and severity
<run>/robustness/<set>.jsonl pixel counts of each frame under them
"""

import csv
import json
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from segcore.errors import InputError
from segcore.files import replace_file, sha256_of, write_json
from segcore.run_format import PLAIN_NAME, check_evaluation, check_record

RECORD_FILE = "run.json"
WEIGHTS_FILE = "model.weights.h5"
HISTORY_FILE = "history.csv"
HISTORY_COLUMNS = (
    "epoch",
    "loss",
    "val_loss",
    "mean_iou",
    "val_mean_iou",
    "accuracy",
    "val_accuracy",
    "learning_rate",
    "seconds",
)
# Names under which Keras logs the same quantities when nobody gave the metric a name.
_HISTORY_ALIASES = {
    "lr": "learning_rate",
    "acc": "accuracy",
    "categorical_accuracy": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "mean_io_u": "mean_iou",
    "one_hot_mean_io_u": "mean_iou",
}
# Settings of the training that say what its loss measures.
_OF_THE_LOSS = {"loss", "loss_grid", "class_weights"}
_MISSING = {"", "na", "nan", "n/a", "none", "null"}


@dataclass(frozen=True)
class Run:
    """One trained run.

    Attributes:
        name: the folder's name.
        path: the folder.
        record: the checked content of ``run.json``.
    """

    name: str
    path: Path
    record: Mapping = field(compare=False, repr=False)

    @property
    def architecture(self) -> str:
        return self.record["architecture"]

    @property
    def arguments(self) -> dict:
        """Keyword arguments of the architecture's builder."""
        return dict(self.record.get("arguments", {}))

    @property
    def label_space(self) -> str:
        """Key into ``segcore.labels.LABEL_SPACES``."""
        return self.record["label_space"]

    @property
    def num_classes(self) -> int:
        return self.record["num_classes"]

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width in pixels that the model was evaluated at."""
        height, width = self.record["input_size"]
        return height, width

    @property
    def parameters(self) -> int | None:
        return self.record.get("parameters")

    @property
    def weights_sha256(self) -> str | None:
        """None for a run that keeps its scores but not its weights."""
        return self.record["weights_sha256"]

    @property
    def weights_path(self) -> Path:
        return self.path / WEIGHTS_FILE

    @property
    def has_weights(self) -> bool:
        return self.weights_sha256 is not None

    @property
    def training(self) -> dict:
        return dict(self.record.get("training", {}))

    @property
    def loss_since(self) -> int:
        """The first epoch from which on every loss is of one kind; a resumed training may have changed it."""
        changes = (
            e["to_epoch"] for e in self.record.get("earlier", ()) if _OF_THE_LOSS & e["settings"].keys()
        )
        return max(changes, default=0) + 1

    @property
    def data(self) -> dict:
        return dict(self.record.get("data", {}))

    @property
    def best_epoch(self) -> int | None:
        """Epoch, counted from 1, whose weights were kept."""
        return self.record.get("best_epoch")


@dataclass(frozen=True)
class BrokenRun:
    """A folder that is no usable run, and why in one sentence."""

    name: str
    reason: str


@dataclass(frozen=True)
class RunList:
    """Every folder of a root, sorted by name, the usable apart from the broken."""

    runs: tuple[Run, ...]
    broken: tuple[BrokenRun, ...]


def runs_root() -> Path:
    """Return the folder of runs: ``SEGCORE_RUNS`` where it is set, otherwise ``weights`` of this project."""
    chosen = os.environ.get("SEGCORE_RUNS", "").strip()
    return Path(chosen).expanduser() if chosen else Path(__file__).resolve().parent.parent / "weights"


def list_runs(root: Path | None = None, *, check: bool = False) -> RunList:
    """List the runs below ``root``; a broken folder never hides the others.

    Args:
        root: a folder of runs; ``runs_root()`` by default. Hidden folders and plain files are passed over.
        check: also compare each weights file with its recorded SHA-256, which reads all of it.
    """
    root = runs_root() if root is None else Path(root)
    try:
        folders = sorted(
            entry for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith(".")
        )
    except FileNotFoundError:
        if "SEGCORE_RUNS" not in os.environ:
            return RunList((), ())
        return RunList(
            (), (BrokenRun(root.name, f"the folder of runs {root} does not exist; set SEGCORE_RUNS."),)
        )
    except OSError as error:
        return RunList(
            (), (BrokenRun(root.name, f"the folder of runs {root} cannot be read: {error.strerror}."),)
        )
    runs, broken = [], []
    for folder in folders:
        try:
            run = read_run(folder)
            if check:
                check_weights(run)
        except InputError as error:
            broken.append(BrokenRun(folder.name, str(error)))
        else:
            runs.append(run)
    return RunList(tuple(runs), tuple(broken))


def find_run(name: str, root: Path | None = None) -> Run:
    """Return the run called ``name``.

    Raises:
        InputError: there is none, naming those there are, or its folder is broken, saying why.
    """
    listed = list_runs(root)
    for run in listed.runs:
        if run.name == name:
            return run
    for broken in listed.broken:
        if broken.name == name:
            raise InputError(f"Run {name!r} cannot be used: {broken.reason}")
    known = ", ".join(run.name for run in listed.runs) or "none"
    raise InputError(
        f"There is no run {name!r} in {runs_root() if root is None else root}; known runs: {known}."
    )


def read_run(path: Path) -> Run:
    """Read and check the folder of one run; the weights must be there if recorded, but are not read.

    Raises:
        InputError: a missing file, malformed JSON, a wrong type, an unknown architecture or label space.
    """
    path = Path(path)
    if not (path / RECORD_FILE).is_file() and (
        (path / HISTORY_FILE).exists() or (path / "checkpoint").exists()
    ):
        raise InputError(
            f"{RECORD_FILE} is not there yet; a training writes it when its first epoch is done."
        )
    record = _read_json(path / RECORD_FILE)
    check_record(record)
    run = Run(name=path.name, path=path, record=record)
    if run.has_weights and not run.weights_path.is_file():
        raise InputError(
            f"{WEIGHTS_FILE} is missing; put it back, or, to keep only the scores, "
            f"set weights_sha256 to null in {RECORD_FILE}."
        )
    return run


def write_run(path: Path, record: Mapping) -> Run:
    """Check ``record``, write it as ``path/run.json`` and return the run; its weights must be there."""
    check_record(record)
    write_json(Path(path) / RECORD_FILE, dict(record))
    return read_run(path)


def check_weights(run: Run) -> None:
    """Compare the weights file with the recorded SHA-256; a run without weights passes.

    Raises:
        InputError: the file is missing, cannot be read or is another one.
    """
    if not run.has_weights:
        return
    try:
        found = sha256_of(run.weights_path)
    except OSError as error:
        raise InputError(f"{WEIGHTS_FILE} cannot be read: {error.strerror}.") from error
    if found != run.weights_sha256:
        raise InputError(
            f"{WEIGHTS_FILE} has sha256 {found[:12]}… but {RECORD_FILE} records {run.weights_sha256[:12]}…; "
            "copy the file again or correct the record."
        )


def read_history(run: Run) -> pd.DataFrame:
    """Read the curves of a run.

    Returns:
        One row an epoch with the columns ``HISTORY_COLUMNS``: epoch int64 from 1 on, the others float64, NaN
        where nothing was logged. Files of Keras' ``CSVLogger`` (epochs from 0 on, other column order, ``NA``)
        are read as well. Where a resumed training went back to an earlier epoch, its rows replace the
        older ones; a last row cut short by an interruption is left out.

    Raises:
        InputError: no such file, no finished epoch, or something in it is not a number.
    """
    path = run.path / HISTORY_FILE
    rows = _read_rows(path)
    header = _column_names(rows[0])
    if "epoch" not in header:
        raise InputError(
            f"{HISTORY_FILE} has no column 'epoch' but {', '.join(header)}; it must have one row an epoch."
        )
    by_epoch: dict[int, dict[str, float]] = {}
    last_line = len(rows) - 1
    for line, cells in enumerate(rows[1:], start=1):
        if len(cells) < len(header) and line == last_line:
            continue
        if len(cells) != len(header):
            raise InputError(
                f"{HISTORY_FILE} has {len(cells)} values in data row {line}; {len(header)} are expected."
            )
        if cells == rows[0]:
            continue
        values = {
            name: _number(cell, column=name, line=line)
            for name, cell in zip(header, cells, strict=True)
            if name in HISTORY_COLUMNS
        }
        epoch = values["epoch"]
        if not (math.isfinite(epoch) and epoch >= 0 and epoch == int(epoch)):
            raise InputError(
                f"{HISTORY_FILE} gives the epoch {epoch} in data row {line}; expected a whole number."
            )
        if by_epoch and epoch <= next(reversed(by_epoch)):
            by_epoch = {earlier: row for earlier, row in by_epoch.items() if earlier < epoch}
        by_epoch[int(epoch)] = values
    if not by_epoch:
        raise InputError(f"{HISTORY_FILE} holds no finished epoch yet.")
    history = pd.DataFrame(by_epoch.values(), columns=list(HISTORY_COLUMNS), dtype="float64")
    history["epoch"] = history["epoch"].astype("int64") + (1 if 0 in by_epoch else 0)
    return history


def write_history(path: Path, history: pd.DataFrame) -> None:
    """Write curves as ``history.csv`` at ``path``, atomically; missing columns and NaN become ``NA``."""
    with replace_file(path) as temporary:
        history.reindex(columns=list(HISTORY_COLUMNS)).to_csv(temporary, index=False, na_rep="NA")


def is_outdated(run: Run, scores: Mapping) -> bool:
    """Tell whether scores were measured with other weights than those that the run holds now."""
    measured = scores.get("weights_sha256")
    return None not in (measured, run.weights_sha256) and measured != run.weights_sha256


def evaluation_sets(run: Run) -> tuple[str, ...]:
    """Return the names of the sets that the run was evaluated on, sorted."""
    return _stems(run.path / "evaluation", ".json")


def robustness_sets(run: Run) -> tuple[str, ...]:
    """Return the names of the sets whose robustness was measured, sorted."""
    return _stems(run.path / "robustness", ".csv")


def read_evaluation(run: Run, set_name: str, *, with_frames: bool = True) -> dict | None:
    """Read the scores of a run on one set, or None if it has none.

    Args:
        run: the run.
        set_name: name of the set.
        with_frames: False leaves out ``per_frame``, which is most of the file and then mostly passed over unread.

    Raises:
        InputError: the file is malformed, or its confusion matrix does not fit its classes.
    """
    path = _result_path(run, "evaluation", set_name, ".json")
    if not path.is_file():
        return None
    evaluation = _read_json(path, prepare=str if with_frames else _without_frames)
    if not with_frames:
        evaluation.pop("per_frame", None)
    check_evaluation(evaluation, where=f"evaluation/{path.name}")
    return evaluation


def write_evaluation(run: Run, evaluation: Mapping) -> Path:
    """Write scores under their own ``set`` name, atomically; return the path."""
    check_evaluation(evaluation, where="the evaluation")
    path = _result_path(run, "evaluation", evaluation["set"], ".json")
    entries = []
    for key, value in evaluation.items():
        if isinstance(value, list) and value and isinstance(value[0], list | dict):
            lines = ",\n  ".join(json.dumps(item, allow_nan=False) for item in value)
            entries.append(f"{json.dumps(key)}: [\n  {lines}\n ]")
        else:
            entries.append(f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}")
    with replace_file(path) as temporary:
        temporary.write_text("{\n " + ",\n ".join(entries) + "\n}\n", encoding="utf-8")
    return path


def read_robustness(run: Run, set_name: str) -> pd.DataFrame | None:
    """Read scores under effects, or None if there are none.

    Returns:
        Columns ``effect`` (text), ``severity`` (int64, 0 is the clean frame), ``miou`` and one column a class
        (float64 in 0..1, NaN where the class is absent).

    Raises:
        InputError: a column is missing or something that should be a number is not.
    """
    path = _result_path(run, "robustness", set_name, ".csv")
    if not path.is_file():
        return None
    try:
        table = pd.read_csv(path, dtype={"effect": "str"})
        missing = {"effect", "severity", "miou"} - set(table.columns)
        if missing:
            raise ValueError(f"it lacks {', '.join(sorted(missing))}")
        scores = [name for name in table.columns if name not in ("effect", "severity")]
        return table.astype({"severity": "int64"} | dict.fromkeys(scores, "float64"))
    except (OSError, ValueError) as error:
        raise InputError(f"robustness/{path.name} cannot be used: {error}.") from error


def write_robustness(run: Run, set_name: str, table: pd.DataFrame) -> Path:
    """Write scores under effects (columns as in ``read_robustness``), atomically; return the path."""
    path = _result_path(run, "robustness", set_name, ".csv")
    with replace_file(path) as temporary:
        table.to_csv(temporary, index=False, na_rep="")
    return path


def _stems(folder: Path, suffix: str) -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in folder.glob(f"*{suffix}") if PLAIN_NAME.fullmatch(p.stem)))


def _result_path(run: Run, folder: str, set_name: str, suffix: str) -> Path:
    # A set's name comes from URLs too, and must not lead out of the run's folder.
    if not PLAIN_NAME.fullmatch(set_name):
        raise InputError(f"{set_name!r} is no name for a set; use letters, digits, '-', '_', '+' and '.'.")
    return run.path / folder / f"{set_name}{suffix}"


def _without_frames(text: str) -> str:
    # As write_evaluation lays it out, with nothing but whole frames on the lines between. JSON laid out otherwise
    # lacks these line breaks, which no string in it can hold, and is left as it is.
    start = text.find('"per_frame": [\n')
    end = text.find("\n ]", start)
    return text if min(start, end) < 0 else text[:start] + '"per_frame": [' + text[end:]


def _read_json(path: Path, *, prepare: Callable[[str], str] = str) -> dict:
    try:
        text = prepare(path.read_text(encoding="utf-8"))
        content = json.loads(text, parse_constant=_refuse_constant)
    except FileNotFoundError as error:
        raise InputError(f"{path.name} is missing; a run needs it.") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is not valid JSON: {error}.") from error
    if not isinstance(content, dict):
        raise InputError(f"{path.name} holds {type(content).__name__}; a JSON object is expected.")
    return content


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _column_names(header: list[str]) -> list[str]:
    names: list[str] = []
    for cell in header:
        # Keras counts metrics of one kind: mean_io_u_1.
        prefix, name = re.fullmatch(r"(val_|)(.*?)(?:_\d+)?", cell.strip().lower(), re.DOTALL).groups()
        name = prefix + _HISTORY_ALIASES.get(name, name)
        names.append(cell if name in names else name)
    return names


def _read_rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        first_line = text.partition("\n")[0]
        delimiter = next((mark for mark in ",;\t" if mark in first_line), ",")
        rows = [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if row]
    except FileNotFoundError as error:
        raise InputError(f"{path.name} is missing; this run has no curves.") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, csv.Error) as error:
        raise InputError(f"{path.name} is not a text table: {error}.") from error
    if not rows:
        raise InputError(f"{path.name} is empty; a header and one row an epoch are expected.")
    return rows


def _number(cell: str, *, column: str, line: int) -> float:
    if cell.strip().lower() in _MISSING:
        return math.nan
    try:
        return float(cell)
    except ValueError:
        raise InputError(
            f"{HISTORY_FILE} has {cell[:40]!r} as {column} in data row {line}; expected a number."
        ) from None
