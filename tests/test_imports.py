"""What must load without TensorFlow does: pages that only show pictures and curves open in a second."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

LIGHT = [
    "segcore.errors",
    "segcore.system.files",
    "segcore.labels",
    "segcore.scoring.confusion",
    "segcore.scoring.bootstrap",
    "segcore.scoring.evaluation",
    "segcore.predict.files",
    "segcore.runs.run",
    "segcore.runs.history",
    "segcore.adding.history",
    "segcore.runs.results",
    "segcore.frames.cityscapes",
    "segcore.frames.images",
    "segcore.effects",
    "segcore.cli",
    "segcore.commands.runs",
    "segcore.commands.evaluate",
    "segcore.commands.predict",
    "segcore.commands.report",
    "segcore.reports.html.pair",
    "segcore.commands.refresh",
    "segcore.predict.cluster",
]

CHECK = """
import importlib, sys
importlib.import_module(sys.argv[1])
heavy = {"tensorflow", "keras", "jax", "torch", "streamlit"} & set(sys.modules)
sys.exit(f"{sys.argv[1]} brings {sorted(heavy)}" if heavy else 0)
"""


@pytest.mark.parametrize("module", LIGHT)
def test_module_needs_neither_a_deep_learning_library_nor_streamlit(module):
    result = subprocess.run(
        [sys.executable, "-c", CHECK, module], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_the_check_can_fail():
    assert importlib.util.find_spec("keras") is not None
    result = subprocess.run(
        [sys.executable, "-c", CHECK, "streamlit"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "streamlit brings ['streamlit']" in result.stderr


def test_the_library_never_names_streamlit():
    imported = re.compile(r"^\s*(import|from)\s+streamlit\b", re.MULTILINE)
    assert all(map(imported.search, ("import streamlit as st", "    from streamlit import cache_data")))
    assert [
        path for path in (ROOT / "segcore").rglob("*.py") if imported.search(path.read_text("utf-8"))
    ] == []
