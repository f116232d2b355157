"""The processor is named without naming the machine, and the graphics processor where one computes."""

import platform
import re
from types import SimpleNamespace

import pytest

from segcore.system import hardware
from segcore.system.hardware import describe_hardware, emulates_bfloat16

CPU = r"\S.*, \d+ CPU cores"


def with_backend(name: str, backend: object) -> dict:
    """Return the imported modules of a process whose Keras runs on ``backend``."""
    config = SimpleNamespace(backend=lambda: name)
    return {"keras": SimpleNamespace(config=config), name: backend}


def jax(platform: str, kind: str):
    return SimpleNamespace(devices=lambda: [SimpleNamespace(platform=platform, device_kind=kind)])


def torch(names: list[str]):
    return SimpleNamespace(
        cuda=SimpleNamespace(is_available=lambda: bool(names), get_device_name=names.__getitem__)
    )


def tensorflow(names: list[str]):
    return SimpleNamespace(
        config=SimpleNamespace(
            list_physical_devices=lambda kind: names if kind == "GPU" else ["CPU"],
            experimental=SimpleNamespace(get_device_details=lambda device: {"device_name": device}),
        )
    )


def test_processor_and_cores_but_no_host_name():
    text = describe_hardware({})
    assert re.fullmatch(CPU, text)
    assert platform.node() not in text.split()


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        ("jax", jax("gpu", "NVIDIA H200")),
        ("torch", torch(["NVIDIA H200", "another"])),
        ("tensorflow", tensorflow(["NVIDIA H200", "another"])),
    ],
)
def test_the_graphics_processor_that_computes_is_named_first(name, backend):
    assert re.fullmatch("NVIDIA H200, " + CPU, describe_hardware(with_backend(name, backend)))


@pytest.mark.parametrize(
    ("name", "backend"), [("jax", jax("cpu", "cpu")), ("torch", torch([])), ("tensorflow", tensorflow([]))]
)
def test_a_back_end_without_one_leaves_the_processor_alone(name, backend):
    assert describe_hardware(with_backend(name, backend)) == describe_hardware({})


def test_the_back_end_of_this_process_can_be_asked():
    import keras  # noqa: F401 (describe_hardware looks for it among the imported modules)

    assert re.fullmatch(CPU, describe_hardware())


@pytest.mark.parametrize(
    ("cpu_list", "expected"),
    [
        ("flags\t\t: fpu avx2 avx512f\n", True),
        ("flags\t\t: fpu avx2 avx512f avx512_bf16\n", False),
        ("flags\t\t: fpu amx_bf16 amx_tile\n", False),
        ("Features\t: fp asimd\n", True),
        ("Features\t: fp asimd bf16\n", False),
        ("model name\t: one that does not tell\n", False),
    ],
)
def test_a_processor_without_bfloat16_is_known_by_its_flags(tmp_path, monkeypatch, cpu_list, expected):
    monkeypatch.setattr(hardware, "_CPU_LIST", tmp_path / "cpuinfo")
    assert not emulates_bfloat16({}), "nothing tells"
    (tmp_path / "cpuinfo").write_text(cpu_list)
    assert emulates_bfloat16({}) == expected
    # There the processor has nothing to compute.
    assert not emulates_bfloat16(with_backend("torch", torch(["NVIDIA H200"])))
