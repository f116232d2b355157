"""Access to the machine for all other packages: files, hardware, settings, progress and log messages."""
