"""What a time was measured on, in words that do not name the machine."""

import os
import platform
from pathlib import Path

_CPU_LIST = Path("/proc/cpuinfo")


def describe_hardware() -> str:
    """Return the processor and the number of its cores that this process may use: "AMD EPYC, 2 CPU cores"."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} CPU cores"


def _processor() -> str:
    if _CPU_LIST.exists():
        for line in _CPU_LIST.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine() or "unknown processor"
