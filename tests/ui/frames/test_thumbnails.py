"""Thumbnails: what size, which pixels are marked, and that a changed file is seen."""

import base64
import io

import numpy as np
import pytest
from makers import make_cityscapes, make_image, make_label_ids
from PIL import Image

from segcore.classes.files import find_space
from segcore.errors import InputError
from segcore.frames.cityscapes import find_frames
from segcore.labels import LABEL_SPACES
from ui.frames.thumbnails import WIDTH, places_of, thumbnail

SIZE = (128, 512)


@pytest.fixture
def frame(tmp_path):
    return find_frames(make_cityscapes(tmp_path, frames=1, size=SIZE), split="val")[0]


def pixels(address: str) -> np.ndarray:
    kind, _, content = address.partition(",")
    assert kind == "data:image/jpeg;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content)))).astype(int)


def test_a_frame_is_shrunk_to_one_width_whatever_its_shape(frame):
    small = pixels(thumbnail(frame))
    assert small.shape == (WIDTH * SIZE[0] // SIZE[1], WIDTH, 3)
    whole = make_image(make_label_ids(SIZE, seed=0), seed=0)
    np.testing.assert_allclose(small.mean((0, 1)), whole.mean((0, 1)), atol=3)


def test_a_class_is_bright_in_its_colour_and_the_rest_is_dim(frame):
    plain, marked = pixels(thumbnail(frame)), pixels(thumbnail(frame, class_name="sky"))
    top, road = marked[5, 200], marked[50, 80]
    # 65 % of the official colour of the sky and 35 % of the picture.
    np.testing.assert_allclose(top, 0.65 * np.array([70, 130, 180]) + 0.35 * plain[5, 200], atol=12)
    np.testing.assert_allclose(road, 0.4 * plain[50, 80], atol=12)
    assert not np.array_equal(marked, pixels(thumbnail(frame, class_name="car")))


def test_classes_of_any_data_set_are_marked_by_their_names():
    camvid = find_space("camvid_11")
    assert places_of("Sky", camvid) == [0]
    assert places_of("Car + Bicyclist", camvid) == [8, 10]
    assert places_of("train", camvid) == []
    # Of the category: pole and sign.
    assert places_of("object", camvid) == [2, 6]
    assert places_of("human", LABEL_SPACES["train_ids"]) == [11, 12]


def test_a_changed_file_gives_another_thumbnail_and_a_damaged_one_says_so(frame):
    before = thumbnail(frame)
    Image.new("RGB", (SIZE[1], SIZE[0]), (255, 0, 0)).save(frame.image_path)
    assert thumbnail(frame) != before
    frame.image_path.write_bytes(b"no picture")
    with pytest.raises(InputError):
        thumbnail(frame)
