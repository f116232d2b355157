"""A network in ONNX Runtime."""

import atexit
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

import numpy as np
import onnxruntime
from onnx import ModelProto, TensorProto, helper

from segcore.errors import InputError, first_line
from segcore.system import settings
from segcore.system.memory import return_free_memory

MOST_THREADS = 8
"""More threads would mostly wait for each other."""

_FIRST_BLOCK, _BLOCK = 2**24, 2**27
"""Bytes of the first and of each further block of memory; the system gives a page of it only when it is used."""
_LEAST_REST = 2**16
"""Bytes: a value that leaves at least as much of a free piece leaves it to other values."""

MOST_SECONDS = 300
"""A run that takes longer is stopped: a loop in the network may never end."""

# Each network uses all threads: two at once would not be faster, and would take twice the memory.
_ONE_AT_A_TIME = threading.Lock()

_MOST_SECONDS_AT_EXIT = 10
# The process waits at its end for the network that runs, and lets no other begin: a thread that comes back from ONNX
# Runtime when Python has ended aborts the process.
atexit.register(_ONE_AT_A_TIME.acquire, timeout=_MOST_SECONDS_AT_EXIT)


class OnnxNetwork:
    """A network in a session of ONNX Runtime; safe to call from several threads, which run one after the other.

    The session is created at the first call, so that an unused network costs nothing.

    Args:
        make_model: returns the model with its weights, as an object or as the bytes of a file; called once, when the
            session is created.
    """

    def __init__(self, make_model: Callable[[], ModelProto | bytes]):
        self._make_model: Callable[[], ModelProto | bytes] | None = make_model
        self._session: onnxruntime.InferenceSession | None = None

    def run(self, outputs: Sequence[str] | None, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """Return the values of ``outputs``, names of the graph; None means all outputs in the order of the graph.

        Raises:
            InputError: ONNX Runtime cannot load or run the network, or the run takes more than ``MOST_SECONDS``, which
                is looked at after each node.
        """
        with _ONE_AT_A_TIME, _in_words():
            session = self._started()
            with _bounded() as options:
                return session.run(outputs, dict(inputs), options)

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
            _share_memory()
            self._session = _session(model if isinstance(model, bytes) else model.SerializeToString())
            # The session has its own copy of the weights; its wrapper keeps the file to begin anew on another device.
            self._session.disable_fallback()
            self._session._model_bytes = None
            self._make_model = None
        return self._session


def release_memory() -> None:
    """Return the memory of past predictions to the system; the next prediction allocates it again in some 60 ms.

    The arena that all sessions share keeps the memory of the largest prediction, some 130 MB for the included
    networks. It shrinks only at the end of a run that asks for it, so the smallest possible network is run.
    """
    with _ONE_AT_A_TIME:
        _share_memory()
        _shrink()
    return_free_memory()


def _shrink() -> None:
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    _smallest().run(None, {"x": np.zeros(1, np.float32)}, options)


@cache
def _smallest() -> onnxruntime.InferenceSession:
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "smallest", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return _session(model.SerializeToString())


@contextmanager
def _bounded() -> Iterator[onnxruntime.RunOptions]:
    """Give options that stop a run after ``MOST_SECONDS``."""
    options = onnxruntime.RunOptions()
    # Only fatal: the exception says what failed, and the log would repeat it.
    options.log_severity_level = 4
    timer = threading.Timer(MOST_SECONDS, setattr, (options, "terminate", True))
    # The end of the process does not wait for it.
    timer.daemon = True
    timer.start()
    try:
        yield options
    except Exception as error:
        if not options.terminate:
            raise
        raise InputError(
            f"The network was stopped, as it had not finished one picture after {MOST_SECONDS} s; "
            "it may hold a loop that never ends: use another network, or a smaller input size."
        ) from error
    finally:
        timer.cancel()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    # The exception types of ONNX Runtime are not part of its interface.
    except Exception as error:
        raise InputError(f"ONNX Runtime cannot run the network: {first_line(error)}.") from error


def threads() -> int:
    """Return the number of threads of a network: that of the settings, else one per CPU core, at most 8.

    Raises:
        InputError: the setting is not a number of threads.
    """
    chosen = settings.threads()
    if chosen is not None:
        return chosen
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST_THREADS)


@cache
def _share_memory() -> None:
    """Let all sessions of this process share one memory arena, which grows by large blocks.

    A value takes the smallest free piece in which it fits. Blocks of the size of single values fit those of the next
    view or network badly: half of the arena would lie unused.
    """
    ordinary = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    arena = {
        "arena_extend_strategy": 0,
        # The first block stays. It takes what a session keeps, mostly packed weights of 8 bits, each of which would
        # keep a large block from going back to the system. After a first shrinking all further blocks are large.
        "initial_chunk_size_bytes": _FIRST_BLOCK,
        "initial_growth_chunk_size_bytes": _BLOCK,
        "max_dead_bytes_per_chunk": _LEAST_REST,
    }
    onnxruntime.create_and_register_allocator(ordinary, onnxruntime.OrtArenaCfg(arena))
    _shrink()


def _session(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Sessions take turns; spinning threads of a waiting session would take half the CPU time of the next one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.use_env_allocators", "1")
    # Weights stay, so they would keep a block of the arena from going back to the system.
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    # A memory pattern would be kept for each input size.
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
