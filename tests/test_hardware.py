"""The processor is named without naming the machine."""

import platform
import re

from segcore.hardware import describe_hardware


def test_processor_and_cores_but_no_host_name():
    text = describe_hardware()
    assert re.fullmatch(r"\S.*, \d+ CPU cores", text)
    assert platform.node() not in text.split()
