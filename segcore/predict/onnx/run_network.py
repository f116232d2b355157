"""The network of a run in ONNX Runtime: loading, views and adaptation."""

import time
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path

import cv2
import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import ModelProto, TensorProto

from segcore.errors import InputError
from segcore.frames.letterbox import fit
from segcore.predict.onnx.adaptation.following import following
from segcore.predict.onnx.adaptation.norms import find_norms
from segcore.predict.onnx.adaptation.region import region_weights
from segcore.predict.onnx.adaptation.watching import MOMENTS, Watch, watching, worth_watching
from segcore.predict.onnx.graph import IMAGE, SCORES
from segcore.predict.onnx.metadata import SHARPENING_KEY, read_metadata
from segcore.predict.onnx.network import OnnxNetwork
from segcore.predict.onnx.pixels import Scaling, without_scaling
from segcore.predict.onnx.weights import read_weights, with_weights
from segcore.predict.views import View
from segcore.runs.run import MODEL_FILE, Run, is_mirrored

Size = tuple[int, int]


def read_model(path: Path, weights: Path | None = None) -> ModelProto:
    """Read a model file of a run, and the weights if they are in another file.

    Args:
        path: of the model file.
        weights: the ``model.weights.h5``, for a model file without weights.

    Raises:
        InputError: a file is missing or damaged, or the weights do not fit the network.
    """
    model = _read_graph(path)
    outside = any(tensor.data_location == TensorProto.EXTERNAL for tensor in model.graph.initializer)
    if not outside:
        return model
    if weights is None:
        raise InputError(f"{Path(path).name} has its weights in another file, which is missing.")
    return with_weights(model, read_weights(weights))


def load_network(run: Run) -> "RunNetwork":
    """Return the network of a run of this project that has a ``model.onnx``.

    Raises:
        InputError: the file does not fit ``run.json`` or the weights.
    """
    path = run.path / MODEL_FILE
    sharpening = read_metadata(_read_graph(path), SHARPENING_KEY, 0)
    if sharpening != run.sharpening:
        raise InputError(
            f"{MODEL_FILE} of the run {run.name} has the sharpening {sharpening:g}, but run.json has "
            f"{run.sharpening:g}; write it again with `python -m segcore export --run {run.name}`."
        )
    return RunNetwork(lambda: read_model(path, run.weights_path), run.inference_sizes, run.adaptation)


def _read_graph(path: Path) -> ModelProto:
    try:
        return onnx.load(path, load_external_data=False)
    except FileNotFoundError as error:
        raise InputError(f"{Path(path).name} is missing.") from error
    except (OSError, DecodeError, ValueError) as error:
        raise InputError(f"{Path(path).name} is not a readable ONNX file.") from error


class RunNetwork:
    """A network that adapts to unusual pictures; safe to call from several threads.

    Args:
        make_model: returns a model of this project with its weights; called again at the first unusual picture, so
            that the weights need not stay in memory.
        sizes: (height, width) in pixels of each view, at least one, all divisible by 32.
        usual: usual change of each layer to adapt, see ``segcore.predict.adaptation``; empty for no adaptation.

    Raises:
        InputError: a layer to adapt is not a batch normalisation of the network.
    """

    def __init__(
        self,
        make_model: Callable[[], ModelProto],
        sizes: Sequence[Size],
        usual: Mapping[str, float] | None = None,
    ):
        self._sizes = tuple(sizes)
        model, self._scaling = without_scaling(make_model())
        norms = find_norms(model, usual or {})
        self._plain = OnnxNetwork(lambda: model)
        watched = worth_watching(norms)
        self._watch = Watch(watched) if watched else None
        self._watching = OnnxNetwork(lambda: watching(model, watched))
        self._following = OnnxNetwork(lambda: following(without_scaling(make_model())[0], norms))
        self._followed_strides = {norm.stride for norm in norms}

    def views(self, image: np.ndarray) -> tuple[list[View], float]:
        """Predict each view of a picture; every second view is mirrored.

        If one of them but the largest shows that the picture is unusual, the network adapts to it in all views.

        Args:
            image: uint8 RGB (height, width, 3) of any size.

        Returns:
            The logits of each view, and the time of the network in seconds.

        Raises:
            InputError: ONNX Runtime cannot run the network.
        """
        views = [
            _Shown(image, size, self._scaling, mirrored=is_mirrored(index))
            for index, size in enumerate(self._sizes)
        ]
        start = time.perf_counter()
        scores = self._scores(views)
        seconds = time.perf_counter() - start
        return [view.view(*each) for view, each in zip(views, scores, strict=True)], seconds

    def _scores(self, views: Sequence["_Shown"]) -> list[tuple[np.ndarray, float]]:
        """Return the logits of each view, and the seconds for each view."""
        if self._watch is None:
            return [_timed(self._plain, view.inputs()) for view in views]
        by_size = sorted(range(len(views)), key=lambda index: np.prod(views[index].size))
        seen: dict[int, tuple[np.ndarray, float]] = {}
        # All but the largest, which takes as long as the others together; the one before it speaks for it.
        for index in by_size[:-1] or by_size:
            start = time.perf_counter()
            (scores,), moments = self._watching.run(
                [SCORES, MOMENTS], views[index].inputs(self._watch.strides)
            )
            seen[index] = scores, time.perf_counter() - start
            if self._watch.is_unusual(moments, or_close=index in by_size[-2:-1]):
                return [_timed(self._following, view.inputs(self._followed_strides)) for view in views]
        return [
            seen[index] if index in seen else _timed(self._plain, view.inputs())
            for index, view in enumerate(views)
        ]


class _Shown:
    """One view of a picture as input of a network."""

    def __init__(self, image: np.ndarray, size: Size, scaling: Scaling, *, mirrored: bool):
        self.size = size
        self._mirrored = mirrored
        fitted, (self._rows, self._columns) = fit(image, size)
        self._across = self._columns
        if mirrored:
            fitted = cv2.flip(fitted, 1)
            self._across = slice(size[1] - self._columns.stop, size[1] - self._columns.start)
        self._features = scaling.features(fitted, size, self._rows, self._across)

    def inputs(self, strides: Set[int] = frozenset()) -> dict[str, np.ndarray]:
        """Return the inputs of a graph that measures features of these strides."""
        return {IMAGE: self._features} | region_weights(self.size, self._rows, self._across, strides)

    def view(self, scores: np.ndarray, seconds: float) -> View:
        return View(scores, self.size, self._rows, self._columns, self._mirrored, seconds)


def _timed(network: OnnxNetwork, inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, float]:
    start = time.perf_counter()
    ((scores,),) = network.run([SCORES], inputs)
    return scores, time.perf_counter() - start
