"""A public server: what its pages leave out, what they say, and what they refuse even if it is asked for."""

from pathlib import Path

import pytest
from app_pages import APP, open_page
from makers import make_cityscapes, make_run
from streamlit.testing.v1 import AppTest

import ui.frames.source
import ui.measuring.evaluating
import ui.robustness.now
from segcore.errors import InputError
from segcore.runs.run import find_run
from ui.shell.public import refuse_on_public_server

TURNED_OFF = "folders, evaluations and new runs are turned off"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server with a run and a demo city, public unless a test says otherwise."""
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", make_cityscapes(tmp_path / "demo", frames=2))
    make_run(tmp_path / "runs", "first")
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "1")
    return tmp_path


def overview(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    kinds = ("info", "caption", "warning", "error", "markdown")
    return " ".join(element.value for kind in kinds for element in app.get(kind))


def test_the_page_says_that_the_server_is_public(server, monkeypatch):
    assert TURNED_OFF in texts(overview())
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "0")
    assert TURNED_OFF not in texts(overview())


def test_no_folder_can_be_typed_and_an_address_opens_none(server, monkeypatch):
    app = overview(source="Cityscapes", cityscapes_root=str(server))
    assert app.selectbox(key="source").options == ["Demo city", "My pictures"]
    assert not [field for field in app.text_input if field.key == "cityscapes_root"]
    # The server's own folder is offered, without its path.
    monkeypatch.setenv("SEGCOMPARE_DATA", str(make_cityscapes(server / "streets", frames=1)))
    app = overview(source="Cityscapes")
    assert app.selectbox(key="source").value == "Data set"
    assert not [field for field in app.text_input if field.key == "cityscapes_root"]
    assert "1 frame, all with ground truth." in texts(app)
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "0")
    assert overview(source="Cityscapes").text_input(key="cityscapes_root").value == str(server / "streets")


def test_messages_do_not_tell_the_folders_of_the_server(server, monkeypatch):
    monkeypatch.setenv("SEGCOMPARE_DATA", str(server / "nowhere"))
    monkeypatch.setenv("SEGCOMPARE_RUNS", str(server / "none"))
    told = texts(overview(source="Cityscapes")).replace("\\", "")
    assert "The data set nowhere does not exist" in told
    assert "There are no runs in none." in told
    assert str(server) not in told
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "0")
    assert str(server / "none") in texts(overview(source="Cityscapes")).replace("\\", "")


def test_without_frames_nobody_is_told_to_name_a_folder(server):
    told = texts(overview(source="My pictures").switch_page("pages/augment.py").run())
    assert (
        "There are no frames to show: upload a picture in the sidebar, or choose other frames there." in told
    )
    assert "name its folder" not in told


def test_no_scores_are_written(server, monkeypatch):
    app = open_page("evaluation", view="Evaluate now")
    assert "This is a public server. Start SegCompare on your own machine to score runs." in texts(app)
    assert not [button for button in app.button if button.label.startswith("Evaluate")]
    # Nor by a job that was begun in another way.
    run = find_run("first")
    before = sorted(path.name for path in run.path.rglob("*"))
    with pytest.raises(InputError, match="public server"):
        ui.measuring.evaluating._evaluate(run, (), "val", "Demo city", False, lambda done, total: None)
    with pytest.raises(InputError, match="public server"):
        ui.robustness.now._measure(run, None, lambda done, total: None)
    assert sorted(path.name for path in run.path.rglob("*")) == before


def test_what_is_turned_off_is_refused_on_a_public_server_alone(server, monkeypatch):
    with pytest.raises(InputError, match=r"^This is a public server\. .* to add runs\.$"):
        refuse_on_public_server("to add runs")
    monkeypatch.delenv("SEGCOMPARE_PUBLIC")
    refuse_on_public_server("to add runs")


def test_a_wrong_setting_stops_every_page_in_one_sentence(server, monkeypatch):
    monkeypatch.setenv("SEGCOMPARE_PUBLIC", "yes")
    app = overview()
    assert [error.value for error in app.error] == [
        "SEGCOMPARE_PUBLIC is 'yes'; expected 1 for a public server, or 0."
    ]
    assert not app.selectbox
