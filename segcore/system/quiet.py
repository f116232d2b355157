"""Import of Keras and its back end without start-up messages, with a clear error if one is not installed."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from segcore.errors import InputError


@contextmanager
def quiet_import() -> Iterator[None]:
    """Hide what native code writes to stderr while TensorFlow is imported in the block.

    TensorFlow prints the CPU features that it uses before any of its settings can stop this. The messages are
    shown if the user sets ``TF_CPP_MIN_LOG_LEVEL`` below 3. Exceptions are always shown.

    Raises:
        InputError: the back end of Keras, or another package, is not installed.
    """
    try:
        if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") != "3":
            yield
        else:
            with _silent_stderr():
                yield
    except ModuleNotFoundError as error:
        module = str(error.name).partition(".")[0]
        raise InputError(
            f"The module {module} is not installed; install it, or set KERAS_BACKEND to an installed back end "
            "of Keras: tensorflow, jax or torch."
        ) from error


@contextmanager
def _silent_stderr() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
