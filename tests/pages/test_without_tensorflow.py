"""A fresh clone predicts and shows every page with neither TensorFlow nor Keras on the machine."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from app_pages import APP
from foreign_runs import masks_run, onnx_run
from makers import make_cityscapes
from PIL import Image
from tiny_runs import SIZE, tiny_run

from segcore.labels import to_train_ids

pytestmark = pytest.mark.slow
FRAME = "ulm_000000_000019"
PAGES = sorted(path.stem for path in (APP.parent / "pages").glob("*.py"))
VISIT = """
import importlib.abc, sys

class Refusing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"tensorflow", "keras", "jax", "torch", "tf2onnx"}:
            raise ImportError(f"{name} is not on this machine")

sys.meta_path.insert(0, Refusing())
from pathlib import Path
from streamlit.testing.v1 import AppTest
import ui.frames.source

ui.frames.source.DEMO_CITY = Path(sys.argv[2])

def visit(page, **query):
    app = AppTest.from_file(sys.argv[1], default_timeout=120).run()
    app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, (page, app.exception)
    assert not app.error, (page, app.error[0].value)
    return app

for page in sys.argv[3].split(","):
    visit(page)
for a, b in (("first", "theirs"), ("stored", "classes")):
    app = visit("compare", a=a, b=b, frame="ulm_000000_000019", measured_here="true")
    assert any("Class" in table.value for table in app.dataframe), (a, b)
app = visit("robustness", part="Live", a="first", b="theirs", frame="ulm_000000_000019")
app.button(key="robustness_look").click().run()
assert not app.exception and app.get("plotly_chart")
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make frames and runs of each kind, as a clone has them."""
    make_cityscapes(tmp_path / "demo", frames=2, size=SIZE)
    runs = tmp_path / "runs"
    tiny_run(runs, "first")
    onnx_run(runs, "theirs", size=SIZE)
    onnx_run(runs, "classes", size=SIZE, output="classes")
    mask = next((tmp_path / "demo").rglob(f"{FRAME}_gtFine_labelIds.png"))
    masks_run(runs, "stored", {FRAME: to_train_ids(np.asarray(Image.open(mask)))})
    monkeypatch.setenv("SEGCORE_RUNS", str(runs))
    return tmp_path


def visited(clone: Path, *pages: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", VISIT, str(APP), str(clone / "demo"), ",".join(pages)]
    return subprocess.run(command, cwd=APP.parent, capture_output=True, text=True, check=False)


def test_every_page_opens_and_predicts_without_tensorflow(clone):
    done = visited(clone, *PAGES)
    assert done.returncode == 0, done.stderr[-3000:]


def test_the_hook_refuses_what_takes_tensorflow(clone):
    (clone / "runs" / "first" / "model.onnx").unlink()
    done = visited(clone, "compare")
    assert done.returncode != 0
    assert "is not on this machine" in done.stdout + done.stderr
