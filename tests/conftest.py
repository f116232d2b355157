"""What every test shares: the makers on the path, and no settings inherited from the developer's shell."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from segcore.system.settings import SETTINGS

# As the commands set it before they import TensorFlow, which tests may do on their own.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

sys.path.insert(0, str(Path(__file__).resolve().parent / "helpers"))

# Two test processes share two cores with a browser: how long an example takes says nothing about the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _main_stays_main() -> Iterator[None]:
    # Streamlit puts the page that it runs into its place, and processes spawned later would start that page.
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_ALBUMENTATIONS_UPDATE", "1")
    for setting in SETTINGS:
        for name in filter(None, (setting.name, setting.older)):
            monkeypatch.delenv(name, raising=False)
