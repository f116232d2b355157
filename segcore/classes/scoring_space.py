"""In which classes truth and predictions are compared that were made in different ones.

Truth is scored in its own classes. A predicted class counts as the class of the truth that covers the same Cityscapes
labels; one that covers none of them is wrong wherever it is predicted. Where a predicted class covers several classes
of the truth, as "person" of a list without riders does, these cannot be told apart and are merged into one. A class
that is a part of another in its list, as lane markings are of the road, counts as that other where one side lacks it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from segcore.labels import LABEL_SPACES, VOID, LabelSpace


@dataclass(frozen=True, eq=False)
class ScoringSpace:
    """The classes of a comparison, and the way into them.

    Attributes:
        space: the classes that are scored.
        merged: the names of each group of classes of the truth that became one class; empty where none had to.
        truth_table: uint8 (256,), index of the truth's class to index of the scored one; 255 stays 255.
        tables: the same for each of the predictions; 255, which scores count as wrong, for a class without counterpart.
    """

    space: LabelSpace
    merged: tuple[tuple[str, ...], ...]
    truth_table: np.ndarray = field(repr=False)
    tables: tuple[np.ndarray, ...] = field(repr=False)

    @property
    def merged_in_words(self) -> str:
        """One sentence on what was merged, or nothing."""
        if not self.merged:
            return ""
        groups = "; ".join(" and ".join((", ".join(names[:-1]), names[-1])) for names in self.merged)
        return f"Merged, as one model does not tell them apart: {groups}."


def scoring_space(truth: LabelSpace, *predictions: LabelSpace) -> ScoringSpace:
    """Return the classes in which predictions of these label spaces can be scored against this truth.

    Args:
        truth: classes of the ground truth; without any, those in which the predictions are to be compared.
        predictions: classes of the models.

    Example:
        >>> found = scoring_space(LABEL_SPACES["train_ids"], LABEL_SPACES["categories"])
        >>> found.space.class_names
        ('flat', 'construction', 'object', 'nature', 'sky', 'human', 'vehicle')
    """
    met = [classes_met(space, truth) for space in predictions]
    ties = [places for places_of in met for places in places_of]
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
    """Return the classes in which predictions of these label spaces are compared on a frame.

    They are those of its data set, ``data``, as `scoring_space` has it. Without ground truth, predictions that share
    one list of classes keep it.
    """
    first, *others = predictions
    is_one_list = all((one.class_names, one.covers) == (first.class_names, first.covers) for one in others)
    return scoring_space(data if has_truth or not is_one_list else first, *predictions)


def classes_met(space: LabelSpace, truth: LabelSpace) -> list[list[int]]:
    """Return, for each class of ``space``, the classes of ``truth`` that it shares a label with."""
    met = [
        [
            place
            for place, (there, known_as) in enumerate(zip(truth.covers, truth.class_names, strict=True))
            # What covers nothing, such as "background", can only be the class of the same name.
            if here & there or (not here and not there and name == known_as)
        ]
        for here, name in zip(space.covers, space.class_names, strict=True)
    ]
    return [places or met[group] for places, group in zip(met, space.groups or range(len(met)), strict=True)]


def _parts_that_are_missed(truth: LabelSpace, met: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return (part, whole) for each class of the truth that no predicted class meets while one meets the whole."""
    known = {place for places in met for place in places}
    return [
        (part, whole)
        for part, whole in enumerate(truth.groups)
        if part != whole and part not in known and whole in known
    ]


def _joined(number: int, ties: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the numbers below ``number`` in groups: what a tie holds is in one group, smallest numbers first."""
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
    names = tuple(
        truth.class_names[group[0]]
        if len(group) == 1
        else known.get(labels, " + ".join(truth.class_names[place] for place in group))
        for group, labels in zip(groups, covers, strict=True)
    )
    colors = truth.colors[[group[0] for group in groups]]
    return LabelSpace(
        f"{truth.name}_merged", names, colors, covers, f"{truth.title}, of which some are merged"
    )


def _table(indices: Sequence[int]) -> np.ndarray:
    table = np.full(256, VOID, np.uint8)
    table[: len(indices)] = indices
    table.setflags(write=False)
    return table
