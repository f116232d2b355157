import math
import re

import numpy as np
import pandas as pd
import pytest

from segcore.reports.words import (
    _kendall_score,
    best_epoch,
    describe_curve,
    describe_gap,
    describe_learning_rate,
    gap_when_kept,
    loss_title,
    trend,
)
from segcore.runs.history import HISTORY_COLUMNS


def curves(**columns: list[float]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    history = pd.DataFrame({name: [math.nan] * count for name in HISTORY_COLUMNS})
    history["epoch"] = range(1, count + 1)
    for name, values in columns.items():
        history[name] = np.asarray(values, float)
    return history


def test_trend_of_five_steady_values_is_one_and_of_four_is_not():
    # Five in order: score 10, variance 5*4*15/18 = 16.67, z = 9/4.08 = 2.20 > 1.96.
    assert trend([1, 2, 3, 4, 5]) == 1
    assert trend([5, 4, 3, 2, 1]) == -1
    # Four in order: z = 5/2.94 = 1.70.
    assert trend([1, 2, 3, 4]) == 0


def test_trend_leaves_out_what_is_not_finite_and_ignores_the_scale():
    assert trend([1, math.nan, 2, 3, math.inf, 4, 5]) == 1
    assert trend([1e9, 2e9, 3e9, 4e9, 5e9]) == 1
    assert trend([0.1] * 20) == 0
    assert trend([]) == 0


def test_trend_calls_noise_a_trend_in_about_one_case_in_twenty():
    random = np.random.default_rng(0)
    called = sum(trend(random.normal(size=20)) != 0 for _ in range(1000))
    assert 25 <= called <= 75


def test_trend_agrees_with_kendalls_tau_on_its_sign():
    random = np.random.default_rng(1)
    for _ in range(50):
        values = np.arange(15) * random.normal() + random.normal(size=15)
        found = trend(values)
        tau = pd.Series(values).rank().corr(pd.Series(np.arange(15.0)))
        assert found in (0, np.sign(tau))


def test_trend_is_mann_kendalls_whose_score_counts_all_pairs():
    random = np.random.default_rng(2)
    for count in (5, 6, 17, 64, 100):
        for levels in (2, 5, 1000):
            values = random.integers(levels, size=count) + np.arange(count) * random.normal() * levels / 100
            pairs = [np.sign(b - a) for place, a in enumerate(values) for b in values[place + 1 :]]
            assert _kendall_score(values) == sum(pairs)
    assert trend(np.arange(20_000) % 7) == 0
    assert trend(np.arange(20_000) % 7 + np.arange(20_000) / 2_000) == 1


def test_best_epoch_prefers_the_score_then_the_loss_then_says_none():
    assert best_epoch(curves(val_mean_iou=[0.1, 0.4, 0.3], val_loss=[3, 2, 1])) == 2
    assert best_epoch(curves(val_loss=[3, math.nan, 1])) == 3
    assert best_epoch(curves(val_loss=[3, math.inf, -math.inf])) == 1
    assert best_epoch(curves(loss=[3, 2, 1])) is None


def test_overfitting_is_named_with_its_epoch():
    epochs = np.arange(1, 61)
    training = 2 * np.exp(-epochs / 20)
    validation = 0.4 + 0.001 * (epochs - 31) ** 2
    text = describe_curve(curves(loss=training, val_loss=validation), "loss")
    assert "Training loss falls from 1.9 (epoch 1) to 0.0996 (epoch 60)." in text
    assert "Validation loss is lowest at epoch 31 (0.4) and rises since (1.24 at epoch 60)" in text
    assert "while training loss still falls" in text


def test_loss_is_read_from_where_it_is_one_loss():
    history = curves(loss=[3, 2, 1, 5, 4], val_loss=[3, 2, 1, 4, 3], mean_iou=[0.1, 0.2, 0.3, 0.4, 0.5])
    text = describe_curve(history, "loss", loss_since=4)
    assert text.startswith("Up to epoch 3 the run had another loss, whose values cannot be compared.")
    assert "goes from 5 (epoch 4) to 4 (epoch 5)" in text
    assert "lowest at epoch 5 (3)" in text
    assert "(epoch 1)" in describe_curve(history, "mean_iou", loss_since=4)
    assert "No epoch has both" in describe_gap(history, "loss", loss_since=6)


def test_rise_without_falling_training_loss_is_not_called_fitting():
    epochs = np.arange(1, 41)
    training = np.where(epochs < 15, 3 - epochs / 10, 1.5 + 0.01 * (epochs % 2))
    validation = 0.4 + 0.001 * (epochs - 15) ** 2
    text = describe_curve(curves(loss=training, val_loss=validation), "loss")
    assert "lowest at epoch 15" in text
    assert "rises since" in text
    assert "while training" not in text


def test_still_improving_at_the_last_epoch():
    text = describe_curve(curves(val_mean_iou=np.linspace(0.2, 0.456, 12)), "mean_iou")
    assert text == (
        "No training mean IoU was recorded. "
        "Validation mean IoU is highest at the last epoch, 12 (45.6\u00a0%), and was still improving there."
    )


def test_lucky_last_epoch_is_not_called_improvement():
    values = [0.1, 0.2, 0.3, 0.4, 0.41, 0.40, 0.41, 0.39, 0.40, 0.41, 0.40, 0.42]
    text = describe_curve(curves(val_mean_iou=values), "mean_iou")
    assert "highest at the last epoch, 12 (42.0\u00a0%), though with no clear trend before it" in text


def test_improving_although_the_very_last_epoch_is_not_the_best():
    values = [0.20, 0.25, 0.30, 0.34, 0.37, 0.39, 0.41, 0.42, 0.43, 0.44, 0.45, 0.449]
    text = describe_curve(curves(val_mean_iou=values), "mean_iou")
    assert (
        "highest at epoch 11 (45.0\u00a0%), and was improving until then; 1 later epoch is too few to show a trend "
        "(44.9\u00a0% at epoch 12)" in text
    )


def test_flat_end_is_called_no_trend():
    values = [0.1, 0.3, 0.45, 0.43, 0.44, 0.42, 0.44, 0.43, 0.44, 0.43, 0.42, 0.44]
    text = describe_curve(curves(val_mean_iou=values), "mean_iou")
    assert "highest at epoch 3 (45.0\u00a0%) and has not been better since, without a clear trend" in text


def test_few_epochs_are_called_few():
    text = describe_curve(curves(loss=[3, 2, 1], val_loss=[3, 2, 4]), "loss")
    assert "Training loss goes from 3 (epoch 1) to 1 (epoch 3)." in text
    assert "lowest at epoch 2 (2); 3 epochs are too few to show a trend" in text
    assert "only for epoch 1: 3." in describe_curve(curves(loss=[3]), "loss")


def test_missing_and_diverged_curves_are_named():
    assert describe_curve(curves(loss=[1, 2]), "accuracy") == "No pixel accuracy was recorded."
    text = describe_curve(curves(loss=[3, math.inf, 2]), "loss")
    assert "infinite at epoch 2" in text
    assert "No validation loss was recorded." in text


def test_gap_counts_losses_and_scores_the_same_way_round():
    history = curves(loss=[1.0], val_loss=[1.25], mean_iou=[0.60], val_mean_iou=[0.48])
    assert describe_gap(history, "loss") == "At epoch 1 validation loss is 0.25 worse than in training."
    assert (
        describe_gap(history, "mean_iou")
        == "At epoch 1 validation mean IoU is 12.0 points worse than in training."
    )
    better = curves(mean_iou=[0.48], val_mean_iou=[0.60])
    assert "12.0 points better" in describe_gap(better, "mean_iou")
    assert "equal after rounding" in describe_gap(curves(loss=[1.0], val_loss=[1.0001]), "loss")
    assert "so there is no gap" in describe_gap(curves(loss=[1, math.nan], val_loss=[math.nan, 1]), "loss")


@pytest.mark.parametrize(("step", "words"), [(0.05, "widening since about epoch 6"), (-0.02, "narrowing")])
def test_gap_that_changes_is_said_to(step, words):
    history = curves(loss=[1.0] * 10, val_loss=[1.5 + step * epoch for epoch in range(10)])
    assert words in describe_gap(history, "loss")


def test_learning_rate():
    assert (
        describe_learning_rate(curves(learning_rate=[1e-3] * 4)) == "The learning rate was 0.001 throughout."
    )
    assert "from 0.001 to 1e-05" in describe_learning_rate(curves(learning_rate=[1e-3, 1e-4, 1e-5]))
    warm = describe_learning_rate(curves(learning_rate=[1e-5, 1e-3, 1e-6]))
    assert "rose from 1e-05 to 0.001 (epoch 2) and ended at 1e-06" in warm
    assert describe_learning_rate(curves(loss=[1])) == "No learning rate was recorded."


def test_loss_is_called_by_its_name_only_if_all_runs_share_it():
    assert loss_title([{"loss": "ce"}, {"loss": "ce"}]) == "Cross-entropy"
    assert loss_title([{"loss": "ce"}, {"loss": "dice"}]) == "Loss"
    assert loss_title([{"loss": "ce"}, {}]) == "Loss"
    assert loss_title([]) == "Loss"


def test_the_gap_is_that_of_the_epoch_whose_weights_were_kept():
    history = pd.DataFrame(
        {"epoch": [1, 2, 3], "mean_iou": [0.2, 0.5, 0.8], "val_mean_iou": [0.3, 0.45, 0.4], "val_loss": 1.0}
    )
    assert gap_when_kept(history, 3) == pytest.approx(0.4)
    assert gap_when_kept(history, None) == pytest.approx(0.05)
    assert gap_when_kept(history.assign(mean_iou=float("nan")), 3) is None
    assert gap_when_kept(history, 9) is None


_RISE = 0.5 - 0.4 * np.exp(-np.arange(50) / 15)
_NOISE = np.random.default_rng(3).normal(size=50)
MADE = {
    "rising": _RISE,
    "rising to the last but one": np.append(_RISE, 0.45),
    "rising and cut off": np.append(_RISE, [0.45, 0.44, 0.46, 0.2]),
    "rising and noisy": _RISE + 0.02 * _NOISE,
    "flat": np.full(50, 0.3),
    "flat to the digits shown": 0.3 + 1e-6 * _NOISE,
    "noise": 0.3 + 0.05 * _NOISE,
    "falling": _RISE[::-1],
    "falling and noisy": _RISE[::-1] + 0.02 * _NOISE,
    "up and down": np.concatenate([_RISE, _RISE[::-1]]),
    "a lucky start, then up": np.concatenate([[0.6], _RISE]),
    "collapsing": np.concatenate([_RISE, np.full(9, 0.02)]),
    "one epoch": np.array([0.3]),
    "four epochs": np.array([0.1, 0.3, 0.2, 0.25]),
    "holes": np.where(np.arange(50) % 3, _RISE, np.nan),
    "nothing": np.full(50, np.nan),
}


@pytest.mark.parametrize("first_epoch", [1, 41])
@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize(("quantity", "better"), [("mean_iou", 1), ("loss", -1)])
def test_what_is_said_of_a_curve_does_not_contradict_itself(name, first_epoch, quantity, better):
    values = MADE[name] if better > 0 else 1 - MADE[name]
    history = curves(**{quantity: values, f"val_{quantity}": values})
    # As of a resumed training whose first epochs are not told.
    history["epoch"] += first_epoch - 1
    text = describe_curve(history, quantity).replace("\u00a0", " ")
    known = pd.Series(values, index=history["epoch"]).dropna()
    shown = (lambda value: f"{100 * value:.1f} %") if better > 0 else (lambda value: f"{value:.3g}")
    if known.empty:
        assert text == f"No {'mean IoU' if better > 0 else 'loss'} was recorded."
        return
    best = int((better * known).idxmax())
    if re.search("(highest|lowest) at", text):
        assert re.search(rf"(highest|lowest) at (the last epoch, |epoch ){best}\b", text), text
        assert f"({shown(known[best])})" in text
    if "still improving" in text:
        assert best == known.index[-1], text
    if re.search("(falls|rises) since", text):
        assert better * known.iloc[-1] < better * known[best], text
        assert shown(known.iloc[-1]) != shown(known[best]), text
    told = re.search(r"(rises|falls) from ([\d.]+)(?: %)? \(.*?\) to ([\d.]+)", text)
    if told:
        verb, first, last = told[1], float(told[2]), float(told[3])
        assert (first < last) == (verb == "rises") and first != last, text


def test_each_kind_of_curve_is_called_what_it_is():
    def said(name):
        text = describe_curve(curves(val_mean_iou=MADE[name]), "mean_iou").replace("\u00a0", " ")
        return text.partition("Validation mean IoU is ")[2]

    assert said("rising") == "highest at the last epoch, 50 (48.5 %), and was still improving there."
    assert said("rising to the last but one") == (
        "highest at epoch 50 (48.5 %), and was improving until then; "
        "1 later epoch is too few to show a trend (45.0 % at epoch 51)."
    )
    assert said("flat") == said("flat to the digits shown") == "30.0 % at each of 50 epochs."
    assert "has not been better since, without a clear trend" in said("noise")
    assert said("falling") == "highest at epoch 1 (48.5 %) and falls since (10.0 % at epoch 50)."
    assert said("a lucky start, then up") == (
        "highest at epoch 1 (60.0 %) and has not been better since, though it is improving again (48.5 % at epoch 51)."
    )
    assert said("one epoch") == "known only for epoch 1: 30.0 %."
    assert said("four epochs") == "highest at epoch 2 (30.0 %); 4 epochs are too few to show a trend."
