import io

import numpy as np
import pytest
from PIL import Image

from segcore.frames.pictures import outcome_colors, overlay, png_bytes


def test_outcomes_have_four_colours_and_void_is_black():
    shown = outcome_colors(np.array([[0, 1, 2, 3, 255]], np.uint8), has_truth=True)[0]
    assert len({tuple(color) for color in shown.tolist()}) == 5
    assert shown[4].tolist() == [0, 0, 0]
    agreement = outcome_colors(np.array([[0, 1]], np.uint8), has_truth=False)[0]
    assert agreement.tolist() == [shown[0].tolist(), shown[3].tolist()]


def test_overlay_mixes_and_refuses_another_size():
    image, colors = np.zeros((1, 1, 3), np.uint8), np.full((1, 1, 3), 200, np.uint8)
    assert overlay(image, colors, opacity=0.25)[0, 0].tolist() == [50, 50, 50]
    with pytest.raises(ValueError, match="received"):
        overlay(image, np.zeros((2, 1, 3), np.uint8), opacity=0.5)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3)])
def test_a_png_holds_grey_and_rgb_as_they_are(shape):
    image = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png_bytes(image)))), image)
