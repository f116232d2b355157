"""Tables as text: the same cells as in the grid, shown where the grid would be cut."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest


def scores_page(names: list[str], index: bool) -> None:
    import pandas as pd
    import streamlit as st

    from ui.shell.tables import draw_table

    table = pd.DataFrame({"Class": ["road", "a<b"], **{name: [97.06, None] for name in names}})
    table["Parameters"] = [3_626_195, 450]
    draw_table(
        table.set_index("Class") if index else table,
        "made",
        hide_index=not index,
        placeholder="–",
        column_config={
            **{name: st.column_config.NumberColumn(format="%.1f %%", help="of <all>") for name in names},
            "Parameters": st.column_config.NumberColumn("Size", format="compact"),
        },
        alt="Scores of the runs.",
    )


def drawn(names: list[str], *, index: bool = False) -> tuple[AppTest, str]:
    app = AppTest.from_function(scores_page, args=(names, index)).run()
    assert not app.exception
    return app, app.get("html")[0].proto.body


def cells_of(text: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", text)
    return [re.findall(r"<(?:td|th)[^>]*>(.*?)</(?:td|th)>", row) for row in rows]


@pytest.mark.parametrize("index", [False, True])
def test_the_text_holds_what_the_grid_shows(index):
    app, text = drawn(["first_run"], index=index)
    assert len(app.dataframe) == 1
    assert cells_of(text) == [
        ["" if index else "Class", "first_<wbr>run", "Size"],
        ["road", "97.1 %", "3.6M"],
        ["a&lt;b", "–", "450"],
    ]
    assert 'title="of &lt;all&gt;"' in text


def test_the_grid_is_shown_where_all_its_heads_fit():
    for names in (["m"], ["mobilenet_segnet_short_noaug", "mobilenet_segnet_short"]):
        app, text = drawn(names)
        hidden, shown = map(int, re.search(r"max-width: (\d+)px.*?min-width: (\d+)px", text).groups())
        columns = json.loads(app.dataframe[0].proto.columns)
        widths = {name: column["width"] for name, column in columns.items() if column.get("width")}
        assert widths.keys() == {"Class", *names, "Parameters"}
        assert hidden + 1 == shown == sum(widths.values())
        assert max(widths.values()) <= 260
    assert widths["mobilenet_segnet_short_noaug"] > widths["mobilenet_segnet_short"] > widths["Parameters"]


def test_a_row_of_many_columns_becomes_a_paragraph():
    assert "table-long" not in drawn([f"run_{number}" for number in range(4)])[1]
    text = drawn([f"run_{number}" for number in range(5)])[1]
    assert "table-long" in text
    assert '<td class="number" data-title="run_4">97.1 %</td>' in text


def test_very_long_words_may_break():
    text = drawn(["deeplabv3plusresnet101"])[1]
    assert ">deeplabv3plu<wbr>sresnet101<" in text


def long_page() -> None:
    import pandas as pd

    from ui.shell.tables import draw_table

    names = [f"frame_{number}" for number in range(10_000)]
    names[9_000] = "the_longest_name_of_a_frame"
    draw_table(pd.DataFrame({"Frame": names, "IoU": range(10_000)}), "made", alt="All frames.")


def test_of_ten_thousand_rows_the_text_has_the_first_and_says_so():
    app = AppTest.from_function(long_page).run()
    assert not app.exception
    text = app.get("html")[0].proto.body
    rows = cells_of(text)
    assert len(rows) == 202
    assert rows[200] == ["frame_<wbr>199", "199"]
    assert rows[201] == ["Left out here: 9,800 rows. A wider window shows the whole table."]
    width = json.loads(app.dataframe[0].proto.columns)["Frame"]["width"]
    assert width > 27 * 6, "the longest name does not fit"
