"""Facts in an ONNX file: its input and its outputs; files that cannot become a run are refused."""

import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import TensorProto, numpy_helper
from onnx.external_data_helper import load_external_data_for_model

from segcore.errors import InputError, first_line

MOST_BYTES = 2_000_000_000
_DTYPES: dict[int, str] = {
    TensorProto.UINT8: "uint8",
    TensorProto.INT8: "int8",
    TensorProto.FLOAT: "float32",
    TensorProto.FLOAT16: "float16",
}
_INTEGERS = {TensorProto.UINT8, TensorProto.INT8, TensorProto.INT32, TensorProto.INT64, TensorProto.UINT16}
# The operators of ONNX, and the additional ones of ONNX Runtime.
_DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "com.microsoft"}
# Operators that keep values, perhaps in another shape or type.
_PASSING = ("Identity", "Cast", "Squeeze", "Reshape", "Unsqueeze", "Transpose")


@dataclass(frozen=True)
class Output:
    """One output of a network.

    Attributes:
        name: in the graph.
        shape: length of each axis, None for an unknown length; None if the whole shape is unknown.
        is_integer: whether its values are whole numbers.
        made_by: the operator that computes it, such as "ArgMax"; empty if unknown.
        classes: for a map of the likeliest classes, the number of classes; None if unknown.
    """

    name: str
    shape: tuple[int | None, ...] | None
    is_integer: bool
    made_by: str
    classes: int | None = None


@dataclass(frozen=True)
class NetworkFacts:
    """Facts about a network in its file.

    Attributes:
        input_name: in the graph.
        input_shape: length of each of the four axes, None for a free axis.
        dtype: of the input, as in ``segcore.runs.network_io.DTYPES``.
        outputs: in the order of the file.
        parameters: number of values in its constants.
        quantisation: scale and zero point of a quantised input q, which means ``(q - zero) * scale``; None for any
            other input.
    """

    input_name: str
    input_shape: tuple[int | None, ...]
    dtype: str
    outputs: tuple[Output, ...]
    parameters: int
    quantisation: tuple[float, float] | None = None

    @property
    def layout(self) -> str | None:
        """The layout "NCHW" or "NHWC", from the axis with three channels; None if both axes have three."""
        found = [layout for layout, axis in (("NCHW", 1), ("NHWC", 3)) if self.input_shape[axis] == 3]
        return found[0] if len(found) == 1 else None

    def sides(self, layout: str) -> tuple[int | None, int | None]:
        """Return (height, width) of the input, None for a free side."""
        first = 2 if layout == "NCHW" else 1
        return self.input_shape[first], self.input_shape[first + 1]


def check_file(path: Path) -> None:
    """Check type and size of a network file, without reading it.

    Raises:
        InputError: the file is missing, not a regular file, or larger than an ONNX file can be.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # a null character in a path
        raise InputError(f"{str(path)!r} is not a valid name of a file.") from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError(
            f"{path} is not a regular file; expected the file of a network, or a folder of masks."
        )
    if status.st_size > MOST_BYTES:
        raise InputError(
            f"{path} has {status.st_size / 1e9:.1f} GB, more than the {MOST_BYTES / 1e9:.0f} GB that one ONNX file can "
            "hold."
        )


def copy_whole(source: Path, target: Path) -> None:
    """Copy an ONNX file as one file, with the weights that it keeps in files beside it.

    PyTorch writes ``model.onnx.data`` beside ``model.onnx`` unless it is told otherwise.

    Raises:
        InputError: it is not an ONNX file, a file with its weights is not in its folder or is too short, or all of it
            is larger than an ONNX file can be.
    """
    model = _loaded(source)
    outside = sorted({place for tensor in _tensors(model) if (place := _place(tensor)) is not None})
    if not outside:
        shutil.copyfile(source, target)
        return
    # Only files of this folder: a network from elsewhere must not make this program read any other file.
    beside = {path.name for path in source.parent.iterdir() if path.is_file()}
    for place in outside:
        if place not in beside:
            raise InputError(
                f"{source} keeps its weights in {place!r}, which is not in its folder; put both files into one "
                "folder, or export the network as one file, in PyTorch with external_data=False."
            )
    size = sum((source.parent / place).stat().st_size for place in outside) + source.stat().st_size
    if size > MOST_BYTES:
        raise InputError(
            f"{source} and the files with its weights have {size / 1e9:.1f} GB, more than the {MOST_BYTES / 1e9:.0f} "
            "GB that one ONNX file can hold."
        )
    try:
        load_external_data_for_model(model, str(source.parent))
        target.write_bytes(model.SerializeToString())
    # ONNX raises no common type for files that are too short, links or places outside of the file.
    except Exception as error:
        raise InputError(
            f"The weights of {source} cannot be read from {', '.join(outside)} ({first_line(error)}); export "
            "the network again."
        ) from error


def inspect_network(path: Path, *, name: Path | None = None) -> NetworkFacts:
    """Return the facts in an ONNX file, without running the network.

    Args:
        path: of the file.
        name: the file to name in errors, where ``path`` is a copy of it.

    Raises:
        InputError: it is not an ONNX file, needs other files or non-standard operators, or its input is not a picture.
    """
    model = _loaded(path)
    path = path if name is None else name
    if place := next((found for tensor in _tensors(model) if (found := _place(tensor))), None):
        raise InputError(f"{path} keeps its weights in {place!r}; export it as one file.")
    used = sorted(
        {node.domain for node in _nodes(model)} - _DOMAINS - {entry.domain for entry in model.functions}
    )
    if used:
        raise InputError(
            f"{path} has operators of {used[0]!r}, which are not part of ONNX; export it with standard operators only."
        )
    graph = _with_shapes(model).graph
    constants = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in constants]
    if len(inputs) != 1:
        names = ", ".join(value.name for value in inputs[:5]) or "none"
        raise InputError(f"{path} has {len(inputs)} inputs ({names}); expected one, the picture.")
    return NetworkFacts(
        input_name=inputs[0].name,
        input_shape=_input_shape(path, inputs[0]),
        dtype=_input_dtype(path, inputs[0]),
        outputs=tuple(_output(value, graph) for value in graph.output),
        parameters=sum(_size(tensor.dims) for tensor in graph.initializer),
        quantisation=_quantisation(inputs[0].name, graph),
    )


def _loaded(path: Path) -> onnx.ModelProto:
    check_file(path)
    try:
        model = onnx.load_model(path, load_external_data=False)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except DecodeError as error:
        raise InputError(f"{path} is not an ONNX file; export the network as ONNX.") from error
    # An empty file, and many files of other kinds, decode as a model without content.
    if not model.graph.node or not model.opset_import:
        raise InputError(f"{path} is not an ONNX file, or has no network; export the network as ONNX.")
    newest = onnx.defs.onnx_opset_version()
    found = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=0)
    if found > newest:
        raise InputError(
            f"{path} has ONNX's operator set {found}, but only sets up to {newest} are supported; export an older set."
        )
    return model


def _with_shapes(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with inferred shapes, or the model itself if ONNX cannot infer any."""
    try:
        return onnx.shape_inference.infer_shapes(model)
    # Inference may raise anything for an unusual model; the trial run of the network will report errors.
    except Exception:
        return model


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                if inner.node:
                    yield from _graphs(inner)


def _nodes(model: onnx.ModelProto) -> Iterator[onnx.NodeProto]:
    for graph in _graphs(model.graph):
        yield from graph.node
    for function in model.functions:
        yield from function.node


def _tensors(model: onnx.ModelProto) -> Iterator[TensorProto]:
    for graph in _graphs(model.graph):
        yield from graph.initializer
        for sparse in graph.sparse_initializer:
            yield from (sparse.values, sparse.indices)
    for node in _nodes(model):
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)


def _place(tensor: TensorProto) -> str | None:
    """Return the file in which a tensor keeps its values; None if they are in the ONNX file."""
    if tensor.data_location != TensorProto.EXTERNAL:
        return None
    return next((entry.value for entry in tensor.external_data if entry.key == "location"), "another file")


def _input_shape(path: Path, value: onnx.ValueInfoProto) -> tuple[int | None, ...]:
    shape = _shape(value)
    if shape is None or len(shape) != 4:
        found = "no shape" if shape is None else f"{len(shape)} axes"
        raise InputError(
            f"The input {value.name!r} of {path} has {found}; expected batch, channels and two sides."
        )
    if shape[0] not in (None, 1):
        raise InputError(
            f"The network in {path} takes {shape[0]} pictures at once; export it for a batch of 1."
        )
    if 3 not in (shape[1], shape[3]):
        raise InputError(
            f"The input {value.name!r} of {path} has the shape {_in_words(shape)}, where no axis has three "
            "colours; export it with 3 channels fixed."
        )
    return shape


def _input_dtype(path: Path, value: onnx.ValueInfoProto) -> str:
    kind = value.type.tensor_type.elem_type
    if kind not in _DTYPES:
        is_known = kind in TensorProto.DataType.values()
        name = TensorProto.DataType.Name(kind).lower() if is_known else f"number {kind}"
        raise InputError(
            f"The input {value.name!r} of {path} has the type {name}; expected {', '.join(_DTYPES.values())}. "
            "Export it in float32, in PyTorch after model.float()."
        )
    return _DTYPES[kind]


def _output(value: onnx.ValueInfoProto, graph: onnx.GraphProto) -> Output:
    makers = {name: node for node in graph.node for name in node.output}
    node = makers.get(value.name)
    # Skip operators that only keep values.
    while node is not None and node.op_type in _PASSING:
        node = makers.get(node.input[0])
    return Output(
        name=value.name,
        shape=_shape(value),
        is_integer=value.type.tensor_type.elem_type in _INTEGERS,
        made_by=node.op_type if node is not None else "",
        classes=_choices(node, graph) if node is not None and node.op_type == "ArgMax" else None,
    )


def _choices(node: onnx.NodeProto, graph: onnx.GraphProto) -> int | None:
    """Return the number of scores of which an ArgMax takes the largest; None if unknown."""
    scores = next((value for value in (*graph.value_info, *graph.input) if value.name == node.input[0]), None)
    shape = None if scores is None else _shape(scores)
    axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 0)
    return shape[axis] if shape is not None and -len(shape) <= axis < len(shape) else None


def _quantisation(name: str, graph: onnx.GraphProto) -> tuple[float, float] | None:
    """Return the scale and zero point with which a network dequantises its input; None if it does not."""
    while takers := [node for node in graph.node if name in node.input]:
        if takers[0].op_type == "DequantizeLinear":
            constants = {tensor.name: tensor for tensor in graph.initializer}
            values = [
                numpy_helper.to_array(constants[given]) for given in takers[0].input[1:] if given in constants
            ]
            is_one = len(values) == len(takers[0].input) - 1 and all(value.size == 1 for value in values)
            return (
                (float(values[0].item()), float(values[1].item()) if values[1:] else 0.0) if is_one else None
            )
        if takers[0].op_type not in ("Identity", "Transpose", "Reshape"):
            return None
        name = takers[0].output[0]
    return None


def _shape(value: onnx.ValueInfoProto) -> tuple[int | None, ...] | None:
    tensor = value.type.tensor_type
    if not value.type.HasField("tensor_type") or not tensor.HasField("shape"):
        return None
    return tuple(
        side.dim_value if side.HasField("dim_value") and side.dim_value > 0 else None
        for side in tensor.shape.dim
    )


def _in_words(shape: Sequence[int | None]) -> str:
    return f"({', '.join('free' if side is None else str(side) for side in shape)})"


def _size(dims: Sequence[int]) -> int:
    size = 1
    for side in dims:
        size *= side
    return size
