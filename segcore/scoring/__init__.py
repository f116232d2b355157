"""Scores from the confusion matrix: evaluations, intervals, rankings of frames, robustness sweeps."""
