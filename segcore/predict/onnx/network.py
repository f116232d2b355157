"""A network that ONNX Runtime computes."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

import numpy as np
import onnxruntime
from onnx import ModelProto

from segcore.errors import InputError, first_line
from segcore.system import settings

MOST_THREADS = 8
"""Beyond these, threads wait for each other more than they compute."""

# Two networks at once would be no faster, as each takes all threads, and take twice the memory.
_ONE_AT_A_TIME = threading.Lock()


class OnnxNetwork:
    """A network behind a session of ONNX Runtime; safe to call from several threads, one of which computes.

    The session begins with the first call, so that a network that is never asked costs nothing.

    Args:
        make_model: makes the model, with its weights, as an object or as the bytes of a file; called once, when the
            session begins.
    """

    def __init__(self, make_model: Callable[[], ModelProto | bytes]):
        self._make_model: Callable[[], ModelProto | bytes] | None = make_model
        self._session: onnxruntime.InferenceSession | None = None

    def run(self, outputs: Sequence[str] | None, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """Return ``outputs`` by their names, all for None, in the order of the graph.

        Raises:
            InputError: ONNX Runtime cannot load or compute the network.
        """
        with _ONE_AT_A_TIME, _in_words():
            return self._started().run(outputs, dict(inputs))

    @property
    def input_name(self) -> str:
        """Name of the first input in the graph.

        Raises:
            InputError: ONNX Runtime cannot load the network.
        """
        with _ONE_AT_A_TIME, _in_words():
            return self._started().get_inputs()[0].name

    def _started(self) -> onnxruntime.InferenceSession:
        if self._session is None:
            assert self._make_model is not None
            model = self._make_model()
            content = model if isinstance(model, bytes) else model.SerializeToString()
            self._session = onnxruntime.InferenceSession(
                content, _options(), providers=["CPUExecutionProvider"]
            )
            # The session has weights of its own.
            self._make_model = None
        return self._session


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    # The classes of its exceptions are not part of what ONNX Runtime promises.
    except Exception as error:
        raise InputError(f"ONNX Runtime cannot compute the network: {first_line(error)}.") from error


def threads() -> int:
    """Return how many threads compute a network: as many as are set, else one a processor of this process.

    Raises:
        InputError: the setting is no number of threads.
    """
    chosen = settings.threads()
    if chosen is not None:
        return chosen
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST_THREADS)


@cache
def _share_memory() -> None:
    """Let all sessions of this process take turns with one store of memory, which grows by what is asked for only."""
    ordinary = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    unlimited, as_requested, default = 0, 1, -1
    arena = onnxruntime.OrtArenaCfg(unlimited, as_requested, default, default)
    onnxruntime.create_and_register_allocator(ordinary, arena)


def _options() -> onnxruntime.SessionOptions:
    _share_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Sessions take turns; threads of one that waits actively take half the time of the next.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.use_env_allocators", "1")
    # A plan of memory would be kept for each size of picture.
    options.enable_mem_pattern = False
    return options
