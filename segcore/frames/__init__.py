"""Data sets, pictures and masks: finding, reading, resizing and drawing of frames."""
