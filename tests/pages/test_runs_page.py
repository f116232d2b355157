"""The Runs page: every run in a table, its card or record, and a model that is tried out and saved."""

import json
import shutil

import pytest
from app_pages import open_page
from foreign_runs import masks_run, onnx_run
from makers import make_cityscapes, make_run
from street_network import SIZE, street_onnx

import ui.frames.source
from segcore.runs.history import read_history
from segcore.runs.run import find_run

ADD = {"do": "Add a run", "from": "Runs folder"}


@pytest.fixture
def runs(tmp_path, monkeypatch):
    root = tmp_path / "runs"
    root.mkdir()
    monkeypatch.setenv("SEGCORE_RUNS", str(root))
    monkeypatch.delenv("SEGCOMPARE_PUBLIC", raising=False)
    monkeypatch.setattr(
        ui.frames.source, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames=6, size=SIZE)
    )
    return root


def texts(elements) -> str:
    return "\n".join(element.value for element in elements)


def test_every_run_has_a_row_the_best_first(runs):
    make_run(runs, "scored", weights=True, input_size=SIZE)
    onnx_run(runs, "theirs")
    masks_run(runs, "masks", {})
    (runs / "broken").mkdir()
    app = open_page("runs")
    table = app.dataframe[0].value.set_index("Run")
    assert list(table.index) == ["scored", "masks", "theirs"]
    assert table["Kind"].to_dict() == {
        "scored": "mobilenet_segnet",
        "theirs": "ONNX network",
        "masks": "stored masks",
    }
    assert table.loc["theirs", ["Classes", "Input", "Date"]].tolist() == [
        4,
        "96\u00a0×\u00a064\u00a0px",
        "2026-11-27",
    ]
    assert table["Scores"].to_dict() == {"scored": "current", "theirs": "none yet", "masks": "none yet"}
    assert table.loc["scored", "Mean IoU"] > 0 and table["Mean IoU"].isna().sum() == 2
    assert "broken" in texts(app.warning) and "run.json is missing" in texts(app.warning)


def test_stale_scores_are_told(runs):
    path = make_run(runs, "scored", weights=True, input_size=SIZE)
    evaluation = next((path / "evaluation").glob("*.json"))
    content = json.loads(evaluation.read_text()) | {"weights_sha256": "0" * 64}
    evaluation.write_text(json.dumps(content))
    assert open_page("runs").dataframe[0].value["Scores"].tolist() == ["stale"]


def test_a_run_shows_its_card_or_what_its_record_says(runs):
    theirs = onnx_run(runs, "theirs")
    onnx_run(runs, "other")
    (theirs.path / "README.md").write_text(
        "# Theirs\n\nA ![picture](http://elsewhere/a.png) <script>alert(1)</script>"
    )
    app = open_page("runs", shown_run="theirs")
    shown = texts(app.markdown)
    assert "### Theirs" in shown and "A [picture](http://elsewhere/a.png)" in shown
    assert not any(element.allow_html for element in app.markdown)
    app.selectbox(key="shown_run").set_value("other").run()
    assert "no card" in texts(app.caption) and not app.exception
    rows = app.table[0].value
    assert "ONNX Runtime, a network that was not trained here" in rows.to_string()


def test_without_runs_the_page_says_how_to_get_some(runs):
    app = open_page("runs")
    assert "There are no runs" in texts(app.info) and not app.dataframe


def test_an_empty_folder_has_no_files(runs):
    assert "There is no file in" in texts(open_page("runs", **ADD).info)


def opened(name="street.onnx", **address):
    app = open_page("runs", **ADD, **address)
    app.selectbox(key="run_file").set_value(name).run()
    assert not app.exception
    return app


def score(app) -> float:
    return float(app.metric[0].value.replace("\xa0", " ").split()[0])


def setting(app, ending, kind="selectbox"):
    return next(widget for widget in getattr(app, kind) if widget.key and widget.key.endswith(ending))


def test_a_wrong_order_of_channels_is_seen_and_the_right_one_saved(runs):
    street_onnx(runs / "street.onnx", channels="bgr", size=SIZE)
    app = opened()
    setting(app, "_preset").set_value("raw").run()
    wrong = score(app)
    setting(app, "_channels", "button_group").set_value("bgr").run()
    assert score(app) > 97 > 50 > wrong
    app.text_input[-1].set_value("mine").run()
    app.button(key="save_run").click().run()
    assert not app.exception and "mine is a run now" in texts(app.success)
    run = find_run("mine")
    assert run.network_input.channels == "bgr" and run.network_input.scale == (1, 1, 1)
    assert {path.name for path in runs.iterdir()} == {"street.onnx", "mine"}
    assert "mine" in open_page("compare").selectbox(key="a").options


def test_a_wrong_normalisation_is_warned_of(runs):
    street_onnx(runs / "street.onnx", size=SIZE)
    app = opened()
    setting(app, "_preset").set_value("zero-to-one").run()
    assert "check the normalisation" in texts(app.warning) and score(app) < 10


def test_a_mean_of_its_own_and_what_is_no_number(runs):
    street_onnx(runs / "street.onnx", size=SIZE, scale=(0.5,) * 3, offset=(-50.0,) * 3)
    app = opened()
    setting(app, "_preset").set_value("own").run()
    setting(app, "_range", "button_group").set_value(255.0).run()
    setting(app, "_mean", "text_input").set_value("100, 100; 100").run()
    setting(app, "_std", "text_input").set_value("2").run()
    assert score(app) > 97
    setting(app, "_std", "text_input").set_value("two").run()
    assert "'two' is not a number" in texts(app.error).replace("\\", "") and not app.exception
    setting(app, "_std", "text_input").set_value("0").run()
    assert "“Std” and “Then times” must not be 0" in texts(app.error)


def test_names_that_are_taken_or_none(runs):
    street_onnx(runs / "street.onnx", size=SIZE)
    (runs / "taken").mkdir()
    app = opened()
    for name, said in (("taken", "There is already a run"), ("../up", "is not a valid name of a run")):
        app.text_input[-1].set_value(name).run()
        app.button(key="save_run").click().run()
        assert said in texts(app.error).replace("\\", "")
    assert {path.name for path in runs.iterdir()} == {"street.onnx", "taken"}


def test_a_file_that_is_no_network(runs):
    (runs / "nonsense.onnx").write_bytes(b"nothing")
    assert "is not an ONNX file" in texts(opened("nonsense.onnx").error)


def test_an_archive_of_masks_is_tried_and_saved(runs, tmp_path):
    truth = tmp_path / "demo" / "gtFine" / "val"
    shutil.make_archive(str(runs / "truth"), "zip", truth)
    app = opened("truth.zip")
    assert score(app) == 100 and "Every frame of" in texts(app.caption)
    app.button(key="save_run").click().run()
    assert find_run("truth").has_masks and "truth is a run now" in texts(app.success)


def test_masks_that_lack_frames_or_are_of_others(runs, tmp_path):
    truth = tmp_path / "demo" / "gtFine" / "val"
    next(iter(sorted(truth.rglob("*000000*")))).rename(tmp_path / "elsewhere.png")
    shutil.make_archive(str(runs / "truth"), "zip", truth)
    app = opened("truth.zip", frame="ulm_000001_000019")
    assert "1 of 6 frames of Demo city has no mask: ulm" in texts(app.warning).replace("\\", "")
    setting(app, "_encoding").set_value("train-ids").run()
    told = texts(app.error).replace("\\", "")
    assert "values that are not train ids" in told
    # The file is named as in the archive, without the folder of this server.
    assert "masks cannot be used: ulm" in told


def test_a_public_server_says_that_adding_is_off(runs, monkeypatch):
    street_onnx(runs / "street.onnx", size=SIZE)
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "1")
    app = open_page("runs", **ADD)
    assert "This is a public server" in texts(app.info) and "to add models of your own" in texts(app.info)
    assert not app.file_uploader and "run_file" not in {box.key for box in app.selectbox}


def test_curves_of_the_training_come_along_and_what_is_none_is_said(runs):
    street_onnx(runs / "street.onnx", size=SIZE)
    app = opened()
    uploader = setting(app, "_curves", "file_uploader")
    uploader.set_value([("log.csv", b"weather,mood\n1,2\n", "text/csv")]).run()
    assert "none of which is known" in texts(app.error) and "save_run" not in [
        found.key for found in app.button
    ]
    log = b"epoch,loss,val_loss,val_miou\n0,1.5,1.25,40\n1,1.0,0.75,55\n"
    setting(app, "_curves", "file_uploader").set_value([("log.csv", log, "text/csv")]).run()
    assert "2 epochs" in texts(app.caption).replace("\\", "")
    app.text_input[-1].set_value("mine").run()
    app.button(key="save_run").click().run()
    assert not app.exception and not app.error
    history = read_history(find_run("mine"))
    assert history["epoch"].tolist() == [1, 2]
    assert history["val_mean_iou"].tolist() == [0.4, 0.55]
    assert history["loss"].tolist() == [1.5, 1.0]


def test_curves_of_which_each_has_a_file_are_read_together(runs):
    street_onnx(runs / "street.onnx", size=SIZE)
    app = opened()
    header = b"Wall time,Step,Value\n"
    files = [
        (f"run-{split}-tag-epoch_loss.csv", header + values, "text/csv")
        for split, values in (
            ("train", b"1.0,0,2.0\n2.0,1,1.5\n"),
            ("validation", b"1.0,0,2.5\n2.0,1,1.75\n"),
        )
    ]
    setting(app, "_curves", "file_uploader").set_value(files).run()
    assert not app.error and not app.exception
    app.text_input[-1].set_value("mine").run()
    app.button(key="save_run").click().run()
    history = read_history(find_run("mine"))
    assert history["loss"].tolist() == [2.0, 1.5]
    assert history["val_loss"].tolist() == [2.5, 1.75]
