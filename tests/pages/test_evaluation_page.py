import json
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from app_pages import figures, open_page
from makers import CLASS_NAMES, make_calibration, make_cityscapes, make_evaluation, make_run
from streamlit.testing.v1 import AppTest
from tiny_runs import edit_record

import ui.evaluation.classes
import ui.evaluation.frames
import ui.frames.source


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(
        ui.frames.source, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames={"train": 2, "val": 3})
    )
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


@pytest.fixture
def pair(runs: Path) -> Path:
    make_run(runs, "alpha", skill=0.8, seed=1)
    make_run(runs, "beta", skill=0.6, seed=2)
    return runs


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def edit_scores(runs: Path, name: str, **changes) -> None:
    path = runs / name / "evaluation" / "val.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def scores_of(runs: Path, name: str) -> dict:
    return json.loads((runs / name / "evaluation" / "val.json").read_text())


def give_weights(path: Path) -> None:
    """Let a run have weights, of which nothing but their checksum is looked at."""
    (path / "model.weights.h5").write_bytes(b"abc")
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    record = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**record, "weights_sha256": sha256}))


def test_classes_stand_side_by_side_with_names_colours_and_difference(pair):
    app = open_page("evaluation")
    headline, classes, categories = (frame.value for frame in app.dataframe)
    assert "Classes" not in headline
    assert headline["Run"].tolist() == ["alpha", "beta"]
    # No train is in these frames, and none is predicted.
    assert list(classes["Name"]) == [name for name in CLASS_NAMES if name != "train"]
    assert "Neither in these frames nor predicted: train." in captions(app)
    alpha, beta = scores_of(pair, "alpha"), scores_of(pair, "beta")
    row = classes.set_index("Name").loc["road"]
    assert row["alpha"] == pytest.approx(100 * alpha["classes"]["road"])
    assert row["alpha − beta"] == pytest.approx(100 * (alpha["classes"]["road"] - beta["classes"]["road"]))
    assert list(categories["Name"]) == ["flat", "construction", "object", "nature", "sky", "human", "vehicle"]
    assert "split val, 6 frames of 128\u00a0×\u00a064\u00a0px" in captions(app)


def test_class_table_downloads_as_csv_with_blanks_for_absent_classes(pair):
    keys = [button.proto.id for button in open_page("evaluation").get("download_button")]
    assert sum("classes_csv" in key for key in keys) == 1
    assert sum("categories_csv" in key for key in keys) == 1


def test_differences_have_intervals_and_the_text_says_what_they_bear_out(pair):
    app = open_page("evaluation")
    bars = {trace["name"]: trace for trace in figures(app)[0]["data"]}
    # Skills of 0.8 and 0.6: alpha is ahead in all 18 classes that occur.
    assert len(bars["alpha better"]["y"]) == 18
    assert "train" not in bars["alpha better"]["y"]
    assert "alpha is better in 18 of 18 classes, beta in 0" in captions(app)
    same = open_page("evaluation", a="beta", b="beta")
    assert "two different runs" in same.info[-1].value
    # Beside a run that the address names, the other one.
    for a, b in (("alpha", "beta"), ("beta", "alpha")):
        assert open_page("evaluation", a=a).selectbox(key="b").value == b
    both = figures(open_page("evaluation", chart="A and B"))[0]["data"]
    assert {"alpha", "beta"} <= {trace.get("name") for trace in both}


def test_without_single_frames_the_difference_has_no_interval_but_both_scores_are_shown(pair):
    edit_scores(pair, "beta", per_frame=[])
    app = open_page("evaluation")
    assert any("There are no intervals" in info.value for info in app.info)
    assert {"alpha", "beta"} <= {trace.get("name") for trace in figures(app)[0]["data"]}


def test_scores_of_different_frames_are_not_passed_off_as_comparable(pair):
    edit_scores(pair, "beta", frames=500, data="Another city")
    text = " ".join(warning.value for warning in open_page("evaluation").warning)
    assert "scored on different frames" in text
    assert "- beta. Scores: Another city, split val, 500 frames" in text
    edit_scores(pair, "beta", frames=6, input_size=[32, 64])
    (warning,) = open_page("evaluation").warning
    assert "beta was scored with other weights or at other sizes than now" in warning.value
    edit_record(pair / "beta", input_size=[32, 64])
    app = open_page("evaluation")
    assert not app.warning
    assert (
        "beta. Scores: Another city, split val, 6 frames of 128\u00a0×\u00a064\u00a0px, seen by the model at"
        in captions(app)
    )


def test_means_over_unlike_classes_are_ranked_by_what_all_have_and_the_page_says_so(pair):
    beta = scores_of(pair, "beta")
    coarse = {"label_space": "categories", "class_names": list(beta["categories"]), "per_frame": []}
    coarse |= {"confusion": np.eye(8, dtype=int).tolist(), "miou": 0.9, "category_miou": 0.5}
    edit_scores(pair, "beta", **coarse, classes=beta["categories"])
    app = open_page("evaluation", view="Cost")
    table = app.dataframe[0].value
    assert table[["Run", "Classes"]].to_numpy().tolist() == [["alpha", 19], ["beta", 7]]
    (warning,) = app.warning
    assert "only their category IoU can be compared" in warning.value
    assert "- beta. 7 classes" in warning.value
    points = {trace["name"]: trace["y"] for trace in figures(app)[0]["data"]}
    assert points["beta"] == [0.5]


@pytest.mark.parametrize(("matrix", "extent"), [("A", (0, 1)), ("B", (0, 1)), ("A − B", None)])
def test_confusion_of_either_run_and_their_difference(pair, matrix, extent):
    (figure,) = figures(open_page("evaluation", view="Confusion", matrix=matrix))
    heatmap = figure["data"][0]
    assert figure["layout"]["yaxis"]["title"]["text"] == "truth"
    assert figure["layout"]["xaxis"]["title"]["text"] == "prediction"
    if extent:
        assert (heatmap["zmin"], heatmap["zmax"]) == extent
    else:
        assert heatmap["zmin"] == -heatmap["zmax"]


@pytest.mark.parametrize("matrix", ["A", "B", "A − B"])
def test_confusion_can_be_read_as_text_and_as_a_table(pair, monkeypatch, matrix):
    tables = []
    monkeypatch.setattr(ui.evaluation.classes, "offer_csv", lambda table, **_: tables.append(table))
    app = open_page("evaluation", view="Confusion", matrix=matrix)
    cells = {}
    for name in ("alpha", "beta"):
        counts = np.array(scores_of(pair, name)["confusion"])[:-1].astype(float)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        cells[name] = {
            (truth, found): shares[row, column]
            for row, truth in enumerate(CLASS_NAMES)
            for column, found in enumerate(CLASS_NAMES)
            if "train" not in (truth, found)
        }
    shown = cells["beta" if matrix == "B" else "alpha"]
    if matrix == "A − B":
        shown = {cell: share - cells["beta"][cell] for cell, share in shown.items()}
    (table,) = tables
    occurring = [name for name in CLASS_NAMES if name != "train"]
    assert (list(table.index), list(table.columns)) == (occurring, occurring)
    assert {cell: table.loc[cell] for cell in shown} == pytest.approx(shown)
    told = [cell for cell in shown if matrix == "A − B" or cell[0] != cell[1]]
    truth, found = max(told, key=lambda cell: abs(shown[cell]))
    share = 100 * shown[truth, found]
    amount = f"{share:+.1f} points" if matrix == "A − B" else f"{share:.1f}\u00a0%"
    what = "differences" if matrix == "A − B" else "confusions"
    assert f"Largest {what}: {truth} as {found} {amount}; " in app.get("plotly_chart")[0].proto.alt


def test_cost_can_be_read_as_text(pair):
    alt = open_page("evaluation", view="Cost", cost="Parameters").get("plotly_chart")[0].proto.alt
    miou = 100 * scores_of(pair, "beta")["miou"]
    assert f"beta {miou:.1f}\u00a0% at 2,347,678" in alt


def test_cost_says_what_it_was_measured_on(pair):
    app = open_page("evaluation", view="Cost")
    assert {trace["name"] for trace in figures(app)[0]["data"]} == {"alpha", "beta"}
    assert "a made machine" in figures(app)[0]["layout"]["xaxis"]["title"]["text"]
    assert "a made machine" in app.get("plotly_chart")[0].proto.alt
    latency = scores_of(pair, "beta")["latency_ms"]
    several = {"inference_sizes": [[64, 128], [32, 64]]}
    edit_scores(pair, "alpha", **several)
    edit_scores(pair, "beta", latency_ms=latency | {"first_view": 12.5}, **several)
    app = open_page("evaluation", view="Cost", cost="Latency, one view")
    (trace,) = figures(app)[0]["data"]
    assert (trace["name"], trace["x"]) == ("beta", [12.5])
    assert "1 without it is left out; evaluating again measures it." in captions(app)
    app = open_page("evaluation", view="Cost", cost="File size")
    assert "No run on this set records its file size." in app.info[-1].value


def test_frames_are_ranked_by_difference_by_score_and_by_disagreement(pair):
    app = open_page("evaluation", view="Frames")
    table = app.dataframe[1].value
    assert table["difference"].is_monotonic_decreasing
    assert len(table) == 6
    worst = open_page("evaluation", view="Frames", rank="Worst for B").dataframe[1].value
    assert worst["b"].is_monotonic_increasing
    entries = scores_of(pair, "alpha")["per_frame"]
    pixels = [sum(entry["tp"]) + sum(entry["fn"]) for entry in entries]
    for index, entry in enumerate(entries):
        # One pixel of the road more is missed from frame to frame.
        entry["tp"][0] -= index
        entry["fn"][0] += index
    edit_scores(pair, "beta", per_frame=entries)
    table = open_page("evaluation", view="Frames", rank="Disagreement").dataframe[1].value
    shares = {entry["frame"]: 100 * index / pixels[index] for index, entry in enumerate(entries)}
    assert table["frame"].tolist() == sorted(shares, key=shares.get, reverse=True)
    assert table["differ"].tolist() == pytest.approx(sorted(shares.values(), reverse=True))


def test_first_frames_link_into_compare_with_pictures_where_the_source_holds_them(runs):
    for name, seed, skill in (("alpha", 1, 0.8), ("beta", 2, 0.6)):
        ids = ("ulm_000002_000019", "aachen_000001_000019")
        give_weights(make_run(runs, name, skill=skill, frame_ids=ids, seed=seed))
    app = open_page("evaluation", view="Frames")
    links = [link.proto for link in app.get("page_link")]
    # Of the six frames the other four are called ulm_000002 to ulm_000005, and the source has three in val.
    common = {"source": "Demo city", "data": "Demo city", "a": "alpha", "b": "beta"}
    asked = sorted((dict(parse_qsl(link.query_string)) for link in links), key=lambda query: query["split"])
    assert asked == [
        {"split": "train", "frame": "aachen_000001_000019"} | common,
        {"split": "val", "frame": "ulm_000002_000019"} | common,
    ]
    assert all(link.page == "compare" for link in links)
    pictures = [image.proto.imgs[0] for image in app.get("image")]
    assert len(pictures) == len(links)
    assert all(picture.url.startswith("data:image/jpeg;base64,") for picture in pictures)


def test_the_page_of_cards_is_the_same_after_a_visit_to_another_page(runs):
    make_run(runs, "alpha", frames=20)
    app = open_page("evaluation", view="Frames")
    key = "frames_page val A ahead any class"
    app.session_state[key] = 2
    app.run()
    app.switch_page("pages/overview.py").run()
    app.switch_page("pages/evaluation.py").run()
    assert not app.exception
    assert app.session_state[key] == 2


def test_frames_of_a_run_without_weights_are_no_links_and_the_page_says_why(pair):
    give_weights(pair / "beta")
    app = open_page("evaluation", view="Frames")
    assert app.get("image") and not app.get("page_link")
    assert "alpha keeps its scores but not its weights" in captions(app)
    assert any("ulm\\_000001\\_000019" in text.value for text in app.markdown)


def test_the_pair_that_no_address_names_does_not_change_with_the_set(pair):
    for name, skill in (("alpha", 0.5), ("beta", 0.9)):
        scores = make_evaluation(set_name="night", skill=skill, seed=3)
        (pair / name / "evaluation" / "night.json").write_text(json.dumps(scores))
    for chosen, best in (("val", "alpha"), ("night", "beta")):
        app = open_page("evaluation", set=chosen)
        assert app.dataframe[0].value["Run"].tolist()[0] == best
        assert (app.selectbox(key="a").value, app.selectbox(key="b").value) == ("alpha", "beta")


def test_frames_that_are_not_in_use_have_neither_link_nor_picture(runs):
    names = tuple(f"elsewhere_{index:06}_000019" for index in range(6))
    make_run(runs, "alpha", frame_ids=names)
    app = open_page("evaluation", view="Frames")
    assert not app.get("page_link") and not app.get("image")
    assert any("not in the data chosen in the sidebar" in info.value for info in app.info)


def test_frames_with_a_class_come_with_their_share_and_its_own_iou(pair):
    scores = scores_of(pair, "alpha")["per_frame"]
    rider = CLASS_NAMES.index("rider")
    for entry in scores[:4]:
        entry["tp"][rider] = entry["fn"][rider] = 0
    edit_scores(pair, "alpha", per_frame=scores)
    other = scores_of(pair, "beta")["per_frame"]
    for entry in other[:4]:
        entry["tp"][rider] = entry["fn"][rider] = 0
    edit_scores(pair, "beta", per_frame=other)
    app = open_page("evaluation", view="Frames", **{"with": "rider"})
    table = app.dataframe[1].value
    assert set(table["frame"]) == {scores[4]["frame"], scores[5]["frame"]}
    assert table["share"].is_monotonic_decreasing
    row = table.set_index("frame").loc[scores[4]["frame"]]
    tp, fp, fn = (scores[4][key][rider] for key in ("tp", "fp", "fn"))
    assert row["a"] == pytest.approx(100 * tp / (tp + fp + fn))
    pixels = sum(scores[4]["tp"]) + sum(scores[4]["fn"])
    assert row["share"] == pytest.approx(100 * (tp + fn) / pixels)
    assert any("is in 2 of 6 frames" in text.value for text in app.markdown)
    assert "train" not in app.selectbox(key="with").options


def test_a_damaged_picture_leaves_the_other_frames(pair):
    next((ui.frames.source.DEMO_CITY / "leftImg8bit" / "val").rglob("ulm_000001*")).write_bytes(b"no picture")
    app = open_page("evaluation", view="Frames")
    assert len(app.get("image")) == 2
    assert "ulm\\_000001" in captions(app)


def test_set_is_chosen_where_there_are_several(runs):
    make_run(runs, "alpha", sets=("val", "night"))
    make_run(runs, "beta", sets=("val",))
    app = open_page("evaluation")
    assert app.segmented_control(key="set").options == ["val", "night"]
    assert "val: Demo city, split val, 6 frames; night: Demo city, split night, 6 frames." in captions(
        app
    ).replace("*", "").replace("\\", "")
    assert "No run has scores on the frames in use yet" in captions(app)
    assert app.dataframe[0].value["Run"].tolist() == ["alpha", "beta"]
    app = open_page("evaluation", set="night")
    assert app.dataframe[0].value["Run"].tolist() == ["alpha"]
    assert "split night" in captions(app)


def test_the_set_of_the_frames_in_use_is_chosen_first(pair):
    for name in ("alpha", "beta"):
        ids = tuple(f"ulm_{index:06}_000019" for index in range(3))
        scores = make_evaluation(set_name="zoo", frames=3, frame_ids=ids) | {"split": "val"}
        (pair / name / "evaluation" / "zoo.json").write_text(json.dumps(scores))
    app = open_page("evaluation")
    assert app.segmented_control(key="set").options == ["val", "zoo"]
    assert app.segmented_control(key="set").value == "zoo"
    assert "split val, 3 frames, the frames in use" in captions(app)
    assert open_page("evaluation", set="val").segmented_control(key="set").value == "val"


def test_a_single_frame_is_compared_without_intervals(runs):
    make_run(runs, "alpha", skill=0.8, frames=1, seed=1)
    make_run(runs, "beta", skill=0.6, frames=1, seed=2)
    app = open_page("evaluation")
    text = captions(app) + " ".join(text.value for text in app.markdown)
    assert "there is no interval of the difference" in text.replace("\\", "")
    assert "nan" not in text


def test_calibration_is_a_table_and_curves_and_says_what_has_none(pair):
    edit_scores(pair, "alpha", calibration=make_calibration(scores_of(pair, "alpha"), confidence=0.92))
    app = open_page("evaluation", view="Calibration")
    table = app.dataframe[1].value.set_index("Run")
    accuracy = 100 * scores_of(pair, "alpha")["pixel_accuracy"]
    assert table.loc["alpha", "Mean confidence"] == pytest.approx(92)
    assert table.loc["alpha", "Accuracy"] == pytest.approx(accuracy)
    # All pixels are in one bin.
    assert table.loc["alpha", "Calibration error"] == pytest.approx(92 - accuracy)
    assert list(table.index) == ["alpha"]
    text = captions(app)
    assert "No calibration of beta" in text
    assert "there are no weights to evaluate again" in text
    assert len(figures(app)) == 3
    assert "alpha is overconfident" in " ".join(text.value.replace("\\", "") for text in app.markdown)


def test_without_any_calibration_the_page_says_how_to_get_it(pair):
    give_weights(pair / "beta")
    app = open_page("evaluation", view="Calibration")
    text = app.info[-1].value
    assert "No calibration of alpha" in text and "No calibration of beta" in text
    assert text.count("evaluate again to see it") == 1
    assert not figures(app)


def test_one_run_alone_is_shown_without_a_comparison(runs):
    make_run(runs, "alpha")
    assert "two different runs" in open_page("evaluation").info[-1].value
    assert not open_page("evaluation", view="Frames").exception
    assert not open_page("evaluation", view="Confusion", matrix="A − B").exception


def test_an_address_is_shown_as_text_and_never_as_markdown(pair):
    app = open_page("evaluation", a="![x](https://example.org/x.png)")
    (text,) = (warning.value for warning in app.warning)
    # A joiner behind the colon keeps the browser from making a link of it.
    assert "!\\[x\\](https\\:\u2060//example.org/x.png)" in text


def test_unknown_address_is_named_and_the_default_shown(pair):
    app = open_page("evaluation", view="Everything", a="gamma", b="beta")
    text = " ".join(warning.value for warning in app.warning)
    assert "'Everything'" in text
    assert "'gamma'" in text
    assert app.selectbox(key="b").value == "beta"


def test_broken_and_outdated_scores_are_named_and_the_others_are_shown(pair):
    make_run(pair, "gamma")
    (pair / "gamma" / "evaluation" / "val.json").write_text("{")
    path = make_run(pair, "delta")
    give_weights(path)
    (path / "evaluation" / "val.json").write_text(json.dumps(make_evaluation(weights_sha256="1" * 64)))
    app = open_page("evaluation")
    text = " ".join(warning.value for warning in app.warning)
    assert "gamma: val\\.json" in text or "gamma: val.json" in text
    assert "delta was scored with other weights" in text
    assert set(app.dataframe[0].value["Run"]) == {"alpha", "beta", "delta"}


@pytest.mark.parametrize("evaluated", [True, False])
def test_without_scores_the_page_says_how_to_get_them(runs, evaluated):
    if not evaluated:
        make_run(runs, "alpha", evaluation=False)
    app = open_page("evaluation")
    assert ("SEGCOMPARE_RUNS" if evaluated else "segcore evaluate") in app.info[0].value
    assert not app.dataframe


def test_page_works_without_any_frames(pair, monkeypatch, tmp_path):
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "none")
    assert len(open_page("evaluation", view="Frames").dataframe[1].value) == 6


def test_fifty_runs_of_many_frames_open(runs):
    for index in range(50):
        make_run(runs, f"run_{index:02}", epochs=3, frames=5, seed=index)
    app = open_page("evaluation")
    assert len(app.dataframe[0].value) == 50
    # Swatch, name, A, B and their difference; the file holds all runs.
    assert len(app.dataframe[1].value.columns) == 5


def test_what_is_shown_and_downloaded_names_the_runs_where_the_address_has_letters(pair, monkeypatch):
    tables = {}
    monkeypatch.setattr(
        ui.evaluation.frames, "offer_csv", lambda table, *, key, **_: tables.update({key: table})
    )
    app = open_page("evaluation", view="Frames", rank="Worst for B")
    assert app.selectbox(key="rank").options[2:] == [
        "Lowest score of alpha",
        "Lowest score of beta",
        "Largest disagreement",
    ]
    # The made runs differ in their truth, so that no disagreement is known.
    assert list(tables["frames"]) == ["frame", "alpha", "beta", "difference"]
    app = open_page("evaluation", view="Confusion", matrix="B")
    assert app.segmented_control(key="matrix").options == ["alpha", "beta", "Difference"]
