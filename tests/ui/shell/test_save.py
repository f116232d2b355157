from types import SimpleNamespace

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

import ui.shell.save
from ui.shell.save import _legend, _picture, file_stem, saved_as


def test_file_names_say_what_is_inside_and_suit_every_file_system():
    assert file_stem("training_curves", "unet", "my run") == "segcompare_training_curves_unet_my-run"
    assert file_stem("../../etc", "a/b\\c", "<script>", "") == "segcompare_etc_a-b-c_script"
    assert len(file_stem("x" * 500)) == 120


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://host:8501/base/evaluation?set=val", "segcompare_evaluation_confusion_val"),
        ("http://host:8501/confusion", "segcompare_confusion_val"),
        ("http://host:8501/", "segcompare_confusion_val"),
        (None, "segcompare_confusion_val"),
    ],
)
def test_file_names_begin_with_the_page_unless_the_key_does(monkeypatch, url, name):
    monkeypatch.setattr(ui.shell.save.st, "context", SimpleNamespace(url=url))
    assert saved_as("confusion", ["val"]) == name


def test_a_picture_has_a_title_and_the_legend_that_the_page_keeps_elsewhere():
    figure = go.Figure([{"type": "scatter", "name": name} for name in "ab"]).update_layout(
        margin={"t": 8, "b": 0}
    )
    assert _legend(figure) == {}
    picture = _picture(figure, "<b>run " + "x" * 30)
    assert picture["layout"]["title"]["text"] == "<br>&lt;b&gt;run " + "x" * 30
    assert picture["layout"]["margin"] == {"t": 8 + picture["taller"]}
    figure.update_layout(showlegend=False)
    legend = _legend(figure)
    assert legend["showlegend"]
    assert _picture(figure, "title")["taller"] == picture["taller"] + legend["margin"]["b"]


def chart_page() -> None:
    import pandas as pd
    import plotly.graph_objects as go

    from ui.shell.page import show_chart
    from ui.shell.save import offer_csv

    show_chart(
        go.Figure(go.Scatter(x=[1, 2], y=[3, 4])), key="some_chart", alt="Two points.", about=("val", "a")
    )
    offer_csv(pd.DataFrame({"x": [1]}), key="some_table", about=("val",))


def test_chart_can_be_saved_under_its_name():
    app = AppTest.from_function(chart_page, default_timeout=60).run()
    assert not app.exception
    chart = app.get("plotly_chart")[0].proto
    assert '"filename": "segcompare_some_chart_val_a"' in chart.config
    labels = [button.label for button in app.get("download_button")]
    assert labels == ["HTML", "Download as CSV"]
