import json

import numpy as np
import pandas as pd
import pytest
from makers import make_history

from segcore import charts
from segcore.reading import best_epoch


def traces(figure, **wanted):
    return [
        trace for trace in figure.data if all(getattr(trace, key) == value for key, value in wanted.items())
    ]


def test_smoothing_of_a_constant_changes_nothing_and_zero_keeps_the_values():
    assert charts.smooth(np.full(5, 0.3), 0.9) == pytest.approx(np.full(5, 0.3))
    values = np.array([1.0, 4.0, 2.0])
    assert charts.smooth(values, 0.0) == pytest.approx(values)


def test_smoothing_is_the_weighted_mean_of_what_came_before():
    # Weights 1/4 and 1/2 for two values at 0.5, divided by their sum.
    assert charts.smooth(np.array([1.0, 4.0]), 0.5) == pytest.approx([1.0, (0.25 * 1 + 0.5 * 4) / 0.75])


def test_smoothing_passes_over_what_is_missing():
    smoothed = charts.smooth(np.array([1.0, np.nan, 4.0]), 0.5)
    assert np.isnan(smoothed[1])
    assert smoothed[2] == pytest.approx((0.25 * 1 + 0.5 * 4) / 0.75)


def test_training_is_blue_and_validation_orange():
    figure = charts.curves_figure({"alpha": make_history(40)}, ["Loss", "Mean IoU"], best_epochs={})
    training, validation = traces(figure, name="alpha, training"), traces(figure, name="alpha, validation")
    assert [trace.line.color for trace in training] == ["#3b82c4"] * 2
    assert [trace.line.color for trace in validation] == ["#d9772b"] * 2
    assert [trace.yaxis for trace in training] == ["y", "y2"]
    red, green, blue = (int(charts.TRAINING[place : place + 2], 16) for place in (1, 3, 5))
    assert blue > green > red
    red, green, blue = (int(charts.VALIDATION[place : place + 2], 16) for place in (1, 3, 5))
    assert red > green > blue


def test_panels_share_one_axis_of_epochs_so_that_one_pointer_reads_them_all():
    figure = charts.curves_figure(
        {"a": make_history(10)}, ["Loss", "Accuracy", "Learning rate"], best_epochs={}
    )
    assert {trace.xaxis for trace in figure.data} == {"x"}
    assert figure.layout.hovermode == "x unified"
    assert figure.layout.hoversubplots == "axis"
    assert figure.layout.xaxis.showspikes
    assert figure.layout.xaxis.anchor == "y3"
    domains = [figure.layout[axis].domain for axis in ("yaxis", "yaxis2", "yaxis3")]
    assert domains[0][1] == pytest.approx(1)
    assert domains[2][0] == pytest.approx(0, abs=1e-9)
    assert domains[0][0] > domains[1][1] > domains[1][0] > domains[2][1]


def test_curves_hold_the_recorded_numbers_and_smoothing_keeps_them_visible():
    history = make_history(40)
    plain = charts.curves_figure({"a": history}, ["Loss"], best_epochs={})
    np.testing.assert_array_equal(plain.data[0].y, history["loss"])
    smoothed = charts.curves_figure({"a": history}, ["Loss"], smoothing=0.6, best_epochs={})
    raw, average = traces(smoothed, name="a, training")
    np.testing.assert_array_equal(raw.y, history["loss"])
    assert 0 < raw.opacity < 1
    assert raw.hoverinfo != "skip"
    np.testing.assert_allclose(average.y, charts.smooth(history["loss"].to_numpy(), 0.6))
    assert [raw.showlegend, average.showlegend] == [False, True]


def test_best_epoch_is_marked_on_the_validation_curve():
    history = make_history(40)
    epoch = best_epoch(history)
    figure = charts.curves_figure({"a": history}, ["Mean IoU"], best_epochs={"a": epoch})
    (star,) = traces(figure, name="best epoch")
    assert list(star.x) == [epoch]
    assert star.y[0] == history["val_mean_iou"].max()
    beyond = charts.curves_figure({"a": history}, ["Mean IoU"], best_epochs={"a": 99})
    assert not traces(beyond, name="best epoch")


def test_gap_tells_how_far_validation_is_behind():
    history = make_history(10)
    loss, score = charts.curves_figure({"a": history}, ["Loss gap", "Mean IoU gap"], best_epochs={}).data
    np.testing.assert_allclose(loss.y, history["val_loss"] - history["loss"])
    np.testing.assert_allclose(score.y, history["mean_iou"] - history["val_mean_iou"])


def test_missing_and_infinite_values_are_gaps_and_a_curve_that_was_not_recorded_is_left_out():
    history = make_history(6)
    history["accuracy"] = np.nan
    history.loc[2, "loss"] = np.inf
    figure = charts.curves_figure({"a": history}, ["Loss", "Accuracy"], best_epochs={})
    assert np.isnan(figure.data[0].y[2])
    assert len(traces(figure, name="a, training")) == 1
    assert "Infinity" not in figure.to_json()


def test_several_runs_differ_by_dash_and_each_is_named_once_in_the_legend():
    histories = {name: make_history(40, seed=index) for index, name in enumerate("abc")}
    figure = charts.curves_figure(histories, ["Loss", "Accuracy"], best_epochs={})
    assert len({trace.line.dash for trace in figure.data}) == 3
    assert sorted(trace.name for trace in figure.data if trace.showlegend) == sorted(
        f"{name}, {part}" for name in "abc" for part in ("training", "validation")
    )


def test_single_epoch_is_visible():
    figure = charts.curves_figure({"a": make_history(1)}, ["Loss"], best_epochs={})
    assert "markers" in figure.data[0].mode


def test_row_shares_divide_by_all_pixels_of_the_class():
    confusion = np.array([[6, 2, 2], [0, 0, 0], [50, 50, 50]])
    np.testing.assert_array_equal(charts.row_shares(confusion, keep_void=True)[0], [0.6, 0.2, 0.2])
    shares = charts.row_shares(confusion, keep_void=False)
    np.testing.assert_array_equal(shares[0], [0.6, 0.2])
    assert np.isnan(shares[1]).all()


def test_heatmap_has_truth_down_and_prediction_across_and_leaves_absent_classes_blank():
    shares = np.array([[0.9, 0.1], [np.nan, np.nan]])
    figure = charts.confusion_heatmap(shares, ["road", "train"])
    assert figure.layout.xaxis.title.text == "prediction"
    assert figure.layout.yaxis.title.text == "truth"
    assert list(figure.data[0].y) == ["road", "train"]
    assert json.loads(figure.to_json())["layout"]["yaxis"]["autorange"] == "reversed"
    assert np.isnan(figure.data[0].z[1]).all()
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)


def test_heatmap_of_differences_is_centred_on_nothing():
    figure = charts.confusion_heatmap(np.array([[0.2, -0.3, 0.1]]), ["road", "car"], difference=True)
    assert figure.data[0].zmin == -figure.data[0].zmax == pytest.approx(-0.3)
    assert list(figure.data[0].x) == ["road", "car", "void"]
    middle = dict(figure.data[0].colorscale)[0.5]
    assert middle == "#f3f6f7"
    nothing = charts.confusion_heatmap(np.full((1, 1), np.nan), ["road"], difference=True)
    assert nothing.data[0].zmax > 0


def test_dumbbell_joins_only_classes_that_both_have():
    scores = pd.DataFrame({"A": [0.9, np.nan, 0.2], "B": [0.8, 0.5, 0.4]}, index=["road", "train", "pole"])
    figure = charts.dumbbell(scores)
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [trace.y[0] for trace in lines] == ["road", "pole"]
    assert [trace.line.color for trace in lines] == [charts.RUN_A, charts.RUN_B]
    points = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
    assert np.isnan(points["A"].x[1])
    np.testing.assert_allclose(points["B"].customdata[[0, 2]], [-10, 20])


def test_cost_scatter_leaves_out_runs_without_the_cost():
    table = pd.DataFrame({"run": ["a", "b"], "miou": [0.5, 0.4], "latency": [30.0, np.nan]})
    figure = charts.cost_scatter(table, cost="latency", title="latency in ms")
    assert [trace.name for trace in figure.data] == ["a"]
    assert figure.layout.xaxis.title.text == "latency in ms"


def test_names_are_drawn_as_they_are_written():
    name = "<b>run</b> & more"
    safe = "&lt;b&gt;run&lt;/b&gt; &amp; more"
    curves = charts.curves_figure({name: make_history(3)}, ["Loss"], best_epochs={})
    assert curves.data[0].name == f"{safe}, training"
    points = charts.dumbbell(pd.DataFrame({name: [0.5], "B": [0.4]}, index=[name]))
    assert {safe, "B"} == {trace.name for trace in points.data if trace.mode == "markers"}
    assert list(points.layout.yaxis.categoryarray) == [safe]
    heat = charts.confusion_heatmap(np.ones((1, 2)), [name])
    assert (heat.data[0].x, heat.data[0].y) == ((safe, "void"), (safe,))
    cost = charts.cost_scatter(
        pd.DataFrame({"run": [name], "miou": [0.5], "ms": [3.0]}), cost="ms", title="ms"
    )
    assert cost.data[0].text == (safe,)
    assert name not in cost.to_json()


def test_loss_panel_takes_the_name_of_the_loss():
    figure = charts.curves_figure(
        {"a": make_history(3)}, ["Loss"], best_epochs={}, loss_title="Cross-entropy"
    )
    assert [note.text for note in figure.layout.annotations] == ["<b>Cross-entropy</b>"]
