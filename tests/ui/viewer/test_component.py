import io
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from segcore.labels import LABEL_SPACES
from ui.viewer.component import viewer
from ui.viewer.layers import Palette, class_layer, picture_layer, value_layer
from ui.viewer.settings import Probe, ViewerSettings, ViewerStart

VIEWER = Path(__file__).parents[3] / "ui" / "viewer" / "browser"
CLASSES = Palette.of_labels(LABEL_SPACES["train_ids"])
GREYS = Palette.of_values("Grey", ((0, 0, 0), (255, 255, 255)))


def page() -> None:
    import numpy as np
    import streamlit as st

    from segcore.labels import LABEL_SPACES
    from ui.viewer.component import viewer
    from ui.viewer.layers import Palette, class_layer, picture_layer, value_layer
    from ui.viewer.settings import Probe, ViewerSettings, ViewerStart

    palette = Palette.of_labels(LABEL_SPACES["train_ids"])
    greys = Palette.of_values("Grey", ((0, 0, 0), (255, 255, 255)))
    layers = [
        picture_layer("frame", "Frame", np.zeros((4, 6, 3), np.uint8)),
        class_layer(
            "mask", "Mask", np.arange(24, dtype=np.uint8).reshape(4, 6), palette=palette, over="frame"
        ),
        value_layer("sure", "Sure", np.full((2, 3), 0.5), palette=greys, over="frame"),
    ]
    probe = Probe(*st.session_state["start"]) if "start" in st.session_state else None
    start = ViewerStart(opacity=0.29, probe=probe)
    shown = viewer(layers, ViewerSettings("v", start=start, probe=True, in_address=("left",)))
    st.text(repr(shown.probe))
    st.text(str(shown.opacity))


def sent(app: AppTest) -> dict:
    return json.loads(app.get("bidi_component")[0].proto.json)


def run(**state: object) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def test_layers_are_sent_with_palettes_and_start():
    app = run()
    assert not app.exception
    data = sent(app)
    assert [layer["name"] for layer in data["layers"]] == ["frame", "mask", "sure"]
    assert [layer["palette"] for layer in data["layers"]] == [None, 0, 1]
    assert data["palettes"][0]["entries"][13] == {
        "index": 13,
        "name": "car",
        "title": "car",
        "color": [0, 0, 142],
    }
    assert data["palettes"][0]["entries"][-1]["index"] == 255
    assert data["start"] == {
        "left": "frame",
        "right": "sure",
        "opacity": 0.29,
        "outlines": False,
        "divider": 0.5,
        "hidden": [],
        "view": None,
        "layout": None,
        "third": False,
        "probe": None,
        "box": None,
        "arrival": 0,
    }
    assert data["inAddress"] == ["left"]


def test_contents_travel_apart_under_their_hash():
    app = run()
    layers = sent(app)["layers"]
    contents = [element.proto.bytes for element in app.get("bidi_component")[1:]]
    assert [content[:48].decode().strip() for content in contents] == [layer["hash"] for layer in layers]
    assert all("data" not in layer for layer in layers)
    received = np.frombuffer(zlib.decompress(contents[1][48:]), np.uint8)
    assert received.tolist() == list(range(24))


def test_the_opacity_is_that_of_the_start_until_the_browser_tells_another():
    assert run().text[1].value == "0.29"


def test_no_probe_is_none_and_a_start_probe_is_returned():
    assert run().text[0].value == "None"
    assert run(start=(5, 3)).text[0].value == "Probe(x=5, y=3)"


def test_a_probe_outside_of_the_picture_is_none():
    assert run(start=(6, 0)).text[0].value == "None"


def test_an_unknown_layer_is_an_error_that_names_the_known():
    layer = class_layer("mask", "Mask", np.zeros((2, 2), np.uint8), palette=CLASSES, over="frame")
    with pytest.raises(ValueError, match="no layer is named 'truth'; there are mask"):
        viewer([layer], ViewerSettings("v", start=ViewerStart(left="truth")))
    with pytest.raises(ValueError, match="no layer is named 'frame'"):
        viewer([layer], ViewerSettings("v"))


def test_a_class_map_arrives_exactly():
    classes = np.random.default_rng(0).integers(0, 256, (7, 9), np.uint8)
    layer = class_layer("mask", "Mask", classes[:, ::-1], palette=CLASSES)
    received = np.frombuffer(zlib.decompress(layer.data), np.uint8).reshape(7, 9)
    assert (received == classes[:, ::-1]).all()
    assert (layer.width, layer.height) == (9, 7)


def test_values_are_clipped_to_256_steps():
    values = np.array([[-1, 0, 0.5], [1, 1.5, 2]], np.float32)
    layer = value_layer("sure", "Sure", values, palette=GREYS, low=0, high=1)
    received = np.frombuffer(zlib.decompress(layer.data), np.uint8)
    assert received.tolist() == [0, 0, 128, 255, 255, 255]


def test_a_picture_arrives_as_good_as_it_was():
    image = np.zeros((16, 24, 3), np.uint8)
    image[:, 12:] = (200, 40, 90)
    layer = picture_layer("frame", "Frame", image)
    received = np.asarray(Image.open(io.BytesIO(layer.data))).astype(int)
    assert np.abs(received - image).max() <= 4


def test_the_same_content_has_the_same_hash_and_another_has_not():
    zeros, ones = np.zeros((2, 2), np.uint8), np.ones((2, 2), np.uint8)
    first, again, other = (class_layer("m", "M", array, palette=CLASSES) for array in (zeros, zeros, ones))
    assert first.hash == again.hash != other.hash


@pytest.mark.parametrize(
    "make",
    [
        lambda: picture_layer("x", "X", np.zeros((2, 2), np.uint8)),
        lambda: picture_layer("x", "X", np.zeros((2, 2, 3), np.float32)),
        lambda: class_layer("x", "X", np.zeros((2, 2), np.int64), palette=CLASSES),
        lambda: value_layer("x", "X", np.zeros((2, 2, 1)), palette=GREYS),
    ],
)
def test_other_shapes_and_types_are_refused(make):
    with pytest.raises(ValueError, match="received"):
        make()


def test_a_gradient_runs_through_its_stops():
    entries = Palette.of_values("Heat", ((0, 0, 0), (255, 0, 0), (255, 255, 255))).entries
    assert len(entries) == 256
    assert (entries[0][2], entries[255][2]) == ((0, 0, 0), (255, 255, 255))
    assert entries[128][2][0] >= 254
    assert entries[64][2][1] == 0


def test_the_scripts_write_text_and_never_markup():
    for script in VIEWER.rglob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text()
        )


def test_a_probe_is_a_pair_of_whole_numbers():
    assert Probe(1, 2) == Probe(x=1, y=2)
