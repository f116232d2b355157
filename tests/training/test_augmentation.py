"""What a frame goes through on its way into training."""

import numpy as np
import pytest
from makers import make_image, make_label_ids

from segcore.frames.letterbox import letterbox
from segcore.labels import VOID
from segcore.training.augmentation import augment, training_transform


def test_effects_come_to_frames_whether_or_not_they_are_mirrored():
    size = (64, 128)
    transform = training_transform("weather", image_size=size, crop_size=size, scale=(1.0, 1.0))
    mask = make_label_ids(size, seed=0)
    image = make_image(mask, seed=0)
    kinds = []
    for seed in range(60):
        found, found_mask = augment(transform, image, mask, seed=seed)
        mirrored = (found_mask != mask).any()
        kinds.append((bool(mirrored), bool((found != (image[:, ::-1] if mirrored else image)).any())))
    # Half are mirrored; colour, weather, blur and noise together leave one in eight alone.
    for mirrored in (False, True):
        changed = [changed for kind, changed in kinds if kind == mirrored]
        assert 15 <= len(changed) <= 45
        assert 0.6 <= np.mean(changed) < 1


def make_diagonal(shape: tuple[int, int]) -> np.ndarray:
    """Class 1 on one side of the falling diagonal, class 0 on the other: half of the picture each."""
    rows, columns = ((np.arange(length) + 0.5) / length for length in shape)
    return (rows[:, None] + columns > 1).astype(np.uint8)


def half_a_pixel(shape: tuple[int, int]) -> float:
    """Return the share of a picture that changes sides when the diagonal moves half a pixel down and right."""
    return 0.5 / shape[0] + 0.5 / shape[1]


@pytest.mark.parametrize(
    "shape", [(256, 512), (135, 240), (97, 130), (200, 101), (33, 65), (31, 64), (40, 80), (16, 32)]
)
def test_frames_of_any_shape_are_fitted_as_the_trained_network_will_see_them(shape):
    size = (64, 128)
    mask = make_diagonal(shape)
    transform = training_transform("none", image_size=size, crop_size=size, scale=(1.0, 1.0))
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    image[..., 0] = 255 * mask

    found, found_mask = augment(transform, image, mask, seed=0)

    expected, place = letterbox(image, size)
    inside = np.zeros(size, bool)
    inside[place] = True
    assert found.shape == (*size, 3)
    np.testing.assert_array_equal(found_mask != VOID, inside)
    assert np.abs(found - expected).max() <= 0.5
    moved = found_mask[place].mean() - found[place][..., 0].mean() / 255
    assert abs(moved) < 1.1 * half_a_pixel(shape)


@pytest.mark.parametrize("scale", [0.77, 1.37])
def test_random_scale_leaves_the_labels_in_their_place(scale):
    size = (64, 128)
    transform = training_transform("weather", image_size=size, crop_size=(96, 192), scale=(scale, scale))
    mask = make_diagonal(size)

    _, found = augment(transform, make_image(mask, seed=0), mask, seed=0)

    assert abs(found[found != VOID].mean() - mask.mean()) < 0.2 * half_a_pixel(size)
