"""Before the first visitor comes, the server has imported what pages need, and bounds its memory."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

STARTED = """
import asyncio, json, sys, webbrowser
import streamlit as st
from streamlit import config
from ui.start import ready_for_visitors

config.set_option("server.headless", sys.argv[1] == "headless")
config.set_option("server.address", sys.argv[2])
config.set_option("server.port", 8600)
config.set_option("server.baseUrlPath", "streets")
opened = []
webbrowser.open = opened.append

async def visit():
    async with ready_for_visitors(None):
        imported = list(sys.modules)
        await asyncio.sleep(1)
    return imported

imported = asyncio.run(visit())
print(json.dumps({"imported": imported, "opened": opened}))
"""


def started(*arguments: str) -> dict:
    result = subprocess.run(
        [sys.executable, "-c", STARTED, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(result.stdout)


def test_what_pages_import_is_there_before_the_first_visit():
    found = started("headless", "localhost")
    needed = {
        name
        for page in (ROOT / "pages").glob("*.py")
        for name in re.findall(r"^from ([\w.]+) import", page.read_text(), re.MULTILINE)
    }
    assert len(needed) > 20
    assert needed | {"onnxruntime", "plotly.graph_objects", "ui.visit"} <= {*found["imported"]}
    assert "tensorflow" not in found["imported"]
    assert found["opened"] == []


@pytest.mark.parametrize(
    ("address", "host"), [("localhost", "localhost"), ("0.0.0.0", "localhost"), ("10.1.2.3", "10.1.2.3")]
)
def test_a_browser_opens_the_app_where_the_server_is_asked_to(address, host):
    assert started("seen", address)["opened"] == [f"http://{host}:8600/streets"]
