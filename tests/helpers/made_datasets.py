"""Tiny data sets in each included layout: two frames each, with masks written by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

BLACK = (0, 0, 0)


@dataclass(frozen=True)
class MadeFrame:
    """Paths of a frame and its mask, the values of the mask's only row, and their classes (None is void)."""

    image: str
    mask: str
    stored: Sequence
    names: tuple[str | None, ...]
    frame_id: str
    split: str
    group: str = ""
    dtype: type = np.uint8


_CITY = "ulm_000000_000019"
_GOPR = "GOPR0475_frame_000041"

MADE: dict[str, tuple[MadeFrame, ...]] = {
    "cityscapes": (
        MadeFrame(
            f"leftImg8bit/val/ulm/{_CITY}_leftImg8bit.png",
            f"gtFine/val/ulm/{_CITY}_gtFine_labelIds.png",
            (7, 26, 9, 255),
            ("road", "car", None, None),
            _CITY,
            "val",
            "ulm",
        ),
        MadeFrame(
            "leftImg8bit/train/bonn/bonn_000001_000019_leftImg8bit.jpg",
            "gtFine/train/bonn/bonn_000001_000019_gtFine_instanceIds.png",
            (26003, 24000, 8, 5),
            ("car", "person", "sidewalk", None),
            "bonn_000001_000019",
            "train",
            "bonn",
            np.uint16,
        ),
    ),
    "idd": tuple(
        MadeFrame(
            f"leftImg8bit/{split}/{drive}/005506_leftImg8bit.png",
            f"gtFine/{split}/{drive}/005506_gtFine_labellevel3Ids.png",
            (0, 25, 255, 1),
            ("road", "sky", None, "drivable fallback"),
            frame_id,
            split,
            drive,
        )
        for split, drive, frame_id in (("train", "0", "005506"), ("val", "201", "005506"))
    ),
    "idd_cityscapes_ids": (
        MadeFrame(
            "leftImg8bit/val/201/frame0029_leftImg8bit.jpg",
            "gtFine/val/201/frame0029_gtFine_labelcsTrainIds.png",
            (0, 18, 255, 13),
            ("road", "bicycle", None, "car"),
            "frame0029",
            "val",
            "201",
        ),
    ),
    "idd_lite": (
        MadeFrame(
            "leftImg8bit/val/119/903127_image.jpg",
            "gtFine/val/119/903127_label.png",
            (0, 6, 255, 1),
            ("drivable", "sky", None, "non-drivable"),
            "903127",
            "val",
            "119",
        ),
    ),
    "acdc": (
        MadeFrame(
            f"rgb_anon/fog/val/GOPR0475/{_GOPR}_rgb_anon.png",
            f"gt/fog/val/GOPR0475/{_GOPR}_gt_labelTrainIds.png",
            (0, 13, 255, 10),
            ("road", "car", None, "sky"),
            _GOPR,
            "val",
            "fog",
        ),
        MadeFrame(
            "rgb_anon/night/train/GOPR0351/GOPR0351_frame_000001_rgb_anon.png",
            "gt/night/train/GOPR0351/GOPR0351_frame_000001_gt_labelIds.png",
            (7, 26, 0, 23),
            ("road", "car", None, "sky"),
            "GOPR0351_frame_000001",
            "train",
            "night",
        ),
    ),
    "bdd100k": (
        MadeFrame(
            "images/10k/val/7d2f7975-e0c1c5a7.jpg",
            "labels/sem_seg/masks/val/7d2f7975-e0c1c5a7.png",
            (0, 18, 255, 8),
            ("road", "bicycle", None, "vegetation"),
            "7d2f7975-e0c1c5a7",
            "val",
        ),
    ),
    "bdd100k_folders": (
        MadeFrame(
            "10k/val/7d2f7975-e0c1c5a7.jpg",
            "sem_seg/masks/val/7d2f7975-e0c1c5a7.png",
            (0, 18, 255, 8),
            ("road", "bicycle", None, "vegetation"),
            "7d2f7975-e0c1c5a7",
            "val",
        ),
    ),
    "bdd100k_seg": (
        MadeFrame(
            "seg/images/train/0a0a0b1a-7c39d841.jpg",
            "seg/labels/train/0a0a0b1a-7c39d841_train_id.png",
            (0, 18, 255, 8),
            ("road", "bicycle", None, "vegetation"),
            "0a0a0b1a-7c39d841",
            "train",
        ),
    ),
    "camvid_segnet": tuple(
        MadeFrame(
            f"{split}/{name}.png",
            f"{split}annot/{name}.png",
            (0, 8, 11, 10),
            ("Sky", "Car", None, "Bicyclist"),
            name,
            split,
        )
        for split, name in (("train", "0001TP_006690"), ("val", "0016E5_07959"), ("test", "0001TP_008550"))
    ),
    "camvid": (
        MadeFrame(
            "701_StillsRaw_full/0001TP_006690.png",
            "LabeledApproved_full/0001TP_006690_L.png",
            ((128, 128, 128), (64, 0, 128), BLACK, (128, 0, 192)),
            ("Sky", "Car", None, "Road"),
            "0001TP_006690",
            "all",
        ),
    ),
    "camvid_labels": (
        MadeFrame(
            "val/0016E5_07959.png",
            "val_labels/0016E5_07959_L.png",
            ((128, 128, 128), (64, 0, 128), BLACK, (128, 0, 192)),
            ("Sky", "Car", None, "Road"),
            "0016E5_07959",
            "val",
        ),
    ),
    "kitti": (
        MadeFrame(
            "training/image_2/000000_10.png",
            "training/semantic/000000_10.png",
            (7, 26, 4, 23),
            ("road", "car", None, "sky"),
            "000000_10",
            "training",
        ),
    ),
    "mapillary_vistas": (
        MadeFrame(
            "validation/images/_1Gn_xkw7sa.jpg",
            "validation/labels/_1Gn_xkw7sa.png",
            (13, 55, 65, 27),
            ("Road", "Car", None, "Sky"),
            "_1Gn_xkw7sa",
            "validation",
        ),
        MadeFrame(
            "training/images/a.jpg",
            "training/v1.2/labels/a.png",
            (13, 55, 65, 27),
            ("Road", "Car", None, "Sky"),
            "a",
            "training",
        ),
    ),
    "mapillary_vistas_2": (
        MadeFrame(
            "validation/images/a.jpg",
            "validation/v2.0/labels/a.png",
            (0, 1, 123, 0),
            ("Bird", "Ground Animal", None, "Bird"),
            "a",
            "validation",
        ),
    ),
    "two_folders": (
        MadeFrame(
            "images/a.JPG", "masks/a_mask.png", (7, 26, 4, 23), ("road", "car", None, "sky"), "a", "all"
        ),
    ),
    "two_folders_by_split": (
        MadeFrame(
            "images/val/a.jpg",
            "labels/val/a_labelTrainIds.png",
            (0, 13, 255, 10),
            ("road", "car", None, "sky"),
            "a",
            "val",
        ),
    ),
    "two_folders_by_split_and_group": (
        MadeFrame(
            "images/val/rain/a_leftImg8bit.png",
            "masks/val/rain/a_gtFine_color.png",
            ((128, 64, 128), (0, 0, 142), BLACK, (70, 130, 180)),
            ("road", "car", None, "sky"),
            "a",
            "val",
            "rain",
        ),
    ),
    "one_folder": (
        MadeFrame("a.jpg", "a_mask.png", (7, 26, 4, 23), ("road", "car", None, "sky"), "a", "all"),
        MadeFrame("b.png", "b_labelIds.png", (7, 26, 4, 23), ("road", "car", None, "sky"), "b", "all"),
        MadeFrame("c.png", "mask_c.png", (7, 26, 4, 23), ("road", "car", None, "sky"), "c", "all"),
    ),
    "one_folder_in_splits": (
        MadeFrame(
            "valid/a.jpg", "valid/a_mask.png", (7, 26, 4, 23), ("road", "car", None, "sky"), "a", "valid"
        ),
    ),
    "two_folders_in_splits": (
        MadeFrame(
            "val/images/a.png", "val/masks/a.png", (7, 26, 4, 23), ("road", "car", None, "sky"), "a", "val"
        ),
    ),
    "two_folders_named_by_split": (
        MadeFrame(
            "default/a.jpg",
            "default_masks/a.png",
            (7, 26, 4, 23),
            ("road", "car", None, "sky"),
            "a",
            "default",
        ),
    ),
}


def make_dataset(root: Path, layout: str) -> tuple[MadeFrame, ...]:
    """Write the tiny data set of a layout below ``root``; return its frames."""
    for frame in MADE[layout]:
        write_picture(root / frame.image, np.full((1, len(frame.stored), 3), 90, np.uint8))
        write_picture(root / frame.mask, np.array([frame.stored], frame.dtype))
    return MADE[layout]


def write_picture(path: Path, pixels: np.ndarray) -> Path:
    """Write pixels to a file, and create its folder; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path
