import math

import pandas as pd

from segcore.labels import LABEL_SPACES
from ui.evaluation.columns import difference_column, in_percent, run_column
from ui.shell.columns import name_column

# A screen of 400 px less the margins of the page and the borders of the table; a swatch before the name.
TELEPHONE, SWATCH = 366, 36


def test_a_table_shows_no_minus_where_rounding_leaves_nothing():
    table = pd.DataFrame({"gain": [-0.0004, -0.0006, 0.1234, math.nan], "frames": [1, 2, 3, 4]})
    shown = in_percent(table, ["gain"])
    assert [f"{value:+.1f}" for value in shown["gain"]] == ["+0.0", "-0.1", "+12.3", "+nan"]
    assert shown["gain"][2] == 100 * 0.1234
    assert list(shown["frames"]) == [1, 2, 3, 4]


def test_class_two_runs_and_their_difference_fit_a_telephone():
    names = LABEL_SPACES["train_ids"].class_names
    run = run_column("a_run", help="a_run")
    columns = [name_column(names), run, run, difference_column("a_run", "another")]
    assert SWATCH + sum(column["width"] for column in columns) <= TELEPHONE
