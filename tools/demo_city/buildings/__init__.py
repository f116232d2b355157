"""Houses, from a window to a roof."""
