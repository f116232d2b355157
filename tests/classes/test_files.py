"""The class lists that come along: their form, their mapping to Cityscapes, and entries known from elsewhere."""

import json
from collections import Counter
from pathlib import Path

import pytest
from cityscapesscripts.helpers import labels as official

from segcore.labels import LABELS, TRAIN_LABELS

FOLDER = Path(__file__).parents[2] / "segcore" / "classes"

# How many classes a list has; that of Mapillary Vistas 1.2 is known as 65 and has "Unlabeled" besides.
NUMBERS = {
    "ade20k_150": 150,
    "camvid_11": 11,
    "camvid_32": 32,
    "cityscapes_20": 20,
    "coco_stuff_171": 171,
    "coco_stuff_182": 182,
    "idd_7": 7,
    "idd_26": 26,
    "mapillary_vistas_65": 66,
    "mapillary_vistas_124": 124,
    "pascal_voc_21": 21,
}
# How many classes share their colour with an earlier one, where any do: in ADE20K only skyscraper with road, in
# Mapillary Vistas 2.0 lane markings, traffic lights, signs, "... Group" and some pairs.
REPEATED_COLORS = {"ade20k_150": 1, "mapillary_vistas_124": 25}
# Data sets whose truth is scored: a prediction of any of the 19 classes must have a class to go to.
ROAD_DATA = ("camvid_11", "camvid_32", "idd_7", "idd_26", "mapillary_vistas_65", "mapillary_vistas_124")
GROUPED = (
    "ade20k_150",
    "camvid_32",
    "coco_stuff_171",
    "coco_stuff_182",
    "mapillary_vistas_65",
    "mapillary_vistas_124",
)
LABEL_NAMES = {label.name for label in LABELS}

every_list = pytest.mark.parametrize("name", sorted(NUMBERS))


def content(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def classes(name):
    return content(name)["classes"]


def names(name):
    return [entry["name"] for entry in classes(name)]


def by_name(name):
    return {entry["name"]: entry for entry in classes(name)}


def from_of(name):
    return {entry["name"]: set(entry.get("from", ())) for entry in classes(name)}


def test_no_list_is_left_out_here():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(NUMBERS)


@every_list
def test_form(name):
    lists = content(name)
    assert set(lists) == {"title", "source", "classes"}
    assert lists["title"] and lists["source"].endswith(".")
    for entry in lists["classes"]:
        assert set(entry) <= {"name", "color", "from", "group"}
        assert entry["name"] == entry["name"].strip() and len(entry["name"]) <= 80
        # A class without counterpart has no "from"; an empty one would say the same in a second way.
        assert entry.get("from", True) and entry.get("group", True)


@every_list
def test_names_are_unique_and_as_many_as_there_are_classes(name):
    assert len(set(names(name))) == len(names(name)) == NUMBERS[name]


@every_list
def test_one_class_a_line(name):
    lines = (FOLDER / f"{name}.json").read_text(encoding="utf-8").splitlines()
    assert len(lines) == NUMBERS[name] + 6


@every_list
def test_labels_exist_and_count_as_one_class(name):
    counts = Counter(label for entry in classes(name) for label in entry.get("from", ()))
    assert set(counts) <= LABEL_NAMES
    assert [label for label, count in counts.items() if count > 1] == []


@every_list
def test_a_class_that_has_a_labels_name_says_what_counts_as_it(name):
    for entry in classes(name):
        known = entry["name"].lower().replace("_", " ")
        if known in LABEL_NAMES and known != "unlabeled":
            assert known in entry["from"]


@pytest.mark.parametrize("name", ROAD_DATA)
def test_each_of_the_nineteen_classes_has_a_counterpart_in_road_data(name):
    covered = set().union(*from_of(name).values())
    assert {label.name for label in TRAIN_LABELS} <= covered


@every_list
def test_colours(name):
    colors = [entry["color"] for entry in classes(name) if "color" in entry]
    # A palette is given whole or not at all.
    assert len(colors) in (0, NUMBERS[name])
    assert all(len(color) == 3 for color in colors)
    assert all(type(part) is int and 0 <= part <= 255 for color in colors for part in color)
    assert len(colors) - len(set(map(tuple, colors))) == REPEATED_COLORS.get(name, 0)


@pytest.mark.parametrize("name", GROUPED)
def test_a_group_is_a_class_of_the_list_that_stands_for_itself(name):
    entries = by_name(name)
    groups = {entry["group"] for entry in entries.values() if "group" in entry}
    assert groups
    for group in groups:
        assert entries[group]["from"] and entries[group].get("group", group) == group


def test_only_these_have_groups():
    found = {name for name in NUMBERS if any("group" in entry for entry in classes(name))}
    assert found == set(GROUPED)


def test_the_eleven_classes_of_camvid_are_the_groups_of_its_32():
    joined = {}
    for entry in classes("camvid_32"):
        if entry["name"] == "Void":
            assert "group" not in entry and "from" not in entry
        else:
            joined.setdefault(entry["group"], set()).update(entry.get("from", ()))
    assert joined == from_of("camvid_11")
    all_colors = by_name("camvid_32")
    assert all(entry["color"] == all_colors[entry["name"]]["color"] for entry in classes("camvid_11"))


def test_cityscapes_20_is_the_official_table_and_void():
    trained = sorted((label for label in official.labels if 0 <= label.trainId < 19), key=lambda x: x.trainId)
    expected = [{"name": x.name, "color": list(x.color), "from": [x.name]} for x in trained]
    assert classes("cityscapes_20") == [*expected, {"name": "void", "color": [0, 0, 0]}]


def test_the_palette_of_pascal_voc_follows_its_rule():
    # The bits of an index go to red, green and blue in turn, from each channel's highest bit downwards.
    for index, entry in enumerate(classes("pascal_voc_21")):
        color = [0, 0, 0]
        for bit in range(8):
            color[bit % 3] |= (index >> bit & 1) << (7 - bit // 3)
        assert entry["color"] == color


def test_coco_stuff_171_is_182_without_those_that_occur_nowhere():
    absent = "street sign, hat, shoe, eye glasses, plate, mirror, window, desk, door, blender, hair brush"
    kept = [entry for entry in classes("coco_stuff_182") if entry["name"] not in absent.split(", ")]
    assert kept == classes("coco_stuff_171")


def test_the_seven_classes_of_idd_are_unions_of_its_26():
    fine, coarse = from_of("idd_26"), from_of("idd_7")
    assert set().union(*fine.values()) == set().union(*coarse.values())
    # The level-1 class of each level-3 class with a counterpart, copied from the data set's own table.
    level_1 = [0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 6]
    for labels, parent in zip(fine.values(), level_1, strict=True):
        assert labels <= list(coarse.values())[parent]


@pytest.mark.parametrize(
    ("name", "index", "expected", "color"),
    [
        ("pascal_voc_21", 0, "background", (0, 0, 0)),
        ("pascal_voc_21", 7, "car", (128, 128, 128)),
        ("pascal_voc_21", 15, "person", (192, 128, 128)),
        ("pascal_voc_21", 20, "tvmonitor", (0, 64, 128)),
        ("ade20k_150", 0, "wall", (120, 120, 120)),
        ("ade20k_150", 6, "road", (140, 140, 140)),
        ("ade20k_150", 12, "person", (150, 5, 61)),
        ("ade20k_150", 20, "car", (0, 102, 200)),
        ("ade20k_150", 136, "traffic light", (41, 0, 255)),
        ("ade20k_150", 149, "flag", (92, 0, 255)),
        ("coco_stuff_171", 79, "toothbrush", None),
        ("coco_stuff_171", 80, "banner", None),
        ("coco_stuff_171", 170, "wood", None),
        ("coco_stuff_182", 0, "person", None),
        ("coco_stuff_182", 91, "banner", None),
        ("coco_stuff_182", 148, "road", None),
        ("mapillary_vistas_65", 0, "Bird", (165, 42, 42)),
        ("mapillary_vistas_65", 13, "Road", (128, 64, 128)),
        ("mapillary_vistas_65", 24, "Lane Marking - General", (255, 255, 255)),
        ("mapillary_vistas_65", 55, "Car", (0, 0, 142)),
        ("mapillary_vistas_65", 65, "Unlabeled", (0, 0, 0)),
        ("mapillary_vistas_124", 21, "Road", (128, 64, 128)),
        ("mapillary_vistas_124", 61, "Sky", (70, 130, 180)),
        ("mapillary_vistas_124", 108, "Car", (0, 0, 142)),
        ("mapillary_vistas_124", 123, "Unlabeled", (0, 0, 0)),
        ("camvid_32", 2, "Bicyclist", (0, 128, 192)),
        ("camvid_32", 17, "Road", (128, 64, 128)),
        ("camvid_32", 30, "Void", (0, 0, 0)),
        ("camvid_32", 31, "Wall", (64, 192, 0)),
        ("idd_26", 8, "autorickshaw", (255, 204, 54)),
        ("idd_26", 12, "vehicle fallback", (136, 143, 153)),
        ("idd_26", 18, "traffic sign", (220, 220, 0)),
        ("idd_26", 25, "sky", (70, 130, 180)),
    ],
)
def test_places_and_colours_known_from_the_definitions(name, index, expected, color):
    entry = classes(name)[index]
    assert entry["name"] == expected
    assert tuple(entry.get("color", ())) == (color or ())


def test_the_order_of_segnets_eleven_classes():
    expected = "Sky Building Column_Pole Road Sidewalk Tree SignSymbol Fence Car Pedestrian Bicyclist"
    assert names("camvid_11") == expected.split()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("camvid_11", {"car": "Car", "bus": "Car", "traffic light": "SignSymbol", "motorcycle": "Bicyclist"}),
        ("camvid_32", {"bus": "Truck_Bus", "traffic light": "TrafficLight", "wall": "Wall"}),
        ("idd_26", {"terrain": "non-drivable fallback", "train": "vehicle fallback", "tunnel": "bridge"}),
        ("mapillary_vistas_65", {"train": "On Rails", "traffic sign": "Traffic Sign (Front)"}),
        ("pascal_voc_21", {"rider": "person", "motorcycle": "motorbike", "road": None, "truck": None}),
        ("ade20k_150", {"vegetation": "tree", "terrain": "grass", "motorcycle": "minibike", "train": None}),
        ("coco_stuff_171", {"sidewalk": "pavement", "sky": "sky-other", "pole": None}),
    ],
)
def test_where_some_labels_count(name, expected):
    owner = {label: class_name for class_name, labels in from_of(name).items() for label in labels}
    assert {label: owner.get(label) for label in expected} == expected
