"""Work on frames on a Ray cluster, with the same results as on one machine.

The driver reads the files of the frames and sends them to the nodes, with this package and the weights. The nodes need
Ray and the packages of requirements.txt, but no shared file system. If a node is lost, Ray repeats its frames on
another node. Each frame is submitted once and its results are read once, so that no frame counts twice.
"""

import io
import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, cast

import segcore
from segcore.errors import InputError, first_line
from segcore.frames.cityscapes import Frame
from segcore.predict.work import Mapper, Work
from segcore.runs.run import Run
from segcore.system.quiet import quiet_import

MAXIMUM_LOSSES = 5
"""How often the worker of one frame may be lost before the whole job fails."""

_PLACES: list[TemporaryDirectory] = []
_SECONDS_TO_CONNECT = 5
_SECONDS_BETWEEN_CHECKS = 10


class FileInMemory(io.BytesIO):
    """The content of a file in memory, with its path on the driver's machine as text for messages."""

    def __init__(self, content: bytes = b"", name: str = ""):
        super().__init__(content)
        self.name = name

    def __str__(self) -> str:
        return self.name


@contextmanager
def connect(address: str) -> Iterator[Callable[[Run], Mapper]]:
    """Connect to a cluster and yield a function that returns the `Mapper` of a run; its workers end with the block.

    Args:
        address: ``HOST:PORT`` or ``auto`` on a machine of the cluster, ``ray://HOST:PORT`` from elsewhere.

    Raises:
        InputError: Ray is not installed, nothing answers at the address, or the cluster has no processors.
    """
    # By default Ray tries 20 times and waits 40 seconds each time.
    os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "1")
    try:
        import ray
    except ImportError as error:
        raise InputError(
            "Ray is not installed; install it with pip install -r requirements-ray.txt, or omit --ray."
        ) from error
    _check_address(address)
    try:
        try:
            with quiet_import():
                ray.init(
                    address=address,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    runtime_env=_environment(),
                )
        # Ray raises ConnectionError, RuntimeError, ValueError and others.
        except Exception as error:
            raise InputError(
                f"The Ray cluster at {address} cannot be used ({first_line(error)}); give HOST:PORT on a machine of "
                "the cluster, ray://HOST:PORT elsewhere, and use the cluster's versions of Ray and Python."
            ) from error
        _processors(ray)
        yield partial(_mapper, ray)
    finally:
        ray.shutdown()


def _environment() -> dict:
    kept = {name: os.environ[name] for name in ("KERAS_BACKEND",) if name in os.environ}
    return {
        "py_modules": [str(Path(segcore.__file__).resolve().parent)],
        "excludes": ["__pycache__"],
        "env_vars": {"TF_NUM_INTRAOP_THREADS": str(_threads()), **kept},
    }


def _threads() -> int:
    """Return TensorFlow's number of threads here; workers must use the same, since it changes the rounding of sums."""
    chosen = os.environ.get("TF_NUM_INTRAOP_THREADS", "")
    if chosen.isdecimal() and int(chosen):
        return int(chosen)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check_address(address: str) -> None:
    # A quick check, since Ray would try for a minute.
    if address == "auto":
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise InputError(f"--ray is {address!r}; expected HOST:PORT, ray://HOST:PORT or auto.")
    try:
        socket.create_connection((host, int(port)), timeout=_SECONDS_TO_CONNECT).close()
    except OSError as error:
        raise InputError(
            f"Nothing answers at {address} ({error.strerror or error}); give the address that 'ray start --head' "
            "printed."
        ) from error


def _processors(ray: ModuleType) -> list[int]:
    """Return the number of CPU cores of each node that has any."""
    counts = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
    found = [count for count in counts if count]
    if not found:
        raise InputError(
            "The Ray cluster has no CPU cores; start nodes with 'ray start --address=HOST:PORT'."
        )
    return found


def _mapper(ray: ModuleType, run: Run) -> Mapper:
    files = {str(path.relative_to(run.path)): path.read_bytes() for path in run.prediction_files}
    # Sent once for all frames; in a list, so that only a worker that has not loaded the run yet fetches it.
    shipped = [ray.put((run, files))]
    # A network uses this many threads, but not more than the smallest node has cores.
    width = min(_threads(), *_processors(ray))
    task = ray.remote(_work_on).options(num_cpus=width, max_retries=MAXIMUM_LOSSES)

    def each(work: Work, frames: Sequence[Frame]) -> Iterator[tuple[int, Any]]:
        waiting = iter(enumerate(frames))
        pending: dict[Any, tuple[int, Frame]] = {}
        while True:
            # Two frames per worker, the current and the next one: this limits the memory of the driver.
            room = 2 * sum(count // width for count in _processors(ray)) - len(pending)
            for index, frame in islice(waiting, max(room, 0)):
                pending[task.remote(shipped, work, index, _with_content(frame))] = (index, frame)
            if not pending:
                return
            done, _ = ray.wait(list(pending), timeout=_SECONDS_BETWEEN_CHECKS)
            for reference in done:
                index, frame = pending.pop(reference)
                for result in _results(ray, reference, frame):
                    yield index, result

    return each


def _with_content(frame: Frame) -> Frame:
    return replace(
        frame,
        image_path=_content(frame.image_path),
        truth_path=frame.truth_path and _content(frame.truth_path),
    )


def _content(path: Path) -> Path:
    try:
        # Readers of pictures and masks take an open file as well as a path.
        return cast(Path, FileInMemory(path.read_bytes(), str(path)))
    except OSError:
        return path  # The worker that opens it reports the error in the usual words.


def _results(ray: ModuleType, reference: Any, frame: Frame) -> list:
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, InputError):
            raise error.cause from None
        if isinstance(error.cause, ImportError):
            raise InputError(
                f"A node of the cluster lacks a package ({error.cause}); install requirements.txt on every node."
            ) from error
        raise
    except ray.exceptions.RayError as error:
        raise InputError(
            f"The cluster failed on {frame.image_path} after {MAXIMUM_LOSSES + 1} attempts "
            f"({first_line(error)}); check the memory and the logs of its nodes."
        ) from error


def _work_on(shipped: list, work: Work, index: int, frame: Frame) -> list:
    """Do the work on one frame in a worker's process."""
    return list(work(_predictor(shipped[0]), index, frame))


@cache
def _predictor(reference: Any):
    import ray

    from segcore.predict.predictor import load_predictor

    run, files = ray.get(reference)
    # Kept until this process ends: a network reads its weights again when it first adapts to a picture.
    folder = TemporaryDirectory()
    _PLACES.append(folder)
    for name, content in files.items():
        path = Path(folder.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return load_predictor(replace(run, path=Path(folder.name)))
