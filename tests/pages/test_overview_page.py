import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from makers import make_cityscapes, make_label_ids, make_run
from PIL import Image
from streamlit.testing.v1 import AppTest

import ui.frames.source
from segcore.frames.cityscapes import find_frames
from segcore.labels import colorize, to_train_ids
from segcore.runs.run import list_runs
from ui.frames.loaded import load_frame
from ui.frames.source import Source
from ui.overview import _pictures, _stored_predictions

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_cityscapes(tmp_path / "demo", frames=3)
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", root)
    return root


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def open_page() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    return app


def test_overview_is_where_the_app_opens_with_the_best_two_runs(demo, runs):
    for name, skill in (("low", 0.4), ("high", 0.8), ("middle", 0.6)):
        make_run(runs, name, skill=skill)
    app = open_page()
    assert app.title[0].value == "SegCompare"
    assert [metric.label for metric in app.metric] == ["Mean IoU", "Mean IoU"]
    scores = [float(metric.value.split("\u00a0")[0]) for metric in app.metric]
    assert scores[0] > scores[1] > 40
    text = " ".join(caption.value for caption in app.caption)
    assert "split val, 6 frames of 128 × 64 px" in text
    assert "1 more on the Evaluation page." in text
    assert any("Demo city, split val: 3 frames with ground truth" in item.value for item in app.markdown)


def test_scores_on_unlike_frames_stand_with_their_own_and_are_said_not_to_compare(demo, runs):
    make_run(runs, "few", frames=2)
    make_run(runs, "many", frames=6)
    text = " ".join(caption.value for caption in open_page().caption)
    assert "split val, 2 frames of 128 × 64 px" in text
    assert "split val, 6 frames of 128 × 64 px" in text
    assert "do not compare" in text


def test_a_mean_over_categories_makes_no_run_the_best(demo, runs):
    for name, skill in (("coarse", 0.5), ("fine", 0.6)):
        make_run(runs, name, skill=skill)
    path = runs / "coarse" / "evaluation" / "val.json"
    scores = json.loads(path.read_text())
    scores |= {"label_space": "categories", "class_names": list(scores["categories"]), "per_frame": []}
    scores |= {"miou": 0.99, "confusion": np.eye(8, dtype=int).tolist()}
    path.write_text(json.dumps(scores))
    app = open_page()
    names = [text.value for text in app.markdown if text.value in ("**coarse**", "**fine**")]
    assert names == ["**fine**", "**coarse**"]
    assert [metric.label for metric in app.metric] == ["Category IoU"] * 2
    text = " ".join(caption.value for caption in app.caption)
    assert "7 classes 99.0" in text and "Best category IoU first" in text


def test_report_is_offered_for_a_pair_only(demo, runs):
    make_run(runs, "alone")
    assert not open_page().get("download_button")
    make_run(runs, "other")
    assert [button.label for button in open_page().get("download_button")] == [
        "Download the report on these two"
    ]


def test_it_tells_how_to_get_cityscapes_and_how_to_add_a_run(demo, runs):
    app = open_page()
    code = " ".join(block.value for block in app.code)
    assert "csDownload" in code
    assert "SEGCOMPARE_DATA" in code
    assert "python -m segcore train" in code
    # Without a set to keep them under, the scores would not be stored.
    assert re.search(r"segcore evaluate[^$]*--save \w+", code)
    # The download refuses a folder that is not there.
    assert code.index("mkdir -p") < code.index("csDownload") < code.index("unzip")


def test_without_runs_and_frames_it_still_opens(runs, tmp_path, monkeypatch):
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "none")
    app = open_page()
    text = " ".join(info.value for info in app.info)
    assert "SEGCOMPARE_RUNS" in text
    assert "There are no frames to show" in text
    assert not app.metric


def test_runs_that_were_not_evaluated_have_no_cards(demo, runs):
    make_run(runs, "alpha", evaluation=False)
    app = open_page()
    assert any("segcore evaluate" in info.value for info in app.info)
    assert not app.metric


def test_broken_run_is_named_and_damaged_scores_hide_no_others(demo, runs):
    make_run(runs, "good")
    (make_run(runs, "scoreless") / "evaluation" / "val.json").write_text("{")
    (runs / "empty").mkdir()
    app = open_page()
    assert "**empty**: run.json is missing" in app.warning[0].value
    assert len(app.metric) == 1


def test_damaged_frame_is_a_sentence(demo, runs):
    (demo / "leftImg8bit" / "val" / "ulm" / "ulm_000000_000019_leftImg8bit.png").write_bytes(b"x")
    app = open_page()
    assert "ulm\\_000000\\_000019\\_leftImg8bit.png is not a picture" in app.error[0].value


def test_stored_predictions_are_found_for_frames_of_the_source_only(demo, runs):
    for name in ("alpha", "beta"):
        folder = make_run(runs, name) / "example"
        folder.mkdir()
        for frame_id in ("ulm_000001_000019", "elsewhere_000000_000019"):
            Image.fromarray(make_label_ids((64, 128), seed=1)).save(folder / f"{frame_id}_labelIds.png")
    (runs / "beta" / "example" / "ulm_000000_000019_leftImg8bit_labelIds.png").write_bytes(b"")
    source = Source("demo", "Demo city", "val", find_frames(demo, split="val"))
    found = _stored_predictions(source, list_runs(runs).runs)
    assert list(found) == ["ulm_000001_000019", "ulm_000000_000019"]
    assert list(found["ulm_000001_000019"]) == ["alpha", "beta"]


def test_example_lays_the_colours_of_the_prediction_over_the_frame(demo, tmp_path):
    source = Source("demo", "Demo city", "val", find_frames(demo, split="val"))
    loaded = load_frame(source, "ulm_000000_000019")
    labels = np.full(loaded.image.shape[:2], 7, np.uint8)
    labels[0] = 0
    Image.fromarray(labels).save(tmp_path / "prediction.png")
    pictures = _pictures("test", loaded, {"alpha": tmp_path / "prediction.png"})
    assert list(pictures) == ["Frame", "alpha", "Ground truth"]
    shown = np.asarray(Image.open(io.BytesIO(pictures["alpha"]))).astype(int)
    np.testing.assert_array_equal(shown[0], loaded.image[0])
    road = colorize(to_train_ids(labels))[1, 0]
    np.testing.assert_allclose(shown[1:], 0.35 * loaded.image[1:] + 0.65 * road, atol=0.51)
