"""What all architectures promise: sizes, dtypes, refusals, saving, and that they learn."""

import keras
import numpy as np
import pytest
from small_models import SMALL, build_small

from segcore.errors import InputError
from segcore.models.build import ARCHITECTURES, build_model, logit_bias, logits_model

every_architecture = pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))


def frames(count: int, size: tuple[int, int], *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, size=(count, *size, 3), dtype=np.uint8)


def four_classes(count: int, *, size: int = 64, tile: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Frames of randomly laid tiles, one noisy colour a class, with their labels."""
    generator = np.random.default_rng(3)
    tiles = generator.integers(0, 4, size=(count, size // tile, size // tile))
    labels = tiles.repeat(tile, axis=1).repeat(tile, axis=2)
    colours = np.array([[60, 60, 60], [200, 60, 60], [60, 200, 60], [60, 60, 200]])
    noise = generator.integers(-40, 41, size=(count, size, size, 3))
    return (colours[labels] + noise).astype("uint8"), labels.astype("uint8")


def test_the_five_architectures_are_known_by_name():
    assert set(ARCHITECTURES) == {"unet", "unet_xception", "segnet", "mobilenet_segnet", "fcn"} == set(SMALL)


@every_architecture
@pytest.mark.parametrize("size", [(32, 96), (64, 32)])
def test_logits_cover_the_frame(architecture, size):
    model = build_small(architecture, num_classes=5, image_size=size)
    assert model.input.shape == (None, *size, 3)
    assert model.output.shape == (None, *size, 5)
    for count in (1, 3):
        logits = model(frames(count, size))
        assert tuple(logits.shape) == (count, *size, 5)
        assert keras.backend.standardize_dtype(logits.dtype) == "float32"
        assert np.isfinite(np.asarray(logits)).all()


@every_architecture
def test_the_logit_bias_is_in_every_logit_of_its_class(architecture):
    model = build_small(architecture)
    pictures = frames(2, (64, 64))
    before = np.asarray(model(pictures))
    shift = np.array([0.5, -1.0, 0.0, 2.0], np.float32)
    bias = logit_bias(model)
    bias.assign(bias + shift)
    np.testing.assert_allclose(
        np.asarray(model(pictures)) - before, np.broadcast_to(shift, before.shape), atol=1e-4
    )


@every_architecture
def test_frames_may_come_as_bytes_or_floats(architecture):
    model = build_small(architecture)
    pictures = frames(2, (64, 64))
    of_bytes, of_floats = np.asarray(model(pictures)), np.asarray(model(pictures.astype("float32")))
    np.testing.assert_array_equal(of_bytes, of_floats)
    assert np.ptp(of_bytes) > 0


@every_architecture
def test_a_frame_of_a_batch_is_scored_as_if_alone(architecture):
    model = build_small(architecture)
    pictures = frames(3, (64, 64))
    together, alone = np.asarray(model(pictures)), np.asarray(model(pictures[1:2]))
    np.testing.assert_allclose(together[1:2], alone, atol=1e-4)


@every_architecture
@pytest.mark.parametrize(
    ("size", "fitting"), [((100, 256), "96 x 256"), ((64, 210), "64 x 224"), ((8, 33), "32 x 32")]
)
def test_another_size_is_refused_with_one_that_would_do(architecture, size, fitting):
    with pytest.raises(InputError, match=fitting) as refusal:
        build_small(architecture, image_size=size)
    assert f"{size[0]} x {size[1]}" in str(refusal.value)
    assert "divisible by 32" in str(refusal.value)


@pytest.mark.parametrize("architecture", ["segnet", "fcn"])
def test_a_wrong_number_of_widths_is_refused(architecture):
    with pytest.raises(InputError, match="3 widths; expected 5"):
        build_model(architecture, num_classes=2, image_size=(32, 32), filters=(8, 8, 8))


def test_a_unet_of_one_stage_is_refused():
    with pytest.raises(InputError, match="at least two stages"):
        build_model("unet", num_classes=2, image_size=(32, 32), filters=(8,))


@pytest.mark.parametrize(
    ("architecture", "arguments", "reason"),
    [
        ("unet", {"dropout": 1.5}, "rate=1.5"),
        ("mobilenet_segnet", {"alpha": 0}, "filters=0"),
        ("unet_xception", {"filters": [16, "16"]}, "'str' and 'int'"),
    ],
)
def test_arguments_that_keras_refuses_are_one_sentence(architecture, arguments, reason):
    with pytest.raises(
        InputError, match=f"{architecture} cannot be built with .*{reason}.*; correct these"
    ) as told:
        build_model(architecture, num_classes=2, image_size=(32, 32), **arguments)
    assert "\n" not in str(told.value)


def test_a_deeper_unet_asks_for_a_size_that_halves_often_enough():
    with pytest.raises(InputError, match="divisible by 64; the nearest allowed size is 64 x 128"):
        build_model("unet", num_classes=2, image_size=(64, 96), filters=(4,) * 7)


def test_an_unknown_architecture_is_refused_with_those_there_are():
    with pytest.raises(InputError, match=r"'enet'.*fcn, mobilenet_segnet, segnet, unet, unet_xception"):
        build_model("enet", num_classes=2, image_size=(32, 32))


@every_architecture
def test_an_unknown_argument_is_refused_by_name(architecture):
    with pytest.raises(InputError, match=f"{architecture} has no argument colour"):
        build_model(architecture, num_classes=2, image_size=(32, 32), colour="red")


@every_architecture
def test_saved_weights_give_the_same_logits(architecture, tmp_path):
    pictures = frames(2, (64, 64))
    model = build_small(architecture, seed=1)
    # One step, so that the statistics of batch normalisation are no longer those of a fresh model.
    model(pictures, training=True)
    model.save_weights(tmp_path / "model.weights.h5")
    other = build_small(architecture, seed=2)
    expected = np.asarray(model(pictures))
    assert not np.allclose(np.asarray(other(pictures)), expected)
    other.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(np.asarray(other(pictures)), expected)


@pytest.mark.filterwarnings("ignore:Skipping nested container")
def test_saved_weights_do_not_fit_another_number_of_classes(tmp_path):
    build_small("fcn", num_classes=4).save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(ValueError):
        build_small("fcn", num_classes=5).load_weights(tmp_path / "model.weights.h5")


@every_architecture
def test_the_layer_called_logits_comes_before_the_restoring(architecture):
    model = build_small(architecture)
    before, stride = logits_model(model)
    assert stride == {"fcn": 8, "mobilenet_segnet": 4}.get(architecture, 1)
    pictures = frames(1, (64, 64))
    coarse = before(pictures)
    assert tuple(coarse.shape) == (1, 64 // stride, 64 // stride, 4)
    restored = np.asarray(model(pictures))
    if stride > 1:
        coarse = keras.ops.image.resize(coarse, (64, 64), interpolation="bilinear")
    np.testing.assert_allclose(restored, np.asarray(coarse), atol=1e-5)


@every_architecture
def test_logits_stay_float32_in_mixed_precision(architecture):
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = build_small(architecture)
    finally:
        keras.config.set_dtype_policy(previous)
    logits = model(frames(1, (64, 64)))
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
    assert np.isfinite(np.asarray(logits)).all()


@pytest.mark.parametrize(
    "architecture",
    [
        "unet",
        "unet_xception",
        "fcn",
        # Many layers, of little width: several times slower.
        pytest.param("segnet", marks=pytest.mark.slow),
        pytest.param("mobilenet_segnet", marks=pytest.mark.slow),
    ],
)
def test_learns_one_batch_by_heart(architecture):
    pictures, labels = four_classes(2)
    model = build_small(architecture)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        # Tracing the graph would take longer than these few steps.
        run_eagerly=True,
    )
    accuracies = []
    for _ in range(20):
        for _ in range(4):
            model.train_on_batch(pictures, labels)
        # Statistics of this batch: the running ones need far more steps to settle.
        predicted = np.asarray(model(pictures, training=True)).argmax(axis=-1)
        accuracies.append((predicted == labels).mean())
        if accuracies[-1] > 0.95:
            break
    assert accuracies[-1] > 0.95, accuracies
