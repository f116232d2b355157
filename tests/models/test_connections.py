"""What reaches the logits besides the encoder's last layer: features, positions or nothing."""

import keras
import numpy as np
import pytest
from small_models import build_small

from segcore.models.build import build_model


def reaches_input_without(model: keras.Model, layer_name: str) -> bool:
    """Tell whether a path leads from the logits back to the frame past the named layer."""
    blocked = model.get_layer(layer_name)
    waiting, seen = [model.output], set()
    while waiting:
        layer, node, _ = waiting.pop()._keras_history
        if layer is blocked or (layer, node) in seen:
            continue
        seen.add((layer, node))
        if isinstance(layer, keras.layers.InputLayer):
            return True
        waiting.extend(layer._inbound_nodes[node].input_tensors)
    return False


def silence(model: keras.Model, *layer_names: str) -> None:
    """Make these layers give nothing but zeros."""
    for name in layer_names:
        layer = model.get_layer(name)
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])


def depends_on_frame(model: keras.Model) -> bool:
    generator = np.random.default_rng(5)
    first, second = generator.integers(0, 256, size=(2, 1, 64, 64, 3), dtype=np.uint8)
    return not np.array_equal(np.asarray(model(first)), np.asarray(model(second)))


@pytest.mark.parametrize("context", [False, True])
def test_mobilenet_segnet_passes_everything_through_its_encoder(context):
    model = build_model(
        "mobilenet_segnet",
        num_classes=3,
        image_size=(64, 64),
        alpha=0.25,
        decoder_filters=(16, 8),
        context=context,
    )
    assert not reaches_input_without(model, "conv_pw_13_relu")
    assert depends_on_frame(model)
    silence(model, "conv_pw_13_bn")
    assert not depends_on_frame(model)


def test_published_xception_unet_has_no_skips():
    arguments = {"num_classes": 3, "image_size": (64, 64), "filters": (8, 16)}
    published = build_model("unet_xception", skips=False, **arguments)
    joined = build_model("unet_xception", skips=True, **arguments)
    assert not reaches_input_without(published, "down8")
    assert reaches_input_without(joined, "down8")
    for model in (published, joined):
        assert depends_on_frame(model)
        silence(model, "down8_residual", "down8_bn2")
    assert not depends_on_frame(published)
    assert depends_on_frame(joined)


def test_xception_unet_joins_every_resolution_of_its_encoder():
    model = build_small("unet_xception")
    heights = [layer.output.shape[1] for layer in model.layers if isinstance(layer, keras.layers.Concatenate)]
    assert heights == [16, 32]


def test_unet_joins_every_resolution_of_its_encoder():
    model = build_small("unet")
    skips = [layer for layer in model.layers if isinstance(layer, keras.layers.Concatenate)]
    assert [layer.output.shape[1:] for layer in skips] == [(32, 32, 32), (64, 64, 16)]
    silence(model, "down3_bn2")
    assert depends_on_frame(model)


def test_segnet_passes_positions_and_no_features():
    model = build_small("segnet")
    assert reaches_input_without(model, "encoder5_3_relu")
    # Positions alone carry no value: where all maxima are zero the frame leaves no trace.
    silence(model, "encoder5_3_bn")
    assert not depends_on_frame(model)


def test_segnet_unpools_each_stage_with_the_positions_of_that_stage():
    model = build_small("segnet")
    for stage in range(1, 6):
        pool = model.get_layer(f"encoder{stage}_pool")
        unpool = model.get_layer(f"decoder{stage}_unpool")
        assert unpool.input[1] is pool.output[1]


def test_fcn_reads_scores_at_three_strides():
    model = build_small("fcn", image_size=(64, 128))
    shapes = {stride: tuple(model.get_layer(f"scores{stride}").output.shape[1:3]) for stride in (8, 16, 32)}
    assert shapes == {8: (8, 16), 16: (4, 8), 32: (2, 4)}


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_each_of_the_three_scores_of_fcn_reaches_the_logits(stride):
    model = build_small("fcn")
    silence(model, *(f"scores{other}" for other in (8, 16, 32) if other != stride))
    assert depends_on_frame(model)
    silence(model, f"scores{stride}")
    assert not depends_on_frame(model)
