"""A run's folder: its record, its stored results and its training curves."""
