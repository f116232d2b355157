import math

import pandas as pd

from ui.evaluation.columns import in_percent


def test_a_table_shows_no_minus_where_rounding_leaves_nothing():
    table = pd.DataFrame({"gain": [-0.0004, -0.0006, 0.1234, math.nan], "frames": [1, 2, 3, 4]})
    shown = in_percent(table, ["gain"])
    assert [f"{value:+.1f}" for value in shown["gain"]] == ["+0.0", "-0.1", "+12.3", "+nan"]
    assert shown["gain"][2] == 100 * 0.1234
    assert list(shown["frames"]) == [1, 2, 3, 4]
