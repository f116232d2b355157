"""What is said about the differences between two runs, class by class."""

import math

from segcore.scoring.bootstrap import Interval
from ui.evaluation.classes import describe_differences


def test_differences_are_counted_by_their_intervals():
    classes = {
        "road": Interval(0.2, 0.1, 0.3, 0.95),
        "car": Interval(-0.2, -0.3, -0.1, 0.95),
        "sky": Interval(0.1, -0.1, 0.3, 0.95),
        "train": Interval(math.nan, math.nan, math.nan, 0.95),
    }
    assert describe_differences(classes, first="a", second="b") == (
        "a is better in 1 of 3 classes, b in 1; in the other 1 the difference is within noise."
    )


def test_without_intervals_nothing_is_called_noise():
    classes = {
        "road": Interval(0.2, math.nan, math.nan, 0.95),
        "car": Interval(-0.1, math.nan, math.nan, 0.95),
    }
    assert describe_differences(classes, first="a", second="b") == (
        "It is not known which differences are larger than noise: one frame has no intervals."
    )
