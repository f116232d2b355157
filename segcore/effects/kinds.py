"""Types of the effects table: an effect and its parameters, which pages show as sliders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from segcore.errors import InputError

SEVERITIES = (1, 2, 3, 4, 5)
DEFAULT_SEVERITY = 3

Value = float | int | str
Values = Mapping[str, Value]
Size = tuple[int, int]
Transforms = tuple[tuple[str, Mapping[str, object]], ...]


@dataclass(frozen=True, kw_only=True)
class Number:
    """A numeric parameter.

    Attributes:
        name: Identifier, used in JSON, in the URL and by the command line.
        title: Label of the slider.
        unit: Unit of the number, such as ``"% of height"``; empty for a count or a factor.
        low: Smallest value, included.
        high: Largest value, included.
        step: Distance between two positions of the slider. With integer ``low`` and ``step`` the parameter
            takes integers only.
        presets: Values at severities 1 to 5, or one value for all severities.
        meaning: Help text of one line.
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
        """Return ``value`` as int or float.

        Raises:
            InputError: it is not a number, NaN, out of range, or not whole where only whole numbers are allowed.
        """
        expected = (
            f"expected a {'whole ' if self.is_integer else ''}number from {self.low:g} to {self.high:g}"
        )
        # This refuses NaN, since comparisons with NaN are false; comparisons of long integers are exact.
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and self.low <= value <= self.high
            and (not self.is_integer or value == int(value))
        ):
            return int(value) if self.is_integer else float(value)
        raise InputError(f"{self.name} is {repr(value)[:40]}; {expected}.")

    def parse(self, text: str) -> float:
        """Return the number that ``text`` holds.

        Raises:
            InputError: ``text`` is not a number, or the number is not allowed.
        """
        try:
            return self.check(float(text))
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            return self.check(text)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A parameter with a few named values; fields as in `Number`."""

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
        """Return ``value`` if it is one of the options.

        Raises:
            InputError: it is not.
        """
        if not isinstance(value, str) or value not in self.options:
            raise InputError(f"{self.name} is {value!r}; expected one of {', '.join(self.options)}.")
        return value

    parse = check


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One row of the table.

    Attributes:
        name: Identifier, used in JSON, in the URL and by the command line.
        title: Label for users.
        group: ``"weather"``, ``"camera"``, ``"colour"`` or ``"flip"``.
        meaning: Help text of one line.
        transforms: ``(values, (height, width)) -> ((transform, arguments), ...)``: names of one or more
            Albumentations transforms and their keyword arguments as plain Python literals for a frame of this size.
        parameters: In the order of the sliders.
        moves_mask: Whether the effect moves pixels, so that it must be applied to the mask too.
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
        """Whether the effect has severities 1 to 5; a flip has none."""
        return bool(self.parameters)

    def preset(self, severity: int) -> dict[str, Value]:
        """Return the parameters of severity 1 to 5.

        Raises:
            InputError: the severity is another one, or the effect has no severity.
        """
        if not self.has_severity:
            raise InputError(f"{self.title} has no severity; leave the severity out.")
        if severity not in SEVERITIES:
            raise InputError(f"Severity of {self.name} is {severity!r}; expected a whole number from 1 to 5.")
        return {parameter.name: parameter.at(severity) for parameter in self.parameters}

    def check(self, values: Values) -> dict[str, Value]:
        """Return the checked values of all parameters; parameters not in ``values`` have their defaults.

        Raises:
            InputError: a parameter does not exist, or its value is wrong.
        """
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
