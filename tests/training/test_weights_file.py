"""The file of a run's weights: what is kept of each, and that Keras reads it."""

import errno
import os

import keras
import numpy as np
import pytest

from segcore.training.weights_file import round_kernels, save_weights


@pytest.fixture
def model():
    model = keras.Sequential(
        [
            keras.layers.Input((8, 8, 16)),
            keras.layers.Conv2D(256, 3),
            keras.layers.BatchNormalization(),
            keras.layers.SeparableConv2D(32, 3),
        ]
    )
    generator = np.random.default_rng(0)
    for variable in model.variables:
        variable.assign(generator.normal(size=variable.shape) * 10 ** generator.uniform(-2, 2))
    return model


def stored(path, model):
    """The variables of a model of the same kind that reads the file."""
    other = keras.models.clone_model(model)
    other.load_weights(path)
    assert all(variable.dtype == "float32" for variable in other.variables)
    return {variable.path: variable.numpy() for variable in other.variables}


def test_kernels_lose_what_half_precision_cannot_tell_and_the_rest_nothing(tmp_path, model):
    save_weights(model, tmp_path / "model.weights.h5")
    found = stored(tmp_path / "model.weights.h5", model)
    for variable, values in zip(model.variables, found.values(), strict=True):
        if len(variable.shape) > 1:
            np.testing.assert_allclose(values, variable.numpy(), rtol=2**-11, atol=1e-7)
            assert np.abs(values - variable.numpy()).max() > 0
        else:
            np.testing.assert_array_equal(values, variable.numpy())


@pytest.mark.parametrize("bits", [1, 4, 10])
def test_rounded_kernels_have_so_many_significant_bits_and_nothing_else_changes(tmp_path, model, bits):
    before = {variable.path: variable.numpy() for variable in model.variables}
    save_weights(model, tmp_path / "whole.weights.h5")
    round_kernels(model, bits)
    for variable in model.variables:
        values, was = variable.numpy(), before[variable.path]
        if len(variable.shape) == 1:
            np.testing.assert_array_equal(values, was)
            continue
        # Written as m * 2**e with 0.5 <= m < 1, nothing is left behind so many binary digits of m.
        mantissa, _ = np.frexp(values)
        assert (mantissa * 2**bits % 1 == 0).all()
        np.testing.assert_allclose(values, was, rtol=2**-bits)
        assert np.abs(values - was).max() > 0
    save_weights(model, tmp_path / "rounded.weights.h5")
    for path, values in stored(tmp_path / "rounded.weights.h5", model).items():
        expected = next(variable.numpy() for variable in model.variables if variable.path == path)
        # But for what is too small for half precision.
        np.testing.assert_allclose(values, expected, rtol=0, atol=2**-24)
    sizes = [(tmp_path / f"{name}.weights.h5").stat().st_size for name in ("rounded", "whole")]
    assert sizes[0] < sizes[1]


def test_the_bits_of_half_precision_are_what_is_stored_anyway(model):
    before = [variable.numpy() for variable in model.variables]
    round_kernels(model, 11)
    for variable, was in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), was)


def test_it_takes_little_more_than_half_the_place(tmp_path, model):
    save_weights(model, tmp_path / "model.weights.h5")
    model.save_weights(tmp_path / "whole.weights.h5")
    sizes = [(tmp_path / f"{name}.weights.h5").stat().st_size for name in ("model", "whole")]
    assert 0.4 < sizes[0] / sizes[1] < 0.7


def test_a_kernel_beyond_half_precision_is_kept_as_it_is(tmp_path, model):
    kernel = model.variables[0]
    kernel.assign(np.full(kernel.shape, 123456.789, np.float32))
    save_weights(model, tmp_path / "model.weights.h5")
    values = next(iter(stored(tmp_path / "model.weights.h5", model).values()))
    np.testing.assert_array_equal(values, kernel.numpy())


def test_writing_again_overwrites(tmp_path, model):
    path = tmp_path / "model.weights.h5"
    save_weights(model, path)
    size = path.stat().st_size
    save_weights(model, path)
    assert path.stat().st_size == size


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the place cannot be asked for here")
def test_a_full_disk_is_an_error_and_not_the_end_of_the_process(tmp_path, model, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space left"):
        save_weights(model, tmp_path / "model.weights.h5")
