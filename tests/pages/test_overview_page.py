import hashlib
import io
import json
import re
from pathlib import Path
from urllib.parse import parse_qs

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
from ui.overview.pair import example_of, picture_of

APP = Path(__file__).parents[2] / "app.py"
FRAMES = ("ulm_000000_000019", "ulm_000001_000019", "ulm_000002_000019")


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


def test_overview_opens_with_the_two_best_models_on_the_frames_in_use(demo, runs):
    for name, skill in (("low", 0.4), ("high", 0.8), ("middle", 0.6)):
        make_run(runs, name, skill=skill, frames=3, frame_ids=FRAMES)
    app = open_page()
    assert app.title[0].value == "SegCompare"
    first, second, decision = [text.value for text in app.markdown if text.value.startswith("**")]
    assert (first, second) == ("**high**", "**middle**")
    assert re.match(r"\*\*Better:\*\* high, [0-9.]+ points ahead of middle", decision)
    assert "**Certainty:** The difference is larger than the noise" in decision
    assert "Scores of all 3 models" in [link.proto.label for link in app.get("page_link")]
    assert [metric.label for metric in app.metric] == ["Mean IoU", "Mean IoU"]
    scores = [float(metric.value.split("\u00a0")[0]) for metric in app.metric]
    assert scores[0] > scores[1] > 30
    text = " ".join(caption.value for caption in app.caption)
    assert "Frame ulm\\_000000\\_000019 of Demo city, split val" in text
    assert "split val, 3 frames of 128\u00a0×\u00a064\u00a0px" in text
    assert [button.label for button in app.get("download_button")] == ["Download the report on these two"]


def test_scores_on_other_frames_are_not_shown_nor_replaced_unasked(demo, runs):
    make_run(runs, "here", frames=3, frame_ids=FRAMES)
    path = make_run(runs, "elsewhere", frames=3, frame_ids=("x", "y", "z"))
    (path / "model.weights.h5").write_bytes(b"x")
    record = json.loads((path / "run.json").read_text())
    record["weights_sha256"] = hashlib.sha256(b"x").hexdigest()
    (path / "run.json").write_text(json.dumps(record))
    give_example(path, FRAMES[0], make_label_ids((64, 128), seed=1))
    app = open_page()
    assert sorted(metric.value == "none yet" for metric in app.metric) == [False, True]
    links = {link.proto.label: parse_qs(link.proto.query_string) for link in app.get("page_link")}
    # Its scores of other frames have the name that these would have.
    assert links["Score elsewhere on these 3 frames"]["data"] == ["Demo city"]
    assert not app.get("download_button")


def test_sizes_at_which_models_see_the_same_frames_make_them_no_others(demo, runs):
    make_run(runs, "large", frames=3, frame_ids=FRAMES)
    path = make_run(runs, "small", frames=3, frame_ids=FRAMES) / "evaluation" / "val.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"input_size": [32, 64]}))
    app = open_page()
    assert not app.warning
    assert "none yet" not in [metric.value for metric in app.metric]


def test_a_mean_over_categories_makes_no_run_the_best(demo, runs):
    for name, skill in (("coarse", 0.5), ("fine", 0.6)):
        make_run(runs, name, skill=skill, frames=3, frame_ids=FRAMES)
    path = runs / "coarse" / "evaluation" / "val.json"
    scores = json.loads(path.read_text())
    scores |= {"label_space": "categories", "class_names": list(scores["categories"])}
    scores |= {"miou": 0.99, "confusion": (3 * np.eye(8, dtype=int)).tolist()}
    counts = {"tp": [1] * 7, "fp": [0] * 7, "fn": [0] * 7}
    scores["per_frame"] = [entry | counts for entry in scores["per_frame"]]
    path.write_text(json.dumps(scores))
    app = open_page()
    names = [text.value for text in app.markdown if text.value in ("**coarse**", "**fine**")]
    assert names == ["**fine**", "**coarse**"]
    assert [metric.label for metric in app.metric] == ["Category IoU"] * 2
    assert "7 classes 99.0" in " ".join(caption.value for caption in app.caption)


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


def test_runs_that_were_not_evaluated_say_so(demo, runs):
    make_run(runs, "alpha", evaluation=False)
    app = open_page()
    assert [metric.value for metric in app.metric] == ["none yet"]
    assert "2.3\u00a0M parameters" in " ".join(caption.value for caption in app.caption)


def test_broken_run_is_named_and_damaged_scores_hide_no_others(demo, runs):
    make_run(runs, "good")
    (make_run(runs, "scoreless") / "evaluation" / "val.json").write_text("{")
    (runs / "empty").mkdir()
    app = open_page()
    assert "**empty**: run.json is missing" in app.warning[0].value
    assert len(app.metric) == 2


def give_example(run: Path, frame_id: str, label_ids: np.ndarray) -> None:
    (run / "example").mkdir(exist_ok=True)
    Image.fromarray(label_ids).save(run / "example" / f"{frame_id}_labelIds.png")


def test_damaged_frame_is_a_sentence(demo, runs):
    give_example(make_run(runs, "alpha"), FRAMES[0], make_label_ids((64, 128), seed=1))
    (demo / "leftImg8bit" / "val" / "ulm" / f"{FRAMES[0]}_leftImg8bit.png").write_bytes(b"x")
    app = open_page()
    assert "ulm\\_000000\\_000019\\_leftImg8bit.png is not a readable picture" in app.error[0].value


def test_the_frame_is_one_that_both_keep_a_prediction_of(demo, runs):
    labels = make_label_ids((64, 128), seed=1)
    for name, frame_ids in (
        ("alpha", FRAMES[1:]),
        ("beta", (FRAMES[0], FRAMES[2], "elsewhere_000000_000019")),
    ):
        for frame_id in frame_ids:
            give_example(runs / name if (runs / name).exists() else make_run(runs, name), frame_id, labels)
    source = Source("demo", "Demo city", "val", find_frames(demo, split="val"))
    pair = list_runs(runs).runs
    assert example_of(source, pair) == FRAMES[2]
    assert example_of(source, pair[:1]) == FRAMES[1]
    app = open_page()
    assert len(app.get("image")) + len(app.get("imgs")) == 2


def test_picture_lays_the_colours_of_the_prediction_over_the_frame(demo, runs):
    source = Source("demo", "Demo city", "val", find_frames(demo, split="val"))
    loaded = load_frame(source, FRAMES[0])
    labels = np.full(loaded.image.shape[:2], 7, np.uint8)
    labels[0] = 0
    give_example(make_run(runs, "alpha"), FRAMES[0], labels)
    picture = picture_of(source, loaded, list_runs(runs).runs[0])
    shown = np.asarray(Image.open(io.BytesIO(picture))).astype(int)
    np.testing.assert_array_equal(shown[0], loaded.image[0])
    road = colorize(to_train_ids(labels))[1, 0]
    np.testing.assert_allclose(shown[1:], 0.35 * loaded.image[1:] + 0.65 * road, atol=0.51)
