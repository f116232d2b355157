"""Data sets of many forms on Compare and Evaluation, evaluated now and reported, with scores counted by hand."""

import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from app_pages import APP, open_page
from foreign_runs import masks_run
from hand_counted import FORMS, Form, make_form, make_runs, miou
from made_datasets import write_picture
from PIL import Image
from streamlit.testing.v1 import AppTest

import ui.frames.source
from segcore.reports.html.pair import pair_report
from segcore.runs.results import evaluation_sets, read_evaluation
from segcore.runs.run import find_run
from ui.runs.jobs import jobs

PATIENCE = 120


@pytest.fixture(params=FORMS, ids=str)
def form(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Form:
    found = FORMS[request.param]
    monkeypatch.setenv("SEGCOMPARE_DATA", str(make_form(tmp_path / "data", found)))
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "none")
    make_runs(tmp_path / "runs", found)
    return found


def captions(app: AppTest) -> str:
    return "\n".join(caption.value.replace("\\", "") for caption in app.caption)


def in_percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def score_of(run: str, app: AppTest) -> str:
    """Return the mean IoU of a run on the frame of Compare, as it is shown."""
    shown = next(table.value for table in app.dataframe if "mIoU" in table.value.index)
    return shown.loc["mIoU", run].replace("\u00a0", " ")


def test_compare_scores_a_frame_in_the_classes_of_its_data(form):
    app = open_page("compare", a="flat", b="sharp")
    shown = next(table.value for table in app.dataframe if "mIoU" in table.value.index)
    assert score_of("flat", app) == in_percent(miou("flat", form))
    assert score_of("sharp", app) == in_percent(miou("sharp", form))
    assert shown.loc["Pixel accuracy", "flat"].replace("\u00a0", " ") == "50.0 %"
    occurring = "2 for flat and 3 for sharp, of" if form.tells_trucks else "2 of"
    assert f"in truth or mask: {occurring} {form.classes}." in captions(app)
    classes = next(table.value for table in app.dataframe if "IoU flat" in table.value)
    names = {"road", "car", "truck"} if form.tells_trucks else {"road", "car"}
    assert {name.lower() for name in classes["Class"]} == names
    (absent,) = re.findall("Not in this frame: (.*)\\.", captions(app))
    number = int(form.classes.split()[0])
    assert len(absent.split(", ")) == number - len(names)
    assert {name.lower() for name in absent.split(", ")}.isdisjoint(names)


def test_the_kind_of_masks_that_an_address_asks_for_is_what_counts(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path / "runs"))
    for name in ("flat", "other"):
        masks_run(tmp_path / "runs", name, {"a": np.zeros((2, 4), np.uint8)})
    # Road and car in fine masks, road alone in coarse ones, as label ids of Cityscapes.
    write_picture(tmp_path / "streets/leftImg8bit/val/ulm/a_leftImg8bit.png", np.zeros((2, 4, 3), np.uint8))
    for kind, row in (("gtFine", [7, 7, 26, 26]), ("gtCoarse", [7] * 4)):
        path = tmp_path / f"streets/{kind}/val/ulm/a_{kind}_labelIds.png"
        write_picture(path, np.array([row] * 2, np.uint8))
    monkeypatch.setenv("SEGCOMPARE_DATA", str(tmp_path / "streets"))
    for kind, score in (("gtFine", "25.0 %"), ("gtCoarse", "100.0 %")):
        app = AppTest.from_file(APP, default_timeout=120)
        app.query_params["annotation"] = kind
        app.run().switch_page("pages/compare.py").run()
        assert score_of("flat", app) == score


def evaluate(run: str) -> None:
    app = open_page("evaluation")
    app.multiselect(key="evaluate_runs").set_value([run]).run()
    next(button for button in app.button if button.label.startswith("Evaluate")).click().run()
    deadline = time.monotonic() + PATIENCE
    while any(job.is_active for job in jobs().all()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for job in jobs().all():
        assert job.progress.state == "done", job.progress.message
        jobs().forget(job.key)


def test_evaluate_now_keeps_scores_under_the_name_of_the_data_and_the_report_tells_them(form):
    for name in ("flat", "sharp"):
        evaluate(name)
        (set_name,) = evaluation_sets(find_run(name))
        assert set_name.endswith(f"_{form.split}") and form.title.split()[0].lower() in set_name
        scores = read_evaluation(find_run(name), set_name)
        assert scores.provenance.data == form.title
        assert scores.provenance.split == form.split
        assert scores.miou == pytest.approx(miou(name, form))
        assert scores.pixel_accuracy == pytest.approx(
            0.5 if name == "flat" else 49 / 56 if form.title != "CamVid" else 1
        )
    app = open_page("evaluation", a="sharp", b="flat")
    headline = app.dataframe[0].value.set_index("Run")
    assert headline["Mean IoU"]["sharp"] == pytest.approx(100 * miou("sharp", form))
    assert form.classes in captions(app)
    assert f"{form.title}, split {form.split}" in captions(app)
    report = pair_report(find_run("sharp"), find_run("flat"), set_name)
    assert form.classes in report
    assert f"{100 * miou('sharp', form):.1f}" in report
    is_grouped = len({group for _, _, _, group in form.frames}) > 1
    assert ("Groups" in app.segmented_control(key="view").options) == is_grouped


def test_groups_of_acdc_are_its_conditions_and_robustness_leads_to_them(tmp_path, monkeypatch):
    form = FORMS["ACDC"]
    monkeypatch.setenv("SEGCOMPARE_DATA", str(make_form(tmp_path / "data", form)))
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path / "runs"))
    make_runs(tmp_path / "runs", form)
    assert "ACDC has real fog, night: evaluate a run" in captions(open_page("robustness"))
    for name in ("flat", "sharp"):
        evaluate(name)
    app = open_page("evaluation", a="sharp", b="flat", view="Groups")
    groups = next(table.value for table in app.dataframe if "Group" in table.value)
    assert groups["Group"].tolist() == ["fog", "night"]
    assert groups["Frames"].tolist() == [1, 1]
    assert groups["sharp"].tolist() == pytest.approx([100 * miou("sharp", form)] * 2)
    assert groups["sharp − flat"].tolist() == pytest.approx(
        [100 * (miou("sharp", form) - miou("flat", form))] * 2
    )
    app = open_page("robustness")
    assert "ACDC has real fog, night, to compare these curves with" in captions(app)
    link = next(link.proto for link in app.get("page_link") if "real weather" in link.proto.label)
    assert "set=acdc_val" in link.query_string and "view=Groups" in link.query_string
    # Other data of the same name with frames of the same names: what is stored is not of these.
    frames = [
        (image.replace("fog", "snow"), mask.replace("fog", "snow"), *names)
        for image, mask, *names in form.frames
    ]
    other = make_form(tmp_path / "other", replace(form, frames=tuple(frames)))
    Image.effect_noise((8, 8), 50).convert("RGB").save(other / frames[0][0])
    monkeypatch.setenv("SEGCOMPARE_DATA", str(other))
    assert "Groups" not in open_page("evaluation").segmented_control(key="view").options
    assert "ACDC has real snow, night: evaluate a run" in captions(open_page("robustness"))
