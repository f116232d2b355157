"""Keeping TensorFlow's start-up messages out of what a person reads, and saying what is not installed."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from segcore.errors import InputError


@contextmanager
def quiet_import() -> Iterator[None]:
    """Send what native code writes to stderr nowhere while TensorFlow is imported within.

    It says which processor features it uses, before any setting of its own takes effect. A user who sets
    ``TF_CPP_MIN_LOG_LEVEL`` below 3 wants to read it, and exceptions are shown as ever.

    Raises:
        InputError: if the back end of Keras, or another package, is not installed.
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
            f"The module {module} is not installed; install it, or set KERAS_BACKEND to the back end of Keras "
            "that is there: tensorflow, jax or torch."
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
