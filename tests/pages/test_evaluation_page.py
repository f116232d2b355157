import json
import re
from pathlib import Path

import numpy as np
import pytest
from makers import CLASS_NAMES, make_cityscapes, make_evaluation, make_run
from streamlit.testing.v1 import AppTest

import ui.source

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(
        ui.source, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames={"train": 2, "val": 3})
    )
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


@pytest.fixture
def pair(runs: Path) -> Path:
    make_run(runs, "alpha", skill=0.8, seed=1)
    make_run(runs, "beta", skill=0.6, seed=2)
    return runs


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page("pages/evaluation.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def figures(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def scores_of(runs: Path, name: str) -> dict:
    return json.loads((runs / name / "evaluation" / "val.json").read_text())


def test_classes_stand_side_by_side_with_names_colours_and_difference(pair):
    app = open_page()
    headline, classes, categories = (frame.value for frame in app.dataframe)
    assert headline["Run"].tolist() == ["alpha", "beta"]
    assert list(classes["Name"]) == list(CLASS_NAMES)
    alpha, beta = scores_of(pair, "alpha"), scores_of(pair, "beta")
    row = classes.set_index("Name").loc["road"]
    assert row["alpha"] == pytest.approx(100 * alpha["classes"]["road"])
    assert row["A − B"] == pytest.approx(100 * (alpha["classes"]["road"] - beta["classes"]["road"]))
    assert np.isnan(classes.set_index("Name")["alpha"]["train"])
    assert list(categories["Name"]) == ["flat", "construction", "object", "nature", "sky", "human", "vehicle"]
    assert "split val, 6 frames of 128 × 64 px" in captions(app)


def test_class_table_downloads_as_csv_with_blanks_for_absent_classes(pair):
    app = open_page()
    assert len(app.get("download_button")) == 2


@pytest.mark.parametrize(("matrix", "extent"), [("A", (0, 1)), ("B", (0, 1)), ("A − B", None)])
def test_confusion_of_either_run_and_their_difference(pair, matrix, extent):
    (figure,) = figures(open_page(view="Confusion", matrix=matrix))
    heatmap = figure["data"][0]
    assert figure["layout"]["yaxis"]["title"]["text"] == "truth"
    assert figure["layout"]["xaxis"]["title"]["text"] == "prediction"
    if extent:
        assert (heatmap["zmin"], heatmap["zmax"]) == extent
    else:
        assert heatmap["zmin"] == -heatmap["zmax"]


def test_cost_says_what_it_was_measured_on(pair):
    app = open_page(view="Cost")
    assert {trace["name"] for trace in figures(app)[0]["data"]} == {"alpha", "beta"}
    assert "a made machine" in captions(app)
    app = open_page(view="Cost", cost="File size")
    assert "No run on this set records its file size." in app.info[0].value


def test_frames_are_ranked_by_difference_and_by_score(pair):
    app = open_page(view="Frames")
    table = app.dataframe[1].value
    assert table["A − B"].is_monotonic_decreasing
    assert len(table) == 6
    table = open_page(view="Frames", rank="Worst for B").dataframe[1].value
    assert table["B"].is_monotonic_increasing


def test_first_frames_link_into_compare_where_the_source_holds_them(runs):
    make_run(runs, "alpha", skill=0.8, frame_ids=("ulm_000002_000019", "aachen_000001_000019"), seed=1)
    make_run(runs, "beta", skill=0.6, frame_ids=("ulm_000002_000019", "aachen_000001_000019"), seed=2)
    links = [link.proto for link in open_page(view="Frames").get("page_link")]
    # Of the six frames the other four are called ulm_000002 to ulm_000005, and the source has three in val.
    assert {re.search(r"open=(\w+)", link.query_string).group(1) for link in links} == {
        "ulm_000002_000019",
        "aachen_000001_000019",
    }
    assert all("open_a=alpha&open_b=beta" in link.query_string for link in links)
    assert all(link.page == "compare" for link in links)


def test_frames_that_are_not_in_use_have_no_link(runs):
    names = tuple(f"elsewhere_{index:06}_000019" for index in range(6))
    make_run(runs, "alpha", frame_ids=names)
    app = open_page(view="Frames")
    assert not app.get("page_link")
    assert any("not among those chosen in the sidebar" in info.value for info in app.info)


def test_set_is_chosen_where_there_are_several(runs):
    make_run(runs, "alpha", sets=("val", "night"))
    make_run(runs, "beta", sets=("val",))
    app = open_page()
    assert app.segmented_control(key="set").options == ["val", "night"]
    assert app.dataframe[0].value["Run"].tolist() == ["alpha", "beta"]
    app = open_page(set="night")
    assert app.dataframe[0].value["Run"].tolist() == ["alpha"]
    assert "split night" in captions(app)


def test_augmentation_is_compared_only_where_the_twin_exists(pair):
    assert "Augmentation" not in open_page().segmented_control(key="view").options
    make_run(pair, "alpha_noaug", skill=0.7, seed=1)
    app = open_page(view="Augmentation")
    assert "points against" in app.metric[0].delta
    assert {trace.get("name") for trace in figures(app)[0]["data"]} >= {"alpha", "alpha_noaug"}


def test_unknown_address_is_named_and_the_default_shown(pair):
    app = open_page(view="Everything", a="gamma", b="beta")
    text = " ".join(warning.value for warning in app.warning)
    assert "'Everything'" in text
    assert "'gamma'" in text
    assert app.selectbox(key="b").value == "beta"


def test_broken_and_outdated_scores_are_named_and_the_others_are_shown(pair):
    make_run(pair, "gamma")
    (pair / "gamma" / "evaluation" / "val.json").write_text("{")
    path = make_run(pair, "delta")
    record = json.loads((path / "run.json").read_text())
    (path / "model.weights.h5").write_bytes(b"abc")
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    (path / "run.json").write_text(json.dumps({**record, "weights_sha256": sha256}))
    (path / "evaluation" / "val.json").write_text(json.dumps(make_evaluation(weights_sha256="1" * 64)))
    app = open_page()
    text = " ".join(warning.value for warning in app.warning)
    assert "gamma: val\\.json" in text or "gamma: val.json" in text
    assert "delta was scored with other weights" in text
    assert set(app.dataframe[0].value["Run"]) == {"alpha", "beta", "delta"}


def test_one_run_alone_is_shown_without_a_comparison(runs):
    make_run(runs, "alpha")
    app = open_page()
    assert "two different runs" in app.info[0].value
    assert not open_page(view="Frames").exception
    assert not open_page(view="Confusion", matrix="A − B").exception


@pytest.mark.parametrize("evaluated", [True, False])
def test_without_scores_the_page_says_how_to_get_them(runs, evaluated):
    if not evaluated:
        make_run(runs, "alpha", evaluation=False)
    app = open_page()
    assert ("SEGCORE_RUNS" if evaluated else "segcore evaluate") in app.info[0].value
    assert not app.dataframe


def test_page_works_without_any_frames(pair, monkeypatch, tmp_path):
    monkeypatch.setattr(ui.source, "DEMO_CITY", tmp_path / "none")
    assert len(open_page(view="Frames").dataframe[1].value) == 6


def test_fifty_runs_of_many_frames_open(runs):
    for index in range(50):
        make_run(runs, f"run_{index:02}", epochs=3, frames=5, seed=index)
    app = open_page()
    assert len(app.dataframe[0].value) == 50
    assert len(app.dataframe[1].value.columns) == 2 + 3 + 4
