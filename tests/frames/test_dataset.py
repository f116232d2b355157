"""Data sets of every layout, in trees made here: what is recognised, how frames pair, what their truth is."""

import json
import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from made_datasets import MADE, make_dataset, write_picture
from PIL import Image

from segcore.classes.files import find_space
from segcore.errors import InputError
from segcore.frames.dataset import open_dataset
from segcore.frames.frame import read_pair, read_truth
from segcore.frames.layout import known_layouts
from segcore.frames.usable import usable_frames
from segcore.labels import LABEL_IDS, LABEL_SPACES, VOID

PICTURE = np.full((1, 4, 3), 90, np.uint8)


def describe(root: Path, **content) -> None:
    root.mkdir(parents=True, exist_ok=True)
    (root / "dataset.json").write_text(json.dumps(content), encoding="utf-8")


def add(root: Path, image: str, mask: str = "", stored=((7, 26, 4, 23),)) -> None:
    write_picture(root / image, PICTURE)
    if mask:
        write_picture(root / mask, np.array(stored, np.uint8))


def names_of(classes: np.ndarray, space) -> tuple:
    return tuple(None if value == VOID else space.class_names[value] for value in classes[0])


@pytest.mark.parametrize("layout", [layout.name for layout in known_layouts() if layout.masks])
def test_each_layout_is_recognised_and_its_truth_read(tmp_path, layout):
    made = make_dataset(tmp_path / "data", layout)
    dataset = open_dataset(tmp_path / "data")
    assert dataset.layout.name == layout
    assert dataset.splits == tuple(sorted({frame.split for frame in made}))
    for split in dataset.splits:
        listing = dataset.listing(split)
        assert (listing.lonely_masks, listing.problems) == ((), ())
        expected = [frame for frame in made if frame.split == split]
        assert [frame.frame_id for frame in listing.frames] == [frame.frame_id for frame in expected]
        for frame, wanted in zip(listing.frames, expected, strict=True):
            assert frame.image_path == tmp_path / "data" / wanted.image
            assert frame.truth_path == tmp_path / "data" / wanted.mask
            assert frame.group == wanted.group
            image, truth = read_pair(frame)
            assert image.shape[:2] == truth.shape == (1, 4)
            assert names_of(truth, dataset.classes) == wanted.names


def test_every_layout_has_a_made_tree():
    assert set(MADE) == {layout.name for layout in known_layouts() if layout.masks}


def test_names_are_those_of_the_data_sets_and_of_folders_where_there_is_none(tmp_path):
    for layout, name in (
        ("bdd100k", "BDD100K"),
        ("camvid", "CamVid"),
        ("acdc", "ACDC"),
        ("two_folders", "two_folders"),
    ):
        make_dataset(tmp_path / layout, layout)
        assert open_dataset(tmp_path / layout).name == name
        assert open_dataset(tmp_path / layout, name="Mine").name == "Mine"


@pytest.mark.parametrize(
    ("layout", "classes", "number"),
    [
        ("cityscapes", "train_ids", 19),
        ("bdd100k", "train_ids", 19),
        ("kitti", "train_ids", 19),
        ("camvid_segnet", "camvid_11", 11),
        ("camvid", "camvid_11", 11),
        ("mapillary_vistas", "mapillary_vistas_65_scored", 65),
        ("mapillary_vistas_2", "mapillary_vistas_124_scored", 123),
        ("idd", "idd_26", 26),
        ("idd_lite", "idd_7", 7),
    ],
)
def test_truth_is_in_the_classes_of_the_data_set(tmp_path, layout, classes, number):
    make_dataset(tmp_path, layout)
    dataset = open_dataset(tmp_path)
    assert (dataset.classes.name, dataset.classes.num_classes) == (classes, number)
    assert not {"Void", "Unlabeled"} & set(dataset.classes.class_names)


def test_truth_can_be_read_in_other_classes(tmp_path):
    make_dataset(tmp_path / "city", "cityscapes")
    frame = open_dataset(tmp_path / "city").frames("val")[0]
    assert read_truth(frame).tolist() == [[0, 13, 255, 255]]
    assert read_truth(frame, LABEL_IDS).tolist() == [[7, 26, 9, 255]]
    assert read_truth(frame, LABEL_SPACES["categories"]).tolist() == [[0, 6, 255, 255]]
    make_dataset(tmp_path / "camvid", "camvid_segnet")
    frame = open_dataset(tmp_path / "camvid").frames("val")[0]
    # CamVid's car is one class with trucks and buses, of which "car" has its name; "Bicyclist" can be three.
    assert read_truth(frame, LABEL_IDS).tolist() == [[23, 26, 255, 255]]


def test_frames_travel_to_other_processes(tmp_path):
    make_dataset(tmp_path, "camvid")
    frame = open_dataset(tmp_path).frames("all")[0]
    np.testing.assert_array_equal(read_truth(pickle.loads(pickle.dumps(frame))), read_truth(frame))


def test_pairs_are_preferred_to_pictures_alone(tmp_path):
    add(tmp_path, "leftImg8bit/val/ulm/a_leftImg8bit.png")
    assert open_dataset(tmp_path).layout.name == "cityscapes"
    make_dataset(tmp_path, "camvid_segnet")
    assert open_dataset(tmp_path).layout.name == "camvid_segnet"


def test_what_has_no_partner_is_told(tmp_path):
    add(tmp_path, "images/val/a.png", "masks/val/a.png")
    add(tmp_path, "images/val/b.png")
    write_picture(tmp_path / "masks/val/c_mask.png", np.zeros((1, 4), np.uint8))
    listing = open_dataset(tmp_path).listing("val")
    assert [(frame.frame_id, frame.truth_path is None) for frame in listing.frames] == [
        ("a", False),
        ("b", True),
    ]
    assert listing.lonely_masks == (tmp_path / "masks/val/c_mask.png",)


def test_of_several_files_the_preferred_one_is_taken(tmp_path):
    for kind in ("png", "jpg"):
        add(tmp_path, f"images/a.{kind}")
    for ending in ("_color", "_labelIds", "_instanceIds", ""):
        write_picture(tmp_path / f"masks/a{ending}.png", np.array([[7, 26, 4, 23]], np.uint8))
    frame = open_dataset(tmp_path).frames("all")[0]
    assert (frame.image_path.name, frame.truth_path.name) == ("a.png", "a_labelIds.png")


def test_equal_names_in_several_groups_stay_apart(tmp_path):
    for drive in ("0", "1"):
        add(
            tmp_path,
            f"leftImg8bit/val/{drive}/7_leftImg8bit.png",
            f"gtFine/val/{drive}/7_gtFine_labellevel3Ids.png",
            ((int(drive),) * 4,),
        )
    frames = open_dataset(tmp_path).frames("val")
    assert [(frame.frame_id, frame.group) for frame in frames] == [("0_7", "0"), ("1_7", "1")]
    assert [int(read_truth(frame)[0, 0]) for frame in frames] == [0, 1]


@pytest.mark.parametrize(
    "entry", ["pipe", "folder", "loop", "broken link", "name", "folder's name", "locked folder"]
)
def test_one_bad_entry_hides_no_other(tmp_path, entry):
    if entry == "locked folder" and os.geteuid() == 0:
        pytest.skip("root may read everything")
    make_dataset(tmp_path, "cityscapes")
    bad = tmp_path / "leftImg8bit/val/ulm/bad_leftImg8bit.png"
    if entry == "pipe":
        os.mkfifo(bad)
    elif entry == "folder":
        bad.mkdir()
    elif entry == "loop":
        bad.symlink_to(bad)
    elif entry == "broken link":
        bad.symlink_to(tmp_path / "nowhere")
    elif entry == "name":
        os.link(
            tmp_path / "gtFine/val/ulm/ulm_000000_000019_gtFine_labelIds.png",
            os.fsencode(bad.parent) + b"/\xff_leftImg8bit.png",
        )
    elif entry == "folder's name":
        shutil.copytree(os.fsencode(bad.parent), os.fsencode(bad.parents[1]) + b"/\xff")
    else:
        (tmp_path / "leftImg8bit/val/bonn").mkdir(mode=0)
    listing = open_dataset(tmp_path).listing("val")
    assert [frame.frame_id for frame in listing.frames] == ["ulm_000000_000019"]
    assert len(listing.problems) == 1


def test_links_to_files_and_folders_are_followed(tmp_path):
    make_dataset(tmp_path / "real", "cityscapes")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/leftImg8bit").symlink_to(tmp_path / "real/leftImg8bit")
    (tmp_path / "linked/gtFine").symlink_to(tmp_path / "real/gtFine")
    city = tmp_path / "real/leftImg8bit/val/ulm"
    (city / "other_leftImg8bit.png").symlink_to(city / "ulm_000000_000019_leftImg8bit.png")
    frames = open_dataset(tmp_path / "linked").frames("val")
    assert [frame.frame_id for frame in frames] == ["other", "ulm_000000_000019"]


def test_a_data_set_may_describe_itself(tmp_path):
    describe(
        tmp_path,
        title="My town",
        images="pictures/{split}/{group}/{name}.{png,jpg}",
        masks="ids/{split}/{group}/{name}_ids.png",
        encoding="indices",
        void=[9, "rest"],
        values=[10, 20, 30],
        classes=[{"name": "street", "from": ["road"]}, "car", "rest"],
        splits=["val"],
        licence="mine",
    )
    add(tmp_path, "pictures/val/rain/a.jpg", "ids/val/rain/a_ids.png", ((10, 20, 30, 9),))
    add(tmp_path, "pictures/other/rain/a.jpg")
    dataset = open_dataset(tmp_path)
    assert (dataset.name, dataset.splits, dataset.layout.licence) == ("My town", ("val",), "mine")
    frame = dataset.frames("val")[0]
    assert frame.group == "rain"
    assert dataset.classes.class_names == ("street", "car")
    assert read_truth(frame).tolist() == [[0, 1, 255, 255]]
    assert read_truth(frame, LABEL_IDS).tolist() == [[7, 26, 255, 255]]


def test_classes_may_lie_in_a_file(tmp_path):
    add(tmp_path, "images/a.png", "masks/a.png", ((0, 1, 2, 255),))
    (tmp_path / "classes.txt").write_text("road\ncar\nsky\n")
    dataset = open_dataset(tmp_path)
    assert dataset.classes.class_names == ("road", "car", "sky")
    assert read_truth(dataset.frames("all")[0]).tolist() == [[0, 1, 2, 255]]
    describe(tmp_path, images="images/{name}.png", masks="masks/{name}.png", classes="mine.txt")
    (tmp_path / "mine.txt").write_text("a\nb\nc\n")
    assert open_dataset(tmp_path).classes.class_names == ("a", "b", "c")


def test_masks_that_do_not_tell_their_classes_are_refused(tmp_path):
    add(tmp_path, "images/a.png", "masks/a.png", ((0, 1, 10, 255),))
    told = r"are unknown \(a few of them have the values 0, 1, 10\); write them to .*classes\.txt, one name per line"
    with pytest.raises(InputError, match=told):
        open_dataset(tmp_path)
    write_picture(tmp_path / "masks/a.png", np.array([[0, 1, 2, 77]], np.uint8))
    with pytest.raises(InputError, match=r"are unknown \(.*not label ids: 77 on 1 pixel"):
        open_dataset(tmp_path)
    write_picture(tmp_path / "masks/a.png", np.array([[7, 26001, 24002, 8]], np.uint16))
    assert open_dataset(tmp_path).encodings[0].kind == "instance-ids"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"images": "a/{name}.png", "pictures": 1}, "unknown key 'pictures'; expected encoding, void"),
        ({"masks": "a/{name}.png"}, "lacks 'images'"),
        ({"images": "../{name}.png"}, "is not below the root"),
        ({"images": "/etc/{name}.png"}, "is not below the root"),
        ({"images": "a/b.png"}, "has no place for the name of a frame"),
        ({"images": "{name}/b.png"}, "has no place for the name"),
        ({"images": "a/{name}{x.png"}, "braces"),
        ({"images": "a/{Name}.png"}, "braces without a word"),
        ({"images": "{split}/{name}.png", "masks": "m/{name}.png"}, "do not have the same words in braces"),
        (
            {"images": "{name}.png", "masks": "m/{name}.png", "encoding": "ids"},
            "has the encoding 'ids'; choose one",
        ),
        ({"images": "{name}.png", "masks": 3}, "neither a path nor a list"),
        (
            {"images": "{name}.png", "masks": "m/{name}.png", "void": 3},
            "not a list of whole numbers or texts",
        ),
        ({"images": "{name}.png", "masks": "m/{name}.png", "values": [True]}, "not a list of whole numbers"),
        ({"images": "{name}.png", "title": "\ud800"}, "not valid Unicode"),
        ({"images": "{name}.png", "classes": 3}, "neither a name nor a list"),
        ({"images": "{name}.png", "splits": ["val", "val"]}, "not a list of different names"),
        ({"images": "{name}.png", "splits": ["v\nal"]}, "not a list of different names"),
        ({"images": "{name}.png", "masks": ["m/{name}.png"] * 101}, "101 kinds of masks"),
        ({"images": "{name}.png", "masks": "m/{name}.png", "void": [1] * 65_537}, "65,537 values for 'void'"),
        ({"images": "{name}{a}{b}{c}.png"}, "more than 3 words in a part"),
        ({"images": "{name}.png", "title": 10**30}, "expected finite numbers"),
    ],
)
def test_a_wrong_description_is_one_sentence(tmp_path, content, message):
    describe(tmp_path, **content)
    with pytest.raises(InputError, match=message) as error:
        open_dataset(tmp_path)
    assert "dataset.json" in str(error.value)


@pytest.mark.parametrize("text", ["{", "[1]", "[" * 100_000, "\ufeff{}", "{}" + " " * 1_000_001])
def test_a_description_that_is_no_json_object(tmp_path, text):
    (tmp_path / "dataset.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"dataset\.json"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"classes": "camvid_12"}, "no class list 'camvid_12'"),
        ({"classes": "../mine.txt"}, "is not in this folder"),
        ({"classes": ["a", "b"], "void": ["c"]}, "no class 'c' for void"),
        ({"classes": ["a", "b"], "values": [1, 2, 3]}, "3 values for 2 classes"),
        ({"classes": ["a", "b"], "encoding": "colors", "void": [3]}, "no void value 3"),
    ],
)
def test_classes_that_do_not_fit_are_one_sentence(tmp_path, content, message):
    describe(tmp_path, images="images/{name}.png", masks="masks/{name}.png", **content)
    add(tmp_path, "images/a.png", "masks/a.png")
    with pytest.raises(InputError, match=message):
        open_dataset(tmp_path)


def test_a_description_without_frames(tmp_path):
    describe(
        tmp_path, images="images/{split}/{name}.png", masks="masks/{split}/{name}.png", encoding="label-ids"
    )
    (tmp_path / "images/val").mkdir(parents=True)
    with pytest.raises(InputError, match=r"has no frames; expected images/<split>/<name>\.png"):
        open_dataset(tmp_path)


def test_roots_that_cannot_be(tmp_path):
    for root in ("a\0b", "x" * 5000):
        with pytest.raises(InputError):
            open_dataset(Path(root))
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(InputError):
        open_dataset(loop)


def test_the_usual_split(tmp_path):
    make_dataset(tmp_path / "a", "mapillary_vistas")
    assert open_dataset(tmp_path / "a").usual_split == "validation"
    make_dataset(tmp_path / "b", "kitti")
    assert open_dataset(tmp_path / "b").usual_split == "training"
    make_dataset(tmp_path / "c", "camvid_segnet")
    assert open_dataset(tmp_path / "c").usual_split == "val"


def test_pictures_of_another_size_than_their_mask_are_named(tmp_path):
    add(tmp_path, "images/a.png", "masks/a.png", ((7, 26, 4),))
    frame = open_dataset(tmp_path).frames("all")[0]
    with pytest.raises(InputError, match=r"a is 4 x 1 .* ground truth is 3 x 1"):
        read_pair(frame)


def test_layouts_tell_their_licence():
    for layout in known_layouts():
        assert layout.licence or layout.name.startswith(("two_folders", "one_folder")), layout.name


@pytest.mark.parametrize("layout", ["camvid_segnet", "bdd100k", "acdc", "two_folders"])
def test_a_data_set_may_lie_deeper_as_archives_unpack(tmp_path, layout):
    made = make_dataset(tmp_path / "download" / "archive" / "data", layout)
    dataset = open_dataset(tmp_path / "download")
    assert (dataset.layout.name, dataset.root) == (layout, tmp_path / "download" / "archive" / "data")
    assert sum(len(dataset.frames(split)) for split in dataset.splits) == len(made)
    # Data without a name of their own are called as the folder that was named.
    assert dataset.name in (dataset.layout.title, "download")
    assert (dataset.name == "download") == (layout == "two_folders")


def test_a_described_data_set_may_lie_deeper(tmp_path):
    describe(
        tmp_path / "top" / "town",
        title="My town",
        images="p/{name}.png",
        masks="m/{name}.png",
        encoding="label-ids",
    )
    add(tmp_path / "top" / "town", "p/a.png", "m/a.png")
    assert open_dataset(tmp_path).name == "My town"


@pytest.mark.parametrize(
    ("layout", "images"),
    [
        ("cityscapes", "leftImg8bit"),
        ("acdc", "rgb_anon"),
        ("bdd100k", "images"),
        ("camvid", "701_StillsRaw_full"),
    ],
)
def test_pictures_and_masks_may_lie_in_archives_of_their_own(tmp_path, layout, images):
    for frame in make_dataset(tmp_path / "whole", layout):
        for path in (frame.image, frame.mask):
            home = tmp_path / "apart" / ("pictures.zip" if path.startswith(images) else "masks.zip")
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "whole" / path).rename(home / path)
    dataset = open_dataset(tmp_path / "apart")
    assert (dataset.layout.name, dataset.root) == (layout, tmp_path / "apart")
    frames = [frame for split in dataset.splits for frame in dataset.frames(split)]
    assert len(frames) == len(MADE[layout])
    for frame in frames:
        image, truth = read_pair(frame)
        assert image.shape[:2] == truth.shape


def test_splits_may_lie_in_archives_of_their_own(tmp_path):
    for place, split in (("a", "val"), ("b", "train")):
        write_picture(tmp_path / place / f"images/10k/{split}/{split}.jpg", PICTURE)
        write_picture(
            tmp_path / "c" / f"labels/sem_seg/masks/{split}/{split}.png", np.zeros((1, 4), np.uint8)
        )
    dataset = open_dataset(tmp_path)
    assert dataset.splits == ("train", "val")
    assert all(frame.truth_path for split in dataset.splits for frame in dataset.frames(split))


@pytest.mark.parametrize(
    ("picture", "name", "split"),
    [
        ("bdd100k/images/10k/test/a.jpg", "BDD100K", "test"),
        ("701_StillsRaw_full/701_StillsRaw_full/0001TP_006690.png", "CamVid", "all"),
        ("data_semantics/testing/image_2/000000_10.png", "KITTI semantics", "testing"),
    ],
)
def test_pictures_without_masks_may_lie_deeper(tmp_path, picture, name, split):
    write_picture(tmp_path / picture, PICTURE)
    dataset = open_dataset(tmp_path)
    assert (dataset.name, [frame.truth_path for frame in dataset.frames(split)]) == (name, [None])


def test_of_masks_without_pictures_it_is_said_whose_they_are(tmp_path):
    write_picture(tmp_path / "bdd100k/labels/sem_seg/masks/val/a.png", np.zeros((1, 4), np.uint8))
    told = r"\(it has masks of BDD100K, but not their pictures, images/10k/<split>/<name>\.jpg\)\.$"
    with pytest.raises(InputError, match=f"holds no known data set {told}"):
        open_dataset(tmp_path)


def test_of_several_data_sets_one_is_to_be_chosen(tmp_path):
    for town in ("a", "b"):
        add(tmp_path / town, "images/a.png", "masks/a.png")
    with pytest.raises(
        InputError, match=f"several data sets; choose one of {tmp_path / 'a'}, {tmp_path / 'b'}"
    ):
        open_dataset(tmp_path)


def test_of_a_part_of_a_data_set_the_whole_is_named(tmp_path):
    make_dataset(tmp_path, "camvid_segnet")
    with pytest.raises(InputError, match=f"did you mean {tmp_path}"):
        open_dataset(tmp_path / "val")


@pytest.mark.parametrize("part", ["images", "images/10k", "images/10k/val", "labels/sem_seg"])
def test_of_a_part_that_looks_like_pictures_without_masks_the_whole_is_named(tmp_path, part):
    make_dataset(tmp_path, "bdd100k")
    with pytest.raises(InputError, match=rf"did you mean {tmp_path}\?"):
        open_dataset(tmp_path / part)
    # Other pictures inside of the same folder are data of their own.
    add(tmp_path / "more", "10k/val/a.jpg")
    assert open_dataset(tmp_path / "more").splits == ("val",)


def test_the_class_list_of_mapillary_is_read(tmp_path):
    labels = [
        {"name": "object--vehicle--car", "readable": "Car", "color": [0, 0, 142], "evaluate": True},
        {"name": "marking--general", "readable": "Lane Marking - General", "color": [255, 255, 255]},
        {"name": "construction--flat--road", "readable": "Road", "color": [128, 64, 128], "evaluate": True},
        {"name": "void--ego-vehicle", "readable": "Ego Vehicle", "color": [120, 10, 10], "evaluate": False},
        {"name": "void--unlabeled", "readable": "Unlabeled", "color": [0, 0, 0], "evaluate": False},
    ]
    (tmp_path / "config_v1.2.json").write_text(json.dumps({"version": "1.2", "labels": labels}))
    add(tmp_path, "validation/images/a.jpg", "validation/v1.2/labels/a.png", ((0, 1, 2, 3, 4),))
    dataset = open_dataset(tmp_path)
    assert dataset.classes.class_names == ("Car", "Lane Marking - General", "Road")
    frame = dataset.frames("validation")[0]
    assert read_truth(frame).tolist() == [[0, 1, 2, 255, 255]]
    # Lane markings are a part of the road in the included list.
    assert dataset.classes.groups == (0, 2, 2)
    assert read_truth(frame, LABEL_IDS).tolist() == [[26, 7, 7, 255, 255]]


def test_mapillary_with_its_own_list_is_as_without(tmp_path):
    made = make_dataset(tmp_path, "mapillary_vistas")
    without = open_dataset(tmp_path)
    known = find_space("mapillary_vistas_65")
    labels = [
        {"readable": name, "color": color, "evaluate": name != "Unlabeled"}
        for name, color in zip(known.class_names, known.colors.tolist(), strict=True)
    ]
    (tmp_path / "config.json").write_text(json.dumps({"labels": labels}))
    own = open_dataset(tmp_path)
    assert (own.classes.name, own.classes.class_names) == (without.classes.name, without.classes.class_names)
    assert len(made) == 2


@pytest.mark.parametrize(
    ("layout", "mask", "stored"),
    [
        ("cityscapes", "gtFine/val/ulm/ulm_000000_000019_gtFine_labelTrainIds.png", (0, 5, 255, 255)),
        ("cityscapes", "gtFine/val/ulm/ulm_000000_000019_gtFine_color.png", "colors"),
        ("acdc", "gt/fog/val/GOPR0475/GOPR0475_frame_000041_gt_labelColor.png", "colors"),
        ("bdd100k", "labels/sem_seg/colormaps/val/7d2f7975-e0c1c5a7.png", "colors"),
        ("bdd100k_seg", "seg/color_labels/train/0a0a0b1a-7c39d841_train_color.png", "colors"),
    ],
)
def test_masks_in_train_ids_or_colours_serve_where_others_lack(tmp_path, layout, mask, stored):
    made = make_dataset(tmp_path, layout)[0]
    (tmp_path / made.mask).unlink()
    # Road, pole (whose colour pole groups share), a label that is not scored, and void; opaque alpha as published.
    colors = ((128, 64, 128, 255), (153, 153, 153, 255), (111, 74, 0, 255), (0, 0, 0, 255))
    write_picture(tmp_path / mask, np.array([colors if stored == "colors" else stored], np.uint8))
    dataset = open_dataset(tmp_path)
    assert dataset.layout.name == layout
    frame = next(one for one in dataset.frames(made.split) if one.frame_id == made.frame_id)
    assert frame.truth_path == tmp_path / mask
    assert names_of(read_truth(frame), dataset.classes) == ("road", "pole", None, None)


@pytest.mark.parametrize(
    ("folder", "classes"), [("_labels", "class_dict.csv"), ("annot", "label_colors.txt")]
)
def test_folders_like_camvids_with_other_classes_are_not_camvid(tmp_path, folder, classes):
    add(tmp_path, "town/train/a.png")
    colors = np.array([[(10, 200, 10), (200, 0, 10), (0, 0, 0), (10, 200, 10)]], np.uint8)
    write_picture(tmp_path / f"town/train{folder}/a.png", colors)
    form = "{0},{1[0]},{1[1]},{1[2]}" if classes.endswith("csv") else "{1[0]} {1[1]} {1[2]} {0}"
    listed = {"Other": (0, 0, 0), "Road": (10, 200, 10), "Car": (200, 0, 10)}
    header = ["name,r,g,b"] if classes.endswith("csv") else []
    lines = [*header, *(form.format(name, color) for name, color in listed.items())]
    (tmp_path / "town" / classes).write_text("\n".join(lines))
    dataset = open_dataset(tmp_path / "town")
    assert (dataset.name, dataset.layout.name) == ("town", "two_folders_named_by_split")
    truth = read_truth(dataset.frames("train")[0])
    assert names_of(truth, dataset.classes) == ("Road", "Car", "Other", "Road")
    # With the classes of CamVid it is CamVid.
    known = find_space("camvid_32")
    pairs = zip(known.class_names, known.colors.tolist(), strict=True)
    (tmp_path / "town" / classes).write_text("\n".join([*header, *(form.format(*pair) for pair in pairs)]))
    assert open_dataset(tmp_path / "town").name == ("CamVid" if folder == "_labels" else "town")


def test_camvid_unpacked_into_one_folder(tmp_path):
    # The archive of the masks has no folder of its own.
    add(tmp_path, "701_StillsRaw_full/0001TP_006690.png")
    colors = ((128, 128, 128), (64, 0, 128), (0, 0, 0), (128, 0, 192))
    write_picture(tmp_path / "0001TP_006690_L.png", np.array([colors], np.uint8))
    listing = open_dataset(tmp_path).listing("all")
    assert listing.lonely_masks == ()
    assert read_truth(listing.frames[0]).tolist()[0][2] == VOID


@pytest.mark.parametrize("ending", ["_L", ""])
def test_camvid_of_kaggle_with_and_without_endings(tmp_path, ending):
    add(tmp_path, "val/a.png")
    colors = ((128, 128, 128), (64, 0, 128), (0, 0, 0), (128, 0, 192))
    write_picture(tmp_path / f"val_labels/a{ending}.png", np.array([colors], np.uint8))
    dataset = open_dataset(tmp_path)
    listing = dataset.listing("val")
    assert listing.lonely_masks == ()
    assert names_of(read_truth(listing.frames[0]), dataset.classes) == ("Sky", "Car", None, "Road")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("codes.txt", "Void\nRoad\nCar\nSky\n"),
        ("class_dict.csv", "name,r,g,b\nVoid,0,0,0\nRoad,1,2,3\nCar,4,5,6\nSky,7,8,9\n"),
        ("label_colors.txt", "0 0 0 Void\n1 2 3 Road\n4 5 6 Car\n7 8 9 Sky\n"),
    ],
)
def test_class_lists_of_other_programs_serve_two_folders(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    add(tmp_path, "images/a.png", "labels/a_P.png", ((1, 2, 3, 0),))
    dataset = open_dataset(tmp_path)
    assert dataset.classes.class_names == ("Road", "Car", "Sky")
    assert names_of(read_truth(dataset.frames("all")[0]), dataset.classes) == ("Road", "Car", "Sky", None)


def test_a_class_list_of_colours_makes_black_masks_void_and_not_the_first_class(tmp_path):
    (tmp_path / "class_dict.csv").write_text("name,r,g,b\nRoad,1,2,3\nCar,4,5,6\nSky,7,7,7\n")
    add(tmp_path, "images/a.png")
    add(tmp_path, "images/black.png")
    write_picture(
        tmp_path / "masks/a.png", np.array([[(1, 2, 3), (4, 5, 6), (7, 7, 7), (0, 0, 0)]], np.uint8)
    )
    write_picture(tmp_path / "masks/black.png", np.zeros((1, 4, 3), np.uint8))
    dataset = open_dataset(tmp_path)
    assert {encoding.kind for encoding in dataset.encodings} == {"colors"}
    colored, black = (names_of(read_truth(frame), dataset.classes) for frame in dataset.frames("all"))
    assert (colored, black) == (("Road", "Car", "Sky", None), (None,) * 4)
    # A number of a class can only be a value of masks.
    masks = [{"path": "masks/{name}.png", "void": [1]}]
    describe(tmp_path, images="images/{name}.png", masks=masks, classes="class_dict.csv")
    assert {encoding.kind for encoding in open_dataset(tmp_path).encodings} == {"indices"}


@pytest.mark.parametrize(
    ("colors", "names"),
    [
        # Of CamVid, of Cityscapes, and of PASCAL VOC, whose palette begins alike.
        (((128, 128, 128), (64, 0, 128), (0, 0, 0), (128, 0, 192)), ("Sky", "Car", None, "Road")),
        (((128, 64, 128), (0, 0, 142), (0, 0, 0), (70, 130, 180)), ("road", "car", None, "sky")),
        (((128, 0, 0), (0, 128, 0), (0, 64, 128), (64, 0, 0)), ("aeroplane", "bicycle", "tvmonitor", "cat")),
    ],
)
def test_colours_tell_their_class_list(tmp_path, colors, names):
    add(tmp_path, "Images/a.png")
    write_picture(tmp_path / "Labels/a_L.png", np.array([colors], np.uint8))
    dataset = open_dataset(tmp_path)
    assert names_of(read_truth(dataset.frames("all")[0]), dataset.classes) == names


@pytest.mark.parametrize("void", [(255, (255, 255, 255)), (255, (0, 0, 0)), (19, (1, 2, 3))])
def test_train_ids_with_a_palette_of_cityscapes_colours_are_never_taken_for_label_ids(tmp_path, void):
    add(tmp_path, "images/a.png", "masks/a.png")
    index, color = void
    mask = Image.fromarray(np.array([[0, 13, 10, index]], np.uint8), "P")
    palette = np.tile(np.array(color, np.uint8), (256, 1))
    palette[:19] = LABEL_SPACES["train_ids"].colors
    mask.putpalette(palette.ravel().tolist())
    mask.save(tmp_path / "masks/a.png")
    if index == 19:
        # 20 classes with one for void are no list that is known.
        with pytest.raises(InputError, match=r"The classes of the masks in .* are unknown"):
            open_dataset(tmp_path)
        return
    dataset = open_dataset(tmp_path)
    assert names_of(read_truth(dataset.frames("all")[0]), dataset.classes) == ("road", "car", "sky", None)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ([(128, 64, 128), (0, 0, 142), (70, 130, 180)], [(128, 64, 128), (0, 0, 142), (1, 2, 3)]),
        ([7, 26, 23], [7, 26, 77]),
        ([0, 13, 10], [0, 13, 77]),
        ([7, 26, 23], None),
    ],
    ids=["colours", "label ids", "train ids", "damaged"],
)
def test_a_bad_mask_does_not_hide_what_the_others_are(tmp_path, good, bad):
    def write(index: int, row: list) -> Path:
        write_picture(tmp_path / f"images/{index}.png", np.zeros((1, 3, 3), np.uint8))
        return write_picture(tmp_path / f"masks/{index}.png", np.array([row], np.uint8))

    for index in range(4):
        write(index, good)
    path = write(2, bad or good)
    if bad is None:
        path.write_bytes(path.read_bytes()[:-5])
    dataset = open_dataset(tmp_path)
    usable, others = usable_frames(dataset.frames("all"), skip=True)
    assert [frame.frame_id for frame in others] == ["2"]
    assert names_of(read_truth(usable[0]), dataset.classes) == ("road", "car", "sky")
    if bad is not None:
        # Two of four are no exception any more.
        write(1, bad)
        with pytest.raises(InputError, match=r"The classes of the masks in .* are unknown"):
            open_dataset(tmp_path)


def test_indices_of_short_lists_are_not_taken_for_train_ids(tmp_path):
    # SegNet's CamVid: 0 is the sky, 11 is void.
    add(tmp_path, "images/a.png", "masks/a.png", ((0, 3, 8, 11),))
    with pytest.raises(InputError, match=r"The classes of the masks in .* are unknown"):
        open_dataset(tmp_path)


def test_camvids_32_classes_are_scored_where_a_data_set_asks_for_them(tmp_path):
    add(tmp_path, "images/a.png")
    colors = ((128, 128, 128), (64, 0, 128), (0, 0, 0), (128, 0, 192))
    write_picture(tmp_path / "labels/a_L.png", np.array([colors], np.uint8))
    known = find_space("camvid_32")
    (tmp_path / "codes.txt").write_text("\n".join(known.class_names))
    assert open_dataset(tmp_path).classes is find_space("camvid_11")
    describe(tmp_path, images="images/{name}.png", masks="labels/{name}_L.png", classes="camvid_32")
    dataset = open_dataset(tmp_path)
    assert dataset.classes.num_classes == 31
    assert names_of(read_truth(dataset.frames("all")[0]), dataset.classes) == (
        "Sky",
        "Car",
        None,
        "LaneMkgsDriv",
    )


def test_masks_may_tell_more_classes_apart_than_are_scored(tmp_path):
    describe(
        tmp_path, images="images/{name}.png", masks="masks/{name}.png", classes="idd_26", scored="train_ids"
    )
    add(tmp_path, "images/a.png", "masks/a.png", ((0, 8, 20, 255),))
    dataset = open_dataset(tmp_path)
    assert names_of(read_truth(dataset.frames("all")[0]), dataset.classes) == ("road", None, "pole", None)


def test_masks_beside_their_pictures_are_no_pictures_and_lonely_ones_are_told(tmp_path):
    for name in ("a", "b"):
        add(tmp_path, f"{name}.png", f"{name}_mask.png")
    add(tmp_path, "bare.jpg")
    write_picture(tmp_path / "c_mask.png", np.zeros((1, 4), np.uint8))
    dataset = open_dataset(tmp_path)
    listing = dataset.listing("all")
    assert [frame.frame_id for frame in listing.frames] == ["a", "b", "bare"]
    assert listing.lonely_masks == (tmp_path / "c_mask.png",)


def test_pictures_alone_are_no_masks_of_each_other(tmp_path):
    # The endings of left and right cameras, and of CamVid's masks, without the pictures that they would belong to.
    for name in ("a_L.png", "b_L.png", "mask_c.png"):
        add(tmp_path, name)
    with pytest.raises(InputError, match="holds no known data set"):
        open_dataset(tmp_path)


def test_what_roboflow_exports(tmp_path):
    for split in ("train", "valid"):
        add(
            tmp_path,
            f"{split}/street_jpg.rf.0a1b.jpg",
            f"{split}/street_jpg.rf.0a1b_mask.png",
            ((0, 1, 2, 1),),
        )
        (tmp_path / split / "_classes.csv").write_text("Pixel Value, Class\n0, road\n1, car\n2, void\n")
    dataset = open_dataset(tmp_path)
    assert (dataset.splits, dataset.usual_split) == (("train", "valid"), "valid")
    assert dataset.classes.class_names == ("road", "car")
    frame = dataset.frames("valid")[0]
    assert frame.frame_id == "street_jpg.rf.0a1b"
    assert names_of(read_truth(frame), dataset.classes) == ("road", "car", None, "car")


def test_masks_whose_names_begin_with_what_they_are(tmp_path):
    add(tmp_path, "images/a.png", "masks/mask_a.png")
    # A picture that is itself called so has the mask of its own name.
    add(tmp_path, "images/label_b.png", "masks/label_b.png")
    listing = open_dataset(tmp_path).listing("all")
    assert [(frame.frame_id, frame.truth_path.name) for frame in listing.frames] == [
        ("a", "mask_a.png"),
        ("label_b", "label_b.png"),
    ]
    assert listing.lonely_masks == ()


@pytest.mark.parametrize("images", ["10k", "images/10k"])
@pytest.mark.parametrize("masks", ["sem_seg", "labels/sem_seg"])
def test_bdd100k_as_its_archives_are_unpacked(tmp_path, images, masks):
    add(tmp_path, f"{images}/val/a.jpg", f"{masks}/masks/val/a.png", ((0, 18, 255, 8),))
    dataset = open_dataset(tmp_path)
    assert (dataset.name, dataset.root) == ("BDD100K", tmp_path)
    assert names_of(read_truth(dataset.frames("val")[0]), dataset.classes) == (
        "road",
        "bicycle",
        None,
        "vegetation",
    )


def test_of_two_releases_of_masks_one_is_chosen(tmp_path):
    add(tmp_path, "validation/images/a.jpg", "validation/v1.2/labels/a.png", ((13, 55, 65, 27),))
    write_picture(tmp_path / "validation/v2.0/labels/a.png", np.array([[0, 1, 123, 0]], np.uint8))
    dataset = open_dataset(tmp_path)
    assert dataset.annotations == ("v1.2", "v2.0")
    for annotation, name, number, names in (
        (None, "Mapillary Vistas 1.2", 65, ("Road", "Car", None, "Sky")),
        ("v1.2", "Mapillary Vistas 1.2", 65, ("Road", "Car", None, "Sky")),
        ("v2.0", "Mapillary Vistas 2.0", 123, ("Bird", "Ground Animal", None, "Bird")),
    ):
        chosen = dataset.with_annotation(annotation) if annotation else dataset
        assert chosen.name == name
        for frame in (*dataset.frames("validation", annotation=annotation), *chosen.frames("validation")):
            assert (frame.data, frame.classes.num_classes) == (name, number)
            assert names_of(read_truth(frame), frame.classes) == names
        assert chosen.classes.num_classes == number
    assert open_dataset(tmp_path, name="mine").with_annotation("v2.0").name == "mine"
    with pytest.raises(InputError, match=r"no annotation 'v3' .* choose one of v1\.2, v2\.0\."):
        dataset.frames("validation", annotation="v3")


def test_coarse_masks_can_be_chosen(tmp_path):
    add(
        tmp_path,
        "leftImg8bit/val/ulm/a_leftImg8bit.png",
        "gtFine/val/ulm/a_gtFine_labelIds.png",
        ((7, 7, 7, 7),),
    )
    write_picture(tmp_path / "gtCoarse/val/ulm/a_gtCoarse_labelIds.png", np.array([[23] * 4], np.uint8))
    dataset = open_dataset(tmp_path)
    assert dataset.annotations == ("gtFine", "gtCoarse")
    paths = [
        dataset.with_annotation(kind).frames("val")[0].truth_path.parts[-4] for kind in dataset.annotations
    ]
    assert paths == ["gtFine", "gtCoarse"]
