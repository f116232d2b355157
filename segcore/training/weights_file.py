"""The file of a run's weights: as Keras writes and reads it, in half the place."""

from io import BytesIO
from pathlib import Path

import h5py
import keras
import numpy as np

from segcore.system.files import require_space

HALF_PRECISION_BITS = 11
"""Significant bits of a number in half precision."""


def round_kernels(model: keras.Model, bits: int) -> None:
    """Round the kernels of ``model`` to so many significant bits, which compress the better the fewer they are.

    Args:
        model: built; biases, scales and batch statistics stay as they are.
        bits: at least 1; the 11 of half precision or more leave what ``save_weights`` writes as it is.
    """
    for variable in model.trainable_variables:
        if len(variable.shape) > 1 and bits < HALF_PRECISION_BITS:
            mantissa, exponent = np.frexp(keras.ops.convert_to_numpy(variable))
            variable.assign(np.ldexp(np.round(mantissa * 2**bits) / 2**bits, exponent))


def save_weights(model: keras.Model, path: Path) -> None:
    """Write the weights of ``model`` for ``keras.Model.load_weights``, kernels in half precision.

    Ten bits of mantissa are more than a network notices: the scores of the shipped runs change in their fifth
    digit. What is no kernel (biases, scales, batch statistics) stays as it is, and so does a kernel with a number
    that half precision cannot hold.

    Args:
        model: built.
        path: ends in ".weights.h5"; an existing file is overwritten.

    Raises:
        OSError: the disk is full.
    """
    # Four bytes a parameter, and what HDF5 adds for names and headers.
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
        # In one piece, as small ones compress worse.
        copy = target.create_dataset(name, data=half, chunks=half.shape, compression="gzip", shuffle=True)
    else:
        copy = target.create_dataset(name, data=item[()])
    _copy_attributes(item, copy)


def _copy_attributes(source: h5py.HLObject, target: h5py.HLObject) -> None:
    for name, value in source.attrs.items():
        target.attrs[name] = value
