"""Memory that is freed goes back to the system."""

import subprocess
import sys

import pytest

# Freeing the first array would make glibc keep arrays of up to its size in the heap. The last one keeps the second one
# from being the end of the heap, which glibc gives back in any case.
_FREED = """
import sys
from segcore.system.memory import return_large_blocks

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

if sys.argv[1] == "returned":
    return_large_blocks()
first = bytearray(24_000_000)
del first
before = resident()
second, last = bytearray(16_000_000), [bytearray(100_000) for _ in range(40)]
del second
print(resident() - before)
"""

# All threads allocate at the same time; ``malloc_info`` writes a line for each heap.
_THREADS = """
import ctypes, sys, tempfile, threading
from segcore.system.memory import bound_heaps

if sys.argv[1] == "bound":
    bound_heaps()
together = threading.Barrier(8)

def allocate():
    together.wait()
    kept = [bytearray(1000) for _ in range(1000)]
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library = ctypes.CDLL(None)
library.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(library.fopen(file.name.encode(), b"w"))
    library.malloc_info(0, stream)
    library.fclose(stream)
    print(file.read().count(b"<heap nr="))
"""


def _printed(code: str, word: str) -> int:
    return int(subprocess.run([sys.executable, "-c", code, word], capture_output=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc on Linux")
def test_threads_share_two_heaps():
    assert _printed(_THREADS, "bound") <= 2 < _printed(_THREADS, "free")


@pytest.mark.skipif(sys.platform != "linux", reason="glibc on Linux")
def test_a_large_block_goes_back_to_the_system_when_it_is_freed():
    assert _printed(_FREED, "kept") > 16_000_000 > 10_000_000 > _printed(_FREED, "returned")
