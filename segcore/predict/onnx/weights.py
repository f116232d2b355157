"""Reading of a graph's weights from a Keras weights file, without Keras."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
from onnx import ModelProto, TensorProto

from segcore.errors import InputError, first_line
from segcore.predict.onnx.metadata import WEIGHTS_KEY, read_metadata, weight_name


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """Read a ``.weights.h5`` file of Keras 3, written by ``segcore.training.weights_file.save_weights``.

    Returns:
        The variables of all layers, float32, by ``weight_name``.

    Raises:
        InputError: the file is missing or damaged, is another kind of file, or holds values that are not finite.
    """
    try:
        with h5py.File(path) as file:
            return {
                weight_name(group["vars"].attrs["name"], int(place)): _finite(values)
                for group in file["layers"].values()
                for place, values in group["vars"].items()
            }
    # h5py raises OSError, KeyError, RuntimeError and others for a damaged or wrong file.
    except Exception as error:
        raise InputError(
            f"{Path(path).name} is not a readable weights file ({first_line(error)}); copy the file again."
        ) from error


def with_weights(model: ModelProto, weights: Mapping[str, np.ndarray]) -> ModelProto:
    """Return a copy of ``model`` that contains its weights.

    Args:
        model: from ``segcore.predict.onnx.export``.
        weights: from ``read_weights``.

    Raises:
        InputError: a weight is missing, superfluous or has another shape.
    """
    layouts = read_metadata(model, WEIGHTS_KEY, {})
    filled = ModelProto()
    filled.CopyFrom(model)
    outside = [each for each in filled.graph.initializer if each.data_location == TensorProto.EXTERNAL]
    if surplus := sorted(weights.keys() - {tensor.name for tensor in outside}):
        raise _misfit(f"the file has {surplus[0]}, which the graph does not have")
    for tensor in outside:
        if tensor.name not in weights:
            raise _misfit(f"the file has no {tensor.name}")
        axes, flipped = layouts.get(tensor.name, (None, False))
        values = _laid_out(weights[tensor.name], axes, flipped, tensor)
        tensor.raw_data = values.tobytes()
        tensor.ClearField("external_data")
        tensor.data_location = TensorProto.DEFAULT
    return filled


def _laid_out(values: np.ndarray, axes: list[int] | None, flipped: bool, tensor: TensorProto) -> np.ndarray:
    if axes is not None and len(axes) == values.ndim:
        values = values.transpose(axes)
    if flipped:
        values = values[..., ::-1, ::-1]
    shape = tuple(tensor.dims)
    # In the graph, the two feature axes of a depthwise kernel are one axis; all other shapes are the same.
    merged = (values.shape[0] * values.shape[1], 1, *values.shape[2:]) if values.ndim == 4 else None
    if shape not in (values.shape, merged):
        raise _misfit(f"{tensor.name} has the shape {values.shape}, the graph expects {shape}")
    return np.ascontiguousarray(values, "<f4").reshape(shape)


def _finite(values: h5py.Dataset) -> np.ndarray:
    values = values[()].astype(np.float32)
    if not np.isfinite(values).all():
        raise ValueError("it holds values that are not finite")
    return values


def _misfit(reason: str) -> InputError:
    return InputError(
        f"The weights do not fit the graph of the network ({reason}); export the run again with "
        "`python -m segcore export`."
    )
