"""Adding foreign models as runs: a network file, or a folder of masks."""
