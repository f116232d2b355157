"""When validation is said to collapse, on made curves."""

import numpy as np
import pytest

from segcore.training.collapse import has_collapsed, warning_of_collapse

RISE = np.linspace(0.05, 0.6, 12)


def rows(training, validation):
    return [
        {"epoch": epoch, "mean_iou": one, "val_mean_iou": other}
        for epoch, (one, other) in enumerate(zip(training, validation, strict=True), start=1)
    ]


COLLAPSED = {
    "never above chance": (RISE, np.full(12, 0.02)),
    "never above chance, with noise": (RISE, 0.02 + 0.003 * (np.arange(12) % 2)),
    "good at first": (RISE, [*RISE[:6], 0.2, 0.05, 0.02, 0.02, 0.02, 0.02]),
}
SOUND = {
    "validation follows": (RISE, 0.8 * RISE),
    "validation follows late": (RISE, RISE**2),
    "overfitting": (np.linspace(0.1, 0.95, 12), np.full(12, 0.35)),
    "both fall": (RISE[::-1], np.full(12, 0.01)),
    "nothing is learned": (np.full(12, 0.02), np.full(12, 0.001)),
    "one bad epoch": (RISE, [*RISE[:6], 0.01, *RISE[7:]]),
    "too few epochs": (RISE[:3], np.full(3, 0.001)),
    "one epoch": (RISE[:1], [0.0]),
    "no epoch": ([], []),
    "no number": (RISE, np.full(12, np.nan)),
}


@pytest.mark.parametrize("name", COLLAPSED)
def test_a_collapse_is_told_in_one_epoch_only(name):
    history = rows(*COLLAPSED[name])
    assert has_collapsed(history)
    told = [warning_of_collapse(history[:end]) for end in range(1, 13)]
    (sentence,) = filter(None, told)
    assert sentence.startswith("Validation collapses while training rises (mean IoU ")
    assert f"in epoch {told.index(sentence) + 1})" in sentence and sentence.count(". ") == 0


@pytest.mark.parametrize("name", SOUND)
def test_other_curves_are_no_collapse(name):
    history = rows(*SOUND[name])
    assert not any(has_collapsed(history[:end]) for end in range(len(history) + 1))


def test_the_sentence_has_the_numbers_of_the_epoch():
    # By hand: the fourth epoch is the first with three before it to rise from.
    history = rows([0.10, 0.20, 0.30, 0.40], [0.02, 0.02, 0.02, 0.021])
    assert "(mean IoU 2.1% against 40.0% in epoch 4)" in warning_of_collapse(history)
    # Training gains 30 points, so that 3 points of validation are enough.
    assert not has_collapsed(rows([0.10, 0.20, 0.30, 0.40], [0.02, 0.03, 0.04, 0.051]))
