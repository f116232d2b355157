"""Evaluate now: one job for whoever asks, told to nobody else, its scores on the page, and what stands in its way."""

import hashlib
import json
import re
import shutil
import threading
import time
from pathlib import Path

import pytest
from makers import make_cityscapes, make_evaluation, make_label_ids, make_run
from PIL import Image
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

import ui.frames.source
import ui.measuring.evaluating
import ui.measuring.jobs
import ui.measuring.line
from segcore.errors import InputError
from segcore.frames.cityscapes import find_frames
from segcore.frames.fingerprint import files_sha256
from segcore.runs.evaluation import Evaluation
from ui.measuring.visitor import COOKIE
from ui.runs.jobs import jobs

APP = Path(__file__).parents[2] / "app.py"
PATIENCE = 120
FRAMES = tuple(f"ulm_{index:06}_000019" for index in range(3))


class Scoring:
    """Stands in for `segcore.scoring.evaluation.evaluate`: a frame whenever the test lets it."""

    def __init__(self) -> None:
        self.let = threading.Semaphore(0)
        self.calls: list[dict] = []

    def __call__(self, run, frames, *, set_name, data_name, predictor, skip_unusable, progress) -> Evaluation:
        self.calls.append(
            {"run": run.name, "frames": frames, "set": set_name, "data": data_name, "skip": skip_unusable}
        )
        progress(0, len(frames))
        for done in range(1, len(frames) + 1):
            assert self.let.acquire(timeout=PATIENCE)
            progress(done, len(frames))
        names = tuple(frame.frame_id for frame in frames)
        scores = make_evaluation(set_name=set_name, frames=len(names), frame_ids=names, skill=0.9)
        return Evaluation.from_json(scores | {"data": data_name, "weights_sha256": run.weights_sha256})


@pytest.fixture
def scoring(monkeypatch: pytest.MonkeyPatch):
    stand_in = Scoring()
    monkeypatch.setattr(ui.measuring.evaluating, "evaluate", stand_in)
    monkeypatch.setattr(ui.measuring.evaluating, "predictor_of", lambda run: None)
    yield stand_in
    for job in jobs().all():
        job.cancel()
    stand_in.let.release(100)
    wait_until(lambda: not any(job.is_active for job in jobs().all()))
    for job in jobs().all():
        jobs().forget(job.key)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames=3))
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def add_run(runs: Path, name: str, **arguments) -> Path:
    """Make a run that seems to have weights, without the time that it takes to make some."""
    path = make_run(runs, name, **arguments)
    (path / "model.weights.h5").write_bytes(b"weights")
    record = json.loads((path / "run.json").read_text())
    record["weights_sha256"] = hashlib.sha256(b"weights").hexdigest()
    (path / "run.json").write_text(json.dumps(record))
    return path


def open_page(source: str = "Demo city", **choices: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    for name, value in {"source": source, **choices}.items():
        app.query_params[name] = value
    return app.run().switch_page("pages/evaluation.py").run()


def button(app: AppTest, label: str):
    return next(button for button in app.button if button.label == label)


def wait_until(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def progress_of(app: AppTest) -> str:
    return " ".join(bar.proto.text for bar in app.get("progress"))


def messages(app: AppTest) -> str:
    kinds = (app.info, app.warning, app.error, app.success, app.caption)
    return " ".join(element.value for kind in kinds for element in kind)


def test_scores_of_a_finished_job_are_on_the_page_and_in_the_folder_of_the_run(runs, scoring):
    path = add_run(runs, "alpha", evaluation=False)
    app = open_page()
    assert "No run has been evaluated yet" in messages(app)
    assert app.expander[0].proto.expanded
    button(app, "Evaluate").click().run()
    wait_until(lambda: jobs().all()[0].progress.total)
    app.run()
    # The box is closed from here on: what follows it is progress, and then the result.
    assert not app.expander[0].proto.expanded
    assert "alpha as demo: 0 of 3 frames" in progress_of(app)
    scoring.let.release()
    wait_until(lambda: jobs().all()[0].progress.done == 1)
    app.run()
    assert "1 of 3 frames" in progress_of(app) and "left" in progress_of(app)
    scoring.let.release(2)
    wait_until(lambda: not jobs().all()[0].is_active)
    app.run()
    assert not app.exception
    assert not app.expander[0].proto.expanded
    assert "alpha as demo: mean IoU" in messages(app)
    assert app.dataframe[0].value["Run"].tolist() == ["alpha"]
    stored = json.loads((path / "evaluation" / "demo.json").read_text())
    assert (stored["set"], stored["data"], stored["frames"]) == ("demo", "Demo city", 3)
    button(app, "Dismiss").click().run()
    assert not app.success


def test_only_who_asked_is_told_and_asking_again_starts_no_second(runs, scoring):
    add_run(runs, "alpha", evaluation=False)
    first, second, third = open_page(), open_page(), open_page()
    for app in (first, second):
        button(app, "Evaluate").click().run()
    first.switch_page("pages/training.py").run()
    wait_until(lambda: jobs().all()[0].progress.total)
    third.run()
    # Where evaluations are asked for, what is under way can be seen and ended by everybody.
    assert "Also running on this server" in messages(third)
    assert progress_of(third).count("alpha as demo: 0 of 3 frames") == 1
    assert len(scoring.calls) == 1
    assert len(jobs().all()) == 1
    scoring.let.release(3)
    wait_until(lambda: not jobs().all()[0].is_active)
    for app, told in ((first.switch_page("pages/evaluation.py"), True), (second, True), (third, False)):
        app.run()
        assert bool(app.success) is told
    button(second, "Dismiss").click().run()
    assert not second.success
    assert first.run().success


def draw_line(page: str) -> None:
    from ui.measuring.line import show_line

    show_line(page)


def line_on(page: str, *, visitor: str) -> AppTest:
    """Draw the line of a page as ``ui.visit`` does, which Streamlit's tests leave out on all pages but the first."""
    app = AppTest.from_function(draw_line, kwargs={"page": page})
    app.session_state["_visitor"] = visitor
    app.run()
    assert not app.exception
    return app


def test_other_pages_say_in_one_line_what_their_visitor_has_asked_for(runs, scoring, monkeypatch):
    links = []
    for module in (ui.measuring.jobs, ui.measuring.line):
        monkeypatch.setattr(module, "link_to", lambda page, label, **query: links.append((page, query)))
    for name in ("alpha", "beta"):
        add_run(runs, name, evaluation=False)
    app = open_page()
    app.multiselect(key="evaluate_runs").set_value(["alpha", "beta"]).run()
    button(app, "Evaluate 2 runs").click().run()
    wait_until(lambda: jobs().all()[0].progress.total)
    (visitor,) = jobs().all()[0].visitors
    assert (
        messages(line_on("compare", visitor=visitor)) == "Scoring alpha as demo: 0 of 3 frames · and 1 more"
    )
    assert links.pop() == ("evaluation", {})
    assert messages(line_on("compare", visitor="another")) == ""
    # These show it in full.
    for page in ("", "evaluation"):
        assert messages(line_on(page, visitor=visitor)) == ""
    scoring.let.release(6)
    wait_until(lambda: not any(job.is_active for job in jobs().all()))
    ended = line_on("robustness", visitor=visitor)
    assert re.fullmatch(r"beta as demo: mean IoU .* on 3 frames\. · and 1 more", messages(ended))
    assert links.pop() == ("evaluation", {"set": "demo"})
    button(ended, "Dismiss").click().run()
    assert messages(ended) == ""
    assert jobs().all() == ()


def test_several_runs_are_scored_one_after_the_other_and_the_result_opens_by_itself(runs, scoring):
    for name in ("alpha", "beta", "gamma"):
        add_run(runs, name, sets=("val",), frames=2, frame_ids=("x", "y"))
    app = open_page()
    assert app.dataframe[0].value["Run"].tolist() == ["alpha", "beta", "gamma"]
    app.multiselect(key="evaluate_runs").set_value(["beta", "gamma"]).run()
    assert "beta, gamma have no scores named demo yet." in messages(app)
    button(app, "Evaluate 2 runs").click().run()
    wait_until(lambda: jobs().all()[0].progress.total)
    assert "gamma as demo: waits for earlier jobs" in progress_of(app.run())
    scoring.let.release(3)
    wait_until(lambda: jobs().all()[1].progress.total)
    # One of two has ended, and nothing else moves on the page yet.
    assert app.run().query_params.get("set") != ["demo"]
    scoring.let.release(3)
    wait_until(lambda: not jobs().all()[1].is_active)
    app.run()
    assert app.segmented_control(key="set").value == "demo"
    assert app.dataframe[0].value["Run"].tolist() == ["beta", "gamma"]
    assert (app.selectbox(key="a").value, app.selectbox(key="b").value) == ("beta", "gamma")
    # Once: the visitor goes where they like.
    app.segmented_control(key="set").set_value("val").run()
    assert app.run().segmented_control(key="set").value == "val"


def test_who_loads_the_page_again_is_told_and_led_to_the_result_while_others_are_not(
    runs, scoring, monkeypatch
):
    add_run(runs, "alpha", evaluation=False)
    app = open_page()
    button(app, "Evaluate").click().run()
    scoring.let.release(3)
    wait_until(lambda: jobs().all() and not jobs().all()[0].is_active)
    script = next(html.proto.body for html in app.run().get("html") if COOKIE in html.proto.body)
    name = re.search(f"{COOKIE}=([0-9a-f]{{32}});", script)[1]
    assert not open_page().success
    cookies = {COOKIE: name}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda self: cookies))
    again = open_page()
    assert "alpha as demo: mean IoU" in again.success[0].value
    (link,) = (link.proto for link in again.get("page_link") if link.proto.label == "Show")
    assert (link.page, link.query_string) == ("evaluation", "set=demo")
    # What a browser says is not taken for a name unless it looks like one.
    cookies[COOKIE] = '"</script>'
    assert not open_page().success


def test_a_cancelled_job_changes_nothing(runs, scoring):
    path = add_run(runs, "alpha", evaluation=False)
    app = open_page()
    button(app, "Evaluate").click().run()
    wait_until(lambda: jobs().all()[0].progress.total)
    app.run()
    button(app, "Cancel").click().run()
    scoring.let.release()
    wait_until(lambda: not jobs().all()[0].is_active)
    app.run()
    assert "cancelled, nothing was changed" in messages(app)
    assert not (path / "evaluation").exists()


def test_scores_of_the_same_frames_are_replaced_with_a_word_and_others_only_on_demand(runs, scoring):
    add_run(runs, "alpha", sets=("demo",), frames=3, frame_ids=FRAMES)
    app = open_page()
    assert "alpha has scores named demo: mean IoU" in messages(app)
    assert "Evaluating the same 3 frames again replaces them." in messages(app)
    assert not button(app, "Evaluate and replace").disabled
    add_run(runs, "beta", sets=("demo",), frames=2, frame_ids=("x", "y"))
    # Scores of the same files, which call the data otherwise.
    files = files_sha256(find_frames(ui.frames.source.DEMO_CITY, split="val"))
    path = runs / "alpha" / "evaluation" / "demo.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"data": "my streets", "files_sha256": files}))
    app.run()
    app.multiselect(key="evaluate_runs").set_value(["beta"]).run()
    assert "These are other frames: 3 frames of Demo city, split val would replace them." in messages(app)
    assert button(app, "Evaluate and replace").disabled
    app.checkbox[0].check().run()
    button(app, "Evaluate and replace").click().run()
    wait_until(lambda: scoring.calls)
    assert (scoring.calls[0]["run"], scoring.calls[0]["data"]) == ("beta", "my streets")


def test_scores_that_cannot_be_read_can_be_replaced(runs, scoring):
    path = add_run(runs, "alpha", sets=("demo",))
    (path / "evaluation" / "demo.json").write_text("{")
    app = open_page()
    assert "Evaluating replaces that file." in messages(app)
    assert not button(app, "Evaluate and replace").disabled


def test_the_name_is_that_of_data_and_split_and_may_be_changed(runs, scoring, monkeypatch):
    monkeypatch.setenv("CITYSCAPES_DATASET", str(ui.frames.source.DEMO_CITY))
    add_run(runs, "alpha", evaluation=False)
    app = open_page("Cityscapes")
    name = next(field for field in app.text_input if field.label == "Keep as")
    assert name.value == "cityscapes_val"
    name.set_value("../elsewhere").run()
    assert "is not a valid name of a set" in messages(app)
    assert not [button for button in app.button if button.label.startswith("Evaluate")]
    next(field for field in app.text_input if field.label == "Keep as").set_value("night").run()
    button(app, "Evaluate").click().run()
    wait_until(lambda: scoring.calls)
    assert (scoring.calls[0]["set"], scoring.calls[0]["data"]) == ("night", "Cityscapes")


def keep_as(app: AppTest):
    return next(field for field in app.text_input if field.label == "Keep as")


def test_the_name_is_one_that_holds_these_frames_or_no_others(runs, scoring, monkeypatch):
    monkeypatch.setenv("CITYSCAPES_DATASET", str(ui.frames.source.DEMO_CITY))
    add_run(runs, "alpha", evaluation=False)
    add_run(runs, "beta", sets=("val",), frames=3, frame_ids=("x", "y", "z"))
    app = open_page("Cityscapes")
    assert keep_as(app).value == "cityscapes_val"
    assert not app.warning
    add_run(runs, "delta", sets=("cityscapes_val",), frames=3, frame_ids=("x", "y", "z"))
    assert keep_as(app.run()).value == "cityscapes_val_3"
    keep_as(app).set_value("val").run()
    assert "The name val already has scores of other frames, by beta." in messages(app)
    assert "choose another name for 3 frames of Cityscapes, split val." in messages(app)
    assert not button(app, "Evaluate").disabled
    path = add_run(runs, "gamma", sets=("whole",), frames=3, frame_ids=FRAMES) / "evaluation" / "whole.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"data": "Cityscapes", "split": "val"}))
    assert keep_as(open_page("Cityscapes")).value == "whole"


def test_scores_of_the_demo_city_are_kept_apart_by_split(runs, scoring, monkeypatch, tmp_path):
    city = make_cityscapes(tmp_path / "both", frames={"train": 2, "val": 3})
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", city)
    add_run(runs, "alpha", evaluation=False)
    assert keep_as(open_page(split="val")).value == "demo"
    assert keep_as(open_page(split="train")).value == "demo_train"


def test_what_stands_in_the_way_is_said(runs, scoring, monkeypatch, tmp_path):
    make_run(runs, "alpha", evaluation=False)
    text = messages(open_page())
    assert "Left out, because only their scores are kept, not their weights: alpha." in text
    assert "None of the runs here can predict." in text
    assert "There is no ground truth to score against" in messages(open_page("My pictures"))
    bare = make_cityscapes(tmp_path / "bare", frames=2, with_truth=False)
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", bare)
    assert "has ground truth to score against" in messages(open_page())


def test_what_ends_a_job_is_one_sentence(runs, scoring, monkeypatch):
    path = add_run(runs, "alpha", evaluation=False)
    # A file in place of the folder: nobody can write into it, not even root.
    (path / "evaluation").write_text("")
    app = open_page()
    button(app, "Evaluate").click().run()
    wait_until(lambda: not jobs().all()[0].is_active)
    app.run()
    assert "cannot be written" in app.error[0].value
    assert not scoring.calls
    (path / "evaluation").unlink()

    def damaged(*_, **__):
        raise InputError("ulm_000001.png is damaged; fetch it again.")

    monkeypatch.setattr(ui.measuring.evaluating, "evaluate", damaged)
    button(app, "Evaluate").click().run()
    wait_until(lambda: not jobs().all()[0].is_active)
    app.run()
    assert "is damaged; fetch it again." in app.error[0].value


def test_what_ends_several_jobs_is_said_once_and_of_a_long_text_the_beginning_first(
    runs, scoring, monkeypatch
):
    for name in ("alpha", "beta"):
        add_run(runs, name, evaluation=False)

    def unusable(*_, **__):
        raise InputError(f"2 of 3 frames cannot be scored: a.png is damaged; {'b.png is damaged; ' * 30}.")

    monkeypatch.setattr(ui.measuring.evaluating, "evaluate", unusable)
    app = open_page()
    app.multiselect(key="evaluate_runs").set_value(["alpha", "beta"]).run()
    button(app, "Evaluate 2 runs").click().run()
    wait_until(lambda: len(jobs().all()) == 2 and not any(job.is_active for job in jobs().all()))
    app.run()
    (error,) = app.error
    assert error.value == "alpha as demo, beta as demo: 2 of 3 frames cannot be scored."
    more = next(part for part in app.expander if part.label == "More")
    assert more.markdown[0].value.startswith("a.png is damaged; b.png")
    button(app, "Dismiss").click().run()
    assert not app.error and not jobs().all()


def test_one_click_on_the_overview_scores_both_models_on_the_frames_in_use(runs, scoring):
    for name in ("alpha", "beta"):
        example = add_run(runs, name, sets=("val",), frames=2, frame_ids=("x", "y")) / "example"
        example.mkdir()
        Image.fromarray(make_label_ids((64, 128), seed=1)).save(example / "ulm_000000_000019_labelIds.png")
    scoring.let.release(6)
    app = AppTest.from_file(APP, default_timeout=120).run()
    assert [metric.value for metric in app.metric] == ["none yet"] * 2
    button(app, "Score both on these 3 frames").click().run()
    wait_until(lambda: len(jobs().all()) == 2 and not any(job.is_active for job in jobs().all()))
    app.run()
    assert not app.exception
    assert [(call["run"], call["set"], len(call["frames"])) for call in scoring.calls] == [
        ("alpha", "demo", 3),
        ("beta", "demo", 3),
    ]
    assert all(metric.value.endswith("%") for metric in app.metric) and len(app.metric) == 2
    assert "Score both on these 3 frames" not in [found.label for found in app.button]


def test_the_overview_leaves_out_frames_that_cannot_be_scored_on_demand(runs, scoring, monkeypatch):
    add_run(runs, "alpha", evaluation=False)
    labels = make_label_ids((64, 128), seed=1)
    (runs / "alpha" / "example").mkdir()
    Image.fromarray(labels).save(runs / "alpha" / "example" / "ulm_000000_000019_labelIds.png")
    # The demo city has no such frames.
    assert "Leave out frames that cannot be scored" not in [box.label for box in overview().checkbox]
    monkeypatch.setenv("SEGCOMPARE_DATA", str(ui.frames.source.DEMO_CITY))
    scoring.let.release(6)
    for leaves_out in (False, True):
        app = overview()
        (box,) = (box for box in app.checkbox if box.label == "Leave out frames that cannot be scored")
        if leaves_out:
            box.check().run()
        button(app, "Score alpha on these 3 frames").click().run()
        wait_until(lambda: jobs().all() and not any(job.is_active for job in jobs().all()))
        (job,) = jobs().all()
        jobs().forget(job.key)
        assert scoring.calls.pop()["skip"] is leaves_out
        shutil.rmtree(runs / "alpha" / "evaluation")


def overview() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120).run()
    assert not app.exception
    return app
