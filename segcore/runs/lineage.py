"""What ``run.json`` and a checkpoint tell of how a run came about: on which frames, by which commands, on what.

A key that an older version of this project did not write is None here and is left out when it is written again.
Epochs count from 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from segcore.frames.cityscapes import Frame
from segcore.runs.checks import (
    A_SHA256,
    A_SIZE,
    A_TEXT,
    A_WHOLE_NUMBER,
    AN_EPOCH,
    Content,
    Count,
    Epoch,
    Sha256,
    Size,
    Text,
    expected,
)


class TrainedFrames(Content):
    """The frames of one data set that a training takes.

    Attributes:
        name: of the data set.
        split: of the data set.
        frames: how many.
        repeats: how often an epoch shows each of them.
        cities: sorted names.
        frame_size: (height, width) of the first one in pixels.
    """

    name: Text | None = expected(A_TEXT, None)
    split: Text | None = expected(A_TEXT, None)
    frames: Count | None = expected(A_WHOLE_NUMBER, None)
    repeats: Count | None = expected(A_WHOLE_NUMBER, None)
    cities: tuple[Text, ...] | None = expected("a list of names", None)
    frame_size: Size | None = expected(A_SIZE, None)

    @classmethod
    def of(cls, frames: Sequence[Frame], **known: Any) -> Self:
        """Return the description of ``frames`` of a split ``train``; ``known`` has the other attributes."""
        cities = tuple(sorted({frame.group for frame in frames}))
        return cls(split="train", frames=len(frames), cities=cities, **known)

    def is_like(self, other: "TrainedFrames") -> bool:
        """Tell whether all that is recorded here, but for the name, is recorded of ``other`` as well."""
        mine, others = self.to_json(), other.to_json()
        return all(others.get(key) == value for key, value in mine.items() if key != "name")


class FurtherData(Content):
    """What is trained on beside the data set itself, from an epoch on; no ``sources`` for nothing any more."""

    from_epoch: Epoch = expected(AN_EPOCH)
    sources: tuple[TrainedFrames, ...] = expected("a list of objects, one a data set")


class TrainingData(TrainedFrames):
    """The frames of the data set itself, and in ``extra`` what came to them."""

    extra: tuple[FurtherData, ...] = expected("a list of objects with from_epoch and sources", ())

    @property
    def of_itself(self) -> TrainedFrames:
        """The frames of the data set alone."""
        return TrainedFrames(**self.model_dump(exclude_unset=True, exclude={"extra"}))


@dataclass(frozen=True)
class Circumstances:
    """What a training ran on, as far as it is known.

    Attributes:
        data: the frames of the data set itself.
        versions: of Python and of libraries, by their names.
        hardware: in words.
    """

    data: TrainedFrames | None = None
    versions: Mapping[str, str] | None = None
    hardware: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keys of ``run.json`` and the checkpoint that tell them."""
        return {
            key: value.to_json() if isinstance(value, TrainedFrames) else value
            for key, value in self.known.items()
        }

    @property
    def known(self) -> dict[str, Any]:
        """Those that are known, by their names."""
        return {key: value for key, value in vars(self).items() if value is not None}

    def updated(self, other: "Circumstances") -> "Circumstances":
        """Return these circumstances with what ``other`` knows in their place."""
        return replace(self, **other.known)

    def unlike(self, now: "Circumstances") -> "Circumstances":
        """Return those of these circumstances that are others ``now``.

        To have got another name, or a version that was not recorded, is no difference.
        """
        return Circumstances(
            data=self.data if self.data and not (now.data and self.data.is_like(now.data)) else None,
            versions=self.versions if self.versions and not _is_part(self.versions, now.versions) else None,
            hardware=self.hardware if self.hardware != now.hardware else None,
        )


class Told(Content):
    """The keys of an object that tell circumstances; others have more keys besides."""

    data: TrainedFrames | None = expected("an object", None)
    versions: Mapping[str, Text] | None = expected("an object of texts", None)
    hardware: Text | None = expected(A_TEXT, None)

    @property
    def circumstances(self) -> Circumstances:
        """The circumstances that it tells."""
        return Circumstances(self.data, self.versions, self.hardware)


class Command(Content):
    """A command that trained: the epoch that it begins with, and what was typed."""

    from_epoch: Epoch = expected(AN_EPOCH)
    command: Text = expected(A_TEXT)


class Change(Told):
    """What was otherwise up to an epoch.

    Attributes:
        to_epoch: the last epoch before the change.
        settings: the settings of the configuration that were others until then, with their values.
        data, versions, hardware: those that were others until then.
    """

    to_epoch: Epoch = expected(AN_EPOCH)
    settings: Mapping[str, Any] = expected("an object of settings")

    @classmethod
    def of(cls, to_epoch: int, settings: Mapping[str, Any], circumstances: Circumstances) -> Self:
        """Return what was otherwise up to ``to_epoch``."""
        return cls(to_epoch=to_epoch, settings=settings, **circumstances.known)

    def to_json(self) -> dict[str, Any]:
        content = super().to_json()
        return {key: content.pop(key) for key in ("to_epoch", "settings")} | content


class AveragedRun(Content):
    """One of the runs whose weights were averaged: its name, its best epoch, and the weights file's SHA-256."""

    run: Text = expected("the name of a run")
    epoch: Epoch | None = expected(AN_EPOCH, None)
    weights_sha256: Sha256 = expected(A_SHA256)


class Averaging(Content):
    """Weights that are the average of those of several runs.

    Attributes:
        weights_sha256: of the file of the averaged weights.
        of: whose average they are.
        command: what was typed.
    """

    weights_sha256: Sha256 = expected(A_SHA256)
    of: tuple[AveragedRun, ...] = expected(
        "a list of objects with run, epoch and weights_sha256, one at least", min_length=1
    )
    command: Text = expected(A_TEXT)


def _is_part(part: Mapping, whole: Mapping | None) -> bool:
    return whole is not None and all(whole.get(key) == value for key, value in part.items())
