"""Scores in the classes of the data set, against counts by hand."""

import numpy as np
import pytest
from made_datasets import make_dataset, write_picture

from segcore.classes.files import space_of
from segcore.errors import InputError
from segcore.frames.dataset import open_dataset
from segcore.frames.frame import Frame
from segcore.labels import LABEL_SPACES
from segcore.predict.prediction import Classified
from segcore.runs.record import record_from_json
from segcore.runs.run import Run
from segcore.scoring import confusion
from segcore.scoring.common_classes import CommonClasses
from segcore.scoring.evaluation import evaluate
from segcore.scoring.robustness import sweep

TRAIN_IDS = LABEL_SPACES["train_ids"].class_names


class Fixed:
    """Predicts the same train ids for every picture."""

    def __init__(self, *names: str):
        self.classes = np.array([[TRAIN_IDS.index(name) for name in names]], np.uint8)

    def classify(self, image: np.ndarray, *, frame_id: str | None = None):
        return self.classes.copy(), 0.01

    def classify_with_confidence(self, image: np.ndarray, *, frame_id: str | None = None):
        return Classified(self.classes.copy(), None, 0.01, 0.01)


@pytest.fixture
def run(tmp_path) -> Run:
    record = {"format": 1, "architecture": "unet", "label_space": "train_ids", "num_classes": 19}
    record |= {"input_size": [32, 32], "weights_sha256": None}
    return Run("made", tmp_path, record_from_json(record))


def test_camvid_is_scored_in_its_own_11_classes(run, tmp_path):
    make_dataset(tmp_path / "camvid", "camvid_segnet")  # Sky, Car, void, Bicyclist
    frames = open_dataset(tmp_path / "camvid").frames("val")
    predictor = Fixed("sky", "bus", "road", "person")
    evaluation = evaluate(run, frames, set_name="val", data_name="CamVid", predictor=predictor)
    assert evaluation.label_space == "camvid_11"
    assert len(evaluation.class_names) == len(evaluation.classes) == 11
    # A bus is CamVid's car; the rider is taken for a pedestrian; what is void in the truth counts nowhere.
    scores = {name: score for name, score in evaluation.classes.items() if score is not None}
    assert scores == {"Sky": 1, "Car": 1, "Bicyclist": 0, "Pedestrian": 0}
    assert (evaluation.miou, evaluation.classes_averaged) == (0.5, 4)
    assert evaluation.pixel_accuracy == pytest.approx(2 / 3)
    # "Bicyclist" is rider and bicycle, two categories.
    assert (evaluation.category_miou, evaluation.categories) == (None, {})


def test_parts_that_the_run_does_not_know_count_as_the_whole(run, tmp_path):
    make_dataset(tmp_path / "camvid", "camvid")  # Sky, Car, void, LaneMkgsDriv
    frames = open_dataset(tmp_path / "camvid").frames("all")
    evaluation = evaluate(
        run, frames, set_name="all", predictor=Fixed("sky", "car", "sky", "road"), data_name="CamVid"
    )
    assert "LaneMkgsDriv" not in evaluation.class_names
    assert {score for score in evaluation.classes.values() if score is not None} == {1}
    assert evaluation.miou == evaluation.pixel_accuracy == 1


def test_cityscapes_is_scored_in_its_19_classes(run, tmp_path):
    make_dataset(tmp_path / "city", "cityscapes")  # road, car, parking, void
    frames = open_dataset(tmp_path / "city").frames("val")
    common = CommonClasses.of(run, frames)
    assert common.space is LABEL_SPACES["train_ids"]
    evaluation = evaluate(run, frames, set_name="val", predictor=Fixed("road", "truck", "road", "road"))
    assert {name: score for name, score in evaluation.classes.items() if score is not None} == {
        "road": 1,
        "car": 0,
        "truck": 0,
    }
    assert evaluation.categories["vehicle"] == evaluation.category_miou == 1


def test_sweeps_are_scored_in_the_same_classes(run, tmp_path):
    write_picture(tmp_path / "val/a.png", np.full((32, 64, 3), 90, np.uint8))
    write_picture(
        tmp_path / "valannot/a.png", np.array([[0, 8, 11, 10]], np.uint8).repeat(16, 1).repeat(32, 0)
    )
    predictor = Fixed("sky", "bus", "road", "person")
    predictor.classes = predictor.classes.repeat(16, 1).repeat(32, 0)
    frames = open_dataset(tmp_path).frames("val")
    result = sweep(run, frames, set_name="val", effects=["rain"], severities=[1], predictor=predictor)
    assert result.table["miou"].iloc[0] == 0.5
    assert np.isnan(result.table["category_miou"]).all()
    assert "Bicyclist" in result.table.columns


def test_a_run_that_knows_none_of_the_classes_is_refused(run, tmp_path):
    picture = write_picture(tmp_path / "a.png", np.zeros((1, 4, 3), np.uint8))
    frame = Frame("a", "val", "", picture, picture, classes=space_of("fruit", ["apple", "pear"]))
    with pytest.raises(InputError, match="made has no class of fruit, 2 classes"):
        CommonClasses.of(run, [frame])


def test_classes_of_several_categories_have_no_category_matrix():
    space = space_of(
        "two", [{"name": "street", "from": ["road"]}, {"name": "bicyclist", "from": ["rider", "bicycle"]}]
    )
    assert confusion.category_matrix(np.ones((3, 3), int), space) is None
    own = space_of("two", ["road", "lane marking"])
    assert confusion.category_matrix(np.ones((3, 3), int), own) is None
    flat = space_of("two", [{"name": "street", "from": ["road", "sidewalk"]}, "car"])
    rolled = confusion.category_matrix(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), flat)
    assert rolled[0, 0] == 1
    assert (rolled[0, 6], rolled[6, 0], rolled[7, 7], rolled.sum()) == (2, 4, 9, 45)
