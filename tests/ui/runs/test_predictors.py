"""Loaded models and the server around them."""

from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.runtime.scriptrunner import script_runner

from ui.runs import predictors as models


def test_latency_beside_a_job_is_told_and_not_kept_for_later(monkeypatch: pytest.MonkeyPatch):
    job, network = SimpleNamespace(is_active=True), SimpleNamespace(seconds=0.2)
    network.classify = lambda image: (None, network.seconds)
    monkeypatch.setattr(models, "jobs", lambda: SimpleNamespace(all=lambda: (job,)))
    monkeypatch.setattr(models, "_predictor", lambda *_: network)
    run, image = (
        SimpleNamespace(path="made", version="made", starts_quickly=True),
        np.zeros((2, 2, 3), np.uint8),
    )
    assert str(models.latency(run, image)) == "200 ms beside an evaluation"
    job.is_active, network.seconds = False, 0.05
    assert str(models.latency(run, image)) == "50 ms"
    network.seconds = 0.06
    assert str(models.latency(run, image)) == "50 ms"


def test_the_end_of_a_page_leaves_keras_as_another_thread_may_need_it(monkeypatch: pytest.MonkeyPatch):
    import keras
    from keras.src.backend.common import global_state

    # Put back after the test.
    monkeypatch.setattr(keras.backend, "clear_session", keras.backend.clear_session)
    models._keep_keras_state()
    global_state.set_global_attribute("of_a_network_in_the_making", 1)
    script_runner._clean_problem_modules()
    assert global_state.get_global_attribute("of_a_network_in_the_making") == 1
