"""Class lists as users write them, and what is said of those that are wrong."""

import json

import pytest

from segcore.classes.files import find_space, known_spaces, read_space, space_of, to_json
from segcore.errors import InputError
from segcore.labels import LABEL_SPACES


def test_a_text_file_with_a_name_a_line(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("background\nroad\nTraffic_Light\n\nunicorn\n", encoding="utf-8-sig")
    space = read_space(path)
    assert space.name == "mine" and space.class_names == ("background", "road", "Traffic_Light", "unicorn")
    assert [set(labels) for labels in space.covers] == [set(), {"road"}, {"traffic light"}, {"unicorn"}]
    assert space.colors[1].tolist() == [128, 64, 128]


def test_a_json_file_with_colours_and_labels(tmp_path):
    path = tmp_path / "mine.json"
    classes = [{"name": "vehicle", "color": [1, 2, 3], "from": ["car", "bus"]}, "sky"]
    path.write_text(json.dumps({"title": "Mine", "classes": classes}))
    space = read_space(path)
    assert space.title == "Mine" and space.covers == (frozenset({"car", "bus"}), frozenset({"sky"}))
    assert space.colors.tolist() == [[1, 2, 3], [70, 130, 180]]
    assert space.from_label_ids[[26, 28, 23, 7]].tolist() == [0, 0, 1, 255]


@pytest.mark.parametrize("name", known_spaces())
def test_what_is_written_reads_as_the_same(name):
    space = find_space(name)
    again = space_of(name, to_json(space))
    assert again.class_names == space.class_names and again.covers == space.covers
    assert again.colors.tolist() == space.colors.tolist()
    assert again.groups == (space.groups or tuple(range(space.num_classes)))


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (["road"], "has 1 classes; expected 2 to 254"),
        ([str(number) for number in range(300)], "has 300 classes"),
        (["road", "road"], "names the class 'road' twice"),
        (["road", ""], "gives no name for class 1"),
        (["road", 7], "gives no name for class 1"),
        ([{"name": "a", "from": ["raod"]}, "b"], "the nearest names are 'road'"),
        ([{"name": "a", "from": "road"}, "b"], "expected a list of names"),
        ([{"name": "a", "from": ["road"]}, "road"], "counts 'road' as 'a' and as 'road'"),
        ([{"name": "a", "color": [0, 0, 256]}, "b"], "expected [red, green, blue]"),
        ([{"name": "a", "group": "rod"}, "road"], "the nearest names are 'road'"),
        ([{"name": "a" * 100}, "b"], "names class 0"),
        ([{"name": "a\ud800"}, "b"], "names class 0"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(classes, said):
    with pytest.raises(InputError) as raised:
        space_of("mine", classes)
    assert said in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "is not a text file"),
        (b"{", "is not valid JSON"),
        (b"[" * 100_000, "is not valid JSON"),
        (b'{"classes": 3}', "does not hold a list of classes"),
        (b"", "has 0 classes"),
        (b"x" * 1_000_001, "is larger than"),
    ],
)
def test_a_file_that_is_no_class_list(tmp_path, content, said):
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_space(path)


def test_an_unknown_list_names_the_nearest():
    with pytest.raises(InputError, match="the nearest names are 'train_ids'"):
        find_space("train_id")
    assert find_space("categories") is LABEL_SPACES["categories"]
