"""Every page but Compare with runs that this project did not train, scored against one that it did."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from app_pages import figures, open_page, settings_of
from foreign_runs import masks_run, onnx_run
from makers import make_cityscapes
from tiny_runs import SIZE, tiny_run

import ui.frames.source
from segcore.frames.cityscapes import find_frames
from segcore.frames.frame import read_pair
from segcore.reports.html.pair import pair_report
from segcore.runs.results import write_evaluation
from segcore.runs.run import find_run
from segcore.scoring.evaluation import evaluate
from ui.frames.thumbnails import thumbnail

pytestmark = pytest.mark.slow
RUNS = ("first", "logits", "classes", "stored")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make frames and a run of each kind, scored on them."""
    root = tmp_path_factory.mktemp("made")
    make_cityscapes(root / "demo", frames=2, size=SIZE)
    frames = find_frames(root / "demo", split="val")
    truths = {frame.frame_id: read_pair(frame)[1] for frame in frames}
    runs = root / "runs"
    tiny_run(runs, "first")
    onnx_run(runs, "logits", size=SIZE)
    onnx_run(runs, "classes", size=SIZE, output="classes")
    masks_run(runs, "stored", {name: np.where(truth == 255, 0, truth) for name, truth in truths.items()})
    for name in RUNS:
        run = find_run(name, runs)
        write_evaluation(run, evaluate(run, frames, set_name="demo", data_name="made streets"))
    return root


@pytest.fixture(autouse=True)
def project(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGCORE_RUNS", str(made / "runs"))
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", made / "demo")
    return made


def shown(app, column: str) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if column in table.value)


def said(elements) -> str:
    return "\n".join(element.value.replace("\\", "") for element in elements)


def test_the_headline_has_all_runs_with_their_costs(made):
    app = open_page("evaluation")
    table = shown(app, "Architecture").set_index("Run")
    assert set(table.index) == set(RUNS)
    assert table.loc["stored", "Architecture"] == "stored masks"
    # Person and rider are merged for a model that does not distinguish them.
    assert table["Classes"].to_dict() == {"first": 19, "stored": 19, "logits": 18, "classes": 18}
    size = (made / "runs" / "logits" / "model.onnx").stat().st_size
    assert table.loc["logits", "File"] == pytest.approx(size / 1e6)
    # Its masks are no cost of predicting.
    assert table.loc["stored", ["Latency", "Parameters", "File"]].isna().all()
    assert table.loc["stored", "Pixel accuracy"] == 100
    assert "18 classes, of which human is several in one" in said(app.warning)


@pytest.mark.parametrize("view", ["Classes", "Confusion", "Cost", "Frames"])
@pytest.mark.parametrize("pair", [("logits", "classes"), ("stored", "first"), ("stored", "logits")])
def test_every_view_of_the_evaluation_page_opens(view, pair):
    app = open_page("evaluation", a=pair[0], b=pair[1], view=view)
    assert not app.error


@pytest.mark.parametrize("cost", ["Latency", "Parameters", "File size"])
def test_the_cost_chart_leaves_out_runs_without_that_cost(cost):
    app = open_page("evaluation", view="Cost", cost=cost)
    named = json.dumps(figures(app)[0])
    assert "logits" in named and "stored" not in named
    assert "1 without it is left out" in said(app.caption)


def test_frames_with_a_merged_class_are_marked(made):
    app = open_page("evaluation", a="logits", b="classes", view="Frames", **{"with": "human"})
    assert "**human** is in 2 of 2 frames" in said(app.markdown)
    frames = find_frames(made / "demo", split="val")
    pictures = {image.proto.imgs[0].url for image in app.get("image")}
    assert pictures == {thumbnail(frame, class_name="human") for frame in frames}


def test_training_overview_and_robustness_take_them():
    app = open_page("training", runs=["logits", "stored"])
    table = settings_of(app)
    assert table.loc["Source"].tolist() == ["theirs.onnx", "theirs"]
    assert table.loc["Classes", "logits"] == "background, person, car, boat"
    assert table.loc["Input: Size (w × h)", "logits"] == "96\u00a0×\u00a064\u00a0px"
    assert table.loc["Output: Kind", "logits"] == "logits"
    assert not app.exception and not app.error
    assert not open_page("overview").error
    app = open_page("robustness", part="Live")
    assert "stored masks exist for unchanged frames only: stored" in said(app.caption)
    assert sorted(app.selectbox(key="a").options) == ["classes", "first", "logits"]


@pytest.mark.parametrize("pair", [("logits", "classes"), ("stored", "first"), ("stored", "logits")])
def test_a_report_is_written(pair):
    report = pair_report(*map(find_run, pair), "demo")
    assert all(name in report for name in pair)
    assert ("theirs.onnx" in report) == ("logits" in pair)


def test_evaluate_now_takes_stored_masks(made):
    app = open_page("evaluation")
    app.multiselect(key="evaluate_runs").set_value(["stored"]).run()
    assert not app.exception and not app.error
    assert "cannot be evaluated" not in said(app.info)
