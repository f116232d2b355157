"""Data sets, pictures and masks: where a frame comes from and how it is read, resized and drawn."""
