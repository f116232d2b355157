"""What a frame goes through on its way into training."""

import numpy as np
import pytest
from makers import make_image, make_label_ids

from segcore.data.augmentation import augment, training_transform
from segcore.labels import VOID
from segcore.letterbox import letterbox


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


@pytest.mark.parametrize("shape", [(256, 512), (135, 240), (97, 130), (200, 101), (33, 65), (31, 64)])
def test_frames_of_any_shape_are_fitted_as_the_trained_network_will_see_them(shape):
    size = (64, 128)
    mask = np.ones(shape, np.uint8)
    transform = training_transform("none", image_size=size, crop_size=size, scale=(1.0, 1.0))
    image = np.broadcast_to(np.linspace(0, 255, shape[1])[None, :, None], (*shape, 3)).astype(np.uint8)

    found, found_mask = augment(transform, image, mask, seed=0)

    expected, place = letterbox(image, size)
    inside = np.zeros(size, bool)
    inside[place] = True
    assert found.shape == (*size, 3)
    np.testing.assert_array_equal(found_mask != VOID, inside)
    assert np.abs(found - expected).max() < 8
