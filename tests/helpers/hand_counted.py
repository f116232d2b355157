"""Data sets in several layouts with the same picture in each frame, and two runs whose scores are counted by hand.

Frames have 8 x 8 pixels. The first row is void; in the other seven rows the left half is road and the right half cars,
28 pixels each. The run "flat" predicts road everywhere, so the IoU of road is 28 / 56 and that of cars 0. The run
"sharp" is right except for 7 pixels of cars that it predicts as truck; these are wrong if the data set has a class for
trucks, otherwise they count as cars.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from foreign_runs import masks_run
from made_datasets import write_picture
from PIL import Image

SIZE = (8, 8)
ROAD, CAR, TRUCK = 0, 13, 14
PIXELS = 56
ELEVEN = (
    "sky",
    "building",
    "pole",
    "road",
    "sidewalk",
    "vegetation",
    "traffic sign",
    "fence",
    "car",
    "person",
    "bicycle",
)


@dataclass(frozen=True)
class Form:
    """A kind of data set.

    Attributes:
        title: the name of the data set.
        frames: picture and mask of each frame, relative to the root, with ids and groups.
        values: of road, cars and void in masks.
        tells_trucks: whether trucks are a class, so that their predictions are wrong.
        classes: text for the scored classes.
    """

    title: str
    frames: tuple[tuple[str, str, str, str], ...]
    values: tuple[int, int, int]
    split: str
    tells_trucks: bool
    classes: str
    has_palette: bool = False
    names: tuple[str, ...] = ()


_GOPR = "GOPR0475_frame_00004"
FORMS = {
    "two folders with 11 indexed classes": Form(
        "my town",
        (("images/a.png", "masks/a.png", "a", ""), ("images/b.jpg", "masks/b.png", "b", "")),
        (3, 8, 255),
        "all",
        False,
        "11 classes of my town",
        names=ELEVEN,
    ),
    "palette": Form(
        "my town",
        (("images/val/rain/a.png", "labels/val/rain/a.png", "a", "rain"),),
        (0, 13, 255),
        "val",
        True,
        "19 classes of Cityscapes",
        has_palette=True,
    ),
    "CamVid": Form(
        "CamVid",
        (("val/a.png", "valannot/a.png", "a", ""),),
        (3, 8, 11),
        "val",
        False,
        "11 classes of CamVid",
    ),
    "BDD100K": Form(
        "BDD100K",
        (("images/10k/val/a.jpg", "labels/sem_seg/masks/val/a.png", "a", ""),),
        (0, 13, 255),
        "val",
        True,
        "19 classes of Cityscapes",
    ),
    "ACDC": Form(
        "ACDC",
        tuple(
            (
                f"rgb_anon/{group}/val/GOPR0475/{_GOPR}{number}_rgb_anon.png",
                f"gt/{group}/val/GOPR0475/{_GOPR}{number}_gt_labelTrainIds.png",
                f"{_GOPR}{number}",
                group,
            )
            for number, group in enumerate(("fog", "night"))
        ),
        (0, 13, 255),
        "val",
        True,
        "19 classes of Cityscapes",
    ),
}


def make_form(root: Path, form: Form) -> Path:
    """Write the frames of a data set to a folder below ``root`` with the data set's name; return the folder."""
    root = root / form.title
    road, car, void = form.values
    truth = np.full(SIZE, road, np.uint8)
    truth[:, 4:] = car
    truth[0] = void
    for image, mask, _, _ in form.frames:
        write_picture(root / image, np.full((*SIZE, 3), 90, np.uint8))
        if form.has_palette:
            picture = Image.fromarray(truth, "P")
            picture.putpalette([9, 8, 7] * 256)
            (root / mask).parent.mkdir(parents=True, exist_ok=True)
            picture.save(root / mask)
        else:
            write_picture(root / mask, truth)
    if form.names:
        (root / "classes.txt").write_text("\n".join(form.names))
    return root


def make_runs(root: Path, form: Form) -> None:
    """Write the runs "flat" and "sharp", in Cityscapes' classes, for the frames of a data set."""
    flat = np.full(SIZE, ROAD, np.uint8)
    sharp = flat.copy()
    sharp[:, 4:] = CAR
    sharp[1:, 7] = TRUCK
    for name, mask in (("flat", flat), ("sharp", sharp)):
        masks_run(root, name, {frame_id: mask for _, _, frame_id, _ in form.frames})


def miou(name: str, form: Form) -> float:
    """Return the expected mean IoU of a run, 0..1."""
    if name == "flat":
        return (28 / 56 + 0 / 28) / 2
    return (
        (1 + 21 / 28 + 0 / 7) / 3
        if form.tells_trucks
        else 1.0
        if form.title == "CamVid"
        else (1 + 21 / 28) / 2
    )
