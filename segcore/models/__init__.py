"""The networks, one file each, and their common layers."""
