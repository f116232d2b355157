"""A network file that may become a run: opening it, and describing its input, output and classes."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from segcore.adding.conversion import ENDINGS, as_onnx
from segcore.adding.description import FALLBACK_SIZE, Options, describe_input, describe_output, probe_size
from segcore.adding.inspection import NetworkFacts, check_file, copy_whole, inspect_network
from segcore.classes.files import MOST_CLASSES, find_space, known_spaces, read_space
from segcore.errors import InputError
from segcore.labels import LABEL_SPACES, LabelSpace
from segcore.predict.onnx.network import OnnxNetwork
from segcore.predict.preprocessing import network_input
from segcore.runs.network_io import NetworkInput, NetworkOutput


@dataclass(frozen=True, eq=False)
class Candidate:
    """An ONNX file, the facts that it contains, and its network, which is loaded at the first call."""

    path: Path
    facts: NetworkFacts
    network: OnnxNetwork


@dataclass(frozen=True, eq=False)
class Description:
    """Description of a candidate's input, output and classes."""

    how_in: NetworkInput
    how_out: NetworkOutput
    space: LabelSpace


@dataclass(frozen=True)
class Wiring:
    """Description of a candidate's input and output.

    Attributes:
        how_in, how_out: its input and output.
        classes: number of classes; None for an output of class indices whose number of classes is unknown.
    """

    how_in: NetworkInput
    how_out: NetworkOutput
    classes: int | None


@contextmanager
def opened(file: Path, *, size: tuple[int, int] = FALLBACK_SIZE) -> Iterator[Candidate]:
    """Open a network file; a file of another format is converted to ONNX first.

    Args:
        file: with one of ``ENDINGS``.
        size: (height, width) for the conversion, if the network takes any size but can only be converted for one.

    Raises:
        InputError: the file is missing, has another format, or its network cannot become a run.
    """
    file = Path(file)
    check_file(file)
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"{file} ends with {ending or 'nothing'!r}; expected one of {', '.join(ENDINGS)}.")
    with tempfile.TemporaryDirectory(prefix="segcompare-") as folder:
        path = Path(folder) / "model.onnx"
        if ending == ".onnx":
            # Work on a copy, so that the added network is the tested one even if the file changes meanwhile.
            copy_whole(file, path)
        else:
            as_onnx(file, path, size=size)
        facts = inspect_network(path, name=file)
        yield Candidate(path, facts, OnnxNetwork(path.read_bytes))


def describe(candidate: Candidate, options: Options, classes: str | Path | None) -> Description:
    """Return the description of a candidate's input, output and classes.

    Args:
        candidate: the network.
        options: settings of the user.
        classes: name of an included class list, or a file with one; None is allowed for a network with 19 outputs.

    Raises:
        InputError: as ``wire``, or the class list is unknown or has another number of classes than the network.
    """
    wiring = wire(candidate, options)
    return Description(wiring.how_in, wiring.how_out, _space(classes, wiring.classes))


def wire(candidate: Candidate, options: Options) -> Wiring:
    """Return the description of a candidate's input and output; this runs the network once on a grey picture.

    Raises:
        InputError: neither the file nor the user gives a necessary setting, they contradict each other, the network
            cannot be run, or it has too many classes.
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
            f"The network gives {number:,} scores per pixel; at most {MOST_CLASSES} classes can be compared."
        )
    return Wiring(how_in, how_out, number)


def fitting_lists(number: int | None) -> list[str]:
    """Return the names of the included class lists with ``number`` classes; all lists for None."""
    return [name for name in known_spaces() if number in (None, find_space(name).num_classes)]


def check_number(space: LabelSpace, number: int | None) -> None:
    """Check that a class list has as many classes as a network.

    Raises:
        InputError: it has another number of classes.
    """
    if number is not None and space.num_classes != number:
        raise InputError(
            f"The class list {space.name} has {space.num_classes} classes, but the network gives {number} scores per "
            "pixel; give the list in the order of its outputs."
        )


def _check_scores(facts: NetworkFacts) -> None:
    """Refuse a network with too many classes before it runs, since its output could take all memory."""
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
        counted = "a map of classes" if number is None else f"{number} scores per pixel"
        fitting = fitting_lists(number)
        raise InputError(
            f"The network gives {counted}, but its classes are unknown; give --classes with a file that lists them"
            + (f", or one of {', '.join(fitting)}." if fitting else ".")
        )
    space = find_space(str(classes)) if str(classes) in known_spaces() else _from_file(classes, number)
    check_number(space, number)
    return space


def _from_file(classes: str | Path, number: int | None) -> LabelSpace:
    if not Path(classes).exists():
        # Its error lists the included class lists.
        return find_space(str(classes))
    return read_space(Path(classes), number=number)
