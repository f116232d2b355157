"""Folders of masks: which are taken, and the sentence for each that cannot be."""

import os
import re

import numpy as np
import pytest
from makers import make_cityscapes
from PIL import Image

from segcore.adding.masks import check_sizes, missing_in_words, open_masks, write_masks
from segcore.classes.files import find_space
from segcore.errors import InputError
from segcore.frames.dataset import open_dataset
from segcore.frames.encoding import encoding_of
from segcore.predict.stored_masks import StoredMasks

LABEL_IDS = np.array([[7, 11, 23, 26]] * 2, np.uint8)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "masks"
    folder.mkdir()
    return folder


def put(folder, name, values=LABEL_IDS):
    Image.fromarray(np.array(values, np.uint8)).save(folder / name)


def written(folder, target, kind="label-ids", classes="label_ids"):
    space = find_space(classes)
    target.mkdir()
    return write_masks(target, open_masks(folder, encoding_of(kind, space)), space)


def refused(folder, target, **said):
    with pytest.raises(InputError) as raised:
        written(folder, target, **said)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_masks_of_any_name_and_subfolder_become_a_run(folder, tmp_path):
    put(folder, "one_labelIds.png")
    (folder / "ulm").mkdir()
    put(folder, "ulm/two_leftImg8bit.png", LABEL_IDS[:, ::-1])
    run = written(folder, tmp_path / "run")
    predictor = StoredMasks(run)
    assert predictor.frames == {"one", "two"} and run.kind == "masks" and run.num_classes == 34
    image = np.zeros((2, 4, 3), np.uint8)
    assert predictor.classify(image, frame_id="two")[0][0].tolist() == [26, 23, 11, 7]


def test_the_same_masks_have_the_same_digest_wherever_they_lie(folder, tmp_path):
    put(folder, "a.png")
    first = written(folder, tmp_path / "run").weights_sha256
    assert written(folder, tmp_path / "again").weights_sha256 == first
    put(folder, "a.png", LABEL_IDS[:, ::-1])
    assert written(folder, tmp_path / "other").weights_sha256 != first


def test_train_ids_where_label_ids_were_said(folder, tmp_path):
    for name in ("a.png", "b.png"):
        put(folder, name, [[0, 2, 10, 13, 255]])
    assert (
        "no value above 18" in refused(folder, tmp_path / "x")
        and (tmp_path / "x" / "run.json").exists() is False
    )
    run = written(folder, tmp_path / "run", "train-ids", "train_ids")
    assert run.num_classes == 19
    # One mask without sky, plants, people and vehicles is none of that, as long as another has some.
    put(folder, "b.png")
    assert written(folder, tmp_path / "mixed").num_classes == 34


def test_label_ids_where_train_ids_were_said_are_counted_and_the_right_encoding_is_named(folder, tmp_path):
    put(folder, "a.png")
    put(folder, "b.png")
    put(folder, "c.png", [[0, 18]])
    said = refused(folder, tmp_path / "x", kind="train-ids", classes="train_ids")
    assert (
        said.startswith("2 of 3 masks cannot be used: ")
        and "a.png holds values that are not train ids" in said
    )
    assert "23 on 2 pixels" in said and said.endswith("It can be read with --encoding label-ids.")


def test_unknown_ids_are_named(folder, tmp_path):
    put(folder, "a.png", [[7, 26, 99]])
    said = refused(folder, tmp_path / "x")
    assert "1 of 1 mask cannot be used" in said and "99 on 1 pixel" in said and "--encoding" not in said


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n and no more"),
        lambda path: path.write_bytes(b""),
        lambda path: path.symlink_to(path),
        lambda path: os.mkfifo(path),
        lambda path: Image.new("RGB", (4, 4)).save(path, format="JPEG"),
    ],
)
def test_a_file_that_is_no_mask(folder, tmp_path, spoil):
    put(folder, "a.png")
    spoil(folder / "b.png")
    said = refused(folder, tmp_path / "x")
    assert said.startswith("1 of 2 masks cannot be used: ") and "b.png" in said


def test_two_masks_of_one_frame(folder):
    put(folder, "a_pred.png")
    put(folder, "a_mask.png")
    with pytest.raises(InputError, match="are both masks of a; keep one"):
        open_masks(folder, encoding_of("label-ids"))


def test_an_empty_folder(folder):
    with pytest.raises(InputError, match="has no masks"):
        open_masks(folder, encoding_of("label-ids"))


@pytest.fixture
def frames(tmp_path):
    data = open_dataset(make_cityscapes(tmp_path / "data", frames=7, size=(64, 128)))
    return data.frames("val")


def test_missing_frames_are_counted_and_named(folder, frames):
    put(folder, f"{frames[0].frame_id}.png")
    said = missing_in_words(open_masks(folder, encoding_of("label-ids")), frames, "Made city")
    assert said.startswith("6 of 7 frames of Made city have no mask: ulm_000001_000019, ulm_000002_000019,")
    # Five by name.
    assert len(re.findall("ulm_", said)) == 5 and said.endswith(", ...")
    assert missing_in_words(open_masks(folder, encoding_of("label-ids")), frames[:1], "Made city") == ""


def test_masks_may_be_smaller_but_not_of_other_proportions(folder, frames):
    put(folder, f"{frames[0].frame_id}.png", np.full((32, 64), 7))
    put(folder, f"{frames[1].frame_id}.png", np.full((64, 127), 7))
    masks = open_masks(folder, encoding_of("label-ids"))
    check_sizes(masks, frames)
    put(folder, f"{frames[2].frame_id}.png", np.full((64, 64), 7))
    with pytest.raises(InputError) as raised:
        check_sizes(open_masks(folder, encoding_of("label-ids")), frames)
    assert "1 of 3 masks do not have the aspect ratio of their frames" in str(raised.value)
    assert "64 x 64 (width x height) for a frame of 128 x 64" in str(raised.value)
