import json

import numpy as np
import pandas as pd
import pytest
from makers import make_history

from segcore.reports.charts.curves import curves_figure
from segcore.reports.charts.looks import looks
from segcore.reports.charts.scores import (
    confusion_heatmap,
    cost_scatter,
    dumbbell,
    only_classes,
    row_shares,
)


def test_row_shares_divide_by_all_pixels_of_the_class():
    confusion = np.array([[6, 2, 2], [0, 0, 0], [50, 50, 50]])
    np.testing.assert_array_equal(row_shares(confusion, keep_void=True)[0], [0.6, 0.2, 0.2])
    shares = row_shares(confusion, keep_void=False)
    np.testing.assert_array_equal(shares[0], [0.6, 0.2])
    assert np.isnan(shares[1]).all()


def test_heatmap_has_truth_down_and_prediction_across_and_leaves_absent_classes_blank():
    shares = np.array([[0.9, 0.1], [np.nan, np.nan]])
    figure = confusion_heatmap(shares, ["road", "train"])
    assert figure.layout.xaxis.title.text == "prediction"
    assert figure.layout.yaxis.title.text == "truth"
    assert list(figure.data[0].y) == ["road", "train"]
    assert json.loads(figure.to_json())["layout"]["yaxis"]["autorange"] == "reversed"
    assert np.isnan(figure.data[0].z[1]).all()
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)


def test_heatmap_of_differences_is_centred_on_nothing():
    figure = confusion_heatmap(np.array([[0.2, -0.3, 0.1]]), ["road", "car"], difference=True)
    assert figure.data[0].zmin == -figure.data[0].zmax == pytest.approx(-0.3)
    assert list(figure.data[0].x) == ["road", "car", "void"]
    middle = dict(figure.data[0].colorscale)[0.5]
    assert middle == "#f3f6f7"
    nothing = confusion_heatmap(np.full((1, 1), np.nan), ["road"], difference=True)
    assert nothing.data[0].zmax > 0


def test_dumbbell_joins_only_classes_that_both_have():
    scores = pd.DataFrame({"A": [0.9, np.nan, 0.2], "B": [0.8, 0.5, 0.4]}, index=["road", "train", "pole"])
    figure, look = dumbbell(scores), looks("AB")
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [trace.y[0] for trace in lines] == ["road", "pole"]
    assert [trace.line.color for trace in lines] == [look["A"].color, look["B"].color]
    points = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
    assert np.isnan(points["A"].x[1])
    assert list(points["B"].customdata) == ["-10.0", "–", "+20.0"]


def test_cost_scatter_leaves_out_runs_without_the_cost():
    table = pd.DataFrame({"run": ["a", "b"], "miou": [0.5, 0.4], "latency": [30.0, np.nan]})
    said = {"latency": "a made machine", "miou": "made streets & squares"}
    figure = cost_scatter(
        table, score="miou", score_title="Mean IoU", cost="latency", title="latency in ms", measured_on=said
    )
    assert [trace.name for trace in figure.data] == ["a"]
    assert figure.layout.xaxis.title.text == "latency in ms<br>a made machine"
    assert figure.layout.yaxis.title.text == "Mean IoU<br>made streets &amp; squares"


def test_points_of_the_cost_chart_have_no_names_over_them_and_keep_their_colours_in_any_order():
    table = pd.DataFrame({"run": ["b", "a", "c"], "miou": [0.5, 0.4, 0.3], "ms": [30.0, 31.0, 32.0]})
    drawn = [
        cost_scatter(rows, score="miou", score_title="", cost="ms", title="", measured_on={})
        for rows in (table, table.iloc[::-1])
    ]
    colors = [{trace.name: trace.marker.color for trace in figure.data} for figure in drawn]
    assert colors[0] == colors[1] and len(set(colors[0].values())) == 3
    assert {trace.mode for trace in drawn[0].data} == {"markers"}
    assert all(trace.showlegend for trace in drawn[0].data)


def test_classes_that_are_not_kept_leave_rows_and_columns_but_not_void():
    shares = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(
        only_classes(shares, np.array([True, False, True])), shares[[0, 2]][:, [0, 2, 3]]
    )
    np.testing.assert_array_equal(only_classes(shares[:, :3], np.array([False, True, False])), [[5.0]])


def test_names_are_drawn_as_they_are_written():
    name = "<b>run</b> & more"
    safe = "&lt;b&gt;run&lt;/b&gt; &amp; more"
    curves = curves_figure({name: make_history(3)}, ["Loss"], best_epochs={})
    assert curves.data[0].name == f"{safe}, training"
    points = dumbbell(pd.DataFrame({name: [0.5], "B": [0.4]}, index=[name]))
    assert {safe, "B"} == {trace.name for trace in points.data if trace.mode == "markers"}
    assert list(points.layout.yaxis.categoryarray) == [safe]
    heat = confusion_heatmap(np.ones((1, 2)), [name])
    assert (heat.data[0].x, heat.data[0].y) == ((safe, "void"), (safe,))
    points = pd.DataFrame({"run": [name], "miou": [0.5], "ms": [3.0]})
    cost = cost_scatter(points, score="miou", score_title="Mean IoU", cost="ms", title="ms", measured_on={})
    assert cost.data[0].name == safe
    assert name not in cost.to_json()
