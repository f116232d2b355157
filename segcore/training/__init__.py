"""Training: configuration, batches, losses, the loop, resuming, and the record of how a run came about."""
