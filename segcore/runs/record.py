"""What ``run.json``, an evaluation and a sweep's provenance must hold: tables of rules, and checks that cross keys."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from segcore.classes.files import find_space, space_of
from segcore.errors import InputError
from segcore.frames.masks import KINDS as MASK_KINDS
from segcore.labels import LABEL_SPACES, LabelSpace
from segcore.runs.network_io import NetworkInput, NetworkOutput

# Spelled out here, since asking the registry of builders would import Keras.
KNOWN_ARCHITECTURES = ("unet", "unet_xception", "segnet", "mobilenet_segnet", "fcn")
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.+-]*")
MOST_SHARPENING = 10
PREDICTION_SETTINGS = {"sharpening": 0, "adaptation": {}}
"""Settings in ``run.json`` of how a network predicts beside its input's sizes, and what stands for none."""
FOREIGN_SETTINGS = ("input", "output")
"""The same for a foreign network: how pictures go in and what comes out."""
KINDS = ("network", "onnx", "masks")
"""What a run predicts with: a network of this project, the default; an ONNX file of any other; stored masks."""
_MOST_PIXELS = 2**53
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Rule:
    """What a key must hold.

    Attributes:
        key: in the object.
        test: tells whether a value will do.
        expected: what a value must be, in words.
        is_required: whether the key must be there.
    """

    key: str
    test: Callable[[object], bool]
    expected: str
    is_required: bool = False


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_score(value: object) -> bool:
    return value is None or (_is_number(value) and 0 <= value <= 1)


def _is_size(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(_is_count(side) and side > 0 for side in value)
    )


def _is_sizes(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_size, value))


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_sha256(value: object) -> bool:
    return value is None or (isinstance(value, str) and _SHA256.fullmatch(value) is not None)


def _is_optional_count(value: object) -> bool:
    return value is None or _is_count(value)


def _is_optional_size(value: object) -> bool:
    return value is None or _is_size(value)


def _is_plain_name(value: object) -> bool:
    return isinstance(value, str) and PLAIN_NAME.fullmatch(value) is not None


def _is_amount(value: object) -> bool:
    return _is_number(value) and 0 <= value <= MOST_SHARPENING


def _is_adaptation(value: object) -> bool:
    return _is_mapping(value) and all(_is_number(change) and change >= 0 for change in value.values())


def _is_label_space(value: object) -> bool:
    return isinstance(value, str) and value in LABEL_SPACES


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_list_of(**types: type) -> Callable[[object], bool]:
    """Return a test for a list of objects that have all these keys, with values of these types."""

    def test(value: object) -> bool:
        return isinstance(value, list) and all(
            _is_mapping(entry) and all(isinstance(entry.get(key), kind) for key, kind in types.items())
            for entry in value
        )

    return test


def _is_data(value: object) -> bool:
    return (
        _is_mapping(value)
        and _is_list_of(from_epoch=int, sources=list)(value.get("extra", []))
        and all(_is_mapping(source) for change in value.get("extra", ()) for source in change["sources"])
    )


def _is_averages(value: object) -> bool:
    return _is_list_of(weights_sha256=str, command=str, of=list)(value) and all(
        entry["of"]
        and _is_list_of(run=str, weights_sha256=str)(entry["of"])
        and all(_is_optional_count(part.get("epoch")) for part in entry["of"])
        for entry in value
    )


def _is_earlier(value: object) -> bool:
    return _is_list_of(to_epoch=int, settings=Mapping)(value) and all(
        _is_mapping(entry.get("data", {}))
        and _is_mapping(entry.get("versions", {}))
        and _is_optional_text(entry.get("hardware"))
        for entry in value
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_optional_text(value: object) -> bool:
    return value is None or _is_text(value)


def _is_latency(value: object) -> bool:
    if not _is_mapping(value):
        return value is None
    return (
        (value.get("median") is None or _is_number(value["median"]))
        and _is_optional_count(value.get("repeats"))
        and _is_optional_text(value.get("hardware"))
    )


def _is_scores(value: object) -> bool:
    return _is_mapping(value) and all(map(_is_score, value.values()))


_PREDICTION_RULES: tuple[Rule, ...] = (
    Rule("inference_sizes", _is_sizes, "a list of [height, width] in pixels"),
    Rule("sharpening", _is_amount, f"a number in 0..{MOST_SHARPENING}"),
    Rule("adaptation", _is_adaptation, "an object of numbers of at least 0, one for each layer"),
)
_COMMON_RULES: tuple[Rule, ...] = (
    Rule("format", lambda value: value == 1, "1", is_required=True),
    Rule("kind", lambda value: value in KINDS, "one of " + ", ".join(KINDS)),
    Rule("parameters", _is_optional_count, "a whole number"),
    Rule("notes", _is_texts, "a list of texts"),
    Rule("weights_sha256", _is_sha256, "64 hexadecimal digits or null", is_required=True),
)
_FOREIGN_RULES: tuple[Rule, ...] = (
    *_COMMON_RULES,
    Rule(
        "classes", lambda value: isinstance(value, str | list), "a class list or its name", is_required=True
    ),
    Rule("source", _is_optional_text, "the name of a file"),
    Rule("added", _is_optional_text, "a date"),
)
_MASKS_RULES: tuple[Rule, ...] = (
    Rule("encoding", lambda value: value in MASK_KINDS, "one of " + ", ".join(MASK_KINDS), is_required=True),
)
_NETWORK_RULES: tuple[Rule, ...] = (
    *_COMMON_RULES,
    Rule(
        "architecture",
        lambda value: value in KNOWN_ARCHITECTURES,
        "one of " + ", ".join(KNOWN_ARCHITECTURES),
        is_required=True,
    ),
    Rule("arguments", _is_mapping, "an object"),
    Rule("label_space", _is_label_space, "one of " + ", ".join(LABEL_SPACES), is_required=True),
    Rule(
        "num_classes",
        lambda value: _is_count(value) and value > 0,
        "a whole number above 0",
        is_required=True,
    ),
    Rule("input_size", _is_size, "[height, width] in pixels", is_required=True),
    *_PREDICTION_RULES,
    Rule("normalization", _is_mapping, "an object"),
    Rule("training", _is_mapping, "an object"),
    Rule(
        "commands", _is_list_of(from_epoch=int, command=str), "a list of objects with from_epoch and command"
    ),
    Rule(
        "earlier",
        _is_earlier,
        "a list of objects with to_epoch, settings and perhaps data, versions and hardware",
    ),
    Rule(
        "averages",
        _is_averages,
        "a list of objects with weights_sha256, command and of, a list of objects with run, epoch and weights_sha256",
    ),
    Rule("data", _is_data, "an object whose extra is a list of objects with from_epoch and sources"),
    Rule("best_epoch", _is_optional_count, "a whole number"),
    Rule("epochs", _is_optional_count, "a whole number"),
)
_EVALUATION_RULES: tuple[Rule, ...] = (
    Rule("set", _is_plain_name, "a plain name", is_required=True),
    Rule("data", _is_optional_text, "text or null"),
    Rule("split", _is_text, "text", is_required=True),
    Rule("frames", _is_count, "a whole number", is_required=True),
    Rule("frame_size", _is_optional_size, "[height, width] in pixels"),
    Rule("input_size", _is_size, "[height, width] in pixels"),
    *_PREDICTION_RULES,
    Rule("weights_sha256", _is_optional_text, "text or null"),
    Rule("date", _is_optional_text, "text or null"),
    Rule("label_space", _is_text, "the name of a class list"),
    Rule("class_names", _is_texts, "a list of names", is_required=True),
    Rule("confusion", lambda value: isinstance(value, list), "a matrix", is_required=True),
    Rule("miou", _is_score, "a number in 0..1 or null", is_required=True),
    Rule("category_miou", _is_score, "a number in 0..1 or null"),
    Rule("pixel_accuracy", _is_score, "a number in 0..1 or null", is_required=True),
    Rule("classes", _is_scores, "an object of scores in 0..1 or null", is_required=True),
    Rule("categories", _is_scores, "an object of scores in 0..1 or null"),
    Rule("per_frame", lambda value: isinstance(value, list), "a list"),
    Rule("classes_averaged", _is_optional_count, "a whole number"),
    Rule("categories_averaged", _is_optional_count, "a whole number"),
    Rule("latency_ms", _is_latency, "an object whose median is a number, or null"),
)

# How a sweep was made is shown in the words that an evaluation is.
_PROVENANCE_KEYS = {"data", "split", "frames", "frame_size", "input_size", "weights_sha256", "date"}
_PROVENANCE_RULES = (
    *(rule for rule in _EVALUATION_RULES if rule.key in _PROVENANCE_KEYS or rule in _PREDICTION_RULES),
    Rule("seed", _is_optional_count, "a whole number"),
)


def _apply_rules(content: Mapping, rules: tuple[Rule, ...], *, where: str) -> None:
    for rule in rules:
        if rule.key not in content:
            if rule.is_required:
                raise InputError(f"{where} lacks {rule.key!r}; expected {rule.expected}.")
        elif not rule.test(content[rule.key]):
            found = json.dumps(content[rule.key], default=str)[:80]
            raise InputError(f"{where} has {rule.key} = {found}; expected {rule.expected}.")


def check_record(record: Mapping) -> None:
    """Check the content of ``run.json``.

    Raises:
        InputError: a missing key, a wrong type, an unknown architecture or label space.
    """
    kind = kind_of(record)
    if kind != "network":
        _check_foreign(record, kind)
        return
    _apply_rules(record, _NETWORK_RULES, where="run.json")
    expected = LABEL_SPACES[record["label_space"]].num_classes
    if record["num_classes"] != expected:
        raise InputError(
            f"run.json has num_classes = {record['num_classes']}, but the label space "
            f"{record['label_space']!r} has {expected}; make them agree."
        )


def kind_of(record: Mapping) -> str:
    """Return what the run predicts with, one of ``KINDS``."""
    return record.get("kind", KINDS[0])


def space_of_record(record: Mapping) -> LabelSpace:
    """Return the classes of a run.

    Raises:
        InputError: the class list is not known, or something in it is wrong.
    """
    if kind_of(record) == "network":
        return LABEL_SPACES[record["label_space"]]
    classes = record["classes"]
    if isinstance(classes, str):
        return find_space(classes)
    return space_of("its own", classes, where="the list of classes in run.json")


def _check_foreign(record: Mapping, kind: str) -> None:
    _apply_rules(record, _FOREIGN_RULES, where="run.json")
    space_of_record(record)
    if kind == "onnx":
        NetworkInput.from_json(record.get("input"))
        NetworkOutput.from_json(record.get("output"))
    else:
        _apply_rules(record, _MASKS_RULES, where="run.json")


def check_evaluation(evaluation: Mapping, *, where: str) -> None:
    """Check the content of an ``evaluation/<set>.json``; ``where`` names it in the message.

    Raises:
        InputError: a missing key, a wrong type, or a confusion matrix that does not fit the classes.
    """
    _apply_rules(evaluation, _EVALUATION_RULES, where=where)
    classes = len(evaluation["class_names"])
    space = evaluation.get("label_space")
    if space in LABEL_SPACES and classes != LABEL_SPACES[space].num_classes:
        raise InputError(
            f"{where} names {classes} classes, but the label space {space!r} has "
            f"{LABEL_SPACES[space].num_classes}; evaluate again."
        )
    side = classes + 1
    matrix = evaluation["confusion"]
    if len(matrix) != side or any(not isinstance(row, list) or len(row) != side for row in matrix):
        raise InputError(
            f"{where} has a confusion matrix that is not {side} x {side} (classes, void); evaluate again."
        )
    if not all(_is_count(count) and count <= _MOST_PIXELS for row in matrix for count in row):
        raise InputError(
            f"{where} has a confusion matrix with something other than pixel counts; evaluate again."
        )
    for entry in evaluation.get("per_frame", []):
        if not (has_counts(entry, classes=classes) and _is_score(entry.get("miou"))):
            raise InputError(
                f"{where} has a frame without name, miou or tp, fp and fn of each class; evaluate again."
            )


def check_provenance(provenance: Mapping, *, where: str) -> None:
    """Check the content of a ``robustness/<set>.json``; ``where`` names it in the message.

    Raises:
        InputError: a missing key or a wrong type.
    """
    _apply_rules(provenance, _PROVENANCE_RULES, where=where)


def has_counts(entry: object, *, classes: int) -> bool:
    """Tell whether an entry of single frames has a name and ``tp``, ``fp`` and ``fn`` of so many classes."""
    return (
        _is_mapping(entry)
        and _is_text(entry.get("frame"))
        and all(_are_counts(entry.get(key), classes) for key in ("tp", "fp", "fn"))
    )


def _are_counts(values: object, length: int) -> bool:
    # Files hold tens of thousands of these: nothing here may take a step of Python for each.
    return (
        isinstance(values, list)
        and len(values) == length
        and set(map(type, values)) <= {int}
        and min(values, default=0) >= 0
    )
