"""Training: configuration, batches, losses, the loop, resuming, and the history of a run."""
