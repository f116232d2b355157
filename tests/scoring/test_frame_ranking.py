"""The ranking of frames: by hand, and its bound on the disagreement against predictions drawn at random."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segcore.runs.evaluation import FrameCounts
from segcore.scoring.confusion import confusion_matrix
from segcore.scoring.evaluation import count_frame
from segcore.scoring.frame_ranking import frames_with, least_disagreement, rank_frames


def entry(frame: str, miou: float | None, tp: list[int], fp: list[int], fn: list[int]) -> FrameCounts:
    return FrameCounts(frame, tp, fp, fn, miou)


FIRST = [
    entry("y", 0.5, [6, 2], [2, 0], [0, 2]),
    entry("x", 0.25, [10, 0], [0, 0], [0, 0]),
    entry("only first", 1.0, [1, 1], [0, 0], [0, 0]),
]
SECOND = [entry("x", None, [5, 0], [0, 0], [5, 0]), entry("y", 0.75, [4, 4], [0, 2], [2, 0])]


def test_frames_are_joined_by_name_and_subtracted():
    table = rank_frames(FIRST, SECOND).set_index("frame")
    assert list(table.index) == ["only first", "x", "y"]
    assert table.loc["y", ["a", "b", "difference"]].tolist() == [0.5, 0.75, -0.25]
    assert np.isnan(table["b"]["x"]) and np.isnan(table["difference"]["x"])
    assert np.isnan(table["b"]["only first"]) and np.isnan(table["differ"]["only first"])
    assert table["differ"]["x"] == 0.5
    assert table["share"].isna().all()


def test_a_class_is_found_where_the_truth_holds_it_with_its_own_iou():
    table = rank_frames(FIRST, SECOND, class_index=1).set_index("frame")
    assert list(table.index) == ["only first", "y"]
    assert table["share"].tolist() == [0.5, 0.4]
    assert table["a"]["y"] == 2 / (2 + 0 + 2)
    assert table["b"]["y"] == 4 / (4 + 2 + 0)
    assert rank_frames(FIRST, SECOND, class_index=0)["frame"].tolist() == ["only first", "x", "y"]


def test_a_class_that_is_only_predicted_does_not_count_as_found():
    assert rank_frames([entry("x", 0.1, [5, 0], [0, 3], [3, 0])], [], class_index=1).empty
    assert frames_with(FIRST).tolist() == [3, 2]
    assert frames_with([]).tolist() == []


def test_a_frame_that_is_listed_twice_is_one_row():
    table = rank_frames([*FIRST, replace(FIRST[0], miou=0.125)], SECOND).set_index("frame")
    assert list(table.index) == ["only first", "x", "y"]
    assert table["a"]["y"] == 0.125


def test_frames_of_another_size_have_no_disagreement():
    assert math.isnan(least_disagreement(FIRST[0], replace(FIRST[1], tp=[11, 0])))
    nothing = entry("x", None, [0], [0], [0])
    assert math.isnan(least_disagreement(nothing, nothing))


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_bound_never_exceeds_what_the_pictures_show(seed, same):
    random = np.random.default_rng(seed)
    truth = random.choice([0, 1, 2, 255], 60)
    first = random.choice([0, 1, 2, 255], 60)
    second = np.where(random.random(60) < same, first, random.integers(0, 3, 60))
    entries = [
        count_frame("x", confusion_matrix(truth, prediction, num_classes=3)) for prediction in (first, second)
    ]
    scored = truth != 255
    if scored.any():
        assert least_disagreement(*entries) <= np.mean(first[scored] != second[scored]) + 1e-12


def test_the_bound_is_met_where_one_run_only_adds_mistakes():
    truth, first = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 1])
    second = np.array([1, 1, 0, 1, 1])
    entries = [count_frame("x", confusion_matrix(truth, p, num_classes=2)) for p in (first, second)]
    assert least_disagreement(*entries) == pytest.approx(2 / 5)
