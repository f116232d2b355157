"""Which files are predicted, under which names, and what is in them."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from segcore.errors import InputError
from segcore.labels import LABEL_SPACES, to_train_ids
from segcore.predict.files import Failure, FileJob, frame_name, label_ids_of, plan_jobs, predict_files

COLORS = LABEL_SPACES["train_ids"].colors


class StripePredictor:
    """Stands in for a network: the class of a pixel is its column modulo 19."""

    def __init__(self, label_space: str = "train_ids"):
        self.run = SimpleNamespace(space=LABEL_SPACES[label_space])
        self.classes = LABEL_SPACES[label_space].num_classes

    def classify(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        height, width = image.shape[:2]
        return np.tile(np.arange(width) % self.classes, (height, 1)).astype(np.uint8), 0.001


def predict(jobs: Sequence[FileJob], **arguments) -> tuple[Failure, ...]:
    predictor = StripePredictor()
    return predict_files(predictor.run, jobs, predictor=predictor, **arguments)


def picture(path: Path, size: tuple[int, int] = (4, 40), value: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((*size, 3), value, np.uint8)).save(path)
    return path


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image)


def test_folders_are_searched_to_the_bottom(tmp_path):
    picture(tmp_path / "in/b/ulm_000000_000019_leftImg8bit.png")
    picture(tmp_path / "in/a/deep/photo.JPG")
    (tmp_path / "in/notes.txt").write_text("x")
    picture(tmp_path / "in/.hidden/x.png")
    picture(tmp_path / "in/.y.png")
    jobs = plan_jobs([tmp_path / "in"], tmp_path / "out", kind="label-ids").jobs
    assert [(job.source.name, job.target.name) for job in jobs] == [
        ("photo.JPG", "photo_labelIds.png"),
        ("ulm_000000_000019_leftImg8bit.png", "ulm_000000_000019_labelIds.png"),
    ]
    assert {job.target.parent for job in jobs} == {tmp_path / "out"}


@pytest.mark.parametrize(
    ("kind", "ending"), [("label-ids", "labelIds"), ("color", "color"), ("overlay", "overlay")]
)
def test_each_format_has_its_ending(tmp_path, kind, ending):
    source = picture(tmp_path / "a.png")
    assert plan_jobs([source], tmp_path / "out", kind=kind).jobs == (
        FileJob(source, tmp_path / f"out/a_{ending}.png"),
    )


def test_names_that_would_collide_are_refused_before_any_work(tmp_path):
    picture(tmp_path / "in/a/frame.png")
    picture(tmp_path / "in/b/frame.jpg")
    with pytest.raises(InputError, match=r"a/frame\.png and .*b/frame\.jpg would both .* frame_color\.png"):
        plan_jobs([tmp_path / "in"], tmp_path / "out", kind="color")
    picture(tmp_path / "in2/Frame.png")
    with pytest.raises(InputError, match="would both be written"):
        plan_jobs([tmp_path / "in/a", tmp_path / "in2"], tmp_path / "out", kind="color")


def test_a_picture_given_twice_is_predicted_once(tmp_path):
    source = picture(tmp_path / "in/a.png")
    assert len(plan_jobs([source, tmp_path / "in", source], tmp_path / "out", kind="color").jobs) == 1


def test_ground_truth_and_earlier_results_are_passed_over(tmp_path):
    picture(tmp_path / "leftImg8bit/val/ulm/ulm_0_0_leftImg8bit.png")
    picture(tmp_path / "gtFine/val/ulm/ulm_0_0_gtFine_labelIds.png")
    picture(tmp_path / "gtFine/val/ulm/ulm_0_0_gtFine_color.png")
    picture(tmp_path / "results/ulm_0_0_color.png")
    picture(tmp_path / "red_color.png", value=50)
    names = [job.source.name for job in plan_jobs([tmp_path], tmp_path / "results", kind="color").jobs]
    assert names == ["red_color.png", "ulm_0_0_leftImg8bit.png"]


def test_results_may_lie_beside_the_pictures(tmp_path):
    picture(tmp_path / "a.png")
    for replace in (False, True):
        jobs = plan_jobs([tmp_path], tmp_path, kind="label-ids", replace=replace).jobs
        assert [job.source.name for job in jobs] == ["a.png"]
        predict(jobs, kind="label-ids")


def test_a_result_never_replaces_its_own_picture(tmp_path):
    source = picture(tmp_path / "a_color.png")
    target = tmp_path / "a_color_color.png"
    target.symlink_to(source)
    with pytest.raises(InputError, match=r"would replace the input picture "):
        plan_jobs([source], tmp_path, kind="color")


def test_a_result_replaces_no_other_picture_that_is_to_be_predicted(tmp_path):
    sources = [picture(tmp_path / name) for name in ("a.png", "a_color.png")]
    for given in (sources, sources[::-1]):
        with pytest.raises(
            InputError, match=r"result of .*/a\.png would replace the input picture .*/a_color\.png"
        ):
            plan_jobs(given, tmp_path, kind="color", replace=True)


def test_what_is_beside_the_pictures_is_replaced_only_when_asked_for(tmp_path):
    # The user's own ground truth may have the name that a result would have.
    picture(tmp_path / "a.png")
    own = picture(tmp_path / "a_labelIds.png", value=7)
    with pytest.raises(InputError, match=r"a_labelIds\.png already exists beside the pictures; .* --replace"):
        plan_jobs([tmp_path], tmp_path, kind="label-ids")
    assert plan_jobs([tmp_path], tmp_path, kind="label-ids", replace=True).jobs[0].target == own
    picture(tmp_path / "out" / "a_labelIds.png")
    assert len(plan_jobs([tmp_path / "a.png"], tmp_path / "out", kind="label-ids").jobs) == 1


def test_a_link_in_a_circle_ends(tmp_path):
    picture(tmp_path / "in/a.png")
    (tmp_path / "in/again").symlink_to(tmp_path / "in", target_is_directory=True)
    assert len(plan_jobs([tmp_path / "in"], tmp_path / "out", kind="color").jobs) == 1


def test_what_is_left_out_is_counted_and_folders_that_cannot_be_read_are_named(tmp_path, monkeypatch):
    for name in ("in/a.png", "in/shut/b.png", "in/.hidden.png", "in/ulm_000000_000019_gtFine_labelIds.png"):
        picture(tmp_path / name)
    (tmp_path / "in/notes.txt").write_text("x")
    (tmp_path / "in/more.txt").write_text("x")
    scandir = os.scandir

    def refused(path):
        if Path(path).name == "shut":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    plan = plan_jobs([tmp_path / "in", tmp_path / "in"], tmp_path / "out", kind="color")
    assert [job.source.name for job in plan.jobs] == ["a.png"]
    assert [failure.source for failure in plan.unread] == [tmp_path / "in/shut"]
    assert plan.unread[0].reason.endswith("in/shut cannot be read (Permission denied).")
    assert plan_jobs([tmp_path / "in"], tmp_path / "out", kind="color").skipped == {
        "hidden": 1,
        "ground truth": 1,
        "of other kinds": 2,
    }
    with pytest.raises(InputError, match=r"no pictures in .*shut cannot be read \(Permission denied\)"):
        plan_jobs([tmp_path / "in/shut"], tmp_path / "out", kind="color")


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere does not exist"):
        plan_jobs([tmp_path / "nowhere"], tmp_path / "out", kind="color")
    with pytest.raises(InputError, match="no pictures in"):
        plan_jobs([tmp_path], tmp_path / "out", kind="color")
    with pytest.raises(InputError, match="no format 'colour'; choose one of label-ids, color, overlay"):
        plan_jobs([tmp_path], tmp_path / "out", kind="colour")


def test_label_ids_are_8_bits_of_one_channel_at_the_pictures_size(tmp_path):
    jobs = plan_jobs([picture(tmp_path / "a.png", (5, 38))], tmp_path / "out", kind="label-ids").jobs
    predict(jobs, kind="label-ids")
    written = read(jobs[0].target)
    assert written.dtype == np.uint8
    assert written.shape == (5, 38)
    assert to_train_ids(written).tolist() == [[*range(19), *range(19)]] * 5


def test_color_shows_the_classes_colours(tmp_path):
    jobs = plan_jobs([picture(tmp_path / "a.png")], tmp_path / "out", kind="color").jobs
    predict(jobs, kind="color")
    np.testing.assert_array_equal(read(jobs[0].target)[0, :19], COLORS)


def test_overlay_lies_between_picture_and_colours(tmp_path):
    jobs = plan_jobs([picture(tmp_path / "a.png", value=100)], tmp_path / "out", kind="overlay").jobs
    predict(jobs, kind="overlay", opacity=0.25)
    expected = np.rint(0.75 * 100 + 0.25 * COLORS.astype(float))
    np.testing.assert_array_equal(read(jobs[0].target)[0, :19], expected)


def test_categories_are_written_as_a_label_id_of_theirs():
    categories = LABEL_SPACES["categories"]
    ids = label_ids_of(np.arange(7, dtype=np.uint8), categories)
    assert categories.from_label_ids[ids].tolist() == list(range(7))


def test_a_damaged_picture_does_not_hold_up_the_others(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.png").write_bytes(b"broken")
    picture(tmp_path / "in/b.png")
    told = []
    jobs = plan_jobs([tmp_path / "in"], tmp_path / "out", kind="color").jobs
    failures = predict(jobs, kind="color", progress=lambda done, total: told.append((done, total)))
    assert [failure.source.name for failure in failures] == ["a.png"]
    assert "not a readable picture" in failures[0].reason
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["b_color.png"]
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_an_output_that_is_a_file_is_refused(tmp_path):
    jobs = plan_jobs([picture(tmp_path / "a.png")], tmp_path / "a.png", kind="color").jobs
    with pytest.raises(InputError, match=r"a_color\.png cannot be written \(.*\); choose another --output"):
        predict(jobs, kind="color")


def test_names_of_frames():
    assert frame_name(Path("x/ulm_000000_000019_leftImg8bit.png")) == "ulm_000000_000019"
    assert frame_name(Path("holiday.photo.jpg")) == "holiday.photo"
