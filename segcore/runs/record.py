"""The content of ``run.json``: the network or masks of a run, by kind, and the record of its training."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, PlainSerializer, PlainValidator, model_validator
from typing_extensions import TypedDict

from segcore.classes.files import find_space, space_of
from segcore.errors import InputError
from segcore.frames.encoding import KINDS as MASK_KINDS
from segcore.labels import LabelSpace
from segcore.runs.checks import (
    A_SHA256,
    A_SIZE,
    A_TEXT,
    A_WHOLE_NUMBER,
    AN_EPOCH,
    ARGUMENTS,
    MOST_SHARPENING,
    Adaptation,
    Content,
    Count,
    Epoch,
    Sha256,
    Sharpening,
    Size,
    Text,
    are_arguments,
    expected,
)
from segcore.runs.lineage import Averaging, Change, Circumstances, Command, TrainingData
from segcore.runs.network_io import NetworkInput, NetworkOutput

# A list of its own, because the table of networks in ``segcore.models`` imports Keras.
Architecture = Literal["unet", "unet_xception", "segnet", "mobilenet_segnet", "fcn"]
KNOWN_ARCHITECTURES = get_args(Architecture)
PREDICTION_SETTINGS: Mapping[str, Any] = {"sharpening": 0, "adaptation": {}}
"""Settings of the prediction in ``run.json`` besides the input's sizes, with their default values."""
FOREIGN_SETTINGS = ("input", "output")
"""The same for a foreign network: the description of its input and output."""
# Parameters of the architecture's function that are not in ``arguments``.
_NO_ARGUMENTS = ("num_classes", "image_size")


def _check_arguments(value: Any) -> dict[str, Any]:
    if not are_arguments(value) or value.keys() & {*_NO_ARGUMENTS}:
        raise ValueError("no arguments")
    return dict(value)


def _check_classes(value: Any) -> str | list:
    if not isinstance(value, str | list):
        raise ValueError("no class list")
    return value


def _check_own_classes(value: Any) -> list | None:
    if value is not None and not isinstance(value, list):
        raise ValueError("no class list")
    return value


def _check_encoding(value: Any) -> str:
    if value not in MASK_KINDS:
        raise ValueError("no encoding")
    return value


class TrainingSettings(TypedDict, total=False):
    """Training configuration: keys of ``segcore.training.config``; those listed here are texts that pages show."""

    # Pydantic reads the configuration of a TypedDict from here; PEP 589 allows only keys, hence "ignore".
    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    model: Text
    loss: Text
    loss_grid: Text
    class_weights: Text
    augment: Text
    encoder_weights: Text
    teacher: Text
    precision: Text


class Record(Content):
    """Common keys of the records of all kinds.

    Attributes:
        format: version of the file format, 1.
        kind: "network" of this project, "onnx" for a foreign ONNX file, or "masks" for stored masks.
        parameters: number of parameters of the network.
        training: the configuration of the last epochs.
        commands, earlier, data, versions, hardware: history of the training, see ``segcore.runs.lineage``.
        seed: of the training.
        averages: the weight averages of this run.
        notes: texts that a person wrote.
        date: day of the last epoch.
        best_epoch: epoch, counted from 1, whose weights were kept.
        epochs: number of trained epochs.
        weights_sha256: SHA-256 of the weights, the ONNX file or the masks; None for a run that keeps only scores.
    """

    format: Literal[1] = expected("1")
    kind: Literal["network", "onnx", "masks"] = expected("one of network, onnx, masks", "network")
    parameters: Count | None = expected(A_WHOLE_NUMBER, None)
    training: TrainingSettings = expected("an object, whose loss, augment and the like are texts", {})
    commands: tuple[Command, ...] = expected("a list of objects with from_epoch and command", ())
    earlier: tuple[Change, ...] = expected(
        "a list of objects with to_epoch, settings and perhaps data, versions and hardware", ()
    )
    data: TrainingData | None = expected(
        "an object whose extra is a list of objects with from_epoch and sources", None
    )
    seed: Count | None = expected(A_WHOLE_NUMBER, None)
    versions: Mapping[str, Text] | None = expected("an object of texts", None)
    hardware: Text | None = expected(A_TEXT, None)
    averages: tuple[Averaging, ...] = expected(
        "a list of objects with weights_sha256, command and of, a list of objects with run, epoch and weights_sha256",
        (),
    )
    notes: tuple[Text, ...] = expected("a list of texts", ())
    date: Text | None = expected("a date", None)
    best_epoch: Epoch | None = expected(AN_EPOCH, None)
    epochs: Epoch | None = expected(AN_EPOCH, None)
    weights_sha256: Sha256 | None = expected(A_SHA256)

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``run.json``: first the keys of this kind, then the common keys."""
        content = super().to_json()
        common = [key for key in Record.model_fields if key in content]
        first = [key for key in common if key in ("format", "kind")]
        own = [key for key in type(self).model_fields if key in content and key not in common]
        return {key: content.pop(key) for key in (*first, *own, *common[len(first) :])} | content

    @property
    def space(self) -> LabelSpace:
        """The classes of the run's predictions."""
        raise NotImplementedError

    @property
    def circumstances(self) -> Circumstances:
        """Frames, versions and hardware of the last epochs, as far as they are known."""
        return Circumstances(self.data and self.data.of_itself, self.versions, self.hardware)

    @property
    def prediction_settings(self) -> dict[str, Any]:
        """Further settings of the prediction besides sizes, as in ``run.json``."""
        return {}


class OwnRecord(Record):
    """The record of a network of this project; the network is built from it.

    Attributes:
        architecture: one of ``KNOWN_ARCHITECTURES``.
        arguments: arguments of the architecture besides number of classes and image size.
        label_space: name of a class list, see ``segcore.classes.files``.
        classes: the class list, if it is not an included one.
        num_classes: number of classes.
        input_size: (height, width) in pixels of training and validation.
        inference_sizes: (height, width) in pixels of each view of a picture; empty for the input size only.
        sharpening, adaptation: see ``segcore.runs.run.Run``.
        normalization: how a pixel becomes an input value, for other programs; not used here.
    """

    architecture: Architecture = expected("one of " + ", ".join(KNOWN_ARCHITECTURES))
    arguments: Annotated[Mapping[str, Any], PlainValidator(_check_arguments)] = expected(
        f"{ARGUMENTS}, without {' and '.join(_NO_ARGUMENTS)}", {}
    )
    label_space: Text = expected("the name of a class list")
    classes: Annotated[list | None, PlainValidator(_check_own_classes)] = expected("a class list", None)
    num_classes: Count = expected("a whole number above 0")
    input_size: Size = expected(A_SIZE)
    inference_sizes: tuple[Size, ...] = expected(f"a list of {A_SIZE}", ())
    sharpening: Sharpening = expected(f"a number in 0..{MOST_SHARPENING}", 0)
    adaptation: Adaptation = expected("an object of numbers of at least 0, one for each layer", {})
    normalization: Mapping[str, Any] | None = expected("an object", None)

    @model_validator(mode="after")
    def _check_classes_fit(self) -> "OwnRecord":
        known = self.space.num_classes
        if self.num_classes != known:
            raise InputError(
                f"run.json has num_classes = {self.num_classes}, but the label space {self.label_space!r} has "
                f"{known}; make them agree."
            )
        return self

    @property
    def space(self) -> LabelSpace:
        """The classes of the run's predictions."""
        if self.classes is None:
            return find_space(self.label_space)
        return space_of(self.label_space, self.classes, where="the list of classes in run.json")

    @property
    def prediction_settings(self) -> dict[str, Any]:
        """Further settings of the prediction besides sizes, as in ``run.json``."""
        return {"sharpening": self.sharpening, "adaptation": self.adaptation}


class ForeignRecord(Record):
    """Common keys of the records of foreign networks and masks.

    Attributes:
        classes: a class list, see ``segcore.classes.files``, or the name of a known one.
        source: name of the file or folder that was added.
        added: day on which it was added.
    """

    classes: Annotated[str | list, PlainValidator(_check_classes)] = expected("a class list or its name")
    source: Text | None = expected("the name of a file", None)
    added: Text | None = expected("a date", None)

    @model_validator(mode="after")
    def _check_classes_known(self) -> "ForeignRecord":
        _ = self.space
        return self

    @property
    def space(self) -> LabelSpace:
        """The classes of the run's predictions."""
        if isinstance(self.classes, str):
            return find_space(self.classes)
        return space_of("its own", self.classes, where="the list of classes in run.json")


class OnnxRecord(ForeignRecord):
    """The record of a foreign ONNX network, with the description of its input and output."""

    input: Annotated[
        NetworkInput, PlainValidator(NetworkInput.from_json), PlainSerializer(NetworkInput.to_json)
    ] = expected("an object")
    output: Annotated[
        NetworkOutput, PlainValidator(NetworkOutput.from_json), PlainSerializer(NetworkOutput.to_json)
    ] = expected("an object")

    @property
    def prediction_settings(self) -> dict[str, Any]:
        """Further settings of the prediction besides sizes, as in ``run.json``."""
        return {"input": self.input.to_json(), "output": self.output.to_json()}


class MasksRecord(ForeignRecord):
    """The record of stored masks of some frames, with the encoding of classes in their pixels."""

    encoding: Annotated[str, PlainValidator(_check_encoding)] = expected("one of " + ", ".join(MASK_KINDS))


_BY_KIND: Mapping[str, type[Record]] = {"network": OwnRecord, "onnx": OnnxRecord, "masks": MasksRecord}


def record_from_json(content: Mapping[str, Any]) -> Record:
    """Return the checked record of the content of ``run.json``.

    Raises:
        InputError: a key is missing, a type is wrong, a number is out of its range, or an architecture, label space
            or class list is unknown.
    """
    kind = content.get("kind", "network")
    # ``Record`` refuses an unknown kind.
    family = _BY_KIND.get(kind, Record) if isinstance(kind, str) else Record
    return family.from_json(content, where="run.json")
