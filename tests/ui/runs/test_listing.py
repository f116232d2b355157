import json
import os
from pathlib import Path

import pytest
from makers import make_run
from streamlit.testing.v1 import AppTest

import ui.runs.listing


def page() -> None:
    import streamlit as st

    from ui.runs.listing import listed_runs

    st.text(", ".join(run.name for run in listed_runs().runs))


def add_run(root: Path, name: str, content: bytes) -> Path:
    """A run whose weights are ``content`` and not what its record says."""
    path = make_run(root, name, evaluation=False)
    record = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps(record | {"weights_sha256": "0" * 64}))
    (path / "model.weights.h5").write_bytes(content)
    return path


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path))
    return tmp_path


def test_wrong_weights_are_named_a_few_bytes_a_visit(runs, monkeypatch):
    for name in "abc":
        add_run(runs, name, b"ten bytes.")
    make_run(runs, "sound", evaluation=False)
    monkeypatch.setattr(ui.runs.listing, "MOST_BYTES_CHECKED", 15)
    app = AppTest.from_function(page, default_timeout=60).run()
    assert app.text[0].value == "c, sound"
    assert all(f"**{name}**: model.weights.h5 has sha256" in app.warning[0].value for name in "ab")
    assert app.run().text[0].value == "sound"


def test_weights_are_read_again_only_when_their_file_changes(runs, monkeypatch):
    path = add_run(runs, "a", b"ten bytes.")
    read = []
    monkeypatch.setattr(ui.runs.listing, "check_weights", lambda run: read.append(run.name))
    app = AppTest.from_function(page, default_timeout=60).run()
    app.run()
    assert read == ["a"]
    os.utime(path / "model.weights.h5", ns=(1, 1))
    app.run()
    assert read == ["a", "a"]
