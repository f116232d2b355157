"""History of a run in ``run.json`` and in a checkpoint: its training frames, commands, versions and hardware.

A key that an older version of this project did not write is None here, and is left out when the file is written again.
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
    """The training frames of one data set.

    Attributes:
        name: of the data set.
        split: of the data set.
        frames: number of frames.
        repeats: how often each frame is used in an epoch.
        cities: sorted names.
        frame_size: (height, width) in pixels of the first frame.
    """

    name: Text | None = expected(A_TEXT, None)
    split: Text | None = expected(A_TEXT, None)
    frames: Count | None = expected(A_WHOLE_NUMBER, None)
    repeats: Count | None = expected(A_WHOLE_NUMBER, None)
    cities: tuple[Text, ...] | None = expected("a list of names", None)
    frame_size: Size | None = expected(A_SIZE, None)

    @classmethod
    def of(cls, frames: Sequence[Frame], **known: Any) -> Self:
        """Return the description of ``frames``, which are of one split; ``known`` has the other attributes."""
        cities = tuple(sorted({frame.group for frame in frames if frame.group}))
        return cls(split=frames[0].split, frames=len(frames), cities=cities, **known)

    def is_like(self, other: "TrainedFrames") -> bool:
        """Return whether ``other`` has the same values for all recorded attributes except the name."""
        mine, others = self.to_json(), other.to_json()
        return all(others.get(key) == value for key, value in mine.items() if key != "name")


class FurtherData(Content):
    """Further training frames beside those of the data set, from an epoch on; no ``sources`` means none from there."""

    from_epoch: Epoch = expected(AN_EPOCH)
    sources: tuple[TrainedFrames, ...] = expected("a list of objects, one per data set")


class TrainingData(TrainedFrames):
    """The training frames of the data set, and in ``extra`` those of further data sets."""

    extra: tuple[FurtherData, ...] = expected("a list of objects with from_epoch and sources", ())

    @property
    def of_itself(self) -> TrainedFrames:
        """The frames of the data set without ``extra``."""
        return TrainedFrames(**self.model_dump(exclude_unset=True, exclude={"extra"}))


@dataclass(frozen=True)
class Circumstances:
    """Frames, versions and hardware of a training, as far as they are known.

    Attributes:
        data: the training frames.
        versions: of Python and of libraries, by name.
        hardware: description in words.
    """

    data: TrainedFrames | None = None
    versions: Mapping[str, str] | None = None
    hardware: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the circumstances as keys of ``run.json`` and of the checkpoint."""
        return {
            key: value.to_json() if isinstance(value, TrainedFrames) else value
            for key, value in self.known.items()
        }

    @property
    def known(self) -> dict[str, Any]:
        """Return the known circumstances by name."""
        return {key: value for key, value in vars(self).items() if value is not None}

    def updated(self, other: "Circumstances") -> "Circumstances":
        """Return a copy where the known circumstances of ``other`` replace these."""
        return replace(self, **other.known)

    def unlike(self, now: "Circumstances") -> "Circumstances":
        """Return only the circumstances that differ from those of ``now``.

        Another name of the data set, or a version that was not recorded before, is not a difference.
        """
        return Circumstances(
            data=self.data if self.data and not (now.data and self.data.is_like(now.data)) else None,
            versions=self.versions if self.versions and not _is_part(self.versions, now.versions) else None,
            hardware=self.hardware if self.hardware != now.hardware else None,
        )


class Told(Content):
    """The keys of circumstances in an object; subclasses add further keys."""

    data: TrainedFrames | None = expected("an object", None)
    versions: Mapping[str, Text] | None = expected("an object of texts", None)
    hardware: Text | None = expected(A_TEXT, None)

    @property
    def circumstances(self) -> Circumstances:
        """The circumstances in these keys."""
        return Circumstances(self.data, self.versions, self.hardware)


class Command(Content):
    """A training command: its first epoch, and the command line."""

    from_epoch: Epoch = expected(AN_EPOCH)
    command: Text = expected(A_TEXT)


class Change(Told):
    """Settings and circumstances that differed up to an epoch.

    Attributes:
        to_epoch: the last epoch before the change.
        settings: former values of the settings that were changed after this epoch.
        data, versions, hardware: former circumstances that were changed after this epoch.
    """

    to_epoch: Epoch = expected(AN_EPOCH)
    settings: Mapping[str, Any] = expected("an object of settings")

    @classmethod
    def of(cls, to_epoch: int, settings: Mapping[str, Any], circumstances: Circumstances) -> Self:
        """Return the change after ``to_epoch``, with the former settings and circumstances."""
        return cls(to_epoch=to_epoch, settings=settings, **circumstances.known)

    def to_json(self) -> dict[str, Any]:
        content = super().to_json()
        return {key: content.pop(key) for key in ("to_epoch", "settings")} | content


class AveragedRun(Content):
    """A run whose weights were averaged: its name, its best epoch, and the SHA-256 of its weights file."""

    run: Text = expected("the name of a run")
    epoch: Epoch | None = expected(AN_EPOCH, None)
    weights_sha256: Sha256 = expected(A_SHA256)


class Averaging(Content):
    """The average of the weights of several runs.

    Attributes:
        weights_sha256: SHA-256 of the file of averaged weights.
        of: the averaged runs.
        command: the command line.
    """

    weights_sha256: Sha256 = expected(A_SHA256)
    of: tuple[AveragedRun, ...] = expected(
        "a list of at least one object with run, epoch and weights_sha256", min_length=1
    )
    command: Text = expected(A_TEXT)


def _is_part(part: Mapping, whole: Mapping | None) -> bool:
    return whole is not None and all(whole.get(key) == value for key, value in part.items())
