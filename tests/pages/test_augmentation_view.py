"""Evaluation, the Augmentation view: what it bears out and what it does not, with and without weights or sweeps."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from app_pages import figures, open_page
from makers import CLASS_NAMES, make_cityscapes, make_run
from streamlit.testing.v1 import AppTest

import ui.frames.source
from segcore.runs.evaluation import FrameCounts, Provenance
from segcore.runs.run import read_run
from segcore.scoring.robustness import Sweep, save

open_view = partial(open_page, "evaluation", view="Augmentation")
FRAMES = tuple(f"ulm_{index:06}_000019" for index in range(6))


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames=1))
    make_run(tmp_path / "runs", "alpha", skill=0.8, seed=1)
    # The same frames and pixels, as the seed is the same, and fewer of them right.
    make_run(tmp_path / "runs", "alpha_noaug", skill=0.6, seed=1)
    return tmp_path / "runs"


def words(app: AppTest) -> str:
    return " ".join(text.value for kind in (app.markdown, app.info, app.caption) for text in kind)


def store_sweep(path: Path, *, hits: dict[tuple[str, int], float], single_frames: bool = True) -> None:
    """Store a sweep of one class whose share of right pixels is given for each (effect, severity)."""
    import pandas as pd

    table, per_frame = [], {}
    for (effect, severity), share in hits.items():
        tp = [round(1000 * share) + index for index in range(6)]
        iou = sum(tp) / 6000
        table.append({"effect": effect, "severity": severity, "miou": iou, "road": iou})
        per_frame[effect if severity else None, severity] = [
            FrameCounts(name, [count], [0], [1000 - count]) for name, count in zip(FRAMES, tp, strict=True)
        ]
    provenance = Provenance(set_name="val", data="made", split="val", frames=6, seed=3)
    save(read_run(path), Sweep(pd.DataFrame(table), provenance, per_frame))
    if not single_frames:
        (path / "robustness" / "val.jsonl").unlink()


CLEAN_AND_RAIN = {("rain", 0): 0.8, ("rain", 3): 0.6}


def test_the_view_exists_only_where_the_twin_does(runs):
    assert "points" in str(open_view().dataframe[1].value["Significant differences"][0])
    (runs / "alpha_noaug").rename(runs / "other")
    assert "Augmentation" not in open_view().segmented_control(key="view").options


def test_gain_and_classes_are_told_with_intervals(runs):
    app = open_view()
    row = app.dataframe[1].value.iloc[0]
    scores = [
        json.loads((runs / name / "evaluation" / "val.json").read_text()) for name in ("alpha", "alpha_noaug")
    ]
    assert row["Gain"] == pytest.approx(100 * (scores[0]["miou"] - scores[1]["miou"]))
    assert row["Significant differences"].startswith("helps, +")
    assert "it does harm in no class" in words(app)
    assert "Each network was trained once" in words(app)


def test_a_class_that_loses_is_named_as_harmed(runs):
    index = CLASS_NAMES.index("sky")
    path = runs / "alpha" / "evaluation" / "val.json"
    scores = json.loads(path.read_text())
    for entry in scores["per_frame"]:
        entry["fn"][index] += entry["tp"][index]
        entry["tp"][index] = 0
    path.write_text(json.dumps(scores))
    assert "it does harm in sky -" in words(open_view())


def test_the_gap_is_that_of_the_kept_epoch_and_a_wider_one_is_said_to_be_no_help(runs):
    path = runs / "alpha" / "history.csv"
    import pandas as pd

    history = pd.read_csv(path)
    history["mean_iou"] = history["val_mean_iou"] + 0.5
    history.to_csv(path, index=False)
    app = open_view()
    assert app.dataframe[1].value["Gap with"][0] == pytest.approx(50)
    assert "no narrower with augmentation: it does not help" in words(app)
    path.unlink()
    app = open_view()
    assert np.isnan(app.dataframe[1].value["Gap with"][0])
    assert "No training and validation mean IoU is recorded for alpha." in words(app)


def test_weather_has_curves_with_intervals_and_names_what_does_not_help(runs):
    fog = {("fog", 0): 0.8, ("fog", 3): 0.5}
    store_sweep(runs / "alpha", hits=CLEAN_AND_RAIN | fog)
    store_sweep(
        runs / "alpha_noaug", hits={("rain", 0): 0.8, ("rain", 3): 0.4, ("fog", 0): 0.8, ("fog", 3): 0.7}
    )
    app = open_view()
    text = words(app)
    assert "Augmentation helps under Rain +20.0; it does harm under Fog -20.0" in text
    charts = figures(app)
    rain = next(chart for chart in charts if "severity" in str(chart["layout"].get("xaxis", {}).get("title")))
    assert [trace["name"] for trace in rain["data"]] == ["alpha", "alpha_noaug"]
    assert all("error_y" in trace for trace in rain["data"])


def test_sweeps_without_single_frames_are_curves_alone(runs):
    store_sweep(runs / "alpha", hits=CLEAN_AND_RAIN)
    store_sweep(runs / "alpha_noaug", hits=CLEAN_AND_RAIN, single_frames=False)
    app = open_view()
    assert "No intervals" in words(app)
    assert any("severity" in chart.proto.spec for chart in app.get("plotly_chart"))


def test_a_run_that_was_not_measured_is_named(runs):
    store_sweep(runs / "alpha", hits=CLEAN_AND_RAIN)
    assert "Not measured under weather: alpha\\_noaug" in words(open_view())
