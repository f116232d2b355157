import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from segcore.labels import LABEL_SPACES, VOID
from segcore.scoring.comparison import (
    OUTCOMES,
    boundary_iou,
    boundary_width,
    class_gaps,
    disagreement,
    flip_consistency,
    shares,
    without_counterpart,
)


def test_disagreement_names_all_four_outcomes_and_leaves_void_out():
    truth = np.array([[0, 0, 0], [0, 255, 255]], np.uint8)
    a = np.array([[0, 0, 1], [1, 0, 1]], np.uint8)
    b = np.array([[0, 2, 0], [2, 0, 2]], np.uint8)
    outcome = disagreement(a, b, truth)
    assert outcome.dtype == np.uint8
    assert outcome.tolist() == [[0, 1, 2], [3, VOID, VOID]]
    assert [OUTCOMES[value] for value in outcome.ravel()[:4]] == [
        "both right",
        "only A right",
        "only B right",
        "both wrong",
    ]


def test_without_truth_only_agreement_can_be_told():
    assert disagreement(np.array([3, 3, 4]), np.array([3, 4, 4])).tolist() == [0, 1, 0]


def test_two_models_wrong_in_the_same_way_are_both_wrong():
    assert disagreement(np.array([5]), np.array([5]), np.array([6])).tolist() == [3]


def test_maps_of_different_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        disagreement(np.zeros(2), np.zeros(3))


def test_shares_are_of_the_pixels_that_are_not_void():
    assert shares(np.array([[0, 0, 1], [3, 255, 255]]), 4).tolist() == [0.5, 0.25, 0, 0.25]
    assert np.isnan(shares(np.full((2, 2), 255), 4)).all()


def test_boundary_width_is_2_percent_of_the_diagonal():
    assert boundary_width((300, 400)) == 10
    assert boundary_width((4, 3)) == 1


def test_boundary_iou_by_hand():
    # Class 0 fills 6 x 6 pixels; the prediction gives its right column to class 1. With a width of 1, the
    # band of class 0 is the square's 20 pixels on the rim, and for 6 x 5 pixels it is 18 of them. They share
    # the left column (6) and the other four of the top and the bottom row; of those the last of each is at
    # the corner of the narrower region and on the rim of the other. Shared: 6 + 2 * 4 = 14; union 24.
    truth = np.zeros((6, 6), np.uint8)
    prediction = truth.copy()
    prediction[:, 5] = 1
    found = boundary_iou(truth, prediction, num_classes=3, width=1)
    assert found[0] == pytest.approx(14 / 24)
    assert found[1] == 0
    assert math.isnan(found[2])


def test_a_wide_boundary_is_plain_iou():
    truth = np.zeros((6, 6), np.uint8)
    prediction = truth.copy()
    prediction[:, 5] = 1
    assert boundary_iou(truth, prediction, num_classes=2, width=6)[0] == pytest.approx(30 / 36)


def test_equal_maps_have_boundary_iou_1_and_void_truth_counts_neither_way():
    truth = np.array([[0, 0, 255], [0, 0, 255], [1, 1, 255]], np.uint8)
    prediction = np.array([[0, 0, 1], [0, 0, 0], [1, 1, 0]], np.uint8)
    assert boundary_iou(truth, prediction, num_classes=2, width=1).tolist() == [1, 1]


def test_a_width_below_one_pixel_is_refused():
    with pytest.raises(ValueError, match="received 0"):
        boundary_iou(np.zeros((3, 3)), np.zeros((3, 3)), num_classes=1, width=0)


@pytest.mark.parametrize("width", [1, 2, 5])
def test_boundary_iou_against_erosion_class_by_class(width):
    # Oracle: the band is the mask less the mask eroded `width` times, with the outside of the image empty.
    def band(mask):
        framed = np.pad(mask.astype(np.uint8), 1)
        return mask & ~cv2.erode(framed, np.ones((3, 3), np.uint8), iterations=width)[1:-1, 1:-1].astype(bool)

    random = np.random.default_rng(7)
    truth, prediction = (
        cv2.resize(random.integers(0, 4, (5, 7), np.uint8), (43, 31), interpolation=cv2.INTER_NEAREST)
        for _ in range(2)
    )
    found = boundary_iou(truth, prediction, num_classes=4, width=width)
    for index in range(4):
        one, other = band(truth == index), band(prediction == index)
        assert found[index] == pytest.approx((one & other).sum() / (one | other).sum())


def test_gaps_come_largest_first_and_absent_classes_last():
    gaps = class_gaps(("car", "sky", "rider", "road"), [0.5, 0.9, math.nan, 0.2], [0.4, 0.1, math.nan, 0.7])
    assert [gap.name for gap in gaps] == ["sky", "road", "car", "rider"]
    assert [gap.gap for gap in gaps[:3]] == pytest.approx([0.8, -0.5, 0.1])
    assert math.isnan(gaps[3].gap)


def test_flip_consistency_mirrors_back():
    plain = np.array([[0, 1, 2], [3, 4, 5]])
    assert flip_consistency(plain, plain[:, ::-1]) == 1
    assert flip_consistency(plain, plain) == pytest.approx(2 / 6)


def test_classes_without_a_counterpart_are_named_on_both_sides():
    data = LABEL_SPACES["train_ids"]
    table = np.full(256, 255, np.uint8)
    # The model's "car" is the car, its "boat" is nothing.
    table[0] = 13
    own = replace(data, class_names=("car", "boat"), covers=(frozenset({"car"}), frozenset({"boat"})))
    unknown, missed = without_counterpart(own, data, table)
    assert unknown == ("boat",)
    assert missed == tuple(name for name in data.class_names if name != "car")
