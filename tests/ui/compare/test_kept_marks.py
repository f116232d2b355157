"""Marks of several tabs: each adds and removes its own, and nothing that was removed comes back."""

import math
from dataclasses import replace

import pytest

from ui.compare.kept_marks import merged_marks
from ui.compare.mark_file import Mark

ONE = Mark("Made", "val", "one", "", "a", "b", "", 0.5, math.nan)
TWO, THREE = (replace(ONE, frame=frame) for frame in ("two", "three"))
NOTED = replace(ONE, note="glare")
# As a file gives it back: the unknown score is another NaN, which equals nothing.
READ = replace(ONE, miou_b=float("nan"))


@pytest.mark.parametrize(
    ("mine", "before", "now", "expected"),
    [
        ([], [], [ONE], [ONE]),  # a new visit
        ([TWO], [], [ONE], [ONE, TWO]),  # marked before the browser's marks came
        ([ONE], [READ], [], []),  # removed elsewhere
        ([ONE], [READ], [NOTED], [NOTED]),  # a note from elsewhere
        ([], [ONE], [ONE, TWO], [TWO]),  # removed here, added elsewhere
        ([ONE, TWO], [ONE], [ONE, THREE], [ONE, THREE, TWO]),  # added on both sides
        ([NOTED], [ONE], [ONE, TWO], [NOTED, TWO]),  # a note from here
    ],
)
def test_changes_of_both_sides_are_kept(mine, before, now, expected):
    assert list(merged_marks(mine, before=before, now=now).values()) == expected
