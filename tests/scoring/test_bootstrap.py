"""Intervals by resampling against a plain loop, and against what must hold for any set of frames."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segcore.errors import InputError
from segcore.runs.evaluation import FrameCounts
from segcore.scoring.bootstrap import (
    bootstrap_classes,
    bootstrap_difference,
    bootstrap_interval,
    bootstrap_mean_difference,
)


def frame(name: str, tp: list[int], fp: list[int], fn: list[int]) -> FrameCounts:
    return FrameCounts(name, tp, fp, fn)


def made(frames: int, *, seed: int, skill: float = 0.6) -> list[FrameCounts]:
    random = np.random.default_rng(seed)
    entries = []
    for index in range(frames):
        pixels = random.integers(50, 500, 3)
        hits = (pixels * np.clip(random.normal(skill, 0.15, 3), 0, 1)).astype(int)
        wrong = (pixels - hits).tolist()
        entries.append(frame(f"f{index}", hits.tolist(), random.permutation(wrong).tolist(), wrong))
    return entries


def test_value_is_the_score_of_the_sum_and_not_the_mean_of_scores():
    entries = [frame("a", [90], [10], [0]), frame("b", [0], [0], [100])]
    interval = bootstrap_interval(entries, seed=1, repeats=400)
    assert interval.value == pytest.approx(90 / 200)
    # Only three draws exist: a twice, a and b, b twice.
    assert (interval.low, interval.high) == (0.0, 0.9)


def test_draws_agree_with_a_plain_loop():
    entries = made(12, seed=5)
    random = np.random.default_rng(77)
    scores = []
    for _ in range(3000):
        drawn = [entries[index] for index in random.integers(0, 12, 12)]
        tp, fp, fn = (np.sum([getattr(entry, key) for entry in drawn], axis=0) for key in ("tp", "fp", "fn"))
        scores.append(float(np.mean(tp / (tp + fp + fn))))
    interval = bootstrap_interval(entries, seed=3, repeats=3000)
    assert interval.low == pytest.approx(np.quantile(scores, 0.025), abs=0.01)
    assert interval.high == pytest.approx(np.quantile(scores, 0.975), abs=0.01)
    assert interval.low < interval.value < interval.high


def test_equal_frames_leave_no_doubt():
    interval = bootstrap_interval([frame(str(index), [8, 1], [1, 1], [1, 2]) for index in range(9)])
    assert interval.low == interval.high == interval.value == pytest.approx((0.8 + 0.25) / 2)


def test_the_same_seed_repeats_and_another_does_not():
    entries = made(10, seed=0)
    assert bootstrap_interval(entries, seed=4) == bootstrap_interval(entries, seed=4)
    assert bootstrap_interval(entries, seed=4) != bootstrap_interval(entries, seed=5)


def test_more_frames_narrow_the_interval():
    widths = [
        (lambda interval: interval.high - interval.low)(bootstrap_interval(made(frames, seed=2)))
        for frames in (10, 1000)
    ]
    assert widths[1] < widths[0] / 4


def test_a_class_that_is_absent_from_a_draw_leaves_its_mean():
    entries = [frame("a", [10, 0], [0, 0], [0, 0]), frame("b", [10, 0], [0, 5], [0, 5])]
    interval = bootstrap_interval(entries, repeats=500)
    assert interval.value == 0.5
    assert interval.high == 1.0


def test_nothing_scored_gives_nan():
    interval = bootstrap_interval([frame("a", [0], [0], [0])], repeats=10)
    assert math.isnan(interval.value)
    assert math.isnan(interval.low)


def test_one_frame_gives_a_score_without_an_interval():
    first, second = made(1, seed=0), made(1, seed=1, skill=0.3)
    alone = bootstrap_interval(first)
    difference = bootstrap_difference(first, second)
    assert difference.value == pytest.approx(alone.value - bootstrap_interval(second).value)
    for interval in (alone, difference, *bootstrap_classes(first, second)):
        assert not math.isnan(interval.value)
        assert math.isnan(interval.low) and math.isnan(interval.high)
        assert not interval.is_known and interval.verdict == 0
    assert bootstrap_interval(made(2, seed=0)).is_known


def test_a_run_does_not_differ_from_itself():
    entries = made(15, seed=1)
    interval = bootstrap_difference(entries, list(reversed(entries)))
    assert (interval.value, interval.low, interval.high) == (0.0, 0.0, 0.0)


def test_pairing_narrows_the_interval_of_a_constant_lead():
    first = made(40, seed=1)
    second = [
        replace(entry, tp=[hits - 5 for hits in entry.tp], fn=[missed + 5 for missed in entry.fn])
        for entry in first
    ]
    alone = bootstrap_interval(first, seed=0)
    lead = bootstrap_difference(first, second, seed=0)
    assert lead.low > 0
    assert lead.high - lead.low < (alone.high - alone.low) / 4
    assert lead.value == pytest.approx(alone.value - bootstrap_interval(second).value)


@given(st.integers(2, 12), st.integers(0, 1000))
def test_swapping_the_runs_mirrors_the_interval(frames, seed):
    first, second = made(frames, seed=seed), made(frames, seed=seed + 1, skill=0.4)
    there = bootstrap_difference(first, second, seed=seed, repeats=200)
    back = bootstrap_difference(second, first, seed=seed, repeats=200)
    assert (back.value, back.low, back.high) == pytest.approx(
        (-there.value, -there.high, -there.low), abs=1e-12
    )


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(InputError, match="no scores of single frames"):
        bootstrap_interval([])
    with pytest.raises(InputError, match=r"different frames \(3 and 4\)"):
        bootstrap_difference(made(3, seed=0), made(4, seed=0))
    with pytest.raises(InputError, match="3 and 1 classes"):
        bootstrap_difference([made(1, seed=0)[0]], [frame("f0", [1], [1], [1])])


def test_a_class_has_the_interval_that_its_counts_alone_would_have():
    first, second = made(20, seed=3), made(20, seed=4, skill=0.4)

    def only(entries, index):
        return [
            frame(entry.frame, *([getattr(entry, key)[index]] for key in ("tp", "fp", "fn")))
            for entry in entries
        ]

    classes = bootstrap_classes(first, second, seed=6, repeats=300)
    assert len(classes) == 3
    for index, interval in enumerate(classes):
        alone = bootstrap_difference(only(first, index), only(second, index), seed=6, repeats=300)
        assert (interval.value, interval.low, interval.high) == pytest.approx(
            (alone.value, alone.low, alone.high)
        )


def test_a_class_that_neither_run_met_has_no_interval():
    entries = [frame("a", [8, 0], [1, 0], [1, 0]), frame("b", [7, 0], [1, 0], [2, 0])]
    met, absent = bootstrap_classes(entries, entries)
    assert met.value == 0
    assert math.isnan(absent.value) and math.isnan(absent.low)


def test_the_mean_of_several_measurements_draws_the_same_frames_in_each():
    first, second = made(20, seed=1), made(20, seed=2, skill=0.5)
    alone = bootstrap_difference(first, second, seed=9)
    assert bootstrap_mean_difference([(first, second)] * 3, seed=9).low == pytest.approx(alone.low)
    # On the same frames a lead and the same lag cancel in every draw.
    none = bootstrap_mean_difference([(first, second), (second, first)], seed=9)
    assert (none.low, none.high) == pytest.approx((0, 0), abs=1e-12)
    with pytest.raises(InputError, match="share no measurement"):
        bootstrap_mean_difference([])
    with pytest.raises(InputError, match="different frames"):
        bootstrap_mean_difference([(first, second), (made(19, seed=1), made(19, seed=2))])
