"""Fields of pages that are options on the command line: errors of the library name the option, pages the field."""

import re

FIELDS = {
    "channels": "Channels",
    "classes": "Classes",
    "encoding": "Values of the masks",
    "factor": "Then times",
    "fit": "Fit",
    "layout": "Layout of the input",
    "mean": "Mean",
    "output": "Output",
    "output-kind": "Holds",
    "output-layout": "Axes",
    "preset": "Normalisation of the pixels",
    "range": "Of pixels",
    "skip-unusable": "Leave out frames that cannot be scored",
    "std": "Std",
}
"""The label of each field, by the option without its dashes."""

_OPTION = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)(?![\w-]|\.\w)")


def with_fields(text: str) -> str:
    """Return the text of an error with the labels of fields, in quotes, for the options of the command line."""
    return _OPTION.sub(lambda found: f"“{FIELDS[found[1]]}”" if found[1] in FIELDS else found[0], text)
