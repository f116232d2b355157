"""Common setup of all tests: helpers on the path, and no settings from the developer's shell."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from segcore.system.settings import SETTINGS

# The commands set this before they import TensorFlow; tests may import it directly.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

sys.path.insert(0, str(Path(__file__).resolve().parent / "helpers"))

# Tests share two cores with a browser, so the time of an example does not show a problem of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print why first tries failed: a second try that passes hides it."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"first try of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext[-3000:])


@pytest.fixture(autouse=True)
def _main_stays_main() -> Iterator[None]:
    # Streamlit replaces __main__ by the page that it runs; later spawned processes would then run this page.
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_ALBUMENTATIONS_UPDATE", "1")
    for setting in SETTINGS:
        for name in filter(None, (setting.name, setting.older)):
            monkeypatch.delenv(name, raising=False)
