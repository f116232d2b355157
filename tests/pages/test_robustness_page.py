import base64
import json
import math
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from app_pages import APP, figures, open_page
from makers import make_cityscapes, make_run

import ui.frames.source
from segcore.effects.table import EFFECTS
from segcore.frames.cityscapes import find_frames
from segcore.frames.fingerprint import files_sha256
from segcore.reports.charts.severity import class_heatmap, severity_curves
from segcore.runs.results import write_robustness
from segcore.runs.run import read_run
from segcore.scoring.confusion import confusion_matrix, mean_iou
from ui.robustness.live import FrameAtSeverity, severity_scores

SIZE = (64, 96)
CURVES = {
    "first": {"rain": [0.6, 0.5, 0.3], "fog": [0.6, 0.6, 0.6]},
    "second": {"rain": [0.4, 0.4, 0.2]},
}


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "runs"
    root.mkdir()
    monkeypatch.setenv("SEGCORE_RUNS", str(root))
    monkeypatch.setattr(
        ui.frames.source, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames=2, size=SIZE)
    )
    return root


def table_of(curves: dict[str, Sequence[float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"effect": effect, "severity": level, "miou": height, "road": height, "train": np.nan}
            for effect, heights in curves.items()
            for level, height in enumerate(heights)
        ]
    )


@pytest.fixture
def measured(runs: Path) -> Path:
    for name, curves in CURVES.items():
        run = read_run(make_run(runs, name, weights=False, input_size=SIZE, evaluation=False))
        path = write_robustness(run, "val", table_of(curves))
        made = {"set": "val", "data": "Made city", "split": "val", "frames": 7, "frame_size": list(SIZE)}
        path.with_suffix(".json").write_text(json.dumps(made))
    return runs


def numbers(values: object) -> list[float]:
    """Plotly packs arrays of numbers; plain lists are left as they are."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return list(values)


def texts(elements) -> str:
    return "\n".join(element.value for element in elements)


def test_without_sweeps_the_page_says_how_to_get_one(runs):
    make_run(runs, "some", weights=False)
    app = open_page("robustness")
    assert "python -m segcore robustness" in texts(app.info)
    assert not app.get("plotly_chart")


def test_without_runs_the_page_says_so(runs):
    app = open_page("robustness")
    assert "There are no runs" in texts(app.info)
    # Nothing to measure, and no second sentence about it.
    assert len(app.info) == 1 and not app.expander


def test_each_effect_has_a_plot_with_a_line_a_run(measured):
    app = open_page("robustness")
    rain, fog = figures(app)
    assert [(line["name"], numbers(line["y"])) for line in rain["data"]] == [
        ("first", [0.6, 0.5, 0.3]),
        ("second", [0.4, 0.4, 0.2]),
    ]
    assert [numbers(line["y"]) for line in fog["data"]] == [[0.6, 0.6, 0.6], []]
    assert rain["data"][0]["line"]["color"] != rain["data"][1]["line"]["color"]
    assert rain["data"][0]["marker"]["symbol"] != rain["data"][1]["marker"]["symbol"]
    assert rain["layout"]["yaxis"]["range"] == fog["layout"]["yaxis"]["range"]


def test_loss_is_relative_to_the_clean_frames(measured):
    rain, _ = figures(open_page("robustness", measure="Loss"))
    assert numbers(rain["data"][0]["y"]) == pytest.approx([0, 1 / 6, 0.5])
    assert numbers(rain["data"][1]["y"]) == pytest.approx([0, 0, 0.5])


def test_category_iou_is_blank_where_it_was_not_measured(measured):
    rain, _ = figures(open_page("robustness", measure="Category IoU"))
    assert all(value is None or np.isnan(value) for value in numbers(rain["data"][0]["y"]))


def test_the_table_tells_what_is_kept(measured):
    table = open_page("robustness").dataframe[0].value.set_index("Effect")
    # Rain on first: trapezoids (0.55 + 0.4) / 2 = 0.475 of a clean 0.6.
    assert table.loc["Rain", "first"] == pytest.approx(100 * 0.475 / 0.6)
    assert table.loc["Rain", "second"] == pytest.approx(100 * 0.35 / 0.4)
    assert table.loc["Fog", "first"] == pytest.approx(100)
    assert np.isnan(table.loc["Fog", "second"])


def test_sweeps_of_other_frames_or_classes_are_not_passed_off_as_comparable(measured):
    assert not open_page("robustness").warning
    path = measured / "second" / "robustness" / "val.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"frames": 5}))
    app = open_page("robustness")
    assert "- second. Scores: Made city, split val, 5 frames" in texts(app.warning)
    assert "a few points on 5 frames may be chance" in texts(app.caption)
    path.with_suffix(".csv").write_text(path.with_suffix(".csv").read_text().replace("road", "flat"))
    app = open_page("robustness")
    assert "only their category IoU can be compared" in texts(app.warning)
    assert app.segmented_control(key="measure").value == "Category IoU"


def test_two_runs_on_the_same_frames_have_their_difference_with_its_interval(measured):
    for name, share in (("first", 0.6), ("second", 0.4)):
        counts = [
            {"effect": effect, "severity": level, "frame": str(frame)}
            | {"tp": [int(100 * share) + frame], "fp": [0], "fn": [100 - int(100 * share) - frame]}
            for effect, level in ((None, 0), ("rain", 1), ("rain", 2))
            for frame in range(7)
        ]
        lines = "\n".join(map(json.dumps, counts))
        (measured / name / "robustness" / "val.jsonl").write_text(lines)
    app = open_page("robustness")
    assert "first is ahead under Rain +20.0; second is ahead under no effect" in texts(app.caption)
    assert "may be chance" not in texts(app.caption)
    rain, _, bars = figures(app)
    assert all(np.isfinite(numbers(line["error_y"]["array"])[1]) for line in rain["data"])
    assert {bar["name"]: numbers(bar["y"]) for bar in bars["data"]}["first ahead"] == ["Rain"]
    app.multiselect(key="measured_runs").set_value(["first"]).run()
    assert "ahead under" not in texts(app.caption)


def test_scores_say_on_what_and_that_the_weather_is_made(measured):
    app = open_page("robustness")
    captions = texts(app.caption)
    assert "Made city, split val, 7 frames of 96\u00a0×\u00a064\u00a0px" in captions
    assert "The weather is synthetic" in captions


def test_runs_are_chosen_and_an_address_that_asks_for_others_is_answered(measured):
    app = open_page("robustness", measured_runs="nobody")
    assert "nobody" in texts(app.warning)
    app.multiselect(key="measured_runs").set_value(["second"]).run()
    assert [line["name"] for line in figures(app)[0]["data"]] == ["second"]
    app.multiselect(key="measured_runs").set_value([]).run()
    assert "at least one run" in texts(app.info)


def test_a_damaged_sweep_is_named_and_hides_no_other(measured):
    (measured / "first" / "robustness" / "val.csv").write_text("effect,severity\nrain,1\n")
    app = open_page("robustness")
    assert "first" in texts(app.warning)
    assert [line["name"] for line in figures(app)[0]["data"]] == ["second"]


def test_a_sweep_is_read_only_when_its_run_is_chosen(measured):
    run = read_run(make_run(measured, "third", weights=False, evaluation=False))
    write_robustness(run, "val", table_of(CURVES["second"])).write_text("effect,severity\nrain,1\n")
    app = open_page("robustness")
    assert not app.warning
    app.multiselect(key="measured_runs").set_value(["first", "third"]).run()
    assert "third: robustness/val.csv cannot be used" in texts(app.warning)


def test_photographs_come_before_the_demo_city(measured):
    for name, curves in CURVES.items():
        write_robustness(read_run(measured / name), "demo", table_of(curves))
    assert open_page("robustness").selectbox(key="measured").options == ["val", "demo"]


def test_the_scores_shown_first_are_of_the_frames_in_use_or_a_sample_of_them(measured):
    # Under the name of the evaluation of the frames in use are scores under weather of other frames.
    frames = find_frames(ui.frames.source.DEMO_CITY, split="val")
    names = [frame.frame_id for frame in frames]
    make_run(measured, "third", weights=False, sets=("val",), frames=2, frame_ids=names)
    made = {"set": "here", "data": "Demo city", "split": "val", "frames": 1}
    same_names = files_sha256([replace(frames[1], image_path=frames[0].image_path / "elsewhere")])
    for name, files in (("another", {"files_sha256": same_names}), ("here", {})):
        path = write_robustness(read_run(measured / "second"), name, table_of(CURVES["second"]))
        path.with_suffix(".json").write_text(json.dumps(made | files))
        counts = {"effect": None, "severity": 0, "frame": frames[1].frame_id, "tp": [1], "fp": [0], "fn": [0]}
        path.with_suffix(".jsonl").write_text(json.dumps(counts))
    app = open_page("robustness")
    assert app.selectbox(key="measured").value == "here"
    assert "on the frames in use yet" not in texts(app.caption)
    path.with_suffix(".jsonl").write_text(json.dumps(counts | {"frame": "elsewhere"}))
    app = open_page("robustness")
    assert app.selectbox(key="measured").value == "val"
    assert "No run has been measured on the frames in use yet" in texts(app.caption)


def test_effects_that_no_longer_exist_are_left_out(measured):
    run = read_run(measured / "second")
    write_robustness(run, "val", table_of({"hail": [0.5, 0.4], "rain": [0.5, 0.1]}))
    app = open_page("robustness")
    assert not app.exception and len(figures(app)) == 2


def numbers_in(heat_map: dict) -> list[list[str]]:
    """The texts of the cells without their colours."""
    return [[re.sub("<.*?>", "", text) for text in row] for row in heat_map["text"]]


def test_classes_at_a_severity_and_what_they_lost(measured):
    heat = figures(open_page("robustness", part="Classes", run="first", level="2"))[0]["data"][0]
    assert heat["x"] == ["Rain", "Fog"] and heat["y"] == ["road"]
    assert numbers_in(heat) == [["30", "60"]]
    lost = figures(open_page("robustness", part="Classes", run="first", level="2", change="true"))[0]["data"][
        0
    ]
    assert numbers_in(lost) == [["-30", "0"]]


@pytest.mark.slow
@pytest.mark.parametrize("with_truth", [True, False])
def test_live_shows_the_frame_at_every_severity_to_both_models(runs, monkeypatch, tmp_path, with_truth):
    demo = make_cityscapes(tmp_path / "bare", frames=1, size=SIZE, with_truth=with_truth)
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", demo)
    small = {"alpha": 0.25, "output_stride": 16, "decoder_filters": [32, 16]}
    for seed, name in enumerate(CURVES):
        make_run(runs, name, weights=True, arguments=small, input_size=SIZE, seed=seed, evaluation=False)
    app = open_page("robustness", part="Live", under="Noise")
    assert not app.get("plotly_chart") and "Press Look" in texts(app.caption)
    app.button(key="robustness_look").click().run()
    assert not app.exception
    curves = figures(app)[0]["data"]
    assert [line["name"] for line in curves] == ["first", "second"]
    assert all(numbers(line["x"]) == [0, 1, 2, 3, 4, 5] for line in curves)
    if not with_truth:
        assert all(numbers(line["y"])[0] == 1 for line in curves)
        assert "Without ground truth" in texts(app.caption)
    app.selectbox(key="under").set_value("Rain").run()
    assert "Press Look" in texts(app.caption)


@pytest.mark.slow
def test_live_opens_as_the_address_says(runs):
    small = {"alpha": 0.25, "output_stride": 16, "decoder_filters": [32, 16]}
    make_run(runs, "first", weights=True, arguments=small, input_size=SIZE, evaluation=False)
    settings = {"left": "truth", "opacity": "20", "hidden": "car", "right": "elsewhere"}
    app = open_page("robustness", part="Live", shown="Clean", **settings)
    app.button(key="robustness_look").click().run()
    assert not app.exception
    assert "right layer" in texts(app.warning)
    assert app.segmented_control(key="shown").value == 0
    drawn = (component.proto.json for component in app.get("bidi_component"))
    data = next(json.loads(text) for text in drawn if "description" in text)
    assert "at severity 0" in data["description"]
    start = data["start"]
    assert (start["left"], start["right"], start["opacity"], start["hidden"]) == ("truth", "b", 0.2, ["car"])
    assert {"left", "right", "opacity", "outlines", "divider", "hidden", "zoom"} == set(data["inAddress"])
    app = open_page("robustness", part="Live", shown="9")
    app.button(key="robustness_look").click().run()
    assert "severity '9'" in texts(app.warning)


def test_frame_scores_by_hand(runs):
    truth = np.repeat(np.array([[0, 1], [1, 255]], np.uint8), 4, axis=1)
    wrong = np.zeros_like(truth)
    levels = {0: FrameAtSeverity(None, truth, {"A": truth}), 5: FrameAtSeverity(None, truth, {"A": wrong})}
    expected = mean_iou(confusion_matrix(truth, wrong, num_classes=19))
    assert severity_scores(levels, "A", num_classes=19)["score"].tolist() == pytest.approx([1, expected])
    without = {level: FrameAtSeverity(None, None, seen.classes) for level, seen in levels.items()}
    assert severity_scores(without, "A", num_classes=19)["score"].tolist() == pytest.approx([1, 0.25])


def test_stored_scores_are_shown_without_tensorflow(measured):
    script = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file(sys.argv[1], default_timeout=120).run()\n"
        "app.switch_page('pages/robustness.py').run()\n"
        "assert not app.exception and app.get('plotly_chart')\n"
        "heavy = {'tensorflow', 'keras', 'jax', 'torch'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script, str(APP)], check=True, cwd=APP.parent)


def test_blank_cells_and_signs_of_the_heat_map():
    scores = pd.DataFrame({"Rain": [-0.004, 0.126, math.nan]}, index=["road", "sky", "train"])
    for dark in (True, False):
        cells = class_heatmap(scores, change=True, dark=dark).data[0]
        assert numbers_in(cells) == [["0"], ["+13"], [""]]
        assert [told for (told,) in cells.customdata[:2]] == ["-0.4 points of IoU", "+12.6 points of IoU"]


def test_more_runs_than_colours_still_draw():
    curves = {f"run {index}": table_of({"rain": [0.5, 0.4]}) for index in range(8)}
    assert len(severity_curves(curves, value="miou", title="Mean IoU").data) == 8


def test_every_effect_of_the_sweeps_can_be_named():
    assert all(effect.title and effect.meaning for effect in EFFECTS.values())
