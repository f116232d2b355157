"""Compare: the letters of both models, small tags beside the names of their runs."""

from ui.viewer.layers import Tag

# The theme's teal and violet, dark enough for white letters.
TAGS = {"A": Tag("A", (21, 112, 101)), "B": Tag("B", (125, 83, 171))}
