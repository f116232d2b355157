"""Common classes for ground truth and predictions whose class lists differ.

The classes of the ground truth are scored. A predicted class counts as the class of the truth that covers the same
Cityscapes labels. A predicted class that covers no label of the truth is always wrong. If a predicted class covers
several classes of the truth, these are merged into one: a list without riders has only "person" for person and rider.
If a class is a part of another class of its list (lane markings of the road) and the other side does not have it,
it counts as the larger class.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from segcore.labels import LABEL_SPACES, VOID, LabelSpace


@dataclass(frozen=True, eq=False)
class ScoringSpace:
    """The classes of a comparison, and the look-up tables into them.

    Attributes:
        space: the classes that are scored.
        merged: groups of class names of the truth that were merged into one class; empty if none were.
        truth_table: uint8 (256,), from class index of the truth to index of the scored class; 255 stays 255.
        tables: the same for each prediction; a class without a counterpart becomes 255, which scores count as wrong.
    """

    space: LabelSpace
    merged: tuple[tuple[str, ...], ...]
    truth_table: np.ndarray = field(repr=False)
    tables: tuple[np.ndarray, ...] = field(repr=False)

    @property
    def merged_in_words(self) -> str:
        """One sentence that names the merged classes; empty if none were merged."""
        if not self.merged:
            return ""
        groups = "; ".join(" and ".join((", ".join(names[:-1]), names[-1])) for names in self.merged)
        return f"Merged, because one model does not distinguish them: {groups}."

    def missing_in(self, prediction: int) -> tuple[str, ...]:
        """Return the names of the scored classes that a prediction, given by its place, does not have."""
        present = set(self.tables[prediction].tolist())
        return tuple(name for index, name in enumerate(self.space.class_names) if index not in present)


def scoring_space(truth: LabelSpace, *predictions: LabelSpace) -> ScoringSpace:
    """Return the common classes for scoring predictions of these label spaces against this ground truth.

    Args:
        truth: label space of the ground truth; without ground truth, the label space for the comparison.
        predictions: label spaces of the models.

    Example:
        >>> found = scoring_space(LABEL_SPACES["train_ids"], LABEL_SPACES["categories"])
        >>> found.space.class_names
        ('flat', 'construction', 'object', 'nature', 'sky', 'human', 'vehicle')
    """
    met = [classes_met(space, truth) for space in predictions]
    ties: list[Sequence[int]] = [places for places_of in met for places in places_of]
    ties += [tie for places_of in met for tie in _parts_that_are_missed(truth, places_of)]
    groups = _joined(truth.num_classes, ties)
    group_of = {place: index for index, group in enumerate(groups) for place in group}
    space = truth if len(groups) == truth.num_classes else _merged_space(truth, groups)
    return ScoringSpace(
        space=space,
        merged=tuple(
            tuple(truth.class_names[place] for place in group) for group in groups if len(group) > 1
        ),
        truth_table=_table([group_of[place] for place in range(truth.num_classes)]),
        tables=tuple(
            _table([group_of[places[0]] if places else VOID for places in places_of]) for places_of in met
        ),
    )


def comparison_space(data: LabelSpace, *predictions: LabelSpace, has_truth: bool) -> ScoringSpace:
    """Return the common classes for comparing predictions of these label spaces on one frame.

    With ground truth this is the result of `scoring_space` for the classes of the data set, ``data``. Without ground
    truth, predictions with the same class list keep their list.
    """
    first, *others = predictions
    is_one_list = all((one.class_names, one.covers) == (first.class_names, first.covers) for one in others)
    return scoring_space(data if has_truth or not is_one_list else first, *predictions)


def classes_met(space: LabelSpace, truth: LabelSpace) -> list[list[int]]:
    """Return, for each class of ``space``, the indices of the classes of ``truth`` that share a label with it."""
    met = [
        [
            place
            for place, (there, known_as) in enumerate(zip(truth.covers, truth.class_names, strict=True))
            # A class that covers nothing, such as "background", matches only a class of the same name.
            if here & there or (not here and not there and name == known_as)
        ]
        for here, name in zip(space.covers, space.class_names, strict=True)
    ]
    return [places or met[group] for places, group in zip(met, space.groups or range(len(met)), strict=True)]


def _parts_that_are_missed(truth: LabelSpace, met: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return (part, whole) for each class of the truth that no prediction has, if a prediction has the whole."""
    known = {place for places in met for place in places}
    return [
        (part, whole)
        for part, whole in enumerate(truth.groups)
        if part != whole and part not in known and whole in known
    ]


def _joined(number: int, ties: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the numbers 0..number-1 in groups, so that all numbers of a tie are in one group; smallest first."""
    leader = list(range(number))

    def find(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    for tie in ties:
        for place in tie[1:]:
            first, second = sorted((find(tie[0]), find(place)))
            leader[second] = first
    groups: dict[int, list[int]] = {}
    for place in range(number):
        groups.setdefault(find(place), []).append(place)
    return list(groups.values())


def _merged_space(truth: LabelSpace, groups: Sequence[Sequence[int]]) -> LabelSpace:
    covers = tuple(frozenset().union(*(truth.covers[place] for place in group)) for group in groups)
    categories = LABEL_SPACES["categories"]
    if covers == categories.covers:
        return categories
    known = dict(zip(categories.covers, categories.class_names, strict=True))
    wholes = [_whole(truth, group) for group in groups]
    names = tuple(
        truth.class_names[whole]
        if whole is not None
        else known.get(labels, " + ".join(truth.class_names[place] for place in group))
        for group, labels, whole in zip(groups, covers, wholes, strict=True)
    )
    colors = truth.colors[
        [group[0] if whole is None else whole for group, whole in zip(groups, wholes, strict=True)]
    ]
    return LabelSpace(f"{truth.name}_merged", names, colors, covers, f"{truth.title}, some of them merged")


def _whole(truth: LabelSpace, group: Sequence[int]) -> int | None:
    """Return the class of a group that all others are a part of, as the road with its markings; None without one."""
    wholes = {truth.groups[place] if truth.groups else place for place in group}
    return next(iter(wholes)) if len(wholes) == 1 and wholes <= set(group) else None


def _table(indices: Sequence[int]) -> np.ndarray:
    table = np.full(256, VOID, np.uint8)
    table[: len(indices)] = indices
    table.setflags(write=False)
    return table
