"""Export of a run's network as an ONNX graph. Only this module of the package builds the network with Keras."""

from pathlib import Path

import keras
from onnx import ModelProto

from segcore.models.build import build_model
from segcore.models.layers import Sharpen
from segcore.predict.onnx.graph import IMAGE, Graph, Value
from segcore.predict.onnx.layers import LayerWriter, enlarged
from segcore.predict.onnx.metadata import NORMS_KEY, SHARPENING_KEY, STRIDE_KEY
from segcore.predict.onnx.weights import read_weights, with_weights
from segcore.runs.run import MODEL_FILE, WEIGHTS_FILE, Run
from segcore.system.files import replace_file


def export_run(run: Run) -> ModelProto:
    """Return the graph of a run's network, which refers to the run's ``model.weights.h5``.

    The network is built from ``run.json``; its weights are not read.

    Returns:
        As ``as_graph``.

    Raises:
        InputError: the network of ``run.json`` cannot be built, or one of its layers cannot be written as ONNX.
    """
    model = build_model(
        run.architecture, num_classes=run.num_classes, image_size=run.network_size, **run.arguments
    )
    return as_graph(model, sharpening=run.sharpening)


def publish_graph(run: Run) -> None:
    """Write the ``model.onnx`` of a run if it has none, so that the run predicts with ONNX Runtime."""
    if not (run.path / MODEL_FILE).exists():
        write_model(export_run(run), run.path / MODEL_FILE)


def as_graph(model: keras.Model, *, sharpening: float = 0.0, full_size: bool = False) -> ModelProto:
    """Write a network as an ONNX graph without its weights.

    Args:
        model: a network of ``segcore.models``; no layer may be used twice.
        sharpening: strength, see ``segcore.models.layers.Sharpen``.
        full_size: upsample the logits to the size of the picture, as ``model`` does. By default the output is coarse,
            as the network computes it, which takes less time to copy.

    Returns:
        A model with the input "image", float32 RGB 0..255 (1, H, W, 3) for any H and W divisible by 32, and the output
        "scores", logits float32 (1, C, H / stride, W / stride). The stride is in the metadata. The weights are
        references to ``model.weights.h5``, see ``segcore.predict.onnx.weights``.

    Raises:
        InputError: a layer cannot be written as ONNX.
    """
    graph = Graph(WEIGHTS_FILE)
    walk = _Walk(graph)
    logits = graph.settled(walk.value_of(model.get_layer("logits").output))
    if sharpening:
        (logits,) = LayerWriter(graph, Sharpen(sharpening, name="sharpen")).write([logits])
    if full_size and logits.stride > 1:
        logits = enlarged(graph, logits, logits.stride, name="restore")
    norms = {
        layer.name: walk.value_of(layer.output).stride
        for layer in model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    }
    metadata = {STRIDE_KEY: logits.stride, NORMS_KEY: norms, SHARPENING_KEY: sharpening}
    return graph.model(logits.name, name=model.name, channels=logits.channels, metadata=metadata)


def write_model(model: ModelProto, path: Path, *, weights: Path | None = None) -> None:
    """Write a model file atomically.

    Args:
        model: from ``export_run`` or ``as_graph``.
        path: of the file.
        weights: a ``.weights.h5`` of the network: the file then contains the weights, for use elsewhere. Without it
            the file is small and needs the run's ``model.weights.h5`` beside it.

    Raises:
        InputError: the weights do not fit the network.
        OSError: the file cannot be written.
    """
    if weights is not None:
        model = with_weights(model, read_weights(weights))
    with replace_file(path) as temporary:
        temporary.write_bytes(model.SerializeToString(deterministic=True))


class _Walk:
    """Writes the layers that a tensor of a Keras network needs, each once, in execution order."""

    def __init__(self, graph: Graph):
        self._graph = graph
        self._values: dict[int, Value] = {}

    def value_of(self, tensor: keras.KerasTensor) -> Value:
        if id(tensor) not in self._values:
            layer = tensor._keras_history.operation
            if isinstance(layer, keras.layers.InputLayer):
                self._values[id(tensor)] = Value(IMAGE, 1, tensor.shape[-1])
            else:
                inputs = layer.input if isinstance(layer.input, list) else [layer.input]
                outputs = layer.output if isinstance(layer.output, list | tuple) else [layer.output]
                values = LayerWriter(self._graph, layer).write([self.value_of(each) for each in inputs])
                self._values |= {id(out): value for out, value in zip(outputs, values, strict=True)}
        return self._values[id(tensor)]
