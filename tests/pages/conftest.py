"""For every page that a test opens: Streamlit has nothing to warn of."""

from collections.abc import Iterator

import pytest
from streamlit.elements.lib import policies


@pytest.fixture(autouse=True)
def _no_widget_has_two_values(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Streamlit logs it once a process, and notes here that it has.
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)
    yield
    assert not policies._shown_default_value_warning
