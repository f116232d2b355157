"""Return of freed memory to the system."""

import ctypes
import sys


def return_free_memory() -> None:
    """Return freed memory to the system where the C library can do so (glibc on Linux); elsewhere do nothing.

    glibc keeps memory that is freed in the middle of its heaps, which is most of the process after large arrays.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
