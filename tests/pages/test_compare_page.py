import io
import json
import re
import shutil
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from app_pages import open_page
from makers import CLASS_NAMES, make_cityscapes, make_evaluation, make_run
from PIL import Image
from streamlit.testing.v1 import AppTest

import ui.frames.source
from segcore.labels import to_train_ids
from segcore.predict.predictor import NetworkPredictor
from segcore.runs.run import find_run
from ui.compare.mark_file import marks_csv
from ui.runs.jobs import jobs
from ui.runs.predictors import LATENCY_REPEATS

SIZE = (64, 96)
FRAME = "ulm_000000_000019"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    small = {"alpha": 0.25, "output_stride": 16, "decoder_filters": [32, 16]}
    for seed, name in enumerate(("first", "second")):
        make_run(root, name, weights=True, arguments=small, input_size=SIZE, seed=seed, evaluation=False)
    return root


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_cityscapes(tmp_path / "data", frames=2, size=SIZE)
    monkeypatch.setenv("CITYSCAPES_DATASET", str(root))
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "none")
    return root


@pytest.fixture
def project(data: Path, made_runs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGCORE_RUNS", str(made_runs))
    return data


def viewer_data(app: AppTest) -> dict:
    return json.loads(app.get("bidi_component")[0].proto.json)


def class_table(app: AppTest) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if "Class" in table.value).set_index("Class")


def score_table(app: AppTest) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if "Latency" in table.value.index)


def outcome_table(app: AppTest) -> pd.Series:
    return next(table.value for table in app.dataframe if "Pixels" in table.value).set_index("Pixels")[
        "Share"
    ]


def predicted(run_name: str, image: np.ndarray) -> np.ndarray:
    from segcore.predict.predictor import load_predictor

    return load_predictor(find_run(run_name)).predict(image).class_map


def read_frame(data: Path) -> tuple[np.ndarray, np.ndarray]:
    image = np.asarray(Image.open(next(data.rglob(f"{FRAME}_leftImg8bit.png"))))
    truth = np.asarray(Image.open(next(data.rglob(f"{FRAME}_gtFine_labelIds.png"))))
    return image, to_train_ids(truth)


def iou(truth: np.ndarray, found: np.ndarray, index: int) -> float:
    scored = truth != 255
    union = (((truth == index) | (found == index)) & scored).sum()
    return ((truth == index) & (found == index)).sum() / union if union else np.nan


def test_the_scores_are_those_of_both_masks_on_this_frame(project):
    app = open_page("compare", frame=FRAME)
    image, truth = read_frame(project)
    masks = {name: predicted(name, image) for name in ("first", "second")}
    table = class_table(app)
    names = [entry["name"] for entry in viewer_data(app)["palettes"][0]["entries"][:19]]
    for name, mask in masks.items():
        expected = [100 * iou(truth, mask, index) for index in range(19)]
        assert table[f"IoU {name}"].reindex(names).to_numpy(float) == pytest.approx(expected, nan_ok=True)
    assert table["Difference"].to_numpy(float) == pytest.approx(
        (table["IoU first"] - table["IoU second"]).to_numpy(float), abs=0.051, nan_ok=True
    )
    gaps = table["Difference"].abs().dropna()
    assert gaps.is_monotonic_decreasing
    assert table["Difference"].tail(len(table) - len(gaps)).isna().all()
    accuracy = 100 * (masks["first"] == truth)[truth != 255].mean()
    assert score_table(app).loc["Pixel accuracy", "first"] == f"{accuracy:.1f} %"
    right = [mask == truth for mask in masks.values()]
    only_a = 100 * (right[0] & ~right[1])[truth != 255].mean()
    assert outcome_table(app)["only first right"] == pytest.approx(only_a)
    assert outcome_table(app).sum() == pytest.approx(100)
    void = f"void, {100 * (truth == 255).mean():.1f} % of the frame, is left out"
    assert any(void in caption.value for caption in app.caption)


def test_the_viewer_gets_every_layer(project):
    data = viewer_data(open_page("compare"))
    assert [layer["title"] for layer in data["layers"]] == [
        "Frame",
        "Ground truth",
        "first",
        "second",
        "Disagreement",
        "Confidence first",
        "Entropy first",
        "Confidence second",
        "Entropy second",
    ]
    tags = {layer["name"]: layer["tag"] and layer["tag"]["text"] for layer in data["layers"]}
    assert (tags["a"], tags["b"], tags["frame"]) == ("A", "B", None)
    assert (data["start"]["left"], data["start"]["right"]) == ("a", "b")


def test_a_run_against_itself_differs_nowhere(project):
    app = open_page("compare", a="second", b="second")
    assert (class_table(app)["Difference"].dropna() == 0).all()
    shares = outcome_table(app)
    assert shares["only A: second right"] == shares["only B: second right"] == 0


def test_weather_for_one_of_two_equal_runs_shows_what_it_costs(project):
    app = open_page("compare", a="first", b="first", effect="Rain", severity="4", seed="7", seen_by="Only B")
    assert not app.warning
    titles = [layer["title"] for layer in viewer_data(app)["layers"]]
    assert titles[:5] == ["Frame", "Frame, Rain 4", "Ground truth", "A: first", "B: first (Rain 4)"]
    table = score_table(app)
    assert list(table.columns) == ["A: first", "B: first (clean)", "B: first (Rain 4)"]
    assert table.loc["mIoU", "A: first"] == table.loc["mIoU", "B: first (clean)"]
    assert table.iloc[:, 0].tolist() == table.iloc[:, 1].tolist() != table.iloc[:, 2].tolist()
    assert list(table.index)[:2] == ["mIoU", "Pixel accuracy"]


@pytest.fixture
def scored(made_runs: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs with stored scores: 0.5 and 0.3 of the first on the two frames, 0.2 and 0.6 of the second."""
    for name, scores in {"first": (0.5, 0.3), "second": (0.2, 0.6)}.items():
        run = tmp_path / "runs" / name
        shutil.copytree(made_runs / name, run)
        record = json.loads((run / "run.json").read_text())
        frames = (FRAME, "ulm_000001_000019")
        evaluation = make_evaluation(
            frames=2, frame_ids=frames, input_size=SIZE, weights_sha256=record["weights_sha256"]
        )
        for entry, score in zip(evaluation["per_frame"], scores, strict=True):
            entry["miou"] = score
        (run / "evaluation").mkdir()
        (run / "evaluation" / "val.json").write_text(json.dumps(evaluation))
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("Worst for A", "ulm_000001"),
        ("Worst for B", "ulm_000000"),
        ("A ahead", "ulm_000000"),
        ("B ahead", "ulm_000001"),
    ],
)
def test_the_worst_frame_comes_first(scored, order, first):
    app = open_page("compare", frame="ulm_000001_000019" if first == "ulm_000000" else FRAME)
    app.selectbox(key="order").set_value(order).run()
    assert not app.exception
    assert app.selectbox(key="frame").value.startswith(first)
    assert app.selectbox(key="frame").options[0].startswith(first)
    app.button(key="compare_next").click().run()
    assert not app.selectbox(key="frame").value.startswith(first)


def test_a_frame_that_comes_first_no_longer_stays(scored):
    app = open_page("compare", order="Worst for A")
    assert app.selectbox(key="frame").value == "ulm_000001_000019"
    assert app.query_params["frame"] == "ulm_000001_000019"
    app.selectbox(key="a").set_value("second").run()
    assert app.selectbox(key="frame").options[0] == FRAME
    assert app.selectbox(key="frame").value == "ulm_000001_000019"
    assert app.query_params["frame"] == "ulm_000001_000019"


def test_a_link_to_a_frame_and_an_order_opens_that_frame(scored):
    app = open_page("compare", order="Worst for A", frame=FRAME)
    assert app.selectbox(key="order").value == "Worst for A"
    assert app.selectbox(key="order").options == [
        "By name",
        "Worst for first",
        "Worst for second",
        "first ahead",
        "second ahead",
    ]
    assert app.query_params["order"] == "Worst for A"
    assert app.selectbox(key="frame").value == FRAME


def test_without_scores_of_these_frames_there_is_no_order(project):
    assert "order" not in [box.key for box in open_page("compare").selectbox]


def test_nothing_but_both_masks_is_predicted_until_it_is_asked_for(scored, monkeypatch):
    calls = {"predict": 0, "classify": 0}

    def counted(name: str) -> Callable:
        method = getattr(NetworkPredictor, name)

        def call(self, image: np.ndarray, **more: object) -> object:
            calls[name] += 1
            return method(self, image, **more)

        return call

    for name in calls:
        monkeypatch.setattr(NetworkPredictor, name, counted(name))
    app = open_page("compare", frame=FRAME)
    table = score_table(app)
    assert calls == {"predict": 2, "classify": 0}
    # As the made evaluations keep it.
    assert table.loc["Latency"].tolist() == ["30 ms, stored", "30 ms, stored"]
    assert "stored with the scores on val, on a made machine" in "".join(c.value for c in app.caption)
    assert "Same when mirrored" not in table.index
    app.toggle(key="measured_here").set_value(True).run()
    assert not app.exception
    table = score_table(app)
    # Each also predicts the mirrored frame.
    assert calls == {"predict": 4, "classify": 2 * LATENCY_REPEATS}
    assert not table.loc["Latency"].str.contains("stored").any()
    assert table.loc["Same when mirrored"].str.endswith(" %").all()


def test_latency_beside_an_evaluation_is_called_so(project):
    over = threading.Event()
    jobs().start("made", "A made job", lambda report: str(over.wait()))
    try:
        app = open_page("compare", measured_here="true")
        assert score_table(app).loc["Latency", "first"].endswith(" ms beside an evaluation")
    finally:
        over.set()
    while jobs().all()[0].is_active:
        time.sleep(0.02)
    jobs().forget("made")
    assert score_table(open_page("compare", measured_here="true")).loc["Latency", "first"].endswith(" ms")


def test_a_chain_from_augment_is_seen_by_both_and_its_severity_moves(project):
    chain = "rain-2~fog-4~horizontal_flip"
    link = {"effect": "Chain", "chain": chain, "seed": "7", "frame": FRAME}
    app = open_page("compare", **link)
    assert not app.warning
    assert "Horizontal flip" in app.info[0].value
    titles = [layer["title"] for layer in viewer_data(app)["layers"]]
    assert {"Frame, Rain 2 + Fog 4", "first (Rain 2 + Fog 4)", "second (Rain 2 + Fog 4)"} <= set(titles)
    assert app.query_params["chain"] == "rain-2~fog-4"
    before = {layer["name"]: layer["hash"] for layer in viewer_data(app)["layers"]}
    app.segmented_control(key="chain_severity").set_value("5").run()
    assert not app.exception
    after = {layer["name"]: layer["hash"] for layer in viewer_data(app)["layers"]}
    assert "Frame, Rain 5 + Fog 5" in [layer["title"] for layer in viewer_data(app)["layers"]]
    assert before["weather"] != after["weather"] and before["frame"] == after["frame"]


def test_a_wrong_chain_is_left_out(project):
    app = open_page("compare", effect="Chain", chain="frogs-2")
    assert any("frogs" in warning.value for warning in app.warning)
    assert app.selectbox(key="effect").value == "None"


def test_weather_comes_from_its_seed(project):
    def weather_layer(seed: str) -> str:
        data = viewer_data(open_page("compare", effect="Rain", seed=seed))
        return next(layer["hash"] for layer in data["layers"] if layer["name"] == "weather")

    assert weather_layer("3") == weather_layer("3") != weather_layer("4")


def test_runs_and_view_come_from_the_address(project):
    view = {"left": "truth", "right": "entropy_b", "opacity": "35", "divider": "20", "view": "2.5,0.4,0.6"}
    app = open_page(
        "compare", a="second", b="first", frame="ulm_000001_000019", hidden="car,both right", **view
    )
    assert not app.warning
    assert (app.selectbox(key="a").value, app.selectbox(key="b").value) == ("second", "first")
    data = viewer_data(app)
    assert "ulm_000001_000019" in data["description"]
    start = data["start"]
    assert (start["left"], start["right"], start["opacity"]) == ("truth", "entropy_b", 0.35)
    assert (start["divider"], start["hidden"]) == (0.2, ["car", "both right"])
    assert start["view"] == {"zoom": 2.5, "centre": {"x": 0.4, "y": 0.6}}
    # A link that says where the line stands is of the time when there was no other view.
    assert start["layout"] == "swipe"


@pytest.mark.parametrize(
    ("query", "layout"), [({}, None), ({"view": "grid"}, "grid"), ({"view": "side", "divider": "20"}, "side")]
)
def test_the_view_comes_from_the_address(project, query, layout):
    app = open_page("compare", zoom="2.5,0.4,0.6", **query)
    assert not app.warning
    start = viewer_data(app)["start"]
    assert start["layout"] == layout
    assert start["view"]["zoom"] == 2.5


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"a": "nope"}, "nope"),
        ({"effect": "Frogs"}, "Frogs"),
        ({"effect": "Rain", "severity": "9"}, "severity"),
        ({"effect": "Rain", "seed": "-3"}, "seed"),
        ({"effect": "Rain", "seen_by": "Nobody"}, "Nobody"),
        ({"opacity": "much"}, "opacity"),
        ({"left": "<b>x</b>"}, "left layer"),
        ({"probe": "1"}, "probe"),
        ({"box": "1,2,0,4"}, "box"),
        ({"outlines": "yes"}, "outlines"),
        ({"divider": "101"}, "dividing line"),
        ({"hidden": "car,<b>"}, "hidden classes"),
        ({"view": "nan,0.5,0.5"}, "zoom"),
        ({"view": "2,0.5"}, "zoom"),
        ({"view": "stack"}, "view"),
        ({"zoom": "0.5,0.5,0.5"}, "zoom"),
        ({"truth": "1"}, "ground truth"),
        ({"frame": "../x"}, "frame"),
    ],
)
def test_a_wrong_address_falls_back_and_says_so(project, query, word):
    app = open_page("compare", **query)
    assert len(app.warning) == 1
    assert word in app.warning[0].value
    assert viewer_data(app)["start"]["opacity"] == 0.6


def test_a_probe_lists_five_classes_of_each_model(project):
    app = open_page("compare", probe="45,39")
    from segcore.predict.predictor import load_predictor

    image, _ = read_frame(project)
    here = load_predictor(find_run("first")).predict(image).probabilities[39, 45]
    tables = [table.value for table in app.dataframe if "Probability" in table.value]
    assert [table.columns[0] for table in tables] == ["first", "second"]
    assert len(tables[0]) == 5
    assert tables[0]["Probability"].to_numpy() == pytest.approx(100 * np.sort(here)[::-1][:5], rel=1e-4)
    assert any("ground truth: **car**" in markdown.value for markdown in app.markdown)


def test_a_box_counts_the_pixels_inside(project):
    app = open_page("compare", frame=FRAME, box="20,30,50,25")
    assert not app.warning
    image, truth = read_frame(project)
    inside = (slice(30, 55), slice(20, 70))
    table = next(table.value for table in app.dataframe if "Share first" in table.value).set_index("Class")
    first, names = predicted("first", image)[inside], list(CLASS_NAMES)
    for name in table.index:
        index = names.index(name)
        scored = truth[inside] != 255
        assert table.loc[name, "Share ground truth"] == pytest.approx(
            100 * (truth[inside] == index).sum() / scored.sum()
        )
        assert table.loc[name, "Share first"] == pytest.approx(100 * (first == index).mean())
        assert table.loc[name, "IoU first"] == pytest.approx(
            100 * iou(truth[inside], first, index), nan_ok=True
        )
    occurring = {*np.unique(truth[inside]), *np.unique(first), *np.unique(predicted("second", image)[inside])}
    assert len(table) == len(occurring - {255})


def test_a_box_that_leaves_the_frame_is_left_out(project):
    app = open_page("compare", box="20,30,77,25")
    assert not [table for table in app.dataframe if "Share first" in table.value]


def test_a_probe_outside_of_the_frame_is_left_out(project):
    app = open_page("compare", probe="5000,2")
    assert not [table for table in app.dataframe if "Probability" in table.value]


def test_without_ground_truth_only_what_needs_none_is_shown(tmp_path, project, monkeypatch):
    monkeypatch.setenv(
        "CITYSCAPES_DATASET", str(make_cityscapes(tmp_path / "bare", size=SIZE, with_truth=False))
    )
    app = open_page("compare")
    assert "no ground truth" in app.info[0].value
    assert not [table for table in app.dataframe if "Class" in table.value]
    assert outcome_table(app).index.tolist() == ["agree", "differ"]
    assert "truth" not in [layer["name"] for layer in viewer_data(app)["layers"]]
    assert "mIoU" not in score_table(app).index


def test_no_run_is_one_sentence(tmp_path, data, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "empty"))
    app = open_page("compare")
    assert "A run is a folder" in app.info[0].value
    make_run(tmp_path / "empty", "scores")
    app = open_page("compare")
    assert "None of the runs here can predict" in app.info[0].value


def test_a_broken_run_is_named_and_the_others_work(tmp_path, data, made_runs, monkeypatch):
    for run in made_runs.iterdir():
        (tmp_path / "runs" / run.name).mkdir(parents=True)
        for file in ("run.json", "model.weights.h5"):
            (tmp_path / "runs" / run.name / file).write_bytes((run / file).read_bytes())
    with (tmp_path / "runs" / "second" / "model.weights.h5").open("ab") as weights:
        weights.write(b"x")
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    app = open_page("compare")
    assert "second" in app.warning[0].value
    assert "sha256" in app.warning[0].value
    assert app.selectbox(key="b").options == ["first"]
    assert viewer_data(app)["layers"]


def test_no_frames_is_one_sentence(tmp_path, made_runs, monkeypatch):
    monkeypatch.setenv("SEGCORE_RUNS", str(made_runs))
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "none")
    app = open_page("compare")
    assert "There are no frames" in app.info[0].value


def strip_data(app: AppTest) -> dict:
    records = (json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json)
    return next(record for record in records if "thumbnails" in record)


def test_frames_are_marked_with_a_note_and_saved(project):
    other = "ulm_000001_000019"
    app = open_page("compare", frame=FRAME)
    assert strip_data(app)["frames"] == [FRAME, other]
    assert strip_data(app)["marked"] == []
    next(button for button in app.button if button.label == "Mark this frame").click().run()
    next(field for field in app.text_input if field.label == "Note").set_value(" glare, wet road ").run()
    app.button(key="compare_next").click().run()
    assert not app.exception
    strip = strip_data(app)
    assert (strip["current"], strip["marked"]) == (other, [FRAME])
    assert all(picture.startswith("data:image/jpeg") for picture in strip["thumbnails"].values())
    score = next(caption.value for caption in app.caption if caption.value.endswith("glare, wet road"))
    assert re.match(r"first \d+\.\d %, second \d+\.\d % · glare", score)
    rows = pd.read_csv(io.StringIO(marks_csv(app.session_state["_compare_marks"].values())))
    assert rows.loc[0, ["frame", "note", "run_a", "run_b"]].tolist() == [
        FRAME,
        "glare, wet road",
        "first",
        "second",
    ]
    app.button(key=f"open mark {FRAME}").click().run()
    assert strip_data(app)["current"] == FRAME
    next(button for button in app.button if button.label == "Remove the mark").click().run()
    assert strip_data(app)["marked"] == []


def kept_by_the_browser(app: AppTest) -> str:
    records = (json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json)
    return next(record["marks"] for record in records if "marks" in record)


def load_marks(app: AppTest, content: str) -> None:
    next(uploader for uploader in app.file_uploader if uploader.label == "Load marks").set_value(
        ("marks.csv", content.encode(), "text/csv")
    ).run()
    assert not app.exception


def test_saved_marks_are_loaded_again(project):
    app = open_page("compare", frame=FRAME)
    assert kept_by_the_browser(app) == ""
    next(button for button in app.button if button.label == "Mark this frame").click().run()
    saved = kept_by_the_browser(app)
    next(button for button in app.button if button.label == "Remove all marks").click().run()
    assert (strip_data(app)["marked"], kept_by_the_browser(app)) == ([], "")
    other = saved.replace(",val,", ",train,").splitlines()[1]
    load_marks(app, f"{saved.replace(f'{FRAME},', f'{FRAME},glare')}{other}\n")
    assert app.success[0].value == "Loaded 2 marks, 1 of them of frames that are not chosen in the sidebar."
    assert strip_data(app)["marked"] == [FRAME]
    assert len(kept_by_the_browser(app).splitlines()) == 3
    note = next(field for field in app.text_input if field.label == "Note")
    assert note.value == "glare"
    # A note of a file that is loaded takes the place of the one that is shown.
    note.set_value("wet road").run()
    load_marks(app, saved.replace(f"{FRAME},", f"{FRAME},dusk"))
    assert next(field for field in app.text_input if field.label == "Note").value == "dusk"
    load_marks(app, "frame,note\n")
    assert app.error[0].value.startswith("marks.csv: The file is no list of marks as this page saves it")
    assert strip_data(app)["marked"] == [FRAME]
    # A name from a file is no Markdown, which would fetch the picture.
    load_marks(app, saved.replace(f"{FRAME},", "![x](http://example.org/x.png),"))
    label = app.button(key="open mark ![x](http://example.org/x.png)").label
    assert label.startswith(r"!\[x\](http\:") and label.replace("\\", "").replace("\u2060", "") == (
        "![x](http://example.org/x.png)"
    )
    # Two files of marks that are no longer one file together could not be kept by the browser.
    for name in "pq":
        rows = "".join(
            saved.splitlines()[1].replace(FRAME, f"{name}{place}") + "\n" for place in range(20_000)
        )
        load_marks(app, saved.splitlines()[0] + "\n" + rows)
    assert app.error[0].value == (
        "marks.csv: With these there would be more than 2 MB of marks; remove some first."
    )


def test_the_next_frame_is_compared_as_well_and_the_one_after_it_is_predicted_ahead(project, monkeypatch):
    make_cityscapes(project, frames=4, size=SIZE)
    seen, method = [], NetworkPredictor.predict

    def predict(self, image: np.ndarray, **more: object) -> object:
        seen.append(image)
        return method(self, image, **more)

    monkeypatch.setattr(NetworkPredictor, "predict", predict)
    app = open_page("compare", frame=FRAME)
    before = viewer_data(app)["version"]
    # Nobody knows yet where this visitor goes.
    assert len(seen) == 2
    for number, name in enumerate(("ulm_000001_000019", "ulm_000002_000019"), start=2):
        app.button(key="compare_next").click().run()
        assert not app.exception
        assert viewer_data(app)["version"] != before
        assert name in viewer_data(app)["description"]
        # This frame, and the one after it without anybody asking.
        end = time.monotonic() + 30
        while len(seen) < 2 * (number + 1):
            assert time.monotonic() < end
            time.sleep(0.02)
    assert len({image.tobytes() for image in seen}) == 4


def test_the_views_of_a_run_and_how_much_the_picture_fills_are_told(data, made_runs, tmp_path, monkeypatch):
    shutil.copytree(made_runs, tmp_path / "runs")
    height, width = SIZE
    views = {"first": [[2 * height, width]], "second": [[height, width], [2 * height, 2 * width]]}
    for name, sizes in views.items():
        path = tmp_path / "runs" / name / "run.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"inference_sizes": sizes}))
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    table = score_table(open_page("compare", a="first", b="second"))
    assert table.loc["Network input"].tolist() == [
        f"{width}\u00a0×\u00a0{2 * height}\u00a0px, 50% filled",
        f"{width}\u00a0×\u00a0{height}\u00a0px",
    ]
    assert table.loc["View 2, mirrored"].tolist() == ["none", f"{2 * width}\u00a0×\u00a0{2 * height}\u00a0px"]
    assert "View 2, mirrored" not in score_table(open_page("compare", a="first", b="first")).index


def test_runs_of_different_label_spaces_meet_in_the_categories(project, made_runs, tmp_path, monkeypatch):
    import keras

    from segcore.models.build import build_model
    from segcore.system.files import sha256_of

    small = {"alpha": 0.25, "output_stride": 16, "decoder_filters": [32, 16]}
    path = make_run(tmp_path / "runs", "coarse", arguments=small, input_size=SIZE, evaluation=False)
    keras.utils.set_random_seed(5)
    build_model("mobilenet_segnet", num_classes=7, image_size=SIZE, **small).save_weights(
        path / "model.weights.h5"
    )
    record = json.loads((path / "run.json").read_text())
    record |= {
        "label_space": "categories",
        "num_classes": 7,
        "weights_sha256": sha256_of(path / "model.weights.h5"),
    }
    (path / "run.json").write_text(json.dumps(record))
    shutil.copytree(made_runs / "first", tmp_path / "runs" / "first")
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    app = open_page("compare", a="first", b="coarse", probe="45,39")
    assert not app.warning
    assert set(class_table(app).index) == {
        "flat",
        "construction",
        "object",
        "nature",
        "sky",
        "human",
        "vehicle",
    }
    image, truth = read_frame(project)
    category = np.append(
        np.repeat(np.arange(7, dtype=np.uint8), (2, 3, 3, 2, 1, 2, 6)), np.full(237, 255, np.uint8)
    )
    found = category[predicted("first", image)]
    expected = 100 * iou(category[truth], found, 0)
    assert class_table(app).loc["flat", "IoU first"] == pytest.approx(expected, nan_ok=True)


def test_the_archive_tells_how_it_was_made(project):
    from segcore.effects.chain import Chain, make_step
    from ui.compare.download import archive_of
    from ui.compare.result import compare
    from ui.compare.settings import WeatherChoice
    from ui.frames.loaded import LoadedFrame

    image, truth = read_frame(project)
    runs = (find_run("first"), find_run("second"))
    weather = WeatherChoice(Chain((make_step("fog", severity=2),), seed=11), "Fog 2", "B")
    frame = LoadedFrame(FRAME, image, truth)
    comparison = compare(runs, frame, key=str(project), weather=weather)
    content = archive_of(comparison, source="Cityscapes val", opacity=0.25)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert manifest["runs"]["A"]["weights_sha256"] == runs[0].weights_sha256
    assert manifest["runs"]["A"]["effects"] is None
    assert manifest["runs"]["B"]["effects"]["seed"] == 11
    assert manifest["runs"]["B"]["effects"]["effects"][0]["effect"] == "fog"
    assert {
        "frame.png",
        "second_input.png",
        "first_labelIds.png",
        "second_overlay.png",
        "truth_color.png",
    } <= set(files)
    assert manifest["overlay_opacity"] == 0.25
    over, under, color = (
        np.asarray(Image.open(io.BytesIO(files[f"{name}.png"]))).astype(float)
        for name in ("first_overlay", "frame", "first_color")
    )
    assert np.abs(over - (0.75 * under + 0.25 * color)).max() <= 0.5
    label_ids = np.asarray(Image.open(io.BytesIO(files["truth_labelIds.png"])))
    assert (to_train_ids(label_ids) == truth).all()
    scores = pd.read_csv(io.BytesIO(files["scores.csv"])).set_index("class")
    expected = iou(truth, predicted("first", image), 0)
    assert scores.loc["road", "iou_first"] == pytest.approx(expected, nan_ok=True)
