"""The confusion matrix and all that follows from it: scores, intervals, rankings, sweeps."""
