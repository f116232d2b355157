import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from makers import make_calibration, make_evaluation, make_run, read_scores

from segcore import __version__
from segcore.cli import main
from segcore.errors import InputError
from segcore.reports.charts.looks import looks
from segcore.reports.html.pair import pair_report
from segcore.reports.html.shell import document
from segcore.runs.evaluation import Evaluation, Provenance
from segcore.runs.run import Run, read_run
from segcore.scoring.bootstrap import bootstrap_difference
from segcore.scoring.robustness import Sweep, save

HOSTILE = "<img src=x onerror=alert(1)> & \"quoted\" 'name'"


class Page(HTMLParser):
    """What is in a document: text outside of scripts and styles, tags with attributes, script contents."""

    def __init__(self, document: str):
        super().__init__()
        self.text, self.tags, self.scripts = "", [], []
        self._inside = ""
        self.feed(document)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")
        if tag in ("td", "th", "tr", "p", "li", "h2", "h3", "dt", "dd", "div", "span"):
            self.text += " "

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text += data

    @property
    def figures(self) -> list[dict]:
        return json.loads(self.scripts[0])


def make_pair(root: Path, *, names: tuple[str, str] = ("alpha", "beta"), **changes) -> tuple[Run, Run]:
    runs = []
    for seed, (name, skill) in enumerate(zip(names, (0.8, 0.5), strict=True)):
        path = make_run(root, name, seed=seed, evaluation=False)
        scores = make_evaluation(skill=skill, seed=seed) | changes
        (path / "evaluation").mkdir()
        (path / "evaluation" / "val.json").write_text(json.dumps(scores))
        runs.append(read_run(path))
    return runs[0], runs[1]


def percent(score: float) -> str:
    return f"{100 * score:.1f} %"


def test_report_holds_the_scores_with_split_frames_resolution_version_and_date(tmp_path):
    a, b = make_pair(tmp_path)
    text = Page(pair_report(a, b, "val")).text
    first, second = read_scores(a, "val"), read_scores(b, "val")
    difference = 100 * (first["miou"] - second["miou"])
    assert f"Mean IoU {percent(first['miou'])} {percent(second['miou'])} {difference:+.1f}" in text
    assert text.count("Demo city, split val, 6 frames of 128 × 64 px") == 1
    interval = bootstrap_difference(*(Evaluation.from_json(scores).per_frame for scores in (first, second)))
    assert (
        f"The difference is larger than the noise from the choice of frames ({100 * interval.low:+.1f} to"
        in text
    )
    assert f"SegCompare {__version__}, 20" in text
    assert "cityscapesScripts" in text
    assert "2,345,678 2,346,678" in text
    assert "12 epochs, 480 frames seen, 0.7 hours" in text


def test_data_that_joined_the_training_later_are_named_and_frames_seen_no_longer_counted(tmp_path):
    a, b = make_pair(tmp_path)
    record = json.loads((b.path / "run.json").read_text())
    source = {"name": "Demo city", "split": "train", "frames": 1200, "repeats": 4, "cities": ["neuwerda"]}
    record["data"]["extra"] = [{"from_epoch": 7, "sources": [source]}]
    (b.path / "run.json").write_text(json.dumps(record))
    text = Page(pair_report(a, read_run(b.path), "val")).text
    assert (
        "Further data – from epoch 7: Demo city train, 1,200 frames (neuwerda), each 4 times an epoch" in text
    )
    assert text.count("frames seen") == 1


def test_each_class_has_a_row_and_an_absent_one_no_score(tmp_path):
    a, b = make_pair(tmp_path)
    text = Page(pair_report(a, b, "val")).text
    first, second = read_scores(a, "val")["classes"], read_scores(b, "val")["classes"]
    for name, score in first.items():
        if score is None:
            assert f"Neither in these frames nor predicted: {name}." in text
            assert f"{name} – –" not in text
        else:
            points = 100 * (score - second[name])
            assert f"{name} {percent(score)} {percent(second[name])} {points:+.1f}" in text


def test_frames_are_ranked_by_their_difference_from_both_ends(tmp_path):
    a, b = make_pair(tmp_path)
    pairs = [
        (one["miou"] - two["miou"], one["frame"])
        for one, two in zip(
            read_scores(a, "val")["per_frame"], read_scores(b, "val")["per_frame"], strict=True
        )
    ]
    ahead = sorted((pair for pair in pairs if pair[0] > 0), reverse=True)
    shown = Page(pair_report(a, b, "val")).text.partition("alpha ahead:")[2]
    found = re.findall(r"ulm_\d+_\d+", shown.partition("beta ahead:")[0])
    assert found == [name for _, name in ahead]


def test_what_users_wrote_is_text_wherever_it_stands(tmp_path):
    names = [HOSTILE, *make_evaluation()["class_names"][1:]]
    a, b = make_pair(
        tmp_path,
        names=(HOSTILE, "</script><script>alert(1)".replace("/", "\\")),
        data=HOSTILE,
        class_names=names,
        classes=dict.fromkeys(names, 0.5),
    )
    record = json.loads((a.path / "run.json").read_text())
    record["data"] |= {"name": HOSTILE, "cities": ["</script><svg onload=alert(1)>"]}
    record["hardware"] = record["training"]["augment"] = HOSTILE
    (a.path / "run.json").write_text(json.dumps(record))
    page = Page(pair_report(read_run(a.path), b, "val"))
    assert HOSTILE in page.text
    assert {"img", "svg"}.isdisjoint(tag for tag, _ in page.tags)
    assert len(page.scripts) == 3
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    labels = json.dumps([figure["light"] for figure in page.figures])
    assert "&lt;img src=x" in labels
    assert "<" not in re.sub(r"</?b>|<br>|<extra></extra>", "", labels)


def test_file_needs_nothing_from_outside_and_holds_plotly_once(tmp_path):
    a, b = make_pair(tmp_path)
    html = pair_report(a, b, "val")
    page = Page(html)
    addresses = [
        value for _, attributes in page.tags for key, value in attributes.items() if key in ("src", "href")
    ]
    assert addresses == []
    assert "default-src 'none'" in html
    assert len(re.findall(r"plotly\.js v\d", html)) == 1
    assert "prefers-color-scheme: dark" in html
    assert 'content="width=device-width' in html


def test_heat_maps_have_colours_for_light_and_for_dark_pages(tmp_path):
    a, b = make_pair(tmp_path)
    maps = [f for f in Page(pair_report(a, b, "val")).figures if f["light"]["data"][0]["type"] == "heatmap"]
    assert len(maps) == 3
    for figure in maps:
        assert figure["light"]["data"][0]["colorscale"] != figure["dark"]["data"][0]["colorscale"]


def test_losses_of_different_kinds_are_said_not_to_compare(tmp_path):
    a, b = make_pair(tmp_path)
    assert "different kinds" not in Page(pair_report(a, b, "val")).text
    record = json.loads((b.path / "run.json").read_text())
    record["training"]["loss"] = "ce+dice"
    record["earlier"] = [{"to_epoch": 2, "settings": {"loss": "ce"}}]
    (b.path / "run.json").write_text(json.dumps(record))
    page = Page(pair_report(a, read_run(b.path), "val"))
    assert "cannot be compared: alpha loss ce; beta loss ce+dice from epoch 3 on." in page.text
    (curves,) = [figure for figure in page.figures if len(figure["light"]["layout"].get("shapes", ())) == 1]
    assert curves["light"]["layout"]["shapes"][0]["x0"] == 2.5


def test_runs_that_share_no_frames_or_classes_are_still_reported_with_what_is_not_known(tmp_path):
    a, b = make_pair(tmp_path)
    path = b.path / "evaluation" / "val.json"
    path.write_text(json.dumps(make_evaluation(frame_ids=("elsewhere",))))
    assert "different frames" in Page(pair_report(a, b, "val")).text
    path.write_text(json.dumps(make_evaluation() | {"per_frame": []}))
    text = Page(pair_report(a, b, "val")).text
    assert "different frames (6 and 0)" in text
    assert "Frames on which they differ" not in text
    (b.path / "history.csv").unlink()
    assert "beta has no training curves" in Page(pair_report(a, b, "val")).text


def test_runs_of_different_classes_have_no_difference_of_what_is_over_all_classes(tmp_path):
    a, b = make_pair(tmp_path)
    scores = read_scores(b, "val")
    names = list(scores["categories"])
    scores |= {"label_space": "categories", "class_names": names, "classes": scores["categories"]}
    scores |= {"confusion": [row[:8] for row in scores["confusion"][:8]]}
    scores["per_frame"] = [
        entry | {key: entry[key][:7] for key in ("tp", "fp", "fn")} for entry in scores["per_frame"]
    ]
    (b.path / "evaluation" / "val.json").write_text(json.dumps(scores))
    text = Page(pair_report(a, b, "val")).text
    first = read_scores(a, "val")
    for title, key in (("Mean IoU", "miou"), ("Pixel accuracy", "pixel_accuracy")):
        row = f"{title} {percent(first[key])} {percent(scores[key])}"
        assert row in text
        assert not re.search(rf"{re.escape(row)} [+-]", text)
    assert re.search(r"Mean IoU of categories \d+\.\d % \d+\.\d % [+-]", text)
    assert "19 and 7 classes" in text
    assert "different classes, so their frames cannot be compared" in text
    assert "alpha ahead:" not in text and "beta ahead:" not in text


def store_weather(run: Run, **made) -> None:
    rows = [{"effect": "fog", "severity": level, "miou": miou} for level, miou in enumerate((0.8, 0.6, 0.4))]
    given = {"set_name": "val", "data": "Demo city", "split": "val", "frames": 40} | made
    save(run, Sweep(pd.DataFrame(rows), Provenance(**given)))


def test_weather_says_what_it_was_measured_on_and_with(tmp_path):
    a, b = make_pair(tmp_path)
    store_weather(a)
    store_weather(b)
    text = Page(pair_report(a, b, "val")).text
    look = looks(("alpha", "beta"))
    signs = f"{look['alpha'].sign} alpha, {look['beta'].sign} beta"
    assert f"{signs}. Measured on: Demo city, split val, 40 frames." in text
    store_weather(a, frame_size=(64, 128), input_size=(64, 128))
    store_weather(b, frame_size=(64, 128), input_size=(32, 64))
    assert (
        "Measured on: Demo city, split val, 40 frames of 128 × 64 px. alpha: seen by the model as they are; "
        "beta: seen by the model at 64 × 32 px."
    ) in Page(pair_report(a, b, "val")).text
    store_weather(a)
    store_weather(b, frames=10, weights_sha256="0" * 64)
    (b.path / "model.weights.h5").write_bytes(b"others")
    record = json.loads((b.path / "run.json").read_text())
    (b.path / "run.json").write_text(json.dumps(record | {"weights_sha256": "1" * 64}))
    text = Page(pair_report(a, read_run(b.path), "val")).text
    assert (
        "Measured on: alpha: Demo city, split val, 40 frames; beta: Demo city, split val, 10 frames." in text
    )
    assert "beta was measured with other weights or at other sizes than it has now." in text
    (b.path / "robustness" / "val.json").unlink()
    assert "40 frames; beta: not recorded." in Page(pair_report(a, b, "val")).text


def test_calibration_is_reported_of_whichever_run_has_it(tmp_path):
    a, b = make_pair(tmp_path)
    path = a.path / "evaluation" / "val.json"
    scores = json.loads(path.read_text())
    path.write_text(json.dumps(scores | {"calibration": make_calibration(scores, confidence=0.92)}))
    text = Page(pair_report(a, b, "val")).text
    assert f"Expected calibration error {percent(0.92 - scores['pixel_accuracy'])}" in text
    assert "Mean confidence 92.0 %" in text
    assert "No calibration of beta: these scores are from a version without calibration" in text
    assert "arXiv 1706.04599" in text and "arXiv 1705.08500" in text


def test_weather_on_other_data_is_not_shown_as_that_of_the_report(tmp_path):
    a, b = make_pair(tmp_path)
    for run in (a, b):
        store_weather(run, set_name="demo", data="Another town")
    said = "Not measured for both on these frames (Demo city, split val, 6 frames)."
    assert said in Page(pair_report(a, b, "val")).text
    for run in (a, b):
        store_weather(run, set_name="val", data="Other streets")
    assert said in Page(pair_report(a, b, "val")).text
    for run in (a, b):
        store_weather(run, set_name="weather", frames=7)
    assert "Measured on: Demo city, split val, 7 frames." in Page(pair_report(a, b, "val")).text


def test_one_frame_does_not_tell_which_is_ahead(tmp_path):
    a, b = make_pair(tmp_path)
    for run, skill in ((a, 0.8), (b, 0.5)):
        (run.path / "evaluation" / "val.json").write_text(json.dumps(make_evaluation(frames=1, skill=skill)))
    text = Page(pair_report(a, b, "val")).text
    assert "larger than noise: there are too few frames for an interval" in text
    assert "is ahead by" not in text


def test_a_run_against_itself_or_on_a_set_it_has_no_scores_on_is_refused(tmp_path):
    a, b = make_pair(tmp_path)
    with pytest.raises(InputError, match="choose two different runs"):
        pair_report(a, a, "val")
    with pytest.raises(InputError, match="'alpha' has no scores on 'demo', only on: val"):
        pair_report(a, b, "demo")


def test_command_writes_the_file_or_says_why_not(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    make_pair(tmp_path / "runs")
    output = tmp_path / "new" / "report.html"
    chosen = ["report", "--a", "alpha", "--set", "val"]
    assert main([*chosen, "--b", "beta", "--output", str(output)]) == 0
    assert output.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main([*chosen, "--b", "gamma", "--output", str(output)]) == 2
    assert "known runs: alpha, beta" in capsys.readouterr().err
    assert main([*chosen, "--b", "beta", "--output", str(tmp_path)]) == 2


def test_version_is_that_of_the_project():
    project = (Path(__file__).parents[3] / "pyproject.toml").read_text()
    assert f'version = "{__version__}"' in project


def test_document_without_a_chart_carries_no_plotly():
    html = document("Title <b>", ["<p>Text</p>"], scheme="dark")
    assert len(html) < 20_000
    assert '<html lang="en" data-scheme="dark">' in html
    assert "<h1>Title &lt;b&gt;</h1>" in html
