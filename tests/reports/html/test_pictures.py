"""Pictures of frames in the report: which, of whom, and when not."""

import base64
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from makers import make_cityscapes, make_run

from segcore.frames.dataset import open_dataset
from segcore.predict.prediction import Classified, Prediction
from segcore.reports.html.pair import pair_report
from segcore.reports.html.pictures import FramesAtHand
from segcore.runs.results import write_evaluation
from segcore.runs.run import Run, read_run
from segcore.scoring.evaluation import evaluate

FRAMES = 6


class OneClass:
    """Predicts the same class everywhere."""

    def __init__(self, run: Run, index: int):
        self.run, self.index = run, index

    def predict(self, image: np.ndarray, *, frame_id: str = "") -> Prediction:
        return Prediction(self.classify(image)[0], (), 0.01)

    def classify(self, image: np.ndarray, *, frame_id: str = "") -> tuple[np.ndarray, float]:
        return np.full(image.shape[:2], self.index, np.uint8), 0.01

    def classify_with_confidence(self, image: np.ndarray, *, frame_id: str = ""):
        return Classified(self.classify(image)[0], None, 0.01, 0.01)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_cityscapes(tmp_path / "data", frames=FRAMES)


@pytest.fixture
def runs(tmp_path: Path, root: Path) -> tuple[Run, Run]:
    """Return two runs that say road and sky everywhere, with their true scores."""
    made = []
    for name, index in (("roads", 0), ("skies", 10)):
        run = read_run(make_run(tmp_path / "runs", name, evaluation=False))
        frames = open_dataset(root).frames("val")
        write_evaluation(run, evaluate(run, frames, set_name="val", predictor=OneClass(run, index)))
        made.append(run)
    return made[0], made[1]


def at_hand(root: Path, **more) -> FramesAtHand:
    return FramesAtHand(
        open_dataset(root), lambda run: OneClass(run, {"roads": 0, "skies": 10}[run.name]), **more
    )


def allow(root: Path) -> None:
    """Let the frames be passed on."""
    layout = {
        "title": "Made city",
        "images": "leftImg8bit/{split}/{group}/{name}_leftImg8bit.png",
        "masks": [{"path": "gtFine/{split}/{group}/{name}_gtFine_labelIds.png", "encoding": "label-ids"}],
        "classes": "train_ids",
        "frames_may_be_shared": True,
    }
    (root / "dataset.json").write_text(json.dumps(layout))


def pictures(html: str) -> list[tuple[str, np.ndarray]]:
    """Return title and pixels of every picture."""
    found = re.findall(r'<img src="data:image/jpeg;base64,([^"]+)" alt="([^"]+)"', html)
    return [
        (alt, cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)[..., ::-1])
        for data, alt in found
    ]


def test_frames_with_the_largest_differences_are_shown_with_truth_both_and_who_is_right(runs, root):
    allow(root)
    html = pair_report(*runs, "val", at_hand=at_hand(root))
    shown = pictures(html)
    titles = [alt.partition(", frame ")[0] for alt, _ in shown]
    assert titles == ["Frame", "Ground truth", "roads", "skies", "Who is right"] * (len(shown) // 5)
    assert 2 <= len(shown) // 5 <= 4
    first = dict(zip(titles[:5], (pixels for _, pixels in shown[:5]), strict=True))
    assert {pixels.shape for pixels in first.values()} == {(64, 128, 3)}
    # Where the roads' run says road, the picture is redder and bluer than green, as the colour of roads is.
    over = first["roads"].astype(int) - first["Frame"] * 0.35
    assert np.abs(over.mean((0, 1)) - 0.65 * np.array((128, 64, 128))).max() < 6
    assert "only roads right" in html and "only skies right" in html


def test_frames_that_may_not_be_passed_on_are_left_out_unless_for_ones_own_use(runs, root):
    html = pair_report(*runs, "val", at_hand=at_hand(root))
    assert not pictures(html)
    assert (
        "The pictures are left out: the terms of Cityscapes do not allow its frames to be passed on." in html
    )
    html = pair_report(*runs, "val", at_hand=at_hand(root, even_protected=True))
    assert pictures(html)
    assert "For your own use only: these frames may not be passed on." in html


def test_other_frames_of_the_same_names_are_not_shown(runs, root, tmp_path):
    other = make_cityscapes(tmp_path / "other", frames=FRAMES, size=(32, 64))
    allow(other)
    html = pair_report(*runs, "val", at_hand=at_hand(other))
    assert not pictures(html)
    assert "the available frames of Made city are not the scored frames" in html
    assert "the frames were not available when this report was written" in pair_report(*runs, "val")
