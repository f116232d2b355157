"""The confusion matrix and its scores against values worked out by hand, the official script, and algebra."""

import math

import numpy as np
import pytest
from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as official
from cityscapesscripts.helpers.labels import category2labels, trainId2label
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segcore.labels import LABEL_SPACES, TRAIN_ID_TO_CATEGORY, VOID, to_label_ids
from segcore.scoring import confusion

SPACE = LABEL_SPACES["train_ids"]

classes = st.one_of(st.integers(0, 18), st.just(VOID))
pairs = hnp.arrays(np.uint8, st.tuples(st.just(2), st.integers(1, 40)), elements=classes)
matrices = hnp.arrays(np.int64, (20, 20), elements=st.integers(0, 2**40), fill=st.just(0))

# Truth:      a a a a b b v v      Prediction: a a b v b a a v
BY_HAND = ([0, 0, 0, 0, 1, 1, VOID, VOID], [0, 0, 1, VOID, 1, 0, 0, VOID])


def by_hand() -> np.ndarray:
    truth, prediction = (np.array(values, np.uint8) for values in BY_HAND)
    return confusion.confusion_matrix(truth, prediction, num_classes=3)


def official_scores(matrix: np.ndarray) -> tuple[list[float], dict[str, float]]:
    """Score a matrix with the functions of cityscapesScripts, in label ids."""
    args = official.args
    by_id = official.generateMatrix(args)
    # Train ids stand at their label ids and void at 0, "unlabeled".
    ids = np.append([trainId2label[index].id for index in range(19)], 0)
    by_id[np.ix_(ids, ids)] = matrix
    class_scores = [official.getIouScoreForLabel(trainId2label[index].id, by_id, args) for index in range(19)]
    categories = [name for name in category2labels if name != "void"]
    return class_scores, {name: official.getIouScoreForCategory(name, by_id, args) for name in categories}


def test_matrix_by_hand():
    assert by_hand().tolist() == [[2, 1, 0, 1], [1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1]]
    assert by_hand().dtype == np.int64


def test_counts_are_exact_beyond_what_float32_holds():
    pixels = 2**24 + 3
    truth = np.zeros(pixels, np.uint8)
    truth[-1] = VOID
    matrix = confusion.confusion_matrix(truth, np.zeros_like(truth), num_classes=2)
    assert matrix.tolist() == [[pixels - 1, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_scores_by_hand():
    matrix = by_hand()
    # Class a: TP 2; FP 1 (the b taken for a; the a predicted on void does not count); FN 2 (b and void).
    assert [counts.tolist() for counts in confusion.class_counts(matrix)] == [[2, 1, 0], [1, 1, 0], [2, 1, 0]]
    np.testing.assert_allclose(confusion.class_iou(matrix), [2 / 5, 1 / 3, np.nan])
    assert confusion.mean_iou(matrix) == pytest.approx((2 / 5 + 1 / 3) / 2)
    assert confusion.pixel_accuracy(matrix) == pytest.approx(3 / 6)


def test_a_class_that_is_only_predicted_scores_zero_not_nan():
    matrix = confusion.confusion_matrix(np.array([0, 0]), np.array([0, 2]), num_classes=3)
    np.testing.assert_array_equal(confusion.class_iou(matrix), [0.5, np.nan, 0.0])


def test_a_class_that_is_only_predicted_on_void_is_absent():
    matrix = confusion.confusion_matrix(np.array([0, VOID]), np.array([0, 2]), num_classes=3)
    np.testing.assert_array_equal(confusion.class_iou(matrix), [1.0, np.nan, np.nan])


@pytest.mark.filterwarnings("error")
def test_nothing_but_void_gives_nan_without_a_warning():
    matrix = confusion.confusion_matrix(np.full(5, VOID), np.zeros(5, int), num_classes=19)
    assert math.isnan(confusion.mean_iou(matrix))
    assert math.isnan(confusion.pixel_accuracy(matrix))
    scores = confusion.summary(matrix, SPACE)
    assert scores["miou"] is scores["category_miou"] is scores["pixel_accuracy"] is None
    assert set(scores["classes"].values()) == {None}
    assert scores["classes_averaged"] == scores["categories_averaged"] == 0


@given(pairs)
def test_matrix_counts_every_pair(pair):
    truth, prediction = pair
    matrix = confusion.confusion_matrix(truth, prediction, num_classes=19)
    expected = np.zeros((20, 20), np.int64)
    for row, column in zip(truth, prediction, strict=True):
        expected[min(row, 19), min(column, 19)] += 1
    np.testing.assert_array_equal(matrix, expected)
    assert matrix.sum() == truth.size


@given(pairs, pairs)
def test_matrices_merge_by_addition(first, second):
    merged = np.concatenate([first, second], axis=1)
    parts = [confusion.confusion_matrix(*pair, num_classes=19) for pair in (first, second)]
    np.testing.assert_array_equal(confusion.confusion_matrix(*merged, num_classes=19), sum(parts))


@given(matrices)
def test_scores_agree_with_the_official_functions(matrix):
    class_scores, category_scores = official_scores(matrix)
    scores = confusion.summary(matrix, SPACE)
    for ours, theirs in zip(scores["classes"].values(), class_scores, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-12) if ours is not None else math.isnan(theirs)
    for name, theirs in category_scores.items():
        ours = scores["categories"][name]
        assert ours == pytest.approx(theirs, abs=1e-12) if ours is not None else math.isnan(theirs)


@given(matrices, st.permutations(range(19)))
def test_scores_do_not_depend_on_the_order_of_classes(matrix, order):
    order = np.array(order)
    everything = np.append(order, 19)
    shuffled = matrix[np.ix_(everything, everything)]
    np.testing.assert_array_equal(confusion.class_iou(shuffled), confusion.class_iou(matrix)[order])


@given(matrices, hnp.arrays(np.int64, 20, elements=st.integers(0, 2**40)))
def test_what_is_predicted_on_void_truth_changes_no_score(matrix, void_row):
    changed = matrix.copy()
    changed[-1] = void_row
    np.testing.assert_array_equal(confusion.class_iou(changed), confusion.class_iou(matrix))
    assert confusion.pixel_accuracy(changed) == pytest.approx(confusion.pixel_accuracy(matrix), nan_ok=True)


@given(pairs)
def test_rolling_up_the_matrix_equals_rolling_up_the_pixels(pair):
    table = np.full(256, VOID)
    table[:19] = TRAIN_ID_TO_CATEGORY
    rolled = confusion.category_matrix(confusion.confusion_matrix(*pair, num_classes=19))
    np.testing.assert_array_equal(rolled, confusion.confusion_matrix(*table[pair], num_classes=7))


def test_a_car_taken_for_a_truck_is_right_as_a_vehicle():
    matrix = confusion.confusion_matrix(np.array([13, 13]), np.array([14, 14]), num_classes=19)
    scores = confusion.summary(matrix, SPACE)
    assert scores["classes"]["car"] == scores["classes"]["truck"] == scores["miou"] == 0
    assert scores["categories"]["vehicle"] == scores["category_miou"] == 1
    assert (scores["classes_averaged"], scores["categories_averaged"]) == (2, 1)


def test_summary_of_the_category_space_has_one_set_of_scores():
    matrix = np.diag([5, 5, 5, 5, 5, 5, 0, 9]).astype(np.int64)
    scores = confusion.summary(matrix, LABEL_SPACES["categories"])
    assert scores["classes"] == scores["categories"]
    assert scores["categories"]["vehicle"] is None
    assert scores["miou"] == scores["category_miou"] == 1


def test_counts_beyond_the_precision_of_floats_are_kept():
    matrix = np.zeros((20, 20), np.int64)
    matrix[0, 0] = 2**53 + 1
    assert confusion.category_matrix(matrix)[0, 0] == 2**53 + 1
    assert confusion.class_counts(matrix)[0][0] == 2**53 + 1


def test_label_ids_of_the_classes_lie_where_the_official_script_looks():
    ids = to_label_ids(np.arange(19, dtype=np.uint8))
    assert ids.tolist() == [trainId2label[index].id for index in range(19)]


@pytest.mark.parametrize(
    ("truth", "prediction", "message"),
    [
        (np.zeros((2, 3), int), np.zeros((3, 2), int), r"one shape, received \(2, 3\) and \(3, 2\)"),
        (np.array([0, 19]), np.array([0, 0]), r"0\.\.18 or 255, received \[19\]"),
        (np.array([0, 0]), np.array([0, 254]), r"0\.\.18 or 255, received \[254\]"),
        (np.array([0, -1]), np.array([0, 0]), r"truth within 0\.\.255, received -1\.\.0"),
        (np.array([0, 0]), np.array([0, 300]), r"prediction within 0\.\.255, received 0\.\.300"),
        (np.array([0.0]), np.array([0]), "truth of an integer dtype, received float64"),
    ],
)
def test_bad_pixels_are_refused(truth, prediction, message):
    with pytest.raises(ValueError, match=message):
        confusion.confusion_matrix(truth, prediction, num_classes=19)


def test_bad_matrices_are_refused():
    with pytest.raises(ValueError, match="integers, received float64"):
        confusion.class_iou(np.zeros((20, 20)))
    with pytest.raises(ValueError, match=r"received shape \(19, 20\)"):
        confusion.class_iou(np.zeros((19, 20), int))
    with pytest.raises(ValueError, match=r"\(20, 20\) matrix for train_ids, received \(8, 8\)"):
        confusion.category_matrix(np.zeros((8, 8), int))
    with pytest.raises(ValueError, match=r"\(20, 20\) matrix for train_ids, received \(8, 8\)"):
        confusion.summary(np.zeros((8, 8), int), SPACE)
