"""A chain of effects with their parameters, order and seed, and its forms as URL text and JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from segcore.effects.kinds import DEFAULT_SEVERITY, SEVERITIES, Effect, Value
from segcore.effects.table import EFFECTS
from segcore.errors import InputError
from segcore.system.bounds import LONGEST_TEXT
from segcore.system.reading import parse_json

MAXIMUM_SEED = 2**31 - 1
MAXIMUM_STEPS = 12
FORMAT = 1


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def find_effect(name: object) -> Effect:
    """Return the effect of this name.

    Raises:
        InputError: there is no such effect; the message lists all names.
    """
    if not isinstance(name, str) or name not in EFFECTS:
        raise InputError(f"There is no effect {str(name)[:60]!r}; choose from {', '.join(EFFECTS)}.")
    return EFFECTS[name]


@dataclass(frozen=True)
class Step:
    """One effect of a chain with its values; create it with `make_step`.

    Attributes:
        name: The effect's name.
        values: The parameters' values in the table's order; None at severity 0, which leaves the effect out.
    """

    name: str
    values: tuple[Value, ...] | None

    @property
    def effect(self) -> Effect:
        """The effect's row of the table."""
        return EFFECTS[self.name]

    @property
    def is_on(self) -> bool:
        """Whether the effect is applied; False at severity 0."""
        return self.values is not None

    @property
    def parameters(self) -> dict[str, Value]:
        """The values by name; empty at severity 0."""
        if self.values is None:
            return {}
        names = (parameter.name for parameter in self.effect.parameters)
        return dict(zip(names, self.values, strict=True))

    @property
    def severity(self) -> int | None:
        """0 if off, 1 to 5 if the values are those of a preset, None for other values and for flips."""
        if not self.is_on:
            return 0
        if not self.effect.has_severity:
            return None
        return next((level for level in SEVERITIES if self.effect.preset(level) == self.parameters), None)


def make_step(
    name: object, *, severity: int | None = None, parameters: Mapping[str, Value] | None = None
) -> Step:
    """Return a checked step.

    Args:
        name: A key of `EFFECTS`.
        severity: 0 for off, 1 to 5 for a preset; default 3.
        parameters: Values that replace those of the preset.

    Raises:
        InputError: An effect, parameter or severity does not exist, or a value is out of range or NaN.
    """
    effect = find_effect(name)
    if severity is not None and not (_is_whole(severity) and severity in (0, *SEVERITIES)):
        raise InputError(f"Severity of {name} is {severity!r}; expected a whole number from 0 (off) to 5.")
    if severity == 0:
        return Step(effect.name, None)
    base = effect.preset(severity or DEFAULT_SEVERITY) if effect.has_severity or severity is not None else {}
    return Step(effect.name, tuple(effect.check({**base, **(parameters or {})}).values()))


@dataclass(frozen=True)
class Chain:
    """Effects in the order in which they are applied, and a seed.

    The first effect uses ``seed``, the second ``seed + 1``, and so on.

    Raises:
        InputError: The seed is not a whole number from 0 to 2,147,483,647, or there are more than 12 steps.
    """

    steps: tuple[Step, ...] = ()
    seed: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        if not _is_whole(self.seed) or not 0 <= self.seed <= MAXIMUM_SEED:
            raise InputError(f"The seed is {self.seed!r}; expected a whole number from 0 to {MAXIMUM_SEED}.")
        if len(self.steps) > MAXIMUM_STEPS:
            raise InputError(f"The chain has {len(self.steps)} effects; keep at most {MAXIMUM_STEPS}.")

    @property
    def active_steps(self) -> tuple[Step, ...]:
        """The steps that are applied: those with a severity above 0."""
        return tuple(step for step in self.steps if step.is_on)


def to_text(chain: Chain) -> str:
    """Return the steps as a short text for a URL, such as ``rain-4~fog-2-patch.0.8~horizontal_flip``.

    Steps are joined by ``~``. A step is the name of the effect, the severity whose preset is nearest, and the values
    that differ from this preset. No character needs escaping in a URL. The seed is not included.
    """
    return "~".join(_step_text(step) for step in chain.steps)


def _step_text(step: Step) -> str:
    if not step.is_on:
        return f"{step.name}-0"
    if not step.effect.has_severity:
        return step.name
    candidates = []
    for severity in SEVERITIES:
        preset = step.effect.preset(severity)
        changes = [f"-{name}.{value}" for name, value in step.parameters.items() if value != preset[name]]
        candidates.append((len(changes), f"{step.name}-{severity}{''.join(changes)}"))
    return min(candidates, key=lambda candidate: candidate[0])[1]


def from_text(text: str, *, seed: int = 0) -> Chain:
    """Return the chain of a text of `to_text`.

    Raises:
        InputError: The text has another form, or names something that does not exist.
    """
    # A hyphen before a letter starts a parameter; before a digit it is a severity or a minus sign.
    parts = [re.split(r"-(?=[a-z])", step) for step in text.split("~")] if text else []
    return Chain(tuple(_step_of(head, changes) for head, *changes in parts), seed=seed)


def _step_of(head: str, changes: list[str]) -> Step:
    name, dash, severity = head.partition("-")
    effect = find_effect(name)
    if dash and not re.fullmatch(r"\d", severity, re.ASCII):
        raise InputError(f"Severity of {name} is {severity!r}; expected a whole number from 0 (off) to 5.")
    known = {parameter.name: parameter for parameter in effect.parameters}
    values = {}
    for change in changes:
        key, _, written = change.partition(".")
        # make_step reports an unknown key together with the known ones.
        values[key] = known[key].parse(written) if key in known else written
    return make_step(name, severity=int(severity) if dash else None, parameters=values)


def to_json(chain: Chain) -> str:
    """Return the chain and its seed as JSON with the values of all parameters."""
    steps = [
        {"effect": step.name, **({"parameters": step.parameters} if step.is_on else {"severity": 0})}
        for step in chain.steps
    ]
    return json.dumps({"format": FORMAT, "seed": chain.seed, "effects": steps}, indent=2, allow_nan=False)


def from_json(text: str) -> Chain:
    """Return the chain of a JSON text of `to_json`; a hand-written step may have ``severity`` for ``parameters``.

    Raises:
        InputError: The text is not valid JSON, has another form, or names something that does not exist.
    """
    if len(text) > LONGEST_TEXT:
        raise InputError(f"The chain has {len(text):,} characters; expected {LONGEST_TEXT:,} at most.")
    content = parse_json(text, name="The chain")
    entries = (
        content.get("effects") if isinstance(content, dict) and content.get("format") == FORMAT else None
    )
    if not isinstance(entries, list):
        raise InputError(f'The chain needs "format": {FORMAT} and a list "effects"; copy it again.')
    return Chain(tuple(_step_from_json(entry) for entry in entries), seed=content.get("seed", 0))


def _step_from_json(entry: object) -> Step:
    if not isinstance(entry, dict) or not isinstance(entry.get("parameters", {}), dict):
        raise InputError(
            f"The chain holds {repr(entry)[:60]}; expected an effect with parameters or a severity."
        )
    unknown = sorted(set(entry) - {"effect", "severity", "parameters"})
    if unknown:
        raise InputError(f"The chain holds {unknown[0][:60]!r}; expected effect, severity or parameters.")
    return make_step(entry.get("effect"), severity=entry.get("severity"), parameters=entry.get("parameters"))
