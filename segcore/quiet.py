"""Keeping TensorFlow's start-up messages out of what a person reads."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_import() -> Iterator[None]:
    """Send what native code writes to stderr nowhere while TensorFlow is imported within.

    It says which processor features it uses, before any setting of its own takes effect. A user who sets
    ``TF_CPP_MIN_LOG_LEVEL`` wants to read it, and exceptions are shown as ever.
    """
    chosen = "TF_CPP_MIN_LOG_LEVEL" in os.environ
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if chosen:
        yield
        return
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
