"""Files, hardware, progress and noise: what every other room needs of the machine."""
