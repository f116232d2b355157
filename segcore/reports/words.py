"""Descriptions of training curves in words that the numbers support.

A trend is only reported if a Mann-Kendall test (Mann 1945, Kendall 1975) finds it at the 5 % level. This needs at least
five epochs and makes no assumption about the shape of the curve.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from segcore.runs.lineage import Averaging, TrainedFrames
from segcore.runs.run import LOSS_SETTINGS, Run
from segcore.system.counting import counted

FEWEST_EPOCHS = 5
"""With fewer epochs not even a monotonic sequence passes the test."""

_NAMES = {"loss": "loss", "mean_iou": "mean IoU", "accuracy": "pixel accuracy"}


def trend(values: Sequence[float] | np.ndarray) -> int:
    """Return 1 for a rise, -1 for a fall, 0 if there is no significant trend or there are too few values.

    Values that are not finite are left out.

    Example:
        >>> trend([1.0, 1.1, 1.3, 1.2, 1.4, 1.6]), trend([1.0, 1.2, 0.9, 1.1, 1.0])
        (1, 0)
    """
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    count = len(finite)
    if count < FEWEST_EPOCHS:
        return 0
    score = _kendall_score(finite)
    # Ties reduce the variance of the score.
    ties = np.unique(finite, return_counts=True)[1]
    variance = (count * (count - 1) * (2 * count + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    if variance == 0 or abs(score) - 1 <= 1.959964 * math.sqrt(variance):
        return 0
    return 1 if score > 0 else -1


def _kendall_score(values: np.ndarray) -> int:
    """Return the number of rising pairs of values minus that of falling pairs, in near-linear time and linear memory.

    A matrix of all pairs of 20,000 epochs would take gigabytes. As in Knight's algorithm (JASA 61, 1966), values are
    sorted in steps instead, here by one bit of their ranks after the other. Each pair is counted at the highest bit in
    which its two ranks differ.
    """
    ranks = np.unique(values, return_inverse=True)[1]
    score = 0
    for bit in range(int(ranks.max()).bit_length()):
        # Groups of ranks with the same higher bits, each group in the order of time.
        order = np.argsort(ranks >> (bit + 1), kind="stable")
        groups, ones = ranks[order] >> (bit + 1), (ranks[order] >> bit) & 1
        starts = np.searchsorted(groups, groups)
        ones_so_far = np.concatenate(([0], np.cumsum(ones)))
        ones_before = ones_so_far[:-1] - ones_so_far[starts]
        zeros_before = np.arange(len(ones)) - starts - ones_before
        score += int(np.where(ones == 1, zeros_before, -ones_before).sum())
    return score


def best_epoch(history: pd.DataFrame) -> int | None:
    """Return the epoch of the highest validation mean IoU, or of the lowest validation loss, or None.

    Args:
        history: as from ``segcore.runs.history.read_history``.
    """
    for column, sign in (("val_mean_iou", 1), ("val_loss", -1)):
        values = sign * history[column].where(np.isfinite(history[column]))
        if values.notna().any():
            return int(history["epoch"][values.idxmax()])
    return None


def gap_when_kept(history: pd.DataFrame, kept: int | None) -> float | None:
    """Return training minus validation mean IoU in the epoch ``kept`` or the best epoch; None if unknown."""
    row = history[history["epoch"] == (kept or best_epoch(history))]
    gap = row["mean_iou"] - row["val_mean_iou"]
    return None if gap.isna().all() else float(gap.iloc[0])


def loss_title(trainings: Iterable[Mapping]) -> str:
    """Return the title for the loss of runs with these training configurations: its name, if all have the same loss."""
    losses = {training.get("loss") for training in trainings}
    return "Cross-entropy" if losses == {"ce"} else "Loss"


def describe_losses(runs: Sequence[Run]) -> list[str]:
    """Return sentences for a plot of these runs' losses: where a loss changed, and whether they can be compared."""
    told = []
    if any(run.loss_since > 1 for run in runs):
        told.append("A thin vertical line marks where a run changed its loss; it has the dashes of the run.")
    kinds = {key: [str(run.training.get(key, "not recorded")) for run in runs] for key in LOSS_SETTINGS}
    unlike = {key: values for key, values in kinds.items() if len(set(values)) > 1}
    if unlike:
        losses = []
        for place, run in enumerate(runs):
            settings = ", ".join(f"{key.replace('_', ' ')} {values[place]}" for key, values in unlike.items())
            since = f" from epoch {run.loss_since} on" if run.loss_since > 1 else ""
            losses.append(f"{run.name} {settings}{since}")
        told.append(
            f"These losses are of different kinds, so their values cannot be compared: {'; '.join(losses)}."
        )
    return told


def describe_curve(history: pd.DataFrame, quantity: str, *, loss_since: int = 1) -> str:
    """Return a few sentences about the curves of a quantity in training and validation.

    Args:
        history: as from ``segcore.runs.history.read_history``.
        quantity: ``loss``, ``mean_iou`` or ``accuracy``.
        loss_since: see ``segcore.runs.run.Run.loss_since``; earlier losses are ignored.
    """
    if quantity == "loss" and loss_since > 1:
        comparable = history[history["epoch"] >= loss_since]
        before = f"Up to epoch {loss_since - 1} the run had another loss, whose values cannot be compared."
        return f"{before} {describe_curve(comparable, quantity)}"
    name = _NAMES[quantity]
    training = _series(history, quantity)
    validation = _series(history, f"val_{quantity}")
    if training.empty and validation.empty:
        return f"No {name} was recorded."
    sentences = [_not_finite(history, quantity, name)]
    if training.empty:
        sentences.append(f"No training {name} was recorded.")
    else:
        sentences.append(_from_first_to_last(training, quantity, f"Training {name}"))
    if validation.empty:
        sentences.append(f"No validation {name} was recorded.")
    else:
        sentences.append(_validation(training, validation, quantity, name))
    return " ".join(sentence for sentence in sentences if sentence)


def describe_gap(history: pd.DataFrame, quantity: str, *, loss_since: int = 1) -> str:
    """Return a sentence about the gap between training and validation at the last epoch with both, and its trend.

    Arguments are those of ``describe_curve``.
    """
    if quantity == "loss":
        history = history[history["epoch"] >= loss_since]
    name = _NAMES[quantity]
    both = history[["epoch", quantity, f"val_{quantity}"]]
    both = both[np.isfinite(both).all(axis=1)]
    if both.empty:
        return f"No epoch has both training and validation {name}, so there is no gap."
    behind = both[f"val_{quantity}"] - both[quantity]
    if quantity != "loss":
        behind = -behind
    last, epoch = behind.iloc[-1], int(both["epoch"].iloc[-1])
    size = _amount(abs(last), quantity)
    if _amount(abs(last), quantity) == _amount(0.0, quantity):
        text = f"At epoch {epoch} training and validation {name} are equal after rounding"
    else:
        side = "worse" if last > 0 else "better"
        text = f"At epoch {epoch} validation {name} is {size} {side} than in training"
    half = behind.iloc[len(behind) // 2 :]
    change = {1: "has been widening", -1: "has been narrowing", 0: ""}[trend(half * np.sign(last))]
    if not change:
        return f"{text}."
    return f"{text}; the gap {change} since about epoch {int(both['epoch'].loc[half.index[0]])}."


def describe_learning_rate(history: pd.DataFrame) -> str:
    """Return a sentence about the learning rate: constant, or its first, highest and last value."""
    rates = _series(history, "learning_rate")
    if rates.empty:
        return "No learning rate was recorded."
    first, last, highest = rates.iloc[0], rates.iloc[-1], rates.max()
    if rates.min() == highest:
        return f"The learning rate was {first:.3g} throughout."
    if highest > max(first, last):
        peak = f"{highest:.3g} (epoch {rates.idxmax()})"
        return f"The learning rate rose from {first:.3g} to {peak} and ended at {last:.3g}."
    return f"The learning rate went from {first:.3g} to {last:.3g}."


def describe_average(averaging: Averaging) -> str:
    """Return the averaged runs and their epochs in words."""
    return " and ".join((f"epoch {part.epoch} of " if part.epoch else "") + part.run for part in averaging.of)


def describe_data(data: TrainedFrames) -> str:
    """Return training frames in words: data set, split, number and cities, as far as they are known."""
    name = " ".join(filter(None, (data.name, data.split)))
    count = "" if data.frames is None else counted(data.frames, "frame")
    where = f" ({', '.join(data.cities)})" if data.cities else ""
    often = f"each {data.repeats} times an epoch" if data.repeats and data.repeats > 1 else ""
    return ", ".join(part for part in (name, count + where, often) if part.strip())


def describe_further_data(sources: Sequence[TrainedFrames]) -> str:
    """Return the further training frames in words; there may be none."""
    return " and ".join(map(describe_data, sources)) or "none"


def _series(history: pd.DataFrame, column: str) -> pd.Series:
    series = pd.Series(history[column].to_numpy(float), index=history["epoch"].to_numpy())
    return series[np.isfinite(series)]


def _not_finite(history: pd.DataFrame, quantity: str, name: str) -> str:
    values = history[quantity].to_numpy(float)
    infinite = history["epoch"][np.isinf(values)]
    return f"Training {name} was infinite at epoch {int(infinite.iloc[0])}." if len(infinite) else ""


def _from_first_to_last(values: pd.Series, quantity: str, subject: str) -> str:
    first, last = _number(values.iloc[0], quantity), _number(values.iloc[-1], quantity)
    if len(values) == 1:
        return f"{subject} is known only for epoch {values.index[0]}: {first}."
    if first == last:
        return f"{subject} begins and ends at {first} (epochs {values.index[0]} and {values.index[-1]})."
    # A curve can rise for a long time and still end below its first value.
    change = trend(values) if trend(values) == np.sign(values.iloc[-1] - values.iloc[0]) else 0
    verb = {1: "rises", -1: "falls", 0: "goes"}[change]
    return f"{subject} {verb} from {first} (epoch {values.index[0]}) to {last} (epoch {values.index[-1]})."


def _validation(training: pd.Series, validation: pd.Series, quantity: str, name: str) -> str:
    # With "better" as +1, curves of losses and of scores are described in the same way.
    better = -1 if quantity == "loss" else 1
    extreme = "lowest" if quantity == "loss" else "highest"
    best = int((better * validation).idxmax())
    value = _number(validation[best], quantity)
    count = len(validation)
    if count == 1:
        return f"Validation {name} is known only for epoch {best}: {value}."
    if count < FEWEST_EPOCHS:
        few = f"{count} epochs are too few to show a trend"
        return f"Validation {name} is {extreme} at epoch {best} ({value}); {few}."
    if _number(validation.min(), quantity) == _number(validation.max(), quantity):
        return f"Validation {name} is {value} at each of {count} epochs."
    opening = f"Validation {name} is {extreme} at epoch {best} ({value})"
    until_best, after = validation[validation.index <= best], validation[validation.index > best]
    # Only up to the best epoch, since all values after it are worse.
    was_improving = better * trend(until_best.iloc[-max(8, count // 3) :]) > 0
    if after.empty:
        tail = "and was still improving there" if was_improving else "though with no clear trend before it"
        return f"Validation {name} is {extreme} at the last epoch, {best} ({value}), {tail}."
    ending = f"{_number(after.iloc[-1], quantity)} at epoch {after.index[-1]}"
    if len(after) < FEWEST_EPOCHS:
        up_to_there = ", and was improving until then" if was_improving else ""
        few = f"{len(after)} later epochs are" if len(after) > 1 else "1 later epoch is"
        return f"{opening}{up_to_there}; {few} too few to show a trend ({ending})."
    direction = better * trend(after)
    if direction > 0:
        return f"{opening} and has not been better since, though it is improving again ({ending})."
    if direction < 0 and not ending.startswith(f"{value} "):
        verb = "rises" if quantity == "loss" else "falls"
        return f"{opening} and {verb} since ({ending}){_meanwhile(training, best, quantity, name)}."
    return f"{opening} and has not been better since, without a clear trend ({ending})."


def _meanwhile(training: pd.Series, epoch: int, quantity: str, name: str) -> str:
    better = -1 if quantity == "loss" else 1
    if better * trend(training[training.index > epoch]) <= 0:
        return ""
    verb = "falls" if quantity == "loss" else "rises"
    return f" while training {name} still {verb}: the model gets better on its training frames only"


def _number(value: float, quantity: str) -> str:
    return f"{value:.3g}" if quantity == "loss" else f"{100 * value:.1f}\u00a0%"


def _amount(value: float, quantity: str) -> str:
    return f"{value:.2f}" if quantity == "loss" else f"{100 * value:.1f} points"
