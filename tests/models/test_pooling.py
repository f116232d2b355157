"""Pooling with positions and unpooling, against loops that do nothing clever."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from segcore.errors import InputError
from segcore.models.pooling import MaxPoolingWithPositions, MaxUnpooling


def pool_by_loop(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    batch, height, width, channels = features.shape
    maxima = np.empty((batch, height // 2, width // 2, channels), features.dtype)
    positions = np.empty(maxima.shape, np.uint8)
    for b, row, column, c in np.ndindex(*maxima.shape):
        best, place = None, None
        for candidate, (down, right) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
            value = features[b, 2 * row + down, 2 * column + right, c]
            if best is None or value > best:
                best, place = value, candidate
        maxima[b, row, column, c], positions[b, row, column, c] = best, place
    return maxima, positions


def unpool_by_loop(values: np.ndarray, positions: np.ndarray) -> np.ndarray:
    batch, height, width, channels = values.shape
    restored = np.zeros((batch, 2 * height, 2 * width, channels), values.dtype)
    for b, row, column, c in np.ndindex(*values.shape):
        down, right = divmod(int(positions[b, row, column, c]), 2)
        restored[b, 2 * row + down, 2 * column + right, c] = values[b, row, column, c]
    return restored


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("shape", [(1, 2, 2, 1), (3, 6, 10, 5), (2, 8, 4, 1)])
def test_maxima_and_positions_are_those_of_a_loop(generator, shape):
    # Few distinct values, so that most windows hold the maximum more than once.
    for features in (
        generator.normal(size=shape).astype("float32"),
        generator.integers(-2, 2, size=shape).astype("float32"),
    ):
        maxima, positions = MaxPoolingWithPositions()(features)
        expected_maxima, expected_positions = pool_by_loop(features)
        np.testing.assert_array_equal(maxima, expected_maxima)
        np.testing.assert_array_equal(positions, expected_positions)
        assert keras.backend.standardize_dtype(positions.dtype) == "uint8"


def test_unpooling_restores_values_at_their_positions(generator):
    values = generator.normal(size=(2, 3, 5, 4)).astype("float32")
    positions = generator.integers(0, 4, size=values.shape).astype("uint8")
    restored = MaxUnpooling()([values, positions])
    np.testing.assert_array_equal(restored, unpool_by_loop(values, positions))


def test_unpooling_what_was_pooled_keeps_the_maxima_in_place(generator):
    features = generator.normal(size=(2, 6, 8, 3)).astype("float32")
    restored = np.asarray(MaxUnpooling()(MaxPoolingWithPositions()(features)))
    kept = restored != 0
    assert kept.sum() == features.size // 4
    np.testing.assert_array_equal(restored[kept], features[kept])


def test_each_position_by_hand():
    window = np.zeros((4, 2, 2, 1), "float32")
    for place in range(4):
        window[place, place // 2, place % 2, 0] = 5
    maxima, positions = MaxPoolingWithPositions()(window)
    assert np.ravel(maxima).tolist() == [5, 5, 5, 5]
    assert np.ravel(positions).tolist() == [0, 1, 2, 3]


def test_infinite_features_pass_without_nan():
    features = np.array([[-np.inf, np.inf], [0, -np.inf]], "float32").reshape(1, 2, 2, 1)
    restored = np.asarray(MaxUnpooling()(MaxPoolingWithPositions()(features)))
    assert np.ravel(restored).tolist() == [0, np.inf, 0, 0]


def test_the_gradient_of_pooling_goes_to_the_maximum_alone(generator):
    features = generator.normal(size=(2, 4, 6, 3)).astype("float32")
    upstream = generator.normal(size=(2, 2, 3, 3)).astype("float32")
    gradient = gradient_of_pooling(features, upstream)
    np.testing.assert_array_equal(gradient, unpool_by_loop(upstream, pool_by_loop(features)[1]))


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ([[3, 3], [3, 3]], [[1, 0], [0, 0]]),
        ([[1, 3], [3, 2]], [[0, 1], [0, 0]]),
        ([[0, 0], [0, 1]], [[0, 0], [0, 1]]),
        ([[1, 1], [2, 2]], [[0, 0], [1, 0]]),
    ],
)
def test_of_equal_maxima_one_alone_receives_the_gradient(window, expected):
    features = np.array(window, "float32").reshape(1, 2, 2, 1)
    gradient = gradient_of_pooling(features, np.ones((1, 1, 1, 1), "float32"))
    assert gradient.reshape(2, 2).tolist() == expected


def test_the_gradient_of_unpooling_is_read_at_the_positions(generator):
    values = generator.normal(size=(1, 2, 3, 2)).astype("float32")
    positions = generator.integers(0, 4, size=values.shape).astype("uint8")
    upstream = generator.normal(size=(1, 4, 6, 2)).astype("float32")
    with tf.GradientTape() as tape:
        tensor = tf.constant(values)
        tape.watch(tensor)
        total = tf.reduce_sum(MaxUnpooling()([tensor, positions]) * upstream)
    gradient = tape.gradient(total, tensor).numpy()
    for b, row, column, c in np.ndindex(*values.shape):
        down, right = divmod(int(positions[b, row, column, c]), 2)
        assert gradient[b, row, column, c] == upstream[b, 2 * row + down, 2 * column + right, c]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_the_dtype_is_kept(dtype):
    policy = keras.DTypePolicy(dtype)
    features = keras.ops.ones((1, 2, 2, 1), dtype=dtype)
    maxima, positions = MaxPoolingWithPositions(dtype=policy)(features)
    restored = MaxUnpooling(dtype=policy)([maxima, positions])
    assert keras.backend.standardize_dtype(maxima.dtype) == dtype
    assert keras.backend.standardize_dtype(restored.dtype) == dtype


@pytest.mark.parametrize("size", [(3, 4), (4, 5), (None, 4)])
def test_a_map_that_does_not_halve_is_refused(size):
    with pytest.raises(InputError, match="both sides must be even"):
        MaxPoolingWithPositions()(keras.Input((*size, 2)))


def test_values_that_do_not_fit_their_positions_are_refused():
    with pytest.raises(InputError, match=r"\(2, 2, 8\).*\(2, 2, 4\)"):
        MaxUnpooling()([keras.Input((2, 2, 8)), keras.Input((2, 2, 4), dtype="uint8")])


def test_layers_come_back_from_their_configuration():
    for layer in (MaxPoolingWithPositions(name="pool"), MaxUnpooling(name="unpool")):
        restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
        assert type(restored) is type(layer)
        assert restored.name == layer.name


def gradient_of_pooling(features: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    with tf.GradientTape() as tape:
        tensor = tf.constant(features)
        tape.watch(tensor)
        maxima, _ = MaxPoolingWithPositions()(tensor)
        total = tf.reduce_sum(maxima * upstream)
    return tape.gradient(total, tensor).numpy()
