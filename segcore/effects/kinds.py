"""What a row of the effects table is made of: an effect and the parameters that sliders show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from segcore.errors import InputError

SEVERITIES = (1, 2, 3, 4, 5)
DEFAULT_SEVERITY = 3

Value = float | int | str
Values = Mapping[str, Value]
Size = tuple[int, int]
Transforms = tuple[tuple[str, dict[str, object]], ...]


@dataclass(frozen=True, kw_only=True)
class Number:
    """A numeric parameter.

    Attributes:
        name: Identifier, used in JSON, in the URL and by the command line.
        title: Label of the slider.
        unit: What the number counts, e.g. ``"% of height"``; empty for a plain count or factor.
        low: Smallest value, included.
        high: Largest value, included.
        step: Distance between two positions of the slider. With integer ``low`` and ``step`` the parameter
            takes integers only.
        presets: Its value at severities 1 to 5, or one value for all of them.
        meaning: One line that says what it does.
    """

    name: str
    title: str
    unit: str
    low: float
    high: float
    step: float
    presets: tuple[float, ...]
    meaning: str

    @property
    def is_integer(self) -> bool:
        """Whether the parameter takes whole numbers only."""
        return isinstance(self.step, int) and isinstance(self.low, int)

    @property
    def default(self) -> float:
        """The value at the default severity."""
        return self.at(DEFAULT_SEVERITY)

    def at(self, severity: int) -> float:
        """Return the value at severity 1 to 5."""
        return self.presets[severity - 1] if len(self.presets) > 1 else self.presets[0]

    def check(self, value: object) -> float:
        """Return ``value`` as this parameter's number; InputError if it is none, NaN or out of range."""
        expected = (
            f"expected a {'whole ' if self.is_integer else ''}number from {self.low:g} to {self.high:g}"
        )
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # A comparison with NaN is false, and one with an integer of any length is exact.
        if not is_number or not self.low <= value <= self.high or (self.is_integer and value != int(value)):
            raise InputError(f"{self.name} is {repr(value)[:40]}; {expected}.")
        return int(value) if self.is_integer else float(value)

    def parse(self, text: str) -> float:
        """Return the value written in ``text``; InputError if it does not fit."""
        try:
            return self.check(float(text))
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            return self.check(text)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A parameter with a few named values; the fields mean what they mean in `Number`."""

    name: str
    title: str
    options: tuple[str, ...]
    presets: tuple[str, ...]
    meaning: str

    @property
    def default(self) -> str:
        """The value at the default severity."""
        return self.at(DEFAULT_SEVERITY)

    def at(self, severity: int) -> str:
        """Return the value at severity 1 to 5."""
        return self.presets[severity - 1] if len(self.presets) > 1 else self.presets[0]

    def check(self, value: object) -> str:
        """Return ``value`` if it is one of the options; InputError if not."""
        if value not in self.options:
            raise InputError(f"{self.name} is {value!r}; expected one of {', '.join(self.options)}.")
        return value

    parse = check


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One row of the table.

    Attributes:
        name: Identifier, used in JSON, in the URL and by the command line.
        title: Label for people.
        group: ``"weather"``, ``"camera"``, ``"colour"`` or ``"flip"``.
        meaning: One line that says what it imitates.
        transforms: ``(values, (height, width)) -> ((transform, arguments), ...)``: names of Albumentations
            transforms and their keyword arguments as plain Python literals for a frame of that size.
            Several where one alone would not look like what it is named after.
        parameters: In the order of the sliders.
        moves_mask: Whether pixels change place, so that the mask has to follow.
    """

    name: str
    title: str
    group: str
    meaning: str
    transforms: Callable[[Values, Size], Transforms] = field(repr=False, compare=False)
    parameters: tuple[Number | Choice, ...] = ()
    moves_mask: bool = False

    @property
    def has_severity(self) -> bool:
        """Whether severities 1 to 5 mean something: a flip is there or is not."""
        return bool(self.parameters)

    def preset(self, severity: int) -> dict[str, Value]:
        """Return the parameters of severity 1 to 5; InputError for another severity or an effect without."""
        if not self.has_severity:
            raise InputError(f"{self.title} has no severity; leave the severity out.")
        if severity not in SEVERITIES:
            raise InputError(f"Severity of {self.name} is {severity!r}; expected a whole number from 1 to 5.")
        return {parameter.name: parameter.at(severity) for parameter in self.parameters}

    def check(self, values: Values) -> dict[str, Value]:
        """Return all parameters, checked, those not given at their default; InputError if one is wrong."""
        unknown = sorted(set(values) - {parameter.name for parameter in self.parameters})
        if unknown:
            known = ", ".join(parameter.name for parameter in self.parameters) or "no parameters"
            raise InputError(f"{self.title} has no parameter {unknown[0]!r}; it has {known}.")
        try:
            return {
                parameter.name: parameter.check(values.get(parameter.name, parameter.default))
                for parameter in self.parameters
            }
        except InputError as error:
            raise InputError(f"{self.title}: {error}") from None
