"""The committed frames obey Cityscapes' rules, and the generator repeats itself."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PROJECT = Path(__file__).resolve().parents[2]
ROOT = PROJECT / "data" / "demo_city"
NAME = re.compile(r"^(?P<city>[a-z]+)_(?P<seq>\d{6})_(?P<frame>\d{6})_gtFine_labelIds\.png$")

# Copied by hand from the label table of Cityscapes: ids that count in a score, and those whose objects are told apart.
EVALUATED = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)
WITH_INSTANCES = (24, 25, 26, 27, 28, 29, 30, 31, 32, 33)

# Shares of evaluated pixels in Cityscapes' train frames, the ten commonest classes.
COMMON_SHARES = {
    7: 0.368,
    11: 0.233,
    21: 0.156,
    26: 0.070,
    8: 0.061,
    23: 0.040,
    24: 0.0124,
    17: 0.0121,
    22: 0.0112,
    13: 0.0088,
}

SIZES = {"val": (1024, 512), "train": (512, 256)}


def label_files(split: str) -> list[Path]:
    return sorted((ROOT / "gtFine" / split).rglob("*_gtFine_labelIds.png"))


LABEL_FILES = label_files("val")
TRAIN_FILES = label_files("train")


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def pixels(paths: list[Path]) -> np.ndarray:
    """Pixels of each label id in each frame, (frames, 256)."""
    return np.stack([np.bincount(read(path).ravel(), minlength=256) for path in paths])


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    return pixels(LABEL_FILES)


@pytest.fixture(scope="module")
def train_counts() -> np.ndarray:
    return pixels(TRAIN_FILES)


def cities(paths: list[Path]) -> set[str]:
    return {path.parent.name for path in paths}


def test_there_are_enough_frames_of_three_cities():
    assert len(LABEL_FILES) >= 30
    assert len(cities(LABEL_FILES)) == 3


def test_train_frames_are_of_other_cities_than_the_scores_and_the_training_of_the_shipped_runs():
    assert len(TRAIN_FILES) >= 16 and len(cities(TRAIN_FILES)) == 2
    assert not cities(TRAIN_FILES) & cities(LABEL_FILES)
    records = [path.read_text() for path in (PROJECT / "weights").rglob("*.json")]
    assert any("altenrode" in record for record in records)
    assert not [city for city in cities(TRAIN_FILES) if any(city in record for record in records)]


@pytest.mark.parametrize("label", EVALUATED)
def test_every_class_occurs_in_three_train_frames(train_counts, label):
    assert (train_counts[:, label] >= 30).sum() >= 3


@pytest.mark.parametrize("path", [*LABEL_FILES, *TRAIN_FILES], ids=lambda path: path.name.split("_gtFine")[0])
def test_frame(path):
    split = path.parent.parent.name
    match = NAME.match(path.name)
    assert match and match["city"] == path.parent.name
    stem = path.name.removesuffix("_gtFine_labelIds.png")
    picture_path = ROOT / "leftImg8bit" / split / path.parent.name / f"{stem}_leftImg8bit.jpg"
    with Image.open(picture_path) as picture:
        assert (picture.size, picture.mode, picture.format) == (SIZES[split], "RGB", "JPEG")
    with Image.open(path) as image:
        assert (image.size, image.mode, image.format) == (SIZES[split], "L", "PNG")
    label_ids = read(path).astype(np.int64)
    instance_path = path.with_name(path.name.replace("labelIds", "instanceIds"))
    with Image.open(instance_path) as image:
        assert image.size == SIZES[split] and image.mode.startswith("I;16")
    instance_ids = read(instance_path).astype(np.int64)
    assert label_ids.max() <= 33

    # An id below 1000 is the label itself; from 1000 on it is label * 1000 + a number counted from 0.
    single = instance_ids < 1000
    assert np.array_equal(instance_ids[single], label_ids[single])
    assert np.array_equal(instance_ids[~single] // 1000, label_ids[~single])
    assert np.array_equal(~single, np.isin(label_ids, WITH_INSTANCES))
    for label in WITH_INSTANCES:
        numbers = np.unique(instance_ids[instance_ids // 1000 == label] % 1000)
        assert np.array_equal(numbers, np.arange(len(numbers)))


@pytest.mark.parametrize("split", SIZES)
def test_every_picture_has_its_labels(split):
    pictures = sorted((ROOT / "leftImg8bit" / split).rglob("*.jpg"))
    assert [p.name.split("_leftImg8bit")[0] for p in pictures] == [
        p.name.split("_gtFine")[0] for p in label_files(split)
    ]


@pytest.mark.parametrize("label", EVALUATED)
def test_every_class_occurs_in_five_frames(counts, label):
    # A handful of far pixels would be no occurrence worth the name.
    assert (counts[:, label] >= 30).sum() >= 5


@pytest.mark.parametrize("label", COMMON_SHARES)
def test_common_classes_are_as_common_as_in_cityscapes(counts, label):
    total = counts.sum(axis=0)
    ratio = total[label] / total[list(EVALUATED)].sum() / COMMON_SHARES[label]
    assert 1 / 3 < ratio < 3


def test_frames_differ_in_light_and_bonnet(counts):
    brightness = [read(path).mean() for path in sorted((ROOT / "leftImg8bit" / "val").rglob("*.jpg"))]
    assert max(brightness) - min(brightness) > 15
    bonnets = int((counts[:, 1] > 0).sum())
    assert 0 < bonnets < len(counts)


@pytest.mark.parametrize(("pattern", "limit"), [("**/*", 25_000_000), ("*/train/**/*", 3_000_000)])
def test_size(pattern, limit):
    files = [path for path in ROOT.glob(pattern) if path.is_file()]
    assert 0 < sum(path.stat().st_size for path in files) < limit


def test_official_label_table_agrees():
    table = pytest.importorskip(
        "cityscapesscripts.helpers.labels", reason="cityscapesscripts is not installed"
    )
    official = {label.id: label for label in table.labels}
    seen = {int(value) for path in LABEL_FILES for value in np.unique(read(path))}
    assert seen <= set(official)
    assert {i for i in official if i >= 0 and not official[i].ignoreInEval} == set(EVALUATED)
    assert {i for i in official if i >= 0 and official[i].hasInstances} == set(WITH_INSTANCES)


def test_the_generator_does_not_need_blender_to_be_imported():
    code = "import sys, tools.demo_city.scene, tools.demo_city.frames; sys.exit('bpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0


def test_foliage_takes_small_gaps_but_nothing_in_front():
    from tools.demo_city.labels import BUILDING, PERSON, SKY, VEGETATION, fill_foliage

    label_ids = np.full((40, 1024), SKY, dtype=np.uint8)
    label_ids[5:35, 10:60] = VEGETATION
    label_ids[20, 30:33] = SKY
    label_ids[10, 20:22] = BUILDING
    label_ids[15, 40] = PERSON
    numbers = np.where(label_ids == PERSON, 0, -1)
    filled = fill_foliage(label_ids, numbers)
    assert (filled[20, 30:33] == VEGETATION).all() and (filled[10, 20:22] == VEGETATION).all()
    assert filled[15, 40] == PERSON
    assert (filled[:, 100:] == SKY).all() and (filled[:4] == SKY).all()


def test_instance_numbers_start_at_zero_in_each_class():
    from tools.demo_city.labels import CAR, ROAD, TRUCK, instance_ids

    label_ids = np.array([[ROAD, CAR, CAR, TRUCK, CAR]], dtype=np.uint8)
    numbers = np.array([[-1, 7, 3, 2, 7]])
    assert instance_ids(label_ids, numbers).tolist() == [[7, 26001, 26000, 27000, 26001]]


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("bpy") is None, reason="bpy is not installed (tools/demo_city/requirements.txt)"
)
def test_same_seed_gives_the_same_ground_truth(tmp_path):
    files = []
    for run in ("first", "second"):
        command = [
            sys.executable,
            "-m",
            "tools.demo_city",
            "--city",
            "altenrode",
            "--frames",
            "1",
            "--width",
            "96",
            "--labels-only",
            "--output",
            str(tmp_path / run),
        ]
        subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
        files.append({path.name: path.read_bytes() for path in (tmp_path / run).rglob("*.png")})
    assert len(files[0]) == 2
    assert files[0] == files[1]
