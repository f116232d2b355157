"""The number format in which a network computes."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras


@contextmanager
def computing_in(precision: str) -> Iterator[None]:
    """Let networks built in this context compute in ``precision``, as ``TrainingConfig`` names it."""
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.mixed_precision.set_dtype_policy(before)
