"""How the C library keeps memory. All of this is for glibc on Linux; elsewhere nothing is done."""

import ctypes
import sys
from functools import cache

# Numbers of parameters of ``mallopt`` in malloc.h.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_LARGE = 4_000_000
_HEAPS = 2


@cache
def return_large_blocks() -> None:
    """Let every block of at least 4 MB that is allocated from now on go back to the system as soon as it is freed.

    By itself glibc raises this limit to 32 MB as such blocks are freed, and keeps smaller ones in the heap of their
    thread, where other threads cannot use them.
    """
    _call("mallopt", _MMAP_THRESHOLD, _LARGE)


@cache
def bound_heaps() -> None:
    """Let all threads share two heaps; each of them keeps memory that the others cannot use.

    By itself glibc gives a heap to each of the first threads, up to eight per core. Those that are there stay.
    """
    _call("mallopt", _ARENA_MAX, _HEAPS)


def return_free_memory() -> None:
    """Return freed memory to the system.

    glibc keeps memory that is freed in the middle of its heaps, which is most of the process after large arrays.
    """
    _call("malloc_trim", 0)


def _call(name: str, *numbers: int) -> None:
    # Other C libraries than glibc have neither function.
    function = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:
        function(*numbers)
