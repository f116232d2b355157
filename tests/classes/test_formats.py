"""Class lists as data sets and annotation programs bring them along."""

import json

import pytest

from segcore.classes.files import find_space, read_class_list, read_space
from segcore.errors import InputError

ROAD_AND_CAR = [[128, 64, 128], [64, 0, 128]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("label_colors.txt", "128 64 128\t\tRoad\n64 0 128\tCar\n"),
        ("class_dict.csv", "name,r,g,b\nRoad,128,64,128\nCar,64,0,128\n"),
        ("class_dict.csv", "name, r, g, b\r\nRoad, 128, 64, 128\r\nCar, 64, 0, 128\r\n"),
        ("class_dict.csv", "id,r,g,b,name\n0,128,64,128,Road\n1,64,0,128,Car\n"),
        ("labelmap.txt", "# label:color_rgb:parts:actions\nRoad:128,64,128::\nCar:64,0,128::\n"),
        (
            "config.json",
            json.dumps(
                {
                    "labels": [
                        {"name": "construction--flat--road", "readable": "Road", "color": [128, 64, 128]},
                        {"name": "object--vehicle--car", "readable": "Car", "color": [64, 0, 128]},
                    ]
                }
            ),
        ),
    ],
)
def test_names_and_colours(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    space = read_space(tmp_path / name)
    assert space.class_names == ("Road", "Car")
    assert space.colors.tolist() == ROAD_AND_CAR
    assert space.covers == (frozenset({"road"}), frozenset({"car"}))


@pytest.mark.parametrize("text", ["Road\n1 2 3 Car\n", "name,r,g\nRoad,1,2\n", "Road:1,2,3\nCar:4,5,6\n"])
def test_other_lines_are_names(tmp_path, text):
    (tmp_path / "classes.txt").write_text(text)
    assert read_space(tmp_path / "classes.txt").class_names == tuple(text.splitlines())


def test_a_colour_beyond_255_is_one_sentence(tmp_path):
    (tmp_path / "label_colors.txt").write_text("300 0 0 Road\n0 0 0 Car\n")
    with pytest.raises(InputError, match="'Road' has the color"):
        read_space(tmp_path / "label_colors.txt")


def test_names_of_a_known_list_count_as_they_do_there(tmp_path):
    path = tmp_path / "codes.txt"
    path.write_text("Truck_Bus\nVegetationMisc\nTree\nLaneMkgsDriv\nRoad\nVoid\n")
    found = read_class_list(path)
    assert found.unscored == ("Void",)
    assert [set(labels) for labels in found.space.covers] == [
        {"truck", "bus", "caravan", "trailer"},
        {"terrain"},
        {"vegetation"},
        {"LaneMkgsDriv"},
        {"road"},
        set(),
    ]
    # Lane markings are a part of the road; the group of the trucks, "Car", is not in this list.
    assert found.space.groups == (0, 2, 2, 4, 4, 5)
    assert found.space.colors[0].tolist() == [192, 128, 192]


def test_a_whole_known_list_is_that_list(tmp_path):
    known = find_space("camvid_32")
    rows = "".join(
        f"{name},{red},{green},{blue}\n"
        for name, (red, green, blue) in zip(known.class_names, known.colors.tolist(), strict=True)
    )
    (tmp_path / "class_dict.csv").write_text(f"name,r,g,b\n{rows}")
    assert read_space(tmp_path / "class_dict.csv") is known


def test_what_a_list_says_itself_counts(tmp_path):
    classes = [{"name": "Truck_Bus", "from": ["bus"]}, {"name": "LaneMkgsDriv"}]
    (tmp_path / "classes.json").write_text(json.dumps(classes))
    assert read_space(tmp_path / "classes.json").covers == (frozenset({"bus"}), frozenset({"LaneMkgsDriv"}))


def test_what_is_not_evaluated(tmp_path):
    labels = [
        {"readable": "Road", "color": [128, 64, 128], "evaluate": True},
        {"readable": "Ego Vehicle", "color": [120, 10, 10], "evaluate": False},
        {"readable": "Unlabeled", "color": [0, 0, 0], "evaluate": False},
    ]
    (tmp_path / "config.json").write_text(json.dumps({"labels": labels}))
    assert read_class_list(tmp_path / "config.json").unscored == ("Ego Vehicle", "Unlabeled")


def test_usual_names_of_cityscapes_labels(tmp_path):
    names = [
        "sky",
        "trees",
        "Sign",
        "pedestrian",
        "bicyclist",
        "bicycle",
        "Cars",
        "traffic_light",
        "unicorn",
        "plants",
    ]
    (tmp_path / "classes.txt").write_text("\n".join(names))
    covers = [set(labels) for labels in read_space(tmp_path / "classes.txt").covers]
    # The second name of a label stands for itself: a label can be one class.
    assert covers == [
        {"sky"},
        {"vegetation"},
        {"traffic sign"},
        {"person"},
        {"rider"},
        {"bicycle"},
        {"car"},
        {"traffic light"},
        {"unicorn"},
        {"plants"},
    ]


def test_what_segnets_authors_call_classes_of_camvid(tmp_path):
    (tmp_path / "classes.txt").write_text("sky\npole\npavement\ntree\nsignsymbol\nvehicle\nbicyclist\nvoid\n")
    covers = [set(labels) for labels in read_space(tmp_path / "classes.txt").covers]
    assert covers == [
        {"sky"},
        {"pole", "polegroup"},
        {"sidewalk", "parking"},
        {"vegetation", "terrain"},
        {"traffic light", "traffic sign"},
        {"car", "truck", "bus", "caravan", "trailer", "train"},
        {"rider", "motorcycle", "bicycle"},
        set(),
    ]
    # Two names of one class are no list of CamVid: each name counts for itself.
    (tmp_path / "classes.txt").write_text("sidewalk\npavement\ntree\n")
    covers = [set(labels) for labels in read_space(tmp_path / "classes.txt").covers]
    assert covers == [{"sidewalk"}, {"pavement"}, {"vegetation"}]


def test_spelling_and_void_do_not_hide_a_known_list(tmp_path):
    (tmp_path / "classes.txt").write_text("void\nsky\ncolumn_pole\nSignSymbol\nTREE\nCar\n")
    found = read_class_list(tmp_path / "classes.txt")
    assert found.unscored == ("void",)
    assert [set(labels) for labels in found.space.covers] == [
        set(),
        {"sky"},
        {"pole", "polegroup"},
        {"traffic light", "traffic sign"},
        {"vegetation", "terrain"},
        {"car", "truck", "bus", "caravan", "trailer", "train"},
    ]
