"""Finding frames in folders made here, and reading their ground truth."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from cityscapesscripts.helpers.annotation import Annotation
from cityscapesscripts.preparation.json2instanceImg import createInstanceImage
from cityscapesscripts.preparation.json2labelImg import createLabelImage
from PIL import Image

from segcore.errors import InputError
from segcore.frames.cityscapes import find_frames, read_frame, read_label_ids, splits
from segcore.frames.dataset import open_dataset


def add_frame(
    root: Path,
    frame_id: str,
    *,
    split: str = "val",
    truth: np.ndarray | None = None,
    kind: str = "gtFine_labelIds",
    size: tuple[int, int] = (4, 6),
    suffix: str = "png",
) -> None:
    """Write one frame, and its ground truth where one is given."""
    city = frame_id.split("_")[0]
    image = root / "leftImg8bit" / split / city / f"{frame_id}_leftImg8bit.{suffix}"
    image.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((*size, 3), 90, np.uint8)).save(image)
    if truth is not None:
        path = root / kind.split("_")[0] / split / city / f"{frame_id}_{kind}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(truth).save(path)


LABEL_IDS = np.array([[7, 8, 11, 26, 0, 4]] * 4, np.uint8)


def test_frames_are_sorted_over_all_cities(tmp_path):
    for frame_id in ("ulm_000001_000019", "aachen_000002_000019", "ulm_000000_000019"):
        add_frame(tmp_path, frame_id, truth=LABEL_IDS)
    frames = find_frames(tmp_path, split="val")
    assert [frame.frame_id for frame in frames] == [
        "aachen_000002_000019",
        "ulm_000000_000019",
        "ulm_000001_000019",
    ]
    assert [frame.group for frame in frames] == ["aachen", "ulm", "ulm"]
    assert {frame.split for frame in frames} == {"val"}
    assert frames[1].image_path == tmp_path / "leftImg8bit/val/ulm/ulm_000000_000019_leftImg8bit.png"
    assert frames[1].truth_path == tmp_path / "gtFine/val/ulm/ulm_000000_000019_gtFine_labelIds.png"


def test_jpg_is_found_and_png_preferred(tmp_path):
    add_frame(tmp_path, "ulm_000000_000019", suffix="jpg")
    add_frame(tmp_path, "ulm_000000_000019", suffix="png")
    add_frame(tmp_path, "ulm_000001_000019", suffix="jpg")
    names = [frame.image_path.name for frame in find_frames(tmp_path, split="val")]
    assert names == ["ulm_000000_000019_leftImg8bit.png", "ulm_000001_000019_leftImg8bit.jpg"]


def test_files_that_are_no_frames_are_passed_over(tmp_path):
    add_frame(tmp_path, "ulm_000000_000019", truth=LABEL_IDS)
    city = tmp_path / "leftImg8bit/val/ulm"
    for name in ("._ulm_000000_000019_leftImg8bit.png", "Thumbs.db", "ulm_000000_000019_camera.json"):
        (city / name).write_bytes(b"x")
    (tmp_path / "leftImg8bit/val/license.txt").write_text("x")
    (tmp_path / "leftImg8bit/README").write_text("x")
    assert splits(tmp_path) == ("val",)
    assert len(find_frames(tmp_path, split="val")) == 1


def test_fine_is_preferred_and_never_mixed_with_coarse(tmp_path):
    add_frame(tmp_path, "ulm_000000_000019", truth=LABEL_IDS)
    add_frame(tmp_path, "ulm_000000_000019", truth=LABEL_IDS, kind="gtCoarse_labelIds")
    add_frame(tmp_path, "ulm_000001_000019", truth=LABEL_IDS, kind="gtCoarse_labelIds")
    add_frame(tmp_path, "bonn_000000_000019", split="train_extra", truth=LABEL_IDS, kind="gtCoarse_labelIds")

    def annotations(**options) -> list[str | None]:
        frames = find_frames(tmp_path, **options)
        return [frame.truth_path and frame.truth_path.name.split("_")[3] for frame in frames]

    assert annotations(split="val") == ["gtFine", None]
    assert annotations(split="val", annotation="gtCoarse") == ["gtCoarse", "gtCoarse"]
    assert annotations(split="train_extra") == ["gtCoarse"]
    with pytest.raises(InputError, match=r"train_extra.* has no masks of gtFine; fetch them"):
        find_frames(tmp_path, split="train_extra", annotation="gtFine")
    with pytest.raises(InputError, match=r"no annotation .fine. in .*; choose one of gtFine, gtCoarse\."):
        find_frames(tmp_path, split="val", annotation="fine")


def test_label_ids_are_preferred_to_instance_ids(tmp_path):
    instances = np.array([[7, 8, 26001, 24012, 33000, 4]] * 4, np.uint16)
    add_frame(tmp_path, "ulm_000000_000019", truth=instances, kind="gtFine_instanceIds")
    frame = find_frames(tmp_path, split="val")[0]
    assert read_label_ids(frame).tolist() == [[7, 8, 26, 24, 33, 4]] * 4
    assert read_label_ids(frame).dtype == np.uint8
    add_frame(tmp_path, "ulm_000000_000019", truth=LABEL_IDS)
    assert read_label_ids(find_frames(tmp_path, split="val")[0]).tolist() == LABEL_IDS.tolist()


def test_both_files_of_the_official_tools_hold_the_same_label_ids(tmp_path):
    """Draw polygons as the makers of the data set do, a license plate and a group among them."""
    corners = {"road": 0, "car": 8, "license plate": 10, "persongroup": 20, "person": 30, "polegroup": 36}
    objects = [
        {
            "label": label,
            "polygon": [[x, 0], [x + 7, 0], [x + 7, 7], [x, 7]],
            "id": 0,
            "deleted": 0,
            "verified": 1,
        }
        for label, x in corners.items()
    ]
    annotation = Annotation()
    annotation.fromJsonText(json.dumps({"imgHeight": 12, "imgWidth": 48, "objects": objects}))
    label_ids = np.asarray(createLabelImage(annotation, "ids"))
    instance_ids = np.asarray(createInstanceImage(annotation, "ids")).astype(np.uint16)
    add_frame(tmp_path, "ulm_000000_000019", truth=label_ids)
    add_frame(tmp_path, "ulm_000001_000019", truth=instance_ids, kind="gtFine_instanceIds")
    from_labels, from_instances = (read_label_ids(frame) for frame in find_frames(tmp_path, split="val"))
    np.testing.assert_array_equal(from_instances, from_labels)
    assert {7, 18, 24, 26} <= set(np.unique(from_labels).tolist())


def test_a_palette_file_gives_its_indices(tmp_path):
    add_frame(tmp_path, "ulm_000000_000019", truth=LABEL_IDS)
    frame = find_frames(tmp_path, split="val")[0]
    palette = Image.new("P", (6, 4))
    palette.putdata(LABEL_IDS.ravel().tolist())
    palette.putpalette([value for index in range(34) for value in (255 - index, index, 7)])
    palette.save(frame.truth_path)
    assert read_label_ids(frame).tolist() == LABEL_IDS.tolist()


def test_a_frame_without_truth_can_be_read_but_not_scored(tmp_path):
    add_frame(tmp_path, "berlin_000000_000019", split="test")
    frame = find_frames(tmp_path, split="test")[0]
    image, label_ids = read_frame(frame)
    assert image.shape == (4, 6, 3)
    assert label_ids is None
    with pytest.raises(InputError, match="berlin_000000_000019 has no ground truth"):
        read_label_ids(frame)


def test_truth_of_another_size_is_refused(tmp_path):
    add_frame(tmp_path, "ulm_000000_000019", truth=LABEL_IDS, size=(8, 12))
    with pytest.raises(InputError, match=r"ulm_000000_000019 is 12 x 8 .* ground truth is 6 x 4"):
        read_frame(find_frames(tmp_path, split="val")[0])


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        (np.full((4, 6), 34, np.uint8), r"not label ids: 34 on 24 pixels; expected 0\.\.33, or 255 for void"),
        (np.full((4, 6), 999, np.uint16), "999 on 24 pixels"),
        (np.full((4, 6, 3), (1, 2, 3), np.uint8), r"colours of no class .*: \(1, 2, 3\) on 24 pixels"),
    ],
)
def test_truth_that_holds_no_label_ids_is_refused(tmp_path, truth, message):
    add_frame(tmp_path, "ulm_000000_000019", truth=truth)
    with pytest.raises(InputError, match=message):
        read_label_ids(find_frames(tmp_path, split="val")[0])


def test_damaged_files_are_named(tmp_path):
    add_frame(tmp_path, "ulm_000000_000019", truth=LABEL_IDS)
    frame = find_frames(tmp_path, split="val")[0]
    frame.truth_path.write_bytes(frame.truth_path.read_bytes()[:60])
    with pytest.raises(InputError, match=r"gtFine_labelIds\.png is damaged"):
        read_frame(frame)
    frame.image_path.unlink()
    with pytest.raises(InputError, match=r"leftImg8bit\.png cannot be opened"):
        read_frame(frame)


def test_a_root_that_is_missing_empty_or_half_there(tmp_path):
    with pytest.raises(InputError, match=r"absent does not exist; give the folder that holds its pictures"):
        splits(tmp_path / "absent")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="file is not a folder"):
        splits(tmp_path / "file")
    root = tmp_path / "root"
    (root / "gtFine/val/ulm").mkdir(parents=True)
    (root / "leftImg8bit/val/ulm").mkdir(parents=True)
    looked_for = r"looked for Cityscapes, IDD, .*, for pictures and masks as in images/<name>\.png and masks/"
    with pytest.raises(InputError, match=looked_for):
        find_frames(root, split="val")


def test_pointing_too_deep_gets_a_hint(tmp_path):
    add_frame(tmp_path / "root", "ulm_000000_000019")
    for place in (tmp_path / "root/leftImg8bit", tmp_path / "root/leftImg8bit/val/ulm"):
        with pytest.raises(InputError, match=f"did you mean {tmp_path / 'root'}\\?"):
            splits(place)


def test_an_unknown_split_names_those_there_are(tmp_path):
    add_frame(tmp_path, "ulm_000000_000019")
    add_frame(tmp_path, "aachen_000000_000019", split="train")
    with pytest.raises(InputError, match=r"no split 'vall' in .*; choose one of train, val\."):
        find_frames(tmp_path, split="vall")
    with pytest.raises(InputError, match=r"no split '\.\./val'"):
        find_frames(tmp_path, split="../val")


def test_no_frame_is_opened_or_asked_for_one_by_one(tmp_path, monkeypatch):
    for index in range(50):
        add_frame(tmp_path, f"ulm_{index:06}_000019", truth=LABEL_IDS)
    calls = {"stat": 0, "scandir": 0, "open": 0}
    for name in calls:
        original = getattr(os, name)

        def counted(*arguments, original=original, name=name, **options):
            calls[name] += 1
            return original(*arguments, **options)

        monkeypatch.setattr(os, name, counted)
    dataset = open_dataset(tmp_path)
    calls.update(stat=0, scandir=0)
    assert len(dataset.frames("val")) == 50
    assert (calls["stat"], calls["open"]) == (0, 0)
    assert calls["scandir"] < 15
