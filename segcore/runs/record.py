"""The content of ``run.json``: what a run predicts with, by its kind, and what is told of its training."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, PlainSerializer, PlainValidator, model_validator
from typing_extensions import TypedDict

from segcore.classes.files import find_space, space_of
from segcore.errors import InputError
from segcore.frames.masks import KINDS as MASK_KINDS
from segcore.labels import LabelSpace
from segcore.runs.checks import (
    A_SHA256,
    A_SIZE,
    A_TEXT,
    A_WHOLE_NUMBER,
    AN_EPOCH,
    MOST_SHARPENING,
    Adaptation,
    Content,
    Count,
    Epoch,
    Sha256,
    Sharpening,
    Size,
    Text,
    expected,
)
from segcore.runs.lineage import Averaging, Change, Circumstances, Command, TrainingData
from segcore.runs.network_io import NetworkInput, NetworkOutput

# Spelled out here, since asking the registry of builders would import Keras.
KNOWN_ARCHITECTURES = ("unet", "unet_xception", "segnet", "mobilenet_segnet", "fcn")
PREDICTION_SETTINGS = {"sharpening": 0, "adaptation": {}}
"""Settings in ``run.json`` of how a network predicts beside its input's sizes, and what stands for none."""
FOREIGN_SETTINGS = ("input", "output")
"""The same for a foreign network: how pictures go in and what comes out."""
# What a builder is given beside its arguments.
_NO_ARGUMENTS = ("num_classes", "image_size")


def _check_arguments(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or value.keys() & {*_NO_ARGUMENTS}:
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
    """How a run was trained: keys of ``segcore.training.config``, of which these are shown as they are."""

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
    """What the records of all kinds have in common.

    Attributes:
        format: of the file, 1 so far.
        kind: what the run predicts with: a network of this project, an ONNX file of any other, or stored masks.
        parameters: of the network.
        training: the configuration of its last epochs.
        commands, earlier, data, versions, hardware: how it came about, see ``segcore.runs.lineage``.
        seed: of the training.
        averages: whose average its weights are or were.
        notes: of people.
        date: the day of the last epoch.
        best_epoch: epoch, counted from 1, whose weights were kept.
        epochs: how many it was trained.
        weights_sha256: of what it predicts with; None for a run that keeps its scores alone.
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
        """Return the content of ``run.json``: what the kind has of its own stands before what all have."""
        content = super().to_json()
        common = [key for key in Record.model_fields if key in content]
        first = [key for key in common if key in ("format", "kind")]
        own = [key for key in type(self).model_fields if key in content and key not in common]
        return {key: content.pop(key) for key in (*first, *own, *common[len(first) :])} | content

    @property
    def space(self) -> LabelSpace:
        """The classes that the run tells apart."""
        raise NotImplementedError

    @property
    def circumstances(self) -> Circumstances:
        """What the last epochs ran on, as far as it is known."""
        return Circumstances(self.data and self.data.of_itself, self.versions, self.hardware)

    @property
    def prediction_settings(self) -> dict[str, Any]:
        """How the network predicts beside its sizes, as it lies in ``run.json``."""
        return {}


class OwnRecord(Record):
    """The record of a network of this project, which is rebuilt from it.

    Attributes:
        architecture: one of ``KNOWN_ARCHITECTURES``.
        arguments: what its builder takes besides classes and size.
        label_space: name of a class list, see ``segcore.classes.files``.
        classes: the list itself, where it is none that comes along.
        num_classes: how many classes that has.
        input_size: (height, width) in pixels that it was trained and validated at.
        inference_sizes: (height, width) of each view in which it sees a picture, none for the input size alone.
        sharpening, adaptation: see ``segcore.runs.run.Run``.
        normalization: what makes an input of a pixel, for programs that are not this one.
    """

    architecture: Literal["unet", "unet_xception", "segnet", "mobilenet_segnet", "fcn"] = expected(
        "one of " + ", ".join(KNOWN_ARCHITECTURES)
    )
    arguments: Annotated[Mapping[str, Any], PlainValidator(_check_arguments)] = expected(
        "an object without " + " and ".join(_NO_ARGUMENTS), {}
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
        """The classes that the run tells apart."""
        if self.classes is None:
            return find_space(self.label_space)
        return space_of(self.label_space, self.classes, where="the list of classes in run.json")

    @property
    def prediction_settings(self) -> dict[str, Any]:
        """How the network predicts beside its sizes, as it lies in ``run.json``."""
        return {"sharpening": self.sharpening, "adaptation": self.adaptation}


class ForeignRecord(Record):
    """What the records of what was made elsewhere have in common.

    Attributes:
        classes: a class list, see ``segcore.classes.files``, or the name of a known one.
        source: the name of the file or folder that it came from.
        added: the day.
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
        """The classes that the run tells apart."""
        if isinstance(self.classes, str):
            return find_space(self.classes)
        return space_of("its own", self.classes, where="the list of classes in run.json")


class OnnxRecord(ForeignRecord):
    """The record of an ONNX network of somebody else: how a picture goes in and what comes out."""

    input: Annotated[
        NetworkInput, PlainValidator(NetworkInput.from_json), PlainSerializer(NetworkInput.to_json)
    ] = expected("an object")
    output: Annotated[
        NetworkOutput, PlainValidator(NetworkOutput.from_json), PlainSerializer(NetworkOutput.to_json)
    ] = expected("an object")

    @property
    def prediction_settings(self) -> dict[str, Any]:
        """How the network predicts beside its sizes, as it lies in ``run.json``."""
        return {"input": self.input.to_json(), "output": self.output.to_json()}


class MasksRecord(ForeignRecord):
    """The record of masks of certain frames, with the kind of numbers or colours that stand for classes in them."""

    encoding: Annotated[str, PlainValidator(_check_encoding)] = expected("one of " + ", ".join(MASK_KINDS))


_BY_KIND: Mapping[str, type[Record]] = {"network": OwnRecord, "onnx": OnnxRecord, "masks": MasksRecord}


def record_from_json(content: Mapping[str, Any]) -> Record:
    """Return the record in the content of ``run.json``, checked.

    Raises:
        InputError: a missing key, a wrong type, a number out of its range, or an architecture, label space or class
            list that is not known.
    """
    kind = content.get("kind", "network")
    # One that is not known is refused by the rule for it.
    family = _BY_KIND.get(kind, Record) if isinstance(kind, str) else Record
    return family.from_json(content, where="run.json")
