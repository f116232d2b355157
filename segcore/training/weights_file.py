"""The weights file of a run: in the format of Keras, but half as large."""

from io import BytesIO
from pathlib import Path

import h5py
import keras
import numpy as np

from segcore.system.files import require_space

HALF_PRECISION_BITS = 11
"""Significant bits of a number in half precision."""


def round_kernels(model: keras.Model, bits: int) -> None:
    """Round the kernels of ``model`` to ``bits`` significant bits; fewer bits compress better.

    Args:
        model: built; its biases, scales and batch statistics do not change.
        bits: at least 1; with 11 (half precision) or more, the file of ``save_weights`` does not change.
    """
    for variable in model.trainable_variables:
        if len(variable.shape) > 1 and bits < HALF_PRECISION_BITS:
            mantissa, exponent = np.frexp(keras.ops.convert_to_numpy(variable))
            variable.assign(np.ldexp(np.round(mantissa * 2**bits) / 2**bits, exponent))


def save_weights(model: keras.Model, path: Path) -> None:
    """Write the weights of ``model`` for ``keras.Model.load_weights``, with kernels in half precision.

    A mantissa of ten bits is enough: the scores of the shipped runs change in their fifth digit. Biases, scales and
    batch statistics stay in single precision, and so do kernels with a value that half precision cannot hold.

    Args:
        model: built.
        path: ends in ".weights.h5"; an existing file is overwritten.

    Raises:
        OSError: the disk is full.
    """
    # Four bytes per parameter, and space for names and headers of HDF5.
    require_space(path, 4 * model.count_params() + 4096 * len(model.weights))
    model.save_weights(path, overwrite=True)
    with h5py.File(BytesIO(Path(path).read_bytes())) as whole, h5py.File(path, "w") as halved:
        _copy_attributes(whole, halved)
        whole.visititems(lambda name, item: _copy_halved(name, item, halved))


def _copy_halved(name: str, item: h5py.Group | h5py.Dataset, target: h5py.File) -> None:
    if isinstance(item, h5py.Group):
        copy = target.require_group(name)
    elif item.ndim > 1 and np.abs(item[()]).max() <= np.finfo(np.float16).max:
        half = item[()].astype(np.float16)
        # In one chunk, since small chunks compress worse.
        copy = target.create_dataset(name, data=half, chunks=half.shape, compression="gzip", shuffle=True)
    else:
        copy = target.create_dataset(name, data=item[()])
    _copy_attributes(item, copy)


def _copy_attributes(source: h5py.HLObject, target: h5py.HLObject) -> None:
    for name, value in source.attrs.items():
        target.attrs[name] = value
