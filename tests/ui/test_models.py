"""Loaded models and the server around them."""

import pytest
from streamlit.runtime.scriptrunner import script_runner

from ui import models


def test_the_end_of_a_page_leaves_keras_as_another_thread_may_need_it(monkeypatch: pytest.MonkeyPatch):
    import keras
    from keras.src.backend.common import global_state

    # Put back after the test.
    monkeypatch.setattr(keras.backend, "clear_session", keras.backend.clear_session)
    models._keep_keras_state()
    global_state.set_global_attribute("of_a_network_in_the_making", 1)
    script_runner._clean_problem_modules()
    assert global_state.get_global_attribute("of_a_network_in_the_making") == 1
