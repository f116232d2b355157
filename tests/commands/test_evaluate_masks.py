"""``evaluate`` on stored masks, on data sets of many forms: scores counted by hand, and no time of a network."""

import re

import pytest
from hand_counted import FORMS, make_form, make_runs, miou

from segcore.cli import main


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("run", ["flat", "sharp"])
def test_stored_masks_are_scored_in_the_classes_of_the_data(form, run, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path / "runs"))
    make_runs(tmp_path / "runs", form)
    assert main(["evaluate", "--run", run, "--data", str(make_form(tmp_path / "data", form))]) == 0
    printed = capsys.readouterr().out
    number = "1 frame" if len(form.frames) == 1 else f"{len(form.frames)} frames"
    assert printed.startswith(f"{run} on {form.split} of {form.title}: {number}\n")
    assert float(re.search(r"mean IoU +([\d.]+) %", printed)[1]) == round(100 * miou(run, form), 1)
    assert "latency" not in printed
