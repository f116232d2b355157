"""What an ONNX file says of itself: its input, its outputs, and what no run can be made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import TensorProto

from segcore.errors import InputError

MOST_BYTES = 2_000_000_000
_DTYPES = {
    TensorProto.UINT8: "uint8",
    TensorProto.INT8: "int8",
    TensorProto.FLOAT: "float32",
    TensorProto.FLOAT16: "float16",
}
_INTEGERS = {TensorProto.UINT8, TensorProto.INT8, TensorProto.INT32, TensorProto.INT64, TensorProto.UINT16}
# The operators of ONNX, and what ONNX Runtime itself adds to them.
_DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "com.microsoft"}


@dataclass(frozen=True)
class Output:
    """One output of a network.

    Attributes:
        name: in the graph.
        shape: of each axis its length, or None where the file does not say; None for a file that says nothing.
        is_integer: whether its values are whole numbers.
        made_by: the operator that makes it, such as "ArgMax"; empty where that is not known.
    """

    name: str
    shape: tuple[int | None, ...] | None
    is_integer: bool
    made_by: str


@dataclass(frozen=True)
class NetworkFacts:
    """What the file says.

    Attributes:
        input_name: in the graph.
        input_shape: of each of the four axes its length, or None for one that is free.
        dtype: of the input, as in ``segcore.runs.network_io.DTYPES``.
        outputs: in the order of the file.
        parameters: numbers in its constants.
    """

    input_name: str
    input_shape: tuple[int | None, ...]
    dtype: str
    outputs: tuple[Output, ...]
    parameters: int

    @property
    def layout(self) -> str | None:
        """The layout "NCHW" or "NHWC" by the axis that has three channels; None where both have."""
        found = [layout for layout, axis in (("NCHW", 1), ("NHWC", 3)) if self.input_shape[axis] == 3]
        return found[0] if len(found) == 1 else None

    def sides(self, layout: str) -> tuple[int | None, int | None]:
        """Return height and width of the input, None for one that is free."""
        return self.input_shape[2:4] if layout == "NCHW" else self.input_shape[1:3]  # type: ignore[return-value]


def inspect_network(path: Path) -> NetworkFacts:
    """Read what an ONNX file says, without running it.

    Raises:
        InputError: it is no ONNX file, needs other files or operators that are not ONNX's, or its input is no picture.
    """
    model = _loaded(path)
    graph = model.graph
    _check_self_contained(path, graph.initializer)
    foreign = sorted({entry.domain for entry in model.opset_import} - _DOMAINS)
    used = sorted({node.domain for node in graph.node} & set(foreign))
    if used:
        raise InputError(
            f"{path} has operators of {used[0]!r}, which are not ONNX's own; export it with standard operators alone."
        )
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
    )


def _loaded(path: Path) -> onnx.ModelProto:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise InputError(f"{path} is no regular file; expected an ONNX file.")
        if size > MOST_BYTES:
            raise InputError(
                f"{path} has {size / 1e9:.1f} GB, more than the {MOST_BYTES / 1e9:.0f} GB that one ONNX file can hold."
            )
        model = onnx.load_model(path, load_external_data=False)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except DecodeError as error:
        raise InputError(f"{path} is not an ONNX file; export the network as ONNX.") from error
    # An empty file, and many that are something else, decode as a model without content.
    if not model.graph.node or not model.opset_import:
        raise InputError(f"{path} is not an ONNX file, or one without a network; export the network as ONNX.")
    newest = onnx.defs.onnx_opset_version()
    found = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=0)
    if found > newest:
        raise InputError(
            f"{path} has ONNX's operator set {found}; but only up to {newest} is known here; export an older one."
        )
    return model


def _check_self_contained(path: Path, constants: Sequence[TensorProto]) -> None:
    for tensor in constants:
        if tensor.data_location == TensorProto.EXTERNAL:
            place = next(
                (entry.value for entry in tensor.external_data if entry.key == "location"), "another file"
            )
            raise InputError(
                f"{path} keeps its weights in {place!r}; export it as one file, or load it with onnx.load and save it "
                "with onnx.save, which puts both together."
            )


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
        name = TensorProto.DataType.Name(kind).lower()
        raise InputError(
            f"The input {value.name!r} of {path} has the type {name}; expected {', '.join(_DTYPES.values())}."
        )
    return _DTYPES[kind]


def _output(value: onnx.ValueInfoProto, graph: onnx.GraphProto) -> Output:
    makers = {name: node for node in graph.node for name in node.output}
    node = makers.get(value.name)
    # What only passes values on says nothing about them.
    while node is not None and node.op_type in (
        "Identity",
        "Cast",
        "Squeeze",
        "Reshape",
        "Unsqueeze",
        "Transpose",
    ):
        node = makers.get(node.input[0])
    return Output(
        name=value.name,
        shape=_shape(value),
        is_integer=value.type.tensor_type.elem_type in _INTEGERS,
        made_by=node.op_type if node is not None else "",
    )


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
