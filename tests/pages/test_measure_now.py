"""Measure now: weather sweeps in the background, their curves on the page, and what stands in the way."""

import json
import time
from pathlib import Path

import pytest
from app_pages import open_page
from makers import make_cityscapes
from tiny_runs import tiny_run

import ui.frames.source
from segcore.runs.results import read_robustness
from segcore.runs.run import find_run
from segcore.scoring.robustness import WEATHER, read_provenance
from ui.runs.jobs import jobs

PATIENCE = 240


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = tmp_path / "runs"
    root.mkdir()
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(root))
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames=3))
    tiny_run(root)
    yield root
    for job in jobs().all():
        job.cancel()
        jobs().forget(job.key)


def button(app, label: str):
    return next(button for button in app.button if button.label == label)


def wait_for_jobs() -> None:
    deadline = time.monotonic() + PATIENCE
    while any(job.is_active for job in jobs().all()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_sweep_is_measured_kept_and_opens_by_itself(runs):
    (name,) = (path.name for path in runs.iterdir())
    app = open_page("robustness", source="Demo city")
    assert "Measure now does it" in app.info[0].value
    assert len(app.multiselect(key="weather_effects").value) == len(WEATHER)
    app.multiselect(key="weather_effects").set_value(["Fog"]).run()
    number = next(field for field in app.number_input if field.label == "Frames")
    assert (number.value, number.max) == (3, 3)
    number.set_value(2).run()
    # Two frames, clean and at five severities.
    assert any("on 2 of 3 frames of Demo city, split val" in text.value for text in app.markdown)
    assert any("12 predictions" in text.value for text in app.markdown)
    button(app, "Measure").click().run()
    wait_for_jobs()
    (job,) = jobs().all()
    assert job.progress.state == "done", job.progress.message
    app.run()
    assert not app.exception
    assert "of the clean score is kept on 2 frames" in app.success[0].value
    run = find_run(name)
    table = read_robustness(run, "demo")
    assert table["effect"].unique().tolist() == ["fog"] and table["severity"].tolist() == [0, 1, 2, 3, 4, 5]
    made = read_provenance(run, "demo")
    assert (made.data, made.split, made.frames) == ("Demo city", "val", 2)
    assert app.multiselect(key="measured_runs").value == [name]
    assert "is replaced" in " ".join(caption.value for caption in app.caption)
    # Of frames with other files it is replaced on demand only, also where their names are the same.
    path = run.path / "robustness" / "demo.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"files_sha256": "0" * 64}))
    app.run()
    assert any("of other data" in warning.value for warning in app.warning)
    assert button(app, "Measure").disabled
    next(box for box in app.checkbox if box.label == "Replace what is of other data").check().run()
    assert not button(app, "Measure").disabled
