"""How a run came about: which commands trained it, on which frames, where, and what changed on the way.

These types have the formats that ``run.json`` and the checkpoint have on disk. A key that an older version of this
project did not write is None here and is left out when it is written again. Epochs count from 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from segcore.frames.cityscapes import Frame
from segcore.training.config import TrainingConfig

# How long a training is to last says nothing about the epochs that it has had.
_NOT_OF_EPOCHS = ("epochs", "decay_epochs")
# What ends a command that goes on with what another, or the same without it, began.
_RESUME = " --resume"


@dataclass(frozen=True)
class TrainedFrames:
    """The frames of one data set that a training takes.

    Attributes:
        name: of the data set.
        split: of the data set.
        frames: how many.
        repeats: how often an epoch shows each of them.
        cities: sorted names.
        frame_size: (height, width) of the first one in pixels.
    """

    name: str | None = None
    split: str | None = None
    frames: int | None = None
    repeats: int | None = None
    cities: tuple[str, ...] | None = None
    frame_size: tuple[int, int] | None = None

    @classmethod
    def of(cls, frames: Sequence[Frame], **known) -> "TrainedFrames":
        """Return the description of ``frames`` of a split ``train``; ``known`` has the other attributes."""
        cities = tuple(sorted({frame.group for frame in frames}))
        return cls(split="train", frames=len(frames), cities=cities, **known)

    @classmethod
    def from_json(cls, content: Mapping) -> "TrainedFrames":
        return cls(**{key: _frozen(content[key]) for key in cls.__dataclass_fields__ if key in content})

    def to_json(self) -> dict:
        return _recorded(self)

    def is_like(self, other: "TrainedFrames") -> bool:
        """Tell whether all that is recorded here, but for the name, is recorded of ``other`` as well."""
        mine, others = self.to_json(), other.to_json()
        return all(others.get(key) == value for key, value in mine.items() if key != "name")


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

    @classmethod
    def from_json(cls, content: Mapping) -> "Circumstances":
        """Return the circumstances in an object that may have other keys too, such as a run's record."""
        data = content.get("data")
        return cls(
            data=None if data is None else TrainedFrames.from_json(data),
            versions=content.get("versions"),
            hardware=content.get("hardware"),
        )

    def to_json(self) -> dict:
        return _recorded(self)

    def updated(self, other: "Circumstances") -> "Circumstances":
        """Return these circumstances with what ``other`` knows in their place."""
        return replace(self, **_known(other))

    def unlike(self, now: "Circumstances") -> "Circumstances":
        """Return those of these circumstances that are others ``now``.

        To have got another name, or a version that was not recorded, is no difference.
        """
        return Circumstances(
            data=self.data if self.data and not (now.data and self.data.is_like(now.data)) else None,
            versions=self.versions if self.versions and not _is_part(self.versions, now.versions) else None,
            hardware=self.hardware if self.hardware != now.hardware else None,
        )


@dataclass(frozen=True)
class Command:
    """A command that trained: the epoch that it begins with, and what was typed."""

    from_epoch: int
    command: str

    @classmethod
    def from_json(cls, content: Mapping) -> "Command":
        return cls(content["from_epoch"], content["command"])

    def to_json(self) -> dict:
        return _recorded(self)


@dataclass(frozen=True)
class FurtherData:
    """What is trained on beside the data set itself, from an epoch on; no ``sources`` for nothing any more."""

    from_epoch: int
    sources: tuple[TrainedFrames, ...]

    @classmethod
    def from_json(cls, content: Mapping) -> "FurtherData":
        return cls(content["from_epoch"], tuple(map(TrainedFrames.from_json, content["sources"])))

    def to_json(self) -> dict:
        return _recorded(self)


@dataclass(frozen=True)
class Change:
    """What was otherwise up to an epoch.

    Attributes:
        to_epoch: the last epoch before the change.
        settings: the settings of the configuration that were others until then, with their values.
        circumstances: those that were others until then.
    """

    to_epoch: int
    settings: Mapping[str, object]
    circumstances: Circumstances = Circumstances()

    @classmethod
    def from_json(cls, content: Mapping) -> "Change":
        return cls(content["to_epoch"], content["settings"], Circumstances.from_json(content))

    def to_json(self) -> dict:
        return {
            "to_epoch": self.to_epoch,
            "settings": dict(self.settings),
            **self.circumstances.to_json(),
        }


@dataclass(frozen=True)
class AveragedRun:
    """One of the runs whose weights were averaged: its name, its best epoch, and the weights file's SHA-256."""

    run: str
    epoch: int | None
    weights_sha256: str | None

    @classmethod
    def from_json(cls, content: Mapping) -> "AveragedRun":
        return cls(content["run"], content.get("epoch"), content["weights_sha256"])

    def to_json(self) -> dict:
        # Here None is written: that there is no best epoch is known.
        return dict(self.__dict__)


@dataclass(frozen=True)
class Averaging:
    """Weights that are the average of those of several runs.

    Attributes:
        weights_sha256: of the file of the averaged weights.
        of: whose average they are.
        command: what was typed.
    """

    weights_sha256: str
    of: tuple[AveragedRun, ...]
    command: str

    @classmethod
    def from_json(cls, content: Mapping) -> "Averaging":
        of = tuple(map(AveragedRun.from_json, content["of"]))
        return cls(content["weights_sha256"], of, content["command"])

    def to_json(self) -> dict:
        return _recorded(self)


@dataclass(frozen=True)
class Lineage:
    """How a run came about.

    Attributes:
        commands: each command that trained, but for repetitions of the one before.
        changes: one for each time that a resumed training had other settings or circumstances than before.
        further_data: one for each change of what is trained on beside the data set itself.
        circumstances: of the last epochs; empty in checkpoints of older versions.
    """

    commands: tuple[Command, ...] = ()
    changes: tuple[Change, ...] = ()
    further_data: tuple[FurtherData, ...] = ()
    circumstances: Circumstances = Circumstances()

    @classmethod
    def from_state(cls, content: Mapping) -> "Lineage":
        """Return the lineage in the JSON object of a checkpoint."""
        return cls._from_entries(
            content, content.get("extra_data", ()), Circumstances.from_json(content.get("circumstances", {}))
        )

    def to_state(self) -> dict:
        """Return the keys of a checkpoint's JSON object that tell the lineage."""
        return {
            "extra_data": _json(self.further_data),
            "earlier": _json(self.changes),
            "commands": _json(self.commands),
            "circumstances": self.circumstances.to_json(),
        }

    @classmethod
    def from_record(cls, record: Mapping) -> "Lineage":
        """Return the lineage in the content of ``run.json``, as far as it is there."""
        further = record.get("data", {}).get("extra", ())
        return cls._from_entries(record, further, Circumstances.from_json(record))

    def to_record(self) -> dict:
        """Return the keys of ``run.json`` that tell the lineage."""
        circumstances = self.circumstances.to_json()
        if self.further_data:
            circumstances["data"]["extra"] = _json(self.further_data)
        return {
            **({"commands": _json(self.commands)} if self.commands else {}),
            **({"earlier": _json(self.changes)} if self.changes else {}),
            **circumstances,
        }

    def with_change(
        self, epochs_done: int, before: TrainingConfig, now: TrainingConfig, here: Circumstances
    ) -> "Lineage":
        """Return the lineage of a training that goes on with the configuration ``now`` and ``here``."""
        new = now.to_dict()
        settings = {
            key: old for key, old in before.to_dict().items() if key not in _NOT_OF_EPOCHS and new[key] != old
        }
        other = self.circumstances.unlike(here)
        changes = self.changes
        if epochs_done and (settings or other != Circumstances()):
            changes = (*changes, Change(epochs_done, settings, other))
        return replace(self, changes=changes, circumstances=self.circumstances.updated(here))

    def with_command(self, epochs_done: int, command: str) -> "Lineage":
        """Return the lineage with the command that trains the coming epochs."""
        # One that ended before its first epoch did has trained nothing.
        commands = tuple(entry for entry in self.commands if entry.from_epoch <= epochs_done)
        if not commands or commands[-1].command.removesuffix(_RESUME) != command.removesuffix(_RESUME):
            commands = (*commands, Command(epochs_done + 1, command))
        return replace(self, commands=commands)

    def with_further_data(self, epochs_done: int, sources: Sequence[TrainedFrames]) -> "Lineage":
        """Return the lineage with what the coming epochs are trained on beside the data set itself."""
        last = self.further_data[-1].sources if self.further_data else ()
        if tuple(sources) == last:
            return self
        return replace(self, further_data=(*self.further_data, FurtherData(epochs_done + 1, tuple(sources))))

    def back_to(self, epoch: int) -> "Lineage":
        """Return the lineage as it was when ``epoch`` was done."""
        circumstances = self.circumstances
        # The oldest change since comes last and so has the last word.
        for change in reversed(self._changes_since(epoch)):
            known = {
                key: old for key, old in _known(change.circumstances).items() if key in _known(circumstances)
            }
            circumstances = replace(circumstances, **known)
        return Lineage(
            commands=tuple(entry for entry in self.commands if entry.from_epoch <= epoch),
            changes=tuple(entry for entry in self.changes if entry.to_epoch < epoch),
            further_data=tuple(entry for entry in self.further_data if entry.from_epoch <= epoch),
            circumstances=circumstances,
        )

    def config_at(self, epoch: int, now: TrainingConfig) -> TrainingConfig:
        """Return the configuration that ``epoch`` was trained with, if it is ``now`` for the last one."""
        settings = now.to_dict()
        for change in reversed(self._changes_since(epoch)):
            settings |= change.settings
        return TrainingConfig.from_dict(settings)

    def _changes_since(self, epoch: int) -> list[Change]:
        return [change for change in self.changes if change.to_epoch >= epoch]

    @classmethod
    def _from_entries(cls, content: Mapping, further: Sequence, circumstances: Circumstances) -> "Lineage":
        return cls(
            commands=tuple(map(Command.from_json, content.get("commands", ()))),
            changes=tuple(map(Change.from_json, content.get("earlier", ()))),
            further_data=tuple(map(FurtherData.from_json, further)),
            circumstances=circumstances,
        )


def _known(entry) -> dict:
    return {key: value for key, value in entry.__dict__.items() if value is not None}


def _recorded(entry) -> dict:
    return {key: _json(value) for key, value in _known(entry).items()}


def _json(value):
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value.to_json() if hasattr(value, "to_json") else value


def _frozen(value):
    return tuple(value) if isinstance(value, list) else value


def _is_part(part: Mapping, whole: Mapping | None) -> bool:
    return whole is not None and all(whole.get(key) == value for key, value in part.items())
