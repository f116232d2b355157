"""Which runs come first: the best on the frames in use, of two different networks, and what can predict."""

from pathlib import Path
from types import SimpleNamespace

import pytest

import ui.runs.best
from segcore.frames.frame import Frame
from ui.runs.best import best_first, set_on

FRAMES = [Frame(name, "", "val", Path(name), Path(name)) for name in ("f1", "f2")]
NAMES = frozenset(frame.frame_id for frame in FRAMES)


def run(name: str, *, network: bool = True, predicts: bool = True, source: str | None = None):
    record = SimpleNamespace(source=source)
    return SimpleNamespace(name=name, has_network=network, can_predict=predicts, record=record)


@pytest.fixture
def stored(monkeypatch):
    """A function that takes {(run, set): (mean IoU, names of frames)} for what is stored."""

    def store(scores: dict) -> None:
        def evaluation_of(run, set_name):
            if (run.name, set_name) not in scores:
                return None
            miou, names = scores[run.name, set_name]
            made = SimpleNamespace(
                frames=len(names), left_out=(), files_sha256=None, data="", split=FRAMES[0].split
            )
            return SimpleNamespace(miou=miou, category_miou=miou, class_names=("road",), provenance=made)

        monkeypatch.setattr(ui.runs.best, "evaluation_of", evaluation_of)
        monkeypatch.setattr(ui.runs.best, "frame_names_of", lambda run, name: scores[run.name, name][1])
        monkeypatch.setattr(
            ui.runs.best, "sets_of", lambda runs, stored: sorted({name for _, name in scores})
        )

    return store


def order(*runs, frames=FRAMES) -> list[str]:
    return [run.name for run in best_first(runs, frames)]


def test_the_best_on_the_frames_in_use_come_first_and_junk_last(stored):
    stored({(name, "val"): (miou, NAMES) for name, miou in {"a": 0.01, "b": 0.5, "c": 0.6}.items()})
    assert order(run("a"), run("b"), run("c"), run("d")) == ["c", "b", "a", "d"]


def test_scores_on_other_frames_do_not_count_but_those_on_the_demo_city_where_there_are_no_others(stored):
    others = frozenset({"f1", "f3"})
    stored({("a", "val"): (0.9, others), ("a", "demo"): (0.2, others), ("b", "demo"): (0.3, others)})
    assert order(run("a"), run("b")) == ["b", "a"]
    stored({("a", "val"): (0.9, others)})
    assert order(run("b"), run("a")) == ["a", "b"]


@pytest.mark.parametrize(("twin", "first"), [(0.59, "net"), (0.609, "net"), (0.612, "net_int8")])
def test_a_twin_in_8_bits_stands_behind_all_other_networks(stored, twin, first):
    stored({("net", "val"): (0.6, NAMES), ("net_int8", "val"): (twin, NAMES), ("other", "val"): (0.2, NAMES)})
    second = "net_int8" if first == "net" else "net"
    runs = run("net_int8", source="net, in 8 bits"), run("net"), run("other", source="model.onnx")
    assert order(*runs) == [first, "other", second]


def test_what_predicts_any_picture_comes_before_masks_and_these_before_scores_alone(stored):
    stored({(name, "val"): (miou, NAMES) for name, miou in {"a": 0.9, "b": 0.8, "c": 0.1}.items()})
    runs = run("a", network=False, predicts=False), run("b", network=False), run("c")
    assert order(*runs) == ["c", "b", "a"]


def test_the_set_of_frames_is_known_by_its_frames(stored):
    stored({("a", "first"): (0.5, frozenset({"f1", "f3"})), ("a", "second"): (0.5, NAMES)})
    assert set_on([run("a")], FRAMES) == "second"
    assert set_on([run("a")], FRAMES[:1]) is None
    without_truth = Frame("f3", "", "val", Path("f3"), None)
    assert set_on([run("a")], [*FRAMES, without_truth]) == "second"
