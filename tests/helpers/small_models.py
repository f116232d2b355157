"""A small version of every architecture for tests, with all its parts."""

import keras

from segcore.models.build import build_model

SMALL = {
    "unet": {"filters": (8, 16, 24), "batch_norm": True},
    "unet_xception": {"filters": (16, 24)},
    "segnet": {"filters": (8, 8, 16, 16, 16)},
    "mobilenet_segnet": {"alpha": 0.25, "output_stride": 16, "decoder_filters": (32, 16)},
    "fcn": {"filters": (8, 8, 16, 16, 16), "classifier_filters": 16},
}


def build_small(
    architecture: str, *, num_classes: int = 4, image_size: tuple[int, int] = (64, 64), seed: int = 0
) -> keras.Model:
    """Build the small version of an architecture; the same seed gives the same weights."""
    keras.utils.set_random_seed(seed)
    return build_model(architecture, num_classes=num_classes, image_size=image_size, **SMALL[architecture])
