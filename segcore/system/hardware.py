"""Description of the hardware for measured times, without the name of the machine."""

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_CPU_LIST = Path("/proc/cpuinfo")
# Names in the Linux kernel, on x86 and on ARM.
_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}


def describe_hardware(modules: Mapping[str, Any] = sys.modules) -> str:
    """Return the hardware that Keras uses, such as "AMD EPYC, 2 CPU cores" or "NVIDIA H200, AMD EPYC, 16 CPU cores".

    The number of cores is the number that this process may use.

    Args:
        modules: the imported modules by name; a GPU is named only if Keras is one of them.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    graphics = _graphics_processor(modules) if "keras" in modules else None
    return ", ".join(filter(None, (graphics, _processor(), f"{cores} CPU cores")))


def emulates_bfloat16(modules: Mapping[str, Any] = sys.modules) -> bool:
    """Return whether Keras runs on a CPU without bfloat16 instructions, where bfloat16 is slower than float32.

    Return False if the CPU's features are unknown. ``modules`` as in ``describe_hardware``.
    """
    if "keras" in modules and _graphics_processor(modules):
        return False
    flags = _cpu_entry("flags") or _cpu_entry("Features")
    return flags is not None and not _BFLOAT16_FLAGS.intersection(flags.split())


def _graphics_processor(modules: Mapping[str, Any]) -> str | None:
    # The first GPU: each back end of Keras uses it by default.
    name = modules["keras"].config.backend()
    backend = modules[name]
    if name == "jax":
        device = backend.devices()[0]
        return None if device.platform == "cpu" else device.device_kind
    if name == "torch":
        return backend.cuda.get_device_name(0) if backend.cuda.is_available() else None
    if name == "tensorflow" and (devices := backend.config.list_physical_devices("GPU")):
        return backend.config.experimental.get_device_details(devices[0]).get("device_name", "GPU")
    return None


def _processor() -> str:
    return _cpu_entry("model name") or platform.processor() or platform.machine() or "unknown processor"


def _cpu_entry(name: str) -> str | None:
    if _CPU_LIST.exists():
        for line in _CPU_LIST.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == name and value.strip():
                return value.strip()
    return None
