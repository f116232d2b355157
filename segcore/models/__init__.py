"""The networks, one file each, and the pieces that they share."""
