"""Calibration against counts by hand, and against formulas on the single pixels."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from makers import make_calibration, make_evaluation, make_run

from segcore.errors import InputError
from segcore.runs.calibration import BINS, CalibrationCounts
from segcore.runs.evaluation import Evaluation
from segcore.runs.results import read_evaluation, write_evaluation
from segcore.runs.run import read_run
from segcore.scoring.calibration import (
    calibration_error,
    count_confidence,
    mean_confidence,
    reliability,
    risk_coverage,
    selection,
)

VOID = 255


def counts_of(*bins: tuple[int, int, int, float]) -> CalibrationCounts:
    """Return counts from (bin, pixels, right, sum of confidence), the other bins empty."""
    columns = np.zeros((3, BINS))
    for place, *values in bins:
        columns[:, place] = values
    pixels, right, confidence = columns.tolist()
    return CalibrationCounts(tuple(map(int, pixels)), tuple(map(int, right)), tuple(confidence))


def test_pixels_are_counted_by_their_confidence_and_void_is_left_out():
    truth = np.array([[1, 1, 2, 2], [3, VOID, VOID, 0]], np.uint8)
    prediction = np.array([[1, 2, 2, VOID], [3, 1, VOID, 0]], np.uint8)
    confidence = np.array([[0.5, 0.52, 0.05, 0.049], [1.0, 0.9, 0.9, 0.0]], np.float32)
    counts = count_confidence(truth, prediction, confidence)
    # 0.05 and 0.5 are lower bounds of the second and the eleventh bin; 1 is in the last.
    assert counts.pixels == (2, 1, *[0] * 8, 2, *[0] * 8, 1)
    assert counts.right == (1, 1, *[0] * 8, 1, *[0] * 8, 1)
    assert counts.confidence == pytest.approx((0.049, 0.05, *[0] * 8, 1.02, *[0] * 8, 1.0))


def test_scores_are_those_counted_by_hand():
    # 10 pixels of mean confidence 0.62, 5 of them right; 30 of 0.96, 27 of them right.
    counts = counts_of((12, 10, 5, 6.2), (19, 30, 27, 28.8))
    # (|5 - 6.2| + |27 - 28.8|) / 40
    assert calibration_error(counts) == pytest.approx(0.075)
    assert mean_confidence(counts) == pytest.approx(0.875)
    table = reliability(counts).set_index("low")
    assert table.loc[0.6, ["high", "pixels", "share", "confidence", "accuracy"]].tolist() == pytest.approx(
        [0.65, 10, 0.25, 0.62, 0.5]
    )
    # 32 right pixels, 8 wrong ones.
    assert table.loc[0.95, ["right_share", "wrong_share"]].tolist() == [27 / 32, 3 / 8]
    assert table.loc[0.1].isna().tolist() == [False, False, False, True, True, False, False]
    curve = risk_coverage(counts).set_index("threshold")
    assert curve.loc[0.0].tolist() == curve.loc[0.6].tolist() == [1, 0.8]
    assert curve.loc[0.65].tolist() == curve.loc[0.95].tolist() == [0.75, 0.9]
    sure = selection(counts, 0.9)
    assert (sure.coverage, sure.accuracy, sure.wrong) == (0.75, 0.9, 3 / 8)


def test_a_threshold_between_the_bins_is_refused():
    for threshold in (0.92, 1.0, -0.05):
        with pytest.raises(ValueError, match="bound of a bin"):
            selection(counts_of((1, 1, 1, 0.07)), threshold)


def test_without_pixels_nothing_is_known():
    none = counts_of()
    assert math.isnan(calibration_error(none)) and math.isnan(mean_confidence(none))
    assert math.isnan(selection(none).accuracy)
    assert reliability(none)["share"].isna().all() and risk_coverage(none)["coverage"].isna().all()


@given(
    truth=arrays(np.uint8, (4, 6), elements=st.sampled_from([0, 1, 2, VOID])),
    prediction=arrays(np.uint8, (4, 6), elements=st.sampled_from([0, 1, 2, VOID])),
    confidence=arrays(np.float32, (4, 6), elements=st.floats(0, 1, width=32)),
)
def test_scores_agree_with_formulas_on_single_pixels(truth, prediction, confidence):
    halves = [
        count_confidence(*(part[rows] for part in (truth, prediction, confidence)))
        for rows in (slice(2), slice(2, 4))
    ]
    counts = CalibrationCounts.total(halves)
    pixels = [
        (float(sure), bool(found == true))
        for sure, found, true in zip(confidence.flat, prediction.flat, truth.flat, strict=True)
        if true != VOID
    ]
    assert sum(counts.pixels) == len(pixels)
    assert sum(counts.right) == sum(right for _, right in pixels)
    if not pixels:
        return
    bins = {}
    for sure, right in pixels:
        # As exact as the confidences themselves, which are 32 bits wide.
        bins.setdefault(min(int(np.float32(sure) * np.float32(20)), 19), []).append((sure, right))
    error = sum(
        len(inside)
        / len(pixels)
        * abs(np.mean([right for _, right in inside]) - np.mean([sure for sure, _ in inside]))
        for inside in bins.values()
    )
    assert calibration_error(counts) == pytest.approx(error, abs=1e-3)
    curve = risk_coverage(counts)
    assert curve["coverage"].is_monotonic_decreasing
    assert curve["accuracy"][0] == pytest.approx(np.mean([right for _, right in pixels]))
    left = [right for sure, right in pixels if sure >= 0.5]
    assert selection(counts, 0.5).coverage == pytest.approx(len(left) / len(pixels))
    if left:
        assert selection(counts, 0.5).accuracy == pytest.approx(np.mean(left))


def test_an_evaluation_keeps_it_and_does_without(tmp_path):
    scores = make_evaluation()
    run = read_run(make_run(tmp_path, "alpha", evaluation=False))
    write_evaluation(run, Evaluation.from_json(scores))
    assert read_evaluation(run, "val").calibration is None
    write_evaluation(run, Evaluation.from_json(scores | {"calibration": make_calibration(scores)}))
    stored = read_evaluation(run, "val").calibration
    assert mean_confidence(stored) == pytest.approx(0.92)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pixels": [1, 2]}, "of each of 20 bins"),
        ({"right": [0] * BINS}, "does not fit its confusion matrix"),
        ({"confidence": [1e9] * BINS}, "does not fit its confusion matrix"),
        ({"pixels": "many"}, "pixel counts"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused(tmp_path, change, words):
    run = read_run(make_run(tmp_path, "alpha"))
    scores = make_evaluation()
    path = run.path / "evaluation" / "val.json"
    path.write_text(json.dumps(scores | {"calibration": make_calibration(scores) | change}))
    with pytest.raises(InputError, match=words):
        read_evaluation(run, "val")
