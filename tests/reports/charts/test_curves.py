import numpy as np
import pytest
from makers import make_history

from segcore.reports.charts.curves import curves_figure, smooth
from segcore.reports.charts.style import TRAINING, VALIDATION
from segcore.reports.words import best_epoch


def traces(figure, **wanted):
    return [
        trace for trace in figure.data if all(getattr(trace, key) == value for key, value in wanted.items())
    ]


def test_smoothing_of_a_constant_changes_nothing_and_zero_keeps_the_values():
    assert smooth(np.full(5, 0.3), 0.9) == pytest.approx(np.full(5, 0.3))
    values = np.array([1.0, 4.0, 2.0])
    assert smooth(values, 0.0) == pytest.approx(values)


def test_smoothing_is_the_weighted_mean_of_what_came_before():
    # Weights 1/4 and 1/2 for two values at 0.5, divided by their sum.
    assert smooth(np.array([1.0, 4.0]), 0.5) == pytest.approx([1.0, (0.25 * 1 + 0.5 * 4) / 0.75])


def test_smoothing_passes_over_what_is_missing():
    smoothed = smooth(np.array([1.0, np.nan, 4.0]), 0.5)
    assert np.isnan(smoothed[1])
    assert smoothed[2] == pytest.approx((0.25 * 1 + 0.5 * 4) / 0.75)


def test_training_is_blue_and_validation_orange():
    figure = curves_figure({"alpha": make_history(40)}, ["Loss", "Mean IoU"], best_epochs={})
    training, validation = traces(figure, name="alpha, training"), traces(figure, name="alpha, validation")
    assert [trace.line.color for trace in training] == ["#3b82c4"] * 2
    assert [trace.line.color for trace in validation] == ["#d9772b"] * 2
    assert [trace.yaxis for trace in training] == ["y", "y2"]
    red, green, blue = (int(TRAINING[place : place + 2], 16) for place in (1, 3, 5))
    assert blue > green > red
    red, green, blue = (int(VALIDATION[place : place + 2], 16) for place in (1, 3, 5))
    assert red > green > blue


def test_panels_share_one_axis_of_epochs_so_that_one_pointer_reads_them_all():
    figure = curves_figure({"a": make_history(10)}, ["Loss", "Accuracy", "Learning rate"], best_epochs={})
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
    plain = curves_figure({"a": history}, ["Loss"], best_epochs={})
    np.testing.assert_array_equal(plain.data[0].y, history["loss"])
    smoothed = curves_figure({"a": history}, ["Loss"], smoothing=0.6, best_epochs={})
    raw, average = traces(smoothed, name="a, training")
    np.testing.assert_array_equal(raw.y, history["loss"])
    assert 0 < raw.opacity < 1
    assert raw.hoverinfo != "skip"
    np.testing.assert_allclose(average.y, smooth(history["loss"].to_numpy(), 0.6))
    assert [raw.showlegend, average.showlegend] == [False, True]


def test_best_epoch_is_marked_on_the_validation_curve():
    history = make_history(40)
    epoch = best_epoch(history)
    figure = curves_figure({"a": history}, ["Mean IoU"], best_epochs={"a": epoch})
    (star,) = traces(figure, name="best epoch")
    assert list(star.x) == [epoch]
    assert star.y[0] == history["val_mean_iou"].max()
    beyond = curves_figure({"a": history}, ["Mean IoU"], best_epochs={"a": 99})
    assert not traces(beyond, name="best epoch")


def test_gap_tells_how_far_validation_is_behind():
    history = make_history(10)
    loss, score = curves_figure({"a": history}, ["Loss gap", "Mean IoU gap"], best_epochs={}).data
    np.testing.assert_allclose(loss.y, history["val_loss"] - history["loss"])
    np.testing.assert_allclose(score.y, history["mean_iou"] - history["val_mean_iou"])


def test_missing_and_infinite_values_are_gaps_and_a_curve_that_was_not_recorded_is_left_out():
    history = make_history(6)
    history["accuracy"] = np.nan
    history.loc[2, "loss"] = np.inf
    figure = curves_figure({"a": history}, ["Loss", "Accuracy"], best_epochs={})
    assert np.isnan(figure.data[0].y[2])
    assert len(traces(figure, name="a, training")) == 1
    assert "Infinity" not in figure.to_json()


def test_several_runs_differ_by_dash_and_each_is_named_once_in_the_legend():
    histories = {name: make_history(40, seed=index) for index, name in enumerate("abc")}
    figure = curves_figure(histories, ["Loss", "Accuracy"], best_epochs={})
    assert len({trace.line.dash for trace in figure.data}) == 3
    assert sorted(trace.name for trace in figure.data if trace.showlegend) == sorted(
        f"{name}, {part}" for name in "abc" for part in ("training", "validation")
    )


def test_single_epoch_is_visible():
    figure = curves_figure({"a": make_history(1)}, ["Loss"], best_epochs={})
    assert "markers" in figure.data[0].mode


def test_loss_panel_takes_the_name_of_the_loss():
    figure = curves_figure({"a": make_history(3)}, ["Loss"], best_epochs={}, loss_title="Cross-entropy")
    assert [note.text for note in figure.layout.annotations] == ["<b>Cross-entropy</b>"]
