"""What a resumed training keeps of the epochs before."""

from segcore.training.checkpoint import TrainingState
from segcore.training.config import TrainingConfig
from segcore.training.resume import back_to_best
from segcore.training.setup import going_on

CONFIG = TrainingConfig(model="unet").to_dict()
HERE = {
    "data": {"name": "Streets", "split": "train", "frames": 5, "cities": ["aachen"], "frame_size": [32, 64]},
    "versions": {"keras": "3.15.1", "backend": "tensorflow", "tensorflow": "2.21.0"},
    "hardware": "AMD EPYC, 2 CPU cores",
}
THERE = {
    "data": HERE["data"] | {"cities": ["ulm"]},
    "versions": {"keras": "3.15.1", "backend": "jax", "jax": "0.7"},
    "hardware": "NVIDIA H200, 16 CPU cores",
}


def reached(epochs, circumstances, **more):
    return TrainingState(epochs, (), 1, 0.5, None, CONFIG, circumstances=circumstances, **more)


def test_what_was_otherwise_is_noted_and_forgotten_on_going_back():
    moved = going_on(reached(3, HERE), CONFIG | {"loss": "dice"}, THERE)
    assert moved.earlier == ({"to_epoch": 3, "settings": {"loss": "ce"}, **HERE},)
    assert moved.circumstances == THERE
    again = going_on(moved, moved.config, THERE | {"hardware": "another"})
    assert again.earlier[1:] == ({"to_epoch": 3, "settings": {}, "hardware": THERE["hardware"]},)
    best = back_to_best(again)
    assert (best.config, best.circumstances, best.earlier) == (CONFIG, HERE, ())


def test_a_name_and_what_was_not_recorded_are_no_change():
    assert going_on(reached(0, HERE), CONFIG, THERE).earlier == ()
    renamed = HERE | {"data": HERE["data"] | {"name": "Roads"}}
    assert going_on(reached(3, HERE), CONFIG, renamed).earlier == ()
    few = HERE | {"versions": {"keras": "3.15.1", "backend": "tensorflow"}}
    for before in (few, {}):
        state = going_on(reached(3, before), CONFIG, HERE)
        assert state.earlier == () and state.circumstances == HERE
