import json
import subprocess
import sys
from pathlib import Path

import pytest
from app_pages import APP, open_page, settings_of
from makers import make_cityscapes, make_run
from streamlit.testing.v1 import AppTest

import ui.frames.source


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", make_cityscapes(tmp_path / "demo"))
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def figure_of(app: AppTest) -> dict:
    return json.loads(app.get("plotly_chart")[0].proto.spec)


def text_of(app: AppTest) -> str:
    return " ".join(markdown.value for markdown in app.markdown)


def test_two_runs_are_overlaid_with_what_their_curves_say(runs):
    make_run(runs, "alpha", epochs=40, seed=1)
    make_run(runs, "beta", epochs=20, seed=2)
    app = open_page("training")
    names = {trace["name"] for trace in figure_of(app)["data"]}
    assert {"alpha, training", "alpha, validation", "beta, training", "beta, validation"} <= names
    assert "**alpha**: Training loss falls" in text_of(app)
    assert "**Pixel accuracy**" in text_of(app)
    assert settings_of(app).loc["Epochs"].tolist() == ["40", "20"]


def test_losses_of_different_kinds_are_said_not_to_compare_and_a_change_is_marked(runs):
    make_run(runs, "alpha", epochs=8)
    path = make_run(runs, "beta", epochs=8) / "run.json"
    assert not any("do not compare" in caption.value for caption in open_page("training").caption)
    record = json.loads(path.read_text())
    record["training"]["loss"] = "ce+dice"
    record["earlier"] = [{"to_epoch": 4, "settings": {"loss": "ce"}}]
    path.write_text(json.dumps(record))
    app = open_page("training")
    text = " ".join(caption.value for caption in app.caption)
    assert "alpha loss ce; beta loss ce+dice from epoch 5 on." in text
    (line,) = figure_of(app)["layout"]["shapes"]
    assert (line["x0"], line["yref"]) == (4.5, "y domain")
    text = " ".join(caption.value for caption in open_page("training", plots=["Mean IoU"]).caption)
    assert "do not compare" not in text


def test_further_and_earlier_data_and_notes_have_rows_of_their_own(runs):
    path = make_run(runs, "alpha", epochs=4) / "run.json"
    record = json.loads(path.read_text())
    source = {"name": "Demo city", "split": "train", "frames": 53, "repeats": 6, "cities": ["neuwerda"]}
    record["data"]["extra"] = [{"from_epoch": 3, "sources": [source]}]
    record["notes"] = ["The first.", "The second."]
    record["adaptation"] = {"conv1_bn": 0.7, "conv2_bn": 0.4}
    parts = [{"run": name, "epoch": 4, "weights_sha256": "0" * 64} for name in ("one", "other")]
    record["averages"] = [{"weights_sha256": "1" * 64, "of": parts, "command": "average"}]
    before = {
        "data": source | {"frames": 20, "repeats": 1},
        "versions": {"backend": "jax"},
        "hardware": "a GPU",
    }
    record["earlier"] = [{"to_epoch": 2, "settings": {}, **before}]
    path.write_text(json.dumps(record))
    app = open_page("training")
    settings = settings_of(app)["alpha"]
    assert settings["Further data from epoch 3 on"] == (
        "Demo city train, 53 frames (neuwerda), each 6 times an epoch"
    )
    assert settings["Until epoch 2: Data"] == "Demo city train, 20 frames (neuwerda)"
    assert settings["Until epoch 2: Version: backend"] == "jax"
    assert settings["Until epoch 2: Hardware"] == "a GPU"
    assert settings["Weight averaging 1"] == "epoch 4 of one and epoch 4 of other: average"
    assert (settings["Note 1"], settings["Note 2"]) == ("The first.", "The second.")
    now, course = app.table
    assert "Adaptation" in now.value.index and "Note 1" in course.value.index
    assert settings["Adaptation"] == "2 layers adapt to unusual frames"
    assert not any("{" in text for text in settings)


def test_settings_can_be_narrowed_to_those_that_differ(runs):
    make_run(runs, "alpha", epochs=40)
    path = make_run(runs, "beta", epochs=20) / "run.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"training": record["training"] | {"frames": None, "ema": 0.5}}))
    app = open_page("training")
    assert {"Label space", "Weight average (EMA)"} <= set(settings_of(app).index)
    # What no run records has no row.
    assert "Frames" not in settings_of(app).index
    app.toggle(key="differing").set_value(True).run()
    table = settings_of(app)
    assert "Epochs" in table.index
    assert all(len(set(row)) == 2 for row in table.to_numpy())
    assert not open_page("training", runs=["beta"]).toggle


def test_plots_runs_and_smoothing_come_from_the_address(runs):
    make_run(runs, "alpha", epochs=8)
    make_run(runs, "beta", epochs=8)
    app = open_page("training", runs=["beta"], plots=["Learning rate"], smoothing="0.5")
    assert not app.warning
    assert [trace["name"] for trace in figure_of(app)["data"]] == ["beta", "beta"]
    assert "The learning rate went from" in text_of(app)
    assert "Training loss" not in text_of(app)


def test_unknown_address_is_named_and_the_default_shown(runs):
    make_run(runs, "alpha", epochs=8)
    app = open_page("training", runs=["gone"], plots=["Entropy"], smoothing="2")
    text = " ".join(warning.value for warning in app.warning)
    assert all(repr(value) in text for value in ("gone", "Entropy", "2"))
    assert figure_of(app)["data"]


def test_broken_run_is_named_and_the_others_are_shown(runs):
    make_run(runs, "alpha", epochs=8)
    (make_run(runs, "beta") / "run.json").write_text("{")
    (make_run(runs, "gamma") / "history.csv").write_text("epoch,loss\n1,high\n")
    app = open_page("training")
    assert "beta" in app.warning[0].value
    assert "not valid JSON" in app.warning[0].value
    assert "gamma: history.csv has 'high'" in app.warning[1].value
    assert figure_of(app)["data"]


def test_wrong_weights_are_found(runs):
    path = make_run(runs, "alpha", epochs=8)
    record = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**record, "weights_sha256": "0" * 64}))
    (path / "model.weights.h5").write_bytes(b"other")
    assert "has sha256" in open_page("training").warning[0].value


def test_without_runs_the_page_says_how_to_add_one(runs):
    app = open_page("training")
    assert "SEGCOMPARE_RUNS" in app.info[0].value
    assert not app.get("plotly_chart")


def test_nothing_chosen_is_a_sentence(runs):
    make_run(runs, "alpha", epochs=8)
    app = open_page("training")
    app.multiselect(key="runs").set_value([]).run()
    assert "Choose a run" in app.info[0].value
    app.multiselect(key="runs").set_value(["alpha"]).run()
    app.segmented_control(key="plots").set_value([]).run()
    assert "Choose a plot" in app.info[0].value
    assert not app.exception


def test_page_works_without_any_frames(runs, monkeypatch, tmp_path):
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "none")
    make_run(runs, "alpha", epochs=8)
    assert figure_of(open_page("training"))["data"]


def test_changed_history_is_read_again(runs):
    path = make_run(runs, "alpha", epochs=8)
    app = open_page("training")
    lines = (path / "history.csv").read_text().splitlines()
    (path / "history.csv").write_text("\n".join(lines[:4]) + "\n")
    app.run()
    assert "(epoch 3)" in text_of(app)


def test_opening_the_page_brings_no_tensorflow(runs, tmp_path):
    make_run(runs, "alpha", epochs=8)
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(APP)!r}, default_timeout=60).run()\n"
        "for page in ('overview', 'training', 'evaluation'):\n"
        "    app.switch_page(f'pages/{page}.py').run()\n"
        "    assert not app.exception, app.exception\n"
        "print(sorted({'tensorflow', 'keras', 'albumentations'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=APP.parent
    )
    assert done.stdout.strip() == "[]", done.stderr
