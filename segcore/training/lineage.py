"""History of a run during training: its commands, and changes of settings, data, versions and hardware.

``segcore.runs.lineage`` defines the parts and their format on disk. Epochs count from 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from segcore.runs.checks import Content, expected
from segcore.runs.lineage import Change, Circumstances, Command, FurtherData, Told, TrainedFrames
from segcore.runs.record import Record
from segcore.training.config import TrainingConfig

# The planned length of a training does not affect the epochs that are done.
_NOT_OF_EPOCHS = ("epochs", "decay_epochs")
# End of a command that only resumes a training.
_RESUME = " --resume"


@dataclass(frozen=True)
class Lineage:
    """History of a training.

    Attributes:
        commands: the training commands, without repetitions of the previous one.
        changes: one entry for each resumed training with other settings or circumstances than before.
        further_data: one entry for each change of the further training data sets.
        circumstances: of the last epochs; empty in checkpoints of older versions.
    """

    commands: tuple[Command, ...] = ()
    changes: tuple[Change, ...] = ()
    further_data: tuple[FurtherData, ...] = ()
    circumstances: Circumstances = field(default_factory=Circumstances)

    @classmethod
    def from_state(cls, content: Mapping[str, Any]) -> "Lineage":
        """Return the lineage in the JSON object of a checkpoint.

        Raises:
            InputError: a key is missing, or a value has a wrong type or is out of its range.
        """
        state = _State.from_json(content, where="the checkpoint")
        return cls(state.commands, state.earlier, state.extra_data, state.circumstances.circumstances)

    def to_state(self) -> dict[str, Any]:
        """Return the lineage as keys of a checkpoint's JSON object."""
        return {
            "extra_data": _json(self.further_data),
            "earlier": _json(self.changes),
            "commands": _json(self.commands),
            "circumstances": self.circumstances.to_json(),
        }

    @classmethod
    def from_record(cls, record: Record) -> "Lineage":
        """Return the lineage in ``run.json``, as far as it is recorded."""
        further = record.data.extra if record.data else ()
        return cls(record.commands, record.earlier, further, record.circumstances)

    def to_record(self) -> dict[str, Any]:
        """Return the lineage as keys of ``run.json``."""
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
        """Return the lineage of a training that continues with the configuration ``now`` and circumstances ``here``."""
        new = now.to_dict()
        settings = {
            key: old for key, old in before.to_dict().items() if key not in _NOT_OF_EPOCHS and new[key] != old
        }
        other = self.circumstances.unlike(here)
        changes = self.changes
        if epochs_done and (settings or other != Circumstances()):
            changes = (*changes, Change.of(epochs_done, settings, other))
        return replace(self, changes=changes, circumstances=self.circumstances.updated(here))

    def with_command(self, epochs_done: int, command: str) -> "Lineage":
        """Return the lineage with the command that trains the next epochs."""
        # A command that ended before its first epoch has trained nothing.
        commands = tuple(entry for entry in self.commands if entry.from_epoch <= epochs_done)
        if not commands or commands[-1].command.removesuffix(_RESUME) != command.removesuffix(_RESUME):
            commands = (*commands, Command(from_epoch=epochs_done + 1, command=command))
        return replace(self, commands=commands)

    def with_further_data(self, epochs_done: int, sources: Sequence[TrainedFrames]) -> "Lineage":
        """Return the lineage with the further training data of the next epochs."""
        last = self.further_data[-1].sources if self.further_data else ()
        if tuple(sources) == last:
            return self
        change = FurtherData(from_epoch=epochs_done + 1, sources=tuple(sources))
        return replace(self, further_data=(*self.further_data, change))

    def back_to(self, epoch: int) -> "Lineage":
        """Return the lineage as it was at the end of ``epoch``."""
        circumstances = self.circumstances
        # Newest change first, so that values before the oldest change win.
        for change in reversed(self._changes_since(epoch)):
            known = {
                key: old for key, old in change.circumstances.known.items() if key in circumstances.known
            }
            circumstances = replace(circumstances, **known)
        return Lineage(
            commands=tuple(entry for entry in self.commands if entry.from_epoch <= epoch),
            changes=tuple(entry for entry in self.changes if entry.to_epoch < epoch),
            further_data=tuple(entry for entry in self.further_data if entry.from_epoch <= epoch),
            circumstances=circumstances,
        )

    def config_at(self, epoch: int, now: TrainingConfig) -> TrainingConfig:
        """Return the configuration of ``epoch``, where ``now`` is the configuration of the last epoch."""
        settings = now.to_dict()
        for change in reversed(self._changes_since(epoch)):
            settings |= change.settings
        return TrainingConfig.from_dict(settings)

    def _changes_since(self, epoch: int) -> list[Change]:
        return [change for change in self.changes if change.to_epoch >= epoch]


class _State(Content):
    """The keys of the lineage in a checkpoint; older checkpoints have none of them."""

    commands: tuple[Command, ...] = expected("a list of objects with from_epoch and command", ())
    earlier: tuple[Change, ...] = expected("a list of objects with to_epoch and settings", ())
    extra_data: tuple[FurtherData, ...] = expected("a list of objects with from_epoch and sources", ())
    circumstances: Told = expected("an object of data, versions and hardware", Told())


def _json(entries: Sequence[Content]) -> list[dict[str, Any]]:
    return [entry.to_json() for entry in entries]
