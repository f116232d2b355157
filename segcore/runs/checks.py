"""Checked, frozen objects from JSON files; one sentence reports a wrong value.

Here each key has its type and its range. ``segcore.system.bounds`` checks all numbers and texts of a file, whatever
their keys, when the file is read or written.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeGuard, get_args

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, Strict, StringConstraints, ValidationError
from pydantic.fields import FieldInfo

from segcore.errors import InputError

PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.+-]*")
MOST_SHARPENING = 10
_MOST_PIXELS = 2**53
_MOST_EPOCHS = 1_000_000
_MOST_CHANGE = 1e6
_LONGEST_SIDE = 65_536
_LONGEST_TEXT = 20_000


def plain_name(*words: str) -> str:
    """Return a name for a set of scores from words, such as a data set and its split.

    Example:
        >>> plain_name("Two folders (mine)", "val")
        'two-folders-mine_val'
    """
    kept = (re.sub(r"[^A-Za-z0-9.+-]+", "-", word).strip("-.+") for word in words)
    return "_".join(filter(None, kept)).lower()[:60] or "scores"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(low: float, high: float) -> PlainValidator:
    """Return a validator for a number in ``low..high``; a whole number stays an int."""

    def check(value: Any) -> float:
        if not (_is_number(value) and low <= value <= high):
            raise ValueError("not a number, or out of its range")
        return value

    return PlainValidator(check)


Text = Annotated[str, Strict(), StringConstraints(max_length=_LONGEST_TEXT)]
PlainName = Annotated[str, Strict(), StringConstraints(pattern=f"^{PLAIN_NAME.pattern}$", max_length=200)]
Sha256 = Annotated[str, Strict(), StringConstraints(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Strict(), Ge(0), Le(_MOST_PIXELS)]
Epoch = Annotated[int, Strict(), Ge(0), Le(_MOST_EPOCHS)]
Size = tuple[
    Annotated[int, Strict(), Ge(1), Le(_LONGEST_SIDE)], Annotated[int, Strict(), Ge(1), Le(_LONGEST_SIDE)]
]
Score = Annotated[float, number(0, 1)]
Sharpening = Annotated[float, number(0, MOST_SHARPENING)]
Adaptation = Mapping[str, Annotated[float, number(0, _MOST_CHANGE)]]

A_WHOLE_NUMBER = "a whole number"
AN_EPOCH = f"a whole number up to {_MOST_EPOCHS:,}"
A_SIZE = f"[height, width] in pixels, each 1 to {_LONGEST_SIDE:,}"
A_TEXT = f"a text of at most {_LONGEST_TEXT:,} characters"
A_SHA256 = "64 hexadecimal digits or null"
A_SCORE = "a number in 0..1 or null"
_MOST_ARGUMENT, _MOST_ARGUMENTS = 65_536, 1000
ARGUMENTS = f"an object of at most {_MOST_ARGUMENTS} values, numbers up to {_MOST_ARGUMENT}"
SCORES = "an object of scores in 0..1 or null"


def are_arguments(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Return whether a value is `ARGUMENTS`: the keyword arguments of a network that is not built without end."""
    if not isinstance(value, Mapping):
        return False
    waiting, seen = [*value.values()], 0
    while waiting:
        part, seen = waiting.pop(), seen + 1
        if seen > _MOST_ARGUMENTS or (isinstance(part, int | float) and not abs(part) <= _MOST_ARGUMENT):
            return False
        if isinstance(part, Mapping):
            waiting += part.values()
        elif isinstance(part, list | tuple):
            waiting += part
    return True


def expected(words: str, default: Any = ..., **more: Any) -> Any:
    """Return a field of a ``Content``.

    Args:
        words: what the value must be; the end of an error sentence "...; expected <words>."
        default: value if the key is absent; by default the key is required.
        more: further arguments of pydantic's ``Field``.
    """
    return Field(default, description=words, **more)


class Content(BaseModel):
    """An object of a JSON file. Unknown keys are kept.

    The description of each field is the end of the error sentence for a wrong value.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    @classmethod
    def from_json(cls, content: Mapping[str, Any], *, where: str) -> Self:
        """Return the checked ``content``; ``where`` names its file in the message.

        Raises:
            InputError: a key is missing, or a value has a wrong type or is out of its range.
        """
        try:
            return cls.model_validate(dict(content))
        except ValidationError as error:
            raise InputError(_sentence(cls, error, where)) from error

    def to_json(self) -> dict[str, Any]:
        """Return the keys that were given, as in the file."""
        return self.model_dump(mode="json", exclude_unset=True)

    def told(self, key: str) -> Any:
        """Return the value of an optional key for a caller that needs it.

        Raises:
            KeyError: the key is absent, or its value is null.
        """
        value = getattr(self, key, None)
        if value is None:
            raise KeyError(key)
        return value

    def updated(self, **changes: Any) -> Self:
        """Return a copy with other values, given as in the file; raises as ``from_json``."""
        return self.from_json({**self.to_json(), **changes}, where="run.json")

    def without(self, key: str) -> Self:
        """Return a copy without an optional key."""
        return self.from_json({k: v for k, v in self.to_json().items() if k != key}, where="run.json")


def _sentence(kind: type[Content], error: ValidationError, where: str) -> str:
    first = error.errors(include_url=False)[0]
    told = first.get("ctx", {}).get("error")
    if isinstance(told, InputError):
        return str(told)
    place, words = _place(kind, first["loc"])
    if first["type"] == "missing":
        return f"{where} lacks {place!r}; expected {words}."
    found = json.dumps(first["input"], default=str)[:80]
    return f"{where} has {place} = {found}; expected {words}."


def _place(kind: type[Content], path: tuple[int | str, ...]) -> tuple[str, str]:
    """Return the place of a value and what is expected there, as texts for the error sentence."""
    fields: Mapping[str, FieldInfo] = kind.model_fields
    place, words = "", "an object"
    described = ""
    for step in path:
        # Pydantic puts "[key]" after a key that is itself wrong.
        if step == "[key]":
            continue
        field = fields.get(step) if isinstance(step, str) else None
        if field:
            words = field.description or words
            inner = _content_in(field.annotation)
            fields = inner.model_fields if inner else {}
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
        described = place if field else described
    # The description may belong to the list or object that contains the value.
    return place, words if described == place else f"{described} to be {words}"


def _content_in(annotation: Any) -> type[Content] | None:
    if isinstance(annotation, type) and issubclass(annotation, Content):
        return annotation
    return next((found for part in get_args(annotation) if (found := _content_in(part))), None)
