"""Predictions in memory: going back predicts nothing, nothing is taken for another, and memory has a bound."""

import threading
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest

from segcore.predict.prediction import Prediction
from segcore.predict.views import View
from ui.runs import predictions
from ui.runs.ahead import Ahead
from ui.runs.store import Store
from ui.runs.turns import turn_to_predict

SIZE, CLASSES = (48, 96), 19
RUN = {"path": "runs/made", "version": "weights 1", "starts_quickly": True}
FRAME = {"frame": "a.png@1", "frame_id": "a", "augmentation": "rain-2@7"}


class Network:
    """Predicts other classes at each call, and counts the calls."""

    def __init__(self) -> None:
        self.calls, self.with_scores = 0, True
        self.threads: set[int] = set()

    def predict(self, image: np.ndarray, *, frame_id: str) -> Prediction:
        self.calls += 1
        self.threads.add(threading.get_ident())
        rows, columns = SIZE
        scores = np.full((CLASSES, rows // 4, columns // 4), self.calls, np.float32)
        views = (View(scores, SIZE, slice(0, rows), slice(0, columns)),) if self.with_scores else ()
        return Prediction(np.full(SIZE, self.calls, np.uint8), views, 0.01)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    made = Network()
    monkeypatch.setattr(predictions, "predictor_of", lambda run: made)
    keep(monkeypatch, class_maps=1_000_000, scores=100_000)
    return made


def keep(monkeypatch: pytest.MonkeyPatch, **most_bytes: int) -> None:
    for name, most in most_bytes.items():
        monkeypatch.setattr(predictions, f"_{name}", Mock(return_value=Store(most)))


def predicted(**changed: object) -> predictions.Predicted:
    run = SimpleNamespace(**{name: changed.pop(name, value) for name, value in RUN.items()})
    return predictions.predict(run, np.zeros((*SIZE, 3), np.uint8), **(FRAME | changed))


def test_going_back_over_two_hundred_frames_predicts_nothing_again(network: Network):
    names = [f"{number}.png" for number in range(200)]
    first = [predicted(frame=name).class_map for name in names]
    again = [predicted(frame=name) for name in names]
    assert network.calls == len(names)
    for before, after in zip(first, again, strict=True):
        np.testing.assert_array_equal(before, after.class_map)
        assert after.class_map.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        again[0].class_map[0, 0] = 1


def test_all_visitors_predictions_run_in_one_thread_so_that_its_memory_is_used_again(network: Network):
    visitors = [threading.Thread(target=predicted, kwargs={"frame": name}) for name in "abc"]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(5)
    assert (network.calls, len(network.threads)) == (3, 1)


def test_scores_that_are_gone_are_predicted_again(network: Network, monkeypatch: pytest.MonkeyPatch):
    # The scores of one prediction: 19 classes on 12 x 24 points of 4 bytes.
    keep(monkeypatch, scores=CLASSES * 12 * 24 * 4)
    found = predicted()
    assert (found.has_probabilities, found.grid) == (True, SIZE)
    assert (found.views[0].scores == 1).all()
    assert network.calls == 1
    predicted(frame="other.png")
    assert (found.views[0].scores == 3).all()
    assert predicted().views is found.views
    assert network.calls == 3


def test_kept_scores_share_no_memory_with_the_network(network: Network):
    memory = np.zeros((2, CLASSES, 12, 24), np.float32)
    made = Prediction(np.zeros(SIZE, np.uint8), (View(memory[1], SIZE, slice(0, 48), slice(0, 96)),), 0.01)
    network.predict = lambda image, *, frame_id: made
    predicted()
    (kept,) = predicted().views
    np.testing.assert_array_equal(kept.scores, memory[1])
    assert not np.shares_memory(kept.scores, memory)


def test_a_run_that_gives_classes_alone_has_no_scores(network: Network):
    network.with_scores = False
    found = predicted()
    assert (found.has_probabilities, found.grid, found.views) == (False, (0, 0), ())
    assert network.calls == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "runs/other"},
        {"version": "weights 2"},
        {"starts_quickly": False},
        {"frame": "a.png@2"},
        {"augmentation": "rain-2@8"},
        {"augmentation": predictions.CLEAN},
    ],
    ids=str,
)
def test_what_a_prediction_depends_on_tells_it_from_others(network: Network, changed: dict):
    before = predicted()
    other = predicted(**changed)
    assert (before.class_map == 1).all()
    assert (other.class_map == 2).all()
    assert (predicted().views[0].scores[0, 0, 0], predicted(**changed).views[0].scores[0, 0, 0]) == (1, 2)
    assert network.calls == 2


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    made = Ahead(8)
    monkeypatch.setattr(predictions, "_ahead", lambda: made)
    return made


def look_ahead(ahead: Ahead, **frame: str) -> None:
    """Predict ahead, and wait until that is over."""
    predictions.predict_ahead(SimpleNamespace(**RUN), np.zeros((*SIZE, 3), np.uint8), **frame)
    over = threading.Event()
    ahead.add(over.set)
    assert over.wait(5)


def test_what_was_predicted_ahead_is_there_when_it_is_asked_for(network: Network, ahead: Ahead):
    frame = {"frame": "b.png@1", "frame_id": "b"}
    look_ahead(ahead, **frame)
    assert network.calls == 1
    assert (predicted(**frame, augmentation=predictions.CLEAN).class_map == 1).all()
    look_ahead(ahead, **frame)
    assert network.calls == 1


def test_nothing_is_predicted_ahead_while_others_predict_or_a_job_runs(
    network: Network, ahead: Ahead, monkeypatch: pytest.MonkeyPatch
):
    with turn_to_predict():
        look_ahead(ahead, frame="b.png@1")
    assert network.calls == 0
    monkeypatch.setattr(predictions, "jobs", lambda: Mock(all=lambda: [Mock(is_active=True)]))
    look_ahead(ahead, frame="b.png@1")
    assert network.calls == 0
    monkeypatch.setattr(predictions, "jobs", lambda: Mock(all=lambda: [Mock(is_active=False)]))
    look_ahead(ahead, frame="b.png@1")
    assert network.calls == 1
