"""What a frame goes through on its way into training."""

import numpy as np
from makers import make_image, make_label_ids

from segcore.data.augmentation import augment, training_transform


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
