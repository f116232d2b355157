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


@pytest.mark.skipif(sys.platform != "linux", reason="glibc on Linux")
def test_a_large_block_goes_back_to_the_system_when_it_is_freed():
    kept, returned = (
        int(subprocess.run([sys.executable, "-c", _FREED, word], capture_output=True, check=True).stdout)
        for word in ("kept", "returned")
    )
    assert kept > 16_000_000 > 10_000_000 > returned
