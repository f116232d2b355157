"""The file of a run's weights: as Keras writes and reads it, in half the place."""

from io import BytesIO
from pathlib import Path

import h5py
import keras
import numpy as np

from segcore.files import require_space


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
        copy = target.create_dataset(name, data=half, compression="gzip", shuffle=True)
    else:
        copy = target.create_dataset(name, data=item[()])
    _copy_attributes(item, copy)


def _copy_attributes(source: h5py.HLObject, target: h5py.HLObject) -> None:
    for name, value in source.attrs.items():
        target.attrs[name] = value
