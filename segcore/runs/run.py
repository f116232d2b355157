"""A trained run's folder: what it must hold, reading it, checking it, listing many of them.

<run>/run.json               how the model was built and trained
<run>/model.weights.h5       the weights of a network of this project, when they are kept
<run>/model.onnx             or the network of somebody else, or this one's for ONNX Runtime
<run>/predictions/*.png      or, instead of a network, masks by the names of frames
<run>/history.csv            one row an epoch
<run>/evaluation/<set>.json  scores on one set of frames
<run>/robustness/<set>.csv   scores under each effect and severity
<run>/robustness/<set>.jsonl pixel counts of each frame under them
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

RECORD_FILE = "run.json"
WEIGHTS_FILE = "model.weights.h5"
MODEL_FILE = "model.onnx"
MASKS_FOLDER = "predictions"
HISTORY_FILE = "history.csv"
LOSS_SETTINGS = ("loss", "loss_grid", "class_weights")
"""Settings of a training that say what its loss measures."""


def is_mirrored(view: int) -> bool:
    """Tell whether a view, counted from 0 as in ``Run.inference_sizes``, is of the mirror image: every other is."""
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
        """What it predicts with: "network", one of this project, "onnx" or "masks"."""
        return self.record.kind

    @property
    def architecture(self) -> str:
        """Name of the network of this project, or what stands in its place."""
        if isinstance(self.record, OwnRecord):
            return self.record.architecture
        return "ONNX network" if self.kind == "onnx" else "stored masks"

    @property
    def arguments(self) -> dict:
        """Keyword arguments of the architecture's builder."""
        return dict(self.record.arguments) if isinstance(self.record, OwnRecord) else {}

    @cached_property
    def space(self) -> LabelSpace:
        """The classes that it tells apart."""
        return self.record.space

    @property
    def label_space(self) -> str:
        """Name of its classes."""
        return self.space.name

    @property
    def num_classes(self) -> int:
        return self.space.num_classes

    @property
    def network_input(self) -> NetworkInput:
        """How pictures go into a foreign network."""
        return self._foreign.input

    @property
    def network_output(self) -> NetworkOutput:
        """What comes out of a foreign network."""
        return self._foreign.output

    @property
    def mask_encoding(self) -> str:
        """What the numbers or colours of stored masks stand for, one of ``segcore.frames.masks.KINDS``."""
        assert isinstance(self.record, MasksRecord), f"{self.name} has no stored masks"
        return self.record.encoding

    @property
    def _foreign(self) -> OnnxRecord:
        assert isinstance(self.record, OnnxRecord), f"{self.name} is no foreign network"
        return self.record

    @property
    def input_size(self) -> tuple[int, int] | None:
        """Height and width in pixels that the model was trained and validated at; None for stored masks."""
        match self.record:
            case OwnRecord(input_size=size) | OnnxRecord(input=NetworkInput(size=size)):
                return size
        return None

    @property
    def inference_sizes(self) -> tuple[tuple[int, int], ...]:
        """(height, width) of each view in which the run sees a picture; none for stored masks.

        The mean of the scores over them counts, which is called test-time augmentation.
        """
        named = self.record.inference_sizes if isinstance(self.record, OwnRecord) else ()
        return named or (() if self.input_size is None else (self.input_size,))

    @property
    def sharpening(self) -> float:
        """How much the logits are sharpened to predict, see ``segcore.models.layers.Sharpen``."""
        return self.record.sharpening if isinstance(self.record, OwnRecord) else 0

    @property
    def adaptation(self) -> Mapping[str, float]:
        """The usual change of each layer that follows the picture, none by default;
        see ``segcore.predict.adaptation``."""
        return self.record.adaptation if isinstance(self.record, OwnRecord) else {}

    @property
    def prediction_settings(self) -> dict:
        """How the network predicts beside its sizes, by the names in ``segcore.runs.record``."""
        return self.record.prediction_settings

    @property
    def version(self) -> str:
        """What its predictions depend on beside the picture, as a key."""
        classes = self.record.classes if isinstance(self.record, ForeignRecord) else None
        return f"{self.weights_sha256} {self.inference_sizes} {self.prediction_settings} {classes}"

    @property
    def parameters(self) -> int | None:
        return self.record.parameters

    @property
    def weights_sha256(self) -> str | None:
        """None for a run that keeps its scores but not its weights."""
        return self.record.weights_sha256

    @property
    def weights_path(self) -> Path:
        """The file, or for stored masks the folder, that its predictions come from."""
        return self.path / {"onnx": MODEL_FILE, "masks": MASKS_FOLDER}.get(self.kind, WEIGHTS_FILE)

    @property
    def has_network(self) -> bool:
        """Whether it can be shown any picture."""
        return self.kind != "masks" and self.weights_sha256 is not None

    @property
    def can_predict(self) -> bool:
        """Whether it has anything to predict by: a network, or masks of certain frames."""
        return self.has_network or self.has_masks

    @property
    def prediction_files(self) -> tuple[Path, ...]:
        """All files that it predicts by."""
        if self.has_masks:
            return tuple(sorted(path for path in self.weights_path.rglob("*") if path.is_file()))
        return tuple(path for path in sorted({self.weights_path, self.path / MODEL_FILE}) if path.is_file())

    @property
    def starts_quickly(self) -> bool:
        """Whether ONNX Runtime predicts; otherwise it is Keras, which takes half a minute to begin."""
        return self.has_masks or (self.path / MODEL_FILE).is_file()

    @property
    def has_masks(self) -> bool:
        """Whether it has masks of certain frames instead of a network."""
        return self.kind == "masks"

    @property
    def training(self) -> TrainingSettings:
        """The configuration of its last epochs, as far as it is told."""
        return self.record.training

    @property
    def loss_since(self) -> int:
        """The first epoch from which on every loss is of one kind; a resumed training may have changed it."""
        changes = (
            change.to_epoch for change in self.record.earlier if change.settings.keys() & {*LOSS_SETTINGS}
        )
        return max(changes, default=0) + 1

    @property
    def further_data(self) -> tuple[FurtherData, ...]:
        """What it was trained on beside its data set, by the epoch from which on it was."""
        return self.record.data.extra if self.record.data else ()

    @property
    def best_epoch(self) -> int | None:
        """Epoch, counted from 1, whose weights were kept."""
        return self.record.best_epoch


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
    """Return the folder that new runs are written to: that of the settings, otherwise ``own_runs()``.

    Raises:
        InputError: the setting names a home folder that does not exist.
    """
    return runs_folder() or own_runs()


def _roots() -> tuple[Path, ...]:
    """Return the folders that runs are listed from; of two runs of one name that of the first folder counts."""
    return (runs_root(),) if runs_folder() else tuple(dict.fromkeys((runs_root(), SHIPPED_RUNS)))


def list_runs(root: Path | None = None, *, check: bool = False) -> RunList:
    """List the runs below ``root``; a broken folder never hides the others.

    Args:
        root: a folder of runs; by default ``runs_root()`` and, of an installed package without a folder that is set,
            the runs that came along. Hidden folders and plain files are passed over.
        check: also compare each weights file with its recorded SHA-256, which reads all of it.
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
        try:
            run = read_run(folder)
            if check:
                check_weights(run)
        except InputError as error:
            broken.append(BrokenRun(folder.name, str(error)))
        except OSError as error:
            broken.append(BrokenRun(folder.name, f"the folder cannot be read: {error.strerror}."))
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
    record = path / RECORD_FILE
    is_there = record.is_file() or os.path.lexists(record)
    if not is_there and ((path / HISTORY_FILE).exists() or (path / "checkpoint").exists()):
        again = "go on with it by --resume" if _has_checkpoint(path) else "start it again"
        raise InputError(
            f"{RECORD_FILE} is not there yet; a training writes it when its first epoch is done; if it was stopped, "
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
    """Write ``record`` as ``path/run.json`` and return the run; its weights must be there."""
    write_json(Path(path) / RECORD_FILE, record.to_json())
    return read_run(path)


def check_weights(run: Run) -> None:
    """Compare the weights file with the recorded SHA-256; a run without weights passes.

    Raises:
        InputError: the file is missing, cannot be read or is another one.
    """
    if not run.has_network:
        return
    try:
        found = sha256_of(run.weights_path)
    except OSError as error:
        raise InputError(f"{run.weights_path.name} cannot be read: {error.strerror}.") from error
    if found != run.weights_sha256 and _has_checkpoint(run.path):
        raise InputError(
            f"{run.weights_path.name} is not that of the epoch that {RECORD_FILE} tells of, as after a training that "
            "was stopped between the two; go on with it by `train --resume`."
        )
    if found != run.weights_sha256:
        raise InputError(
            f"{run.weights_path.name} has sha256 {found[:12]}… but {RECORD_FILE} records {run.weights_sha256[:12]}…; "
            "copy the file again or correct the record."
        )


def _has_checkpoint(folder: Path) -> bool:
    """Tell whether a training left what it goes on from; see ``segcore.training.checkpoint``."""
    return (folder / "checkpoint" / "state.npz").exists()
