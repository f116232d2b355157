"""Calibration in tables and sentences, for pages and reports."""

from collections.abc import Mapping, Sequence

import pandas as pd

from segcore.reports.percent import percent
from segcore.runs.calibration import CalibrationCounts
from segcore.runs.evaluation import Evaluation
from segcore.runs.run import Run
from segcore.scoring.calibration import SURE, calibration_error, mean_confidence, selection

DEFINITIONS = (
    "The confidence of a pixel is the probability that the run gives to the class it predicts there. The pixels are "
    "sorted into 20 bins of confidence. Expected calibration error: the difference between mean confidence and "
    "accuracy of a bin, averaged over all pixels (Guo et al., 2017, arXiv 1706.04599, equation 3). Coverage: the share "
    "of the pixels whose confidence is at least a threshold (Geifman and El-Yaniv, 2017, arXiv 1705.08500)."
)
"""Definitions of the numbers, with their sources."""

_AS_SURE_AS_RIGHT = 0.01


def calibration_table(counts: Mapping[str, CalibrationCounts]) -> pd.DataFrame:
    """Return a table with one row per run.

    Returns:
        ``run`` (name), ``error`` (expected calibration error), ``confidence`` (mean), ``accuracy``, and for the pixels
        with a confidence of at least `segcore.scoring.calibration.SURE`: ``sure`` (their share of all pixels),
        ``sure_accuracy`` (share of right pixels among them) and ``sure_wrong`` (their share of all wrong pixels); all
        numbers in 0..1.
    """
    rows = []
    for name, each in counts.items():
        everything, sure = selection(each, 0.0), selection(each, SURE)
        shares = (calibration_error(each), mean_confidence(each), everything.accuracy)
        rows.append((name, *shares, sure.coverage, sure.accuracy, sure.wrong))
    columns = ["run", "error", "confidence", "accuracy", "sure", "sure_accuracy", "sure_wrong"]
    return pd.DataFrame(rows, columns=columns)


def calibration_in_words(name: str, counts: CalibrationCounts) -> str:
    """Return sentences that compare a run's confidence with its accuracy, and give the share of confident errors."""
    confidence, everything, sure = mean_confidence(counts), selection(counts, 0.0), selection(counts, SURE)
    difference = confidence - everything.accuracy
    if abs(difference) < _AS_SURE_AS_RIGHT:
        verdict = "is well calibrated on average"
    else:
        verdict = "is overconfident" if difference > 0 else "is underconfident"
    return (
        f"{name} {verdict}: its mean confidence is {percent(confidence)}, and {percent(everything.accuracy)} of its "
        f"pixels are right. Of its errors, {percent(sure.wrong)} have a confidence of {100 * SURE:.0f} % or more."
    )


def why_uncalibrated(scored: Sequence[tuple[Run, Evaluation]]) -> list[str]:
    """Return one sentence for each reason why evaluations have no calibration; empty if all have one."""
    named: dict[str, list[str]] = {}
    for run, scores in scored:
        if scores.calibration is None:
            named.setdefault(_reason(run), []).append(run.name)
    return [f"No calibration of {', '.join(names)}: {reason}" for reason, names in named.items()]


def _reason(run: Run) -> str:
    if run.has_masks:
        return "stored masks have no probabilities."
    if run.kind == "onnx" and run.network_output.kind == "classes":
        return "the network gives no probabilities."
    if run.has_network:
        return "these scores are from a version without calibration; evaluate again to see it."
    return "these scores are from a version without calibration, and there are no weights to evaluate again."
