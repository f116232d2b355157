import numpy as np
import pandas as pd
import pytest

from segcore.reports.charts.intervals import add_intervals, difference_bars
from segcore.reports.charts.severity import severity_curves
from segcore.reports.charts.style import NEUTRAL, RUN_A, RUN_B
from segcore.scoring.bootstrap import Interval

NAN = float("nan")
DIFFERENCES = {
    "road": Interval(0.1, 0.02, 0.2, 0.95),
    "rider": Interval(-0.1, -0.2, 0.05, 0.95),
    "sky": Interval(-0.1, -0.12, -0.01, 0.95),
    "train": Interval(NAN, NAN, NAN, 0.95),
}


def test_a_verdict_needs_the_whole_interval_on_one_side():
    assert [interval.verdict for interval in DIFFERENCES.values()] == [1, 0, -1, 0]


def test_bars_are_coloured_by_verdict_and_carry_their_interval():
    figure = difference_bars(DIFFERENCES, better="A better", worse="B better", title="points")
    bars = {bar.name: bar for bar in figure.data}
    assert {name: (list(bar.y), bar.marker.color) for name, bar in bars.items()} == {
        "A better": (["road"], RUN_A),
        "within noise": (["rider"], NEUTRAL),
        "B better": (["sky"], RUN_B),
    }
    np.testing.assert_allclose(bars["A better"].x, [10])
    np.testing.assert_allclose(bars["A better"].error_x.array, [10])
    np.testing.assert_allclose(bars["A better"].error_x.arrayminus, [8])
    assert [told for bar in bars.values() for told in bar.customdata] == [
        "+10.0 points, +2.0 to +20.0",
        "-10.0 points, -20.0 to +5.0",
        "-10.0 points, -12.0 to -1.0",
    ]
    # The absent class keeps its row.
    assert figure.layout.yaxis.categoryarray == ("train", "sky", "rider", "road")


def test_curves_get_bars_from_low_to_high_in_the_order_of_severity():
    table = pd.DataFrame(
        {"severity": [2, 0, 1], "miou": [0.3, 0.6, 0.5], "low": [0.2, 0.5, NAN], "high": [0.5, 0.7, NAN]}
    )
    figure = add_intervals(severity_curves({"a": table}, value="miou", title="mIoU"), {"a": table})
    assert figure.data[0].error_y.array == pytest.approx([0.1, NAN, 0.2], nan_ok=True)
    assert figure.data[0].error_y.arrayminus == pytest.approx([0.1, NAN, 0.1], nan_ok=True)
