"""The folder of a run: its files, reading, checking, and listing of runs.

<run>/run.json               how the model was built and trained
<run>/model.weights.h5       the weights of a network of this project, if they are kept
<run>/model.onnx             a foreign network, or the export of this one for ONNX Runtime
<run>/predictions/*.png      masks with the names of frames, instead of a network
<run>/history.csv            one row per epoch
<run>/evaluation/<set>.json  scores on one set of frames
<run>/robustness/<set>.csv   scores under each effect and severity
<run>/robustness/<set>.jsonl pixel counts of each frame under each effect and severity
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from segcore.errors import InputError
from segcore.labels import LabelSpace
from segcore.runs.lineage import FurtherData
from segcore.runs.network_io import NetworkInput, NetworkOutput
from segcore.runs.record import (
    ForeignRecord,
    MasksRecord,
    OnnxRecord,
    OwnRecord,
    Record,
    TrainingSettings,
    record_from_json,
)
from segcore.system.files import read_json, sha256_of, write_json
from segcore.system.places import SHIPPED_RUNS, own_runs
from segcore.system.settings import RUNS, runs_folder
from segcore.system.text import printable

RECORD_FILE = "run.json"
WEIGHTS_FILE = "model.weights.h5"
MODEL_FILE = "model.onnx"
MASKS_FOLDER = "predictions"
HISTORY_FILE = "history.csv"
LOSS_SETTINGS = ("loss", "loss_grid", "class_weights")
"""Settings of a training that define its loss."""


def is_mirrored(view: int) -> bool:
    """Return whether a view, counted from 0 as in ``Run.inference_sizes``, is mirrored: every second one is."""
    return view % 2 == 1


@dataclass(frozen=True)
class Run:
    """One trained run.

    Attributes:
        name: the folder's name.
        path: the folder.
        record: the content of ``run.json``.
    """

    name: str
    path: Path
    record: Record = field(compare=False, repr=False)

    @property
    def kind(self) -> str:
        """ "network" (of this project), "onnx" (a foreign network) or "masks" (stored masks)."""
        return self.record.kind

    @property
    def architecture(self) -> str:
        """Name of the architecture, or "ONNX network" or "stored masks"."""
        if isinstance(self.record, OwnRecord):
            return self.record.architecture
        return "ONNX network" if self.kind == "onnx" else "stored masks"

    @property
    def arguments(self) -> dict:
        """Keyword arguments of the architecture's builder."""
        return dict(self.record.arguments) if isinstance(self.record, OwnRecord) else {}

    @cached_property
    def space(self) -> LabelSpace:
        """The classes of its predictions."""
        return self.record.space

    @property
    def label_space(self) -> str:
        """Name of its class list."""
        return self.space.name

    @property
    def num_classes(self) -> int:
        return self.space.num_classes

    @property
    def network_input(self) -> NetworkInput:
        """Description of a foreign network's input."""
        return self._foreign.input

    @property
    def network_output(self) -> NetworkOutput:
        """Description of a foreign network's output."""
        return self._foreign.output

    @property
    def mask_encoding(self) -> str:
        """Encoding of classes in stored masks, one of ``segcore.frames.encoding.KINDS``."""
        assert isinstance(self.record, MasksRecord), f"{self.name} has no stored masks"
        return self.record.encoding

    @property
    def _foreign(self) -> OnnxRecord:
        assert isinstance(self.record, OnnxRecord), f"{self.name} is not a foreign network"
        return self.record

    @property
    def input_size(self) -> tuple[int, int] | None:
        """(height, width) in pixels of training and validation; None for stored masks."""
        match self.record:
            case OwnRecord(input_size=size) | OnnxRecord(input=NetworkInput(size=size)):
                return size
        return None

    @property
    def network_size(self) -> tuple[int, int]:
        """``input_size`` of a run that has a network."""
        assert self.input_size is not None, f"{self.name} has stored masks"
        return self.input_size

    @property
    def inference_sizes(self) -> tuple[tuple[int, int], ...]:
        """(height, width) in pixels of each view of a picture; empty for stored masks.

        The network predicts each view and the mean of the class scores is used (test-time augmentation).
        """
        named = self.record.inference_sizes if isinstance(self.record, OwnRecord) else ()
        return named or (() if self.input_size is None else (self.input_size,))

    @property
    def sharpening(self) -> float:
        """Strength of the sharpening of logits, see ``segcore.models.layers.Sharpen``; 0 for none."""
        return self.record.sharpening if isinstance(self.record, OwnRecord) else 0

    @property
    def adaptation(self) -> Mapping[str, float]:
        """Usual change of each adapted normalisation layer, empty by default; see ``segcore.predict.adaptation``."""
        return self.record.adaptation if isinstance(self.record, OwnRecord) else {}

    @property
    def prediction_settings(self) -> dict:
        """Further settings of the prediction besides sizes, with the names of ``segcore.runs.record``."""
        return self.record.prediction_settings

    @property
    def version(self) -> str:
        """Cache key of everything besides the picture that its predictions depend on."""
        classes = self.record.classes if isinstance(self.record, ForeignRecord) else None
        return f"{self.weights_sha256} {self.inference_sizes} {self.prediction_settings} {classes}"

    @property
    def parameters(self) -> int | None:
        return self.record.parameters

    @property
    def weights_sha256(self) -> str | None:
        """SHA-256 of the weights; None for a run that keeps its scores but not its weights."""
        return self.record.weights_sha256

    @property
    def weights_path(self) -> Path:
        """File of the weights or the ONNX network, or folder of stored masks."""
        return self.path / {"onnx": MODEL_FILE, "masks": MASKS_FOLDER}.get(self.kind, WEIGHTS_FILE)

    @property
    def has_network(self) -> bool:
        """Whether it can predict any picture."""
        return self.kind != "masks" and self.weights_sha256 is not None

    @property
    def can_predict(self) -> bool:
        """Whether it has a network or stored masks."""
        return self.has_network or self.has_masks

    @property
    def prediction_files(self) -> tuple[Path, ...]:
        """All files that its predictions need."""
        if self.has_masks:
            return tuple(sorted(path for path in self.weights_path.rglob("*") if path.is_file()))
        return tuple(path for path in sorted({self.weights_path, self.path / MODEL_FILE}) if path.is_file())

    @property
    def starts_quickly(self) -> bool:
        """Whether it predicts with ONNX Runtime; Keras takes half a minute to start."""
        return self.has_masks or (self.path / MODEL_FILE).is_file()

    @property
    def has_masks(self) -> bool:
        """Whether it has stored masks instead of a network."""
        return self.kind == "masks"

    @property
    def training(self) -> TrainingSettings:
        """The training configuration of its last epochs, as far as it is recorded."""
        return self.record.training

    @property
    def loss_since(self) -> int:
        """The epoch from which on the loss function did not change; a resumed training may have changed it before."""
        changes = (
            change.to_epoch for change in self.record.earlier if change.settings.keys() & {*LOSS_SETTINGS}
        )
        return max(changes, default=0) + 1

    @property
    def further_data(self) -> tuple[FurtherData, ...]:
        """Further training frames beside those of its data set, each with its first epoch."""
        return self.record.data.extra if self.record.data else ()

    @property
    def best_epoch(self) -> int | None:
        """Epoch, counted from 1, whose weights were kept."""
        return self.record.best_epoch


@dataclass(frozen=True)
class BrokenRun:
    """A folder that is not a usable run, and the reason in one sentence."""

    name: str
    reason: str


@dataclass(frozen=True)
class RunList:
    """The usable runs and the broken folders of a root, each sorted by name."""

    runs: tuple[Run, ...]
    broken: tuple[BrokenRun, ...]


def runs_root() -> Path:
    """Return the folder for new runs: the one of the settings, otherwise ``own_runs()``.

    Raises:
        InputError: the setting begins with the home folder of an unknown user.
    """
    return runs_folder() or own_runs()


def _roots() -> tuple[Path, ...]:
    """Return the folders of all listed runs; if two runs have the same name, the one in the first folder counts."""
    return (runs_root(),) if runs_folder() else tuple(dict.fromkeys((runs_root(), SHIPPED_RUNS)))


def list_runs(root: Path | None = None, *, check: bool = False) -> RunList:
    """List the runs in ``root``; a broken folder never hides the others.

    Args:
        root: a folder of runs; default: ``runs_root()``, and for an installed package without this setting also the
            shipped runs. Hidden folders and files are skipped.
        check: also compare each weights file with its recorded SHA-256, which reads the whole file.
    """
    runs: dict[str, Run] = {}
    broken: dict[str, BrokenRun] = {}
    for folder in _roots() if root is None else (Path(root),):
        listed = _list_folder(folder, check=check)
        for run in listed.runs:
            if run.name not in broken:
                runs.setdefault(run.name, run)
        for one in listed.broken:
            if one.name not in runs:
                broken.setdefault(one.name, one)
    return RunList(tuple(runs[name] for name in sorted(runs)), tuple(broken[name] for name in sorted(broken)))


def _list_folder(root: Path, *, check: bool) -> RunList:
    try:
        folders = sorted(
            entry for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith(".")
        )
    except FileNotFoundError:
        if runs_folder() is None:
            return RunList((), ())
        return RunList(
            (), (BrokenRun(root.name, f"the folder of runs {root} does not exist; set {RUNS.name}."),)
        )
    except OSError as error:
        return RunList(
            (), (BrokenRun(root.name, f"the folder of runs {root} cannot be read: {error.strerror}."),)
        )
    runs, broken = [], []
    for folder in folders:
        name = printable(folder.name)
        try:
            if name != folder.name:
                raise InputError("the name of the folder is not valid text; rename it.")
            run = read_run(folder)
            if check:
                check_weights(run)
        except InputError as error:
            broken.append(BrokenRun(name, str(error)))
        except OSError as error:
            broken.append(BrokenRun(name, f"the folder cannot be read: {error.strerror}."))
        else:
            runs.append(run)
    return RunList(tuple(runs), tuple(broken))


def find_run(name: str, root: Path | None = None) -> Run:
    """Return the run called ``name``.

    Raises:
        InputError: there is no such run (the message lists all runs), or its folder is broken (it gives the reason).
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
    """Read and check the folder of one run; recorded weights must exist, but are not read.

    Raises:
        InputError: a file is missing, JSON is malformed, a type is wrong, or an architecture or label space is unknown.
    """
    path = Path(path)
    record = path / RECORD_FILE
    is_there = record.is_file() or os.path.lexists(record)
    if not is_there and ((path / HISTORY_FILE).exists() or (path / "checkpoint").exists()):
        again = "continue it with `train --resume`" if _has_checkpoint(path) else "start it again"
        raise InputError(
            f"{RECORD_FILE} is missing; a training writes it after its first epoch; if the training was stopped, "
            f"{again}."
        )
    run = Run(name=path.name, path=path, record=record_from_json(read_json(record)))
    if run.has_network and not run.weights_path.is_file():
        raise InputError(
            f"{run.weights_path.name} is missing; put it back, or, to keep only the scores, "
            f"set weights_sha256 to null in {RECORD_FILE}."
        )
    if run.has_masks and not run.weights_path.is_dir():
        raise InputError(f"The folder {MASKS_FOLDER} is missing; put the masks back into it.")
    return run


def write_run(path: Path, record: Record) -> Run:
    """Write ``record`` as ``path/run.json`` and return the run; its weights must exist.

    Raises:
        InputError: as ``read_run``.
    """
    write_json(Path(path) / RECORD_FILE, record.to_json())
    return read_run(path)


def check_weights(run: Run) -> None:
    """Compare the weights file with the recorded SHA-256; a run without weights passes.

    Raises:
        InputError: the file is missing, cannot be read or has another SHA-256.
    """
    if not run.has_network or run.weights_sha256 is None:
        return
    try:
        found = sha256_of(run.weights_path)
    except OSError as error:
        raise InputError(f"{run.weights_path.name} cannot be read: {error.strerror}.") from error
    if found != run.weights_sha256 and _has_checkpoint(run.path):
        raise InputError(
            f"{run.weights_path.name} and {RECORD_FILE} are from different epochs, because the training was stopped "
            "while it wrote them; continue it with `train --resume`."
        )
    if found != run.weights_sha256:
        raise InputError(
            f"{run.weights_path.name} has sha256 {found[:12]}… but {RECORD_FILE} records {run.weights_sha256[:12]}…; "
            "copy the file again or correct the record."
        )


def _has_checkpoint(folder: Path) -> bool:
    """Return whether a training left a checkpoint to continue from; see ``segcore.training.checkpoint``."""
    return (folder / "checkpoint" / "state.npz").exists()
