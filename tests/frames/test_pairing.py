"""Pairs of files by their names, and what a mask holds."""

import io

import numpy as np
import pytest
from PIL import Image

from segcore.frames.pairing import guessed, partners, readable_as

LABEL_IDS, TRAIN_IDS = "Cityscapes, 34 classes: label ids", "Cityscapes, 19 classes: train ids"
COLORS, CAMVID = "Cityscapes, 19 classes: colours", "CamVid, 11 classes: indices or colours"


def png(pixels, dtype=np.uint8) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.array(pixels, dtype)).save(buffer, "png")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("picture", "mask"),
    [
        ("x.png", "x_mask.png"),
        ("x.JPG", "x_labelIds.png"),
        ("x.jpg", "x_color.png"),
        ("x.jpg", "x.png"),
        ("x.png", "x_L.png"),
        ("ulm_000000_000019_leftImg8bit.png", "ulm_000000_000019_gtFine_labelIds.png"),
        ("GOPR0475_frame_000041_rgb_anon.png", "GOPR0475_frame_000041_gt_labelTrainIds.png"),
    ],
)
def test_a_mask_is_known_by_its_name(picture, mask):
    assert partners([picture, mask, "other.png"], [mask]) == {picture: mask}
    assert partners([mask, picture], [mask]) == {picture: mask}


def test_of_two_masks_one_is_taken_and_no_file_is_both_picture_and_mask():
    assert partners(["x.png", "x_color.png", "x_mask.png"], ["x.png", "x_color.png", "x_mask.png"]) == {
        "x.png": "x_mask.png"
    }
    assert partners(["x.png", "mask_x.png"], ["mask_x.png"]) == {"x.png": "mask_x.png"}
    assert partners(["x.png", "y_mask.png"], ["y_mask.png"]) == {}
    assert partners(["x.png", "x_mask.png"], []) == {}


def test_what_a_file_can_be_read_as():
    street = np.array([[0, 8, 11, 255]])
    assert {TRAIN_IDS, LABEL_IDS, CAMVID} <= set(readable_as(png(street)))
    assert CAMVID not in readable_as(png([[0, 12, 255, 255]]))
    assert LABEL_IDS in readable_as(png([[7, 33, 0, 255]]))
    assert TRAIN_IDS not in readable_as(png([[7, 33, 0, 255]]))
    assert readable_as(png([[[128, 64, 128], [70, 130, 180]]]))
    photograph = np.random.default_rng(0).integers(0, 256, (40, 40, 3))
    assert readable_as(png(photograph)) == ()
    assert readable_as(b"no picture") == ()
    assert readable_as(png([[255, 255]])) == ()


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("x_mask.png", [7, 26, 0], LABEL_IDS),
        ("x_labelIds.png", [7, 11, 0], LABEL_IDS),
        ("x_gt_labelTrainIds.png", [0, 11, 2], TRAIN_IDS),
        # Of several class lists.
        ("x_mask.png", [0, 3, 8], None),
        ("x_mask.png", [0, 13, 8], None),
        # Colours: of CamVid alone; of too few classes to tell.
        (
            "x_mask.png",
            [(128, 64, 128), (128, 128, 0), (64, 0, 128)],
            "CamVid, 11 classes: indices or colours",
        ),
        ("x_mask.png", [(128, 64, 128), (192, 192, 0), (64, 0, 128)], "CamVid, 32 classes: colours"),
        ("x_mask.png", [(128, 64, 128), (128, 64, 128)], None),
    ],
)
def test_what_a_mask_holds_is_told_by_its_name_or_by_values_that_nothing_else_has(name, values, expected):
    content = png([values])
    assert guessed(name, content, readable_as(content)) == expected
