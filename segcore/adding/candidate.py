"""A network file that may become a run: opened, described, tried on pictures, and only then kept."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from segcore.adding.conversion import ENDINGS, as_onnx
from segcore.adding.description import FALLBACK_SIZE, Options, describe_input, describe_output, probe_size
from segcore.adding.inspection import NetworkFacts, check_file, inspect_network
from segcore.classes.files import MOST_CLASSES, find_space, known_spaces, read_space
from segcore.errors import InputError
from segcore.labels import LABEL_SPACES, LabelSpace
from segcore.predict.onnx.network import OnnxNetwork
from segcore.predict.preprocessing import network_input
from segcore.runs.network_io import NetworkInput, NetworkOutput


@dataclass(frozen=True, eq=False)
class Candidate:
    """An ONNX file, what it says of itself, and the network in it, which is loaded when it is first asked."""

    path: Path
    facts: NetworkFacts
    network: OnnxNetwork


@dataclass(frozen=True, eq=False)
class Description:
    """How a candidate is fed and read, and what its classes are."""

    how_in: NetworkInput
    how_out: NetworkOutput
    space: LabelSpace


@dataclass(frozen=True)
class Wiring:
    """How a candidate is fed and read.

    Attributes:
        how_in, how_out: its input and output.
        classes: how many classes it tells apart; None for a map of classes that does not say.
    """

    how_in: NetworkInput
    how_out: NetworkOutput
    classes: int | None


@contextmanager
def opened(file: Path, *, size: tuple[int, int] = FALLBACK_SIZE) -> Iterator[Candidate]:
    """Open a network file, which is converted first where it is no ONNX file.

    Args:
        file: with one of ``ENDINGS``.
        size: (height, width) to convert it for where it takes any size but cannot be converted so.

    Raises:
        InputError: the file is missing, of another kind, or nothing that a run can be made of.
    """
    file = Path(file)
    check_file(file)
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"{file} ends with {ending or 'nothing'!r}; expected one of {', '.join(ENDINGS)}.")
    with tempfile.TemporaryDirectory(prefix="segcompare-") as folder:
        path = Path(folder) / "model.onnx"
        if ending == ".onnx":
            inspect_network(file)
            # A copy, so that what is tried is what is kept, whatever happens to the file meanwhile.
            shutil.copyfile(file, path)
        else:
            as_onnx(file, path, size=size)
        facts = inspect_network(path)
        yield Candidate(path, facts, OnnxNetwork(path.read_bytes))


def describe(candidate: Candidate, options: Options, classes: str | Path | None) -> Description:
    """Return how a candidate is fed and read, and its classes.

    Args:
        candidate: the network.
        options: what the user says of it.
        classes: name of a class list that comes along, or a file of one; None where 19 outputs say enough.

    Raises:
        InputError: as ``wire``, or the classes are not known or not as many as the network has.
    """
    wiring = wire(candidate, options)
    return Description(wiring.how_in, wiring.how_out, _space(classes, wiring.classes))


def wire(candidate: Candidate, options: Options) -> Wiring:
    """Return how a candidate is fed and read; one picture without content is shown to it.

    Raises:
        InputError: something has to be known that neither the file nor the user says, or they contradict, or the
            network cannot be computed, or has more classes than can be compared.
    """
    _check_scores(candidate.facts)
    how_in = describe_input(candidate.facts, options)
    size = probe_size(how_in)
    fed, _ = network_input(np.full((*size, 3), 127, np.uint8), replace(how_in, size=size))
    names = [output.name for output in candidate.facts.outputs]
    raw = dict(zip(names, candidate.network.run(names, {candidate.facts.input_name: fed}), strict=True))
    how_out, number = describe_output(candidate.facts, options, raw, size)
    if number is not None and number > MOST_CLASSES:
        raise InputError(
            f"The network gives {number:,} scores a pixel; at most {MOST_CLASSES} classes can be compared."
        )
    return Wiring(how_in, how_out, number)


def fitting_lists(number: int | None) -> list[str]:
    """Return the names of the class lists that come along and have so many classes, all for None."""
    return [name for name in known_spaces() if number in (None, find_space(name).num_classes)]


def check_number(space: LabelSpace, number: int | None) -> None:
    """Check that a class list has as many classes as a network.

    Raises:
        InputError: it has not.
    """
    if number is not None and space.num_classes != number:
        raise InputError(
            f"The class list {space.name} has {space.num_classes} classes, but the network gives {number} scores a "
            "pixel; give the list in the order of its outputs."
        )


def _check_scores(facts: NetworkFacts) -> None:
    """Refuse what has too many classes before it is computed, which could take all memory."""
    for output in facts.outputs:
        shape = output.shape or ()
        if len(shape) == 4 and all(side is not None and side > MOST_CLASSES for side in (shape[1], shape[3])):
            raise InputError(
                f"The output {output.name!r} has the shape {shape}; at most {MOST_CLASSES} classes can be compared."
            )


def _space(classes: str | Path | None, number: int | None) -> LabelSpace:
    if classes is None:
        if number == LABEL_SPACES["train_ids"].num_classes:
            return LABEL_SPACES["train_ids"]
        counted = "a map of classes" if number is None else f"{number} scores a pixel"
        fitting = fitting_lists(number)
        raise InputError(
            f"The network gives {counted} and does not say of which classes; give --classes with a file that lists them"
            + (f", or one of {', '.join(fitting)}." if fitting else ".")
        )
    space = find_space(str(classes)) if str(classes) in known_spaces() else _from_file(classes, number)
    check_number(space, number)
    return space


def _from_file(classes: str | Path, number: int | None) -> LabelSpace:
    if not Path(classes).exists():
        # Names the lists that come along.
        return find_space(str(classes))
    return read_space(Path(classes), number=number)
