"""The learning rate by hand."""

import math

import pytest

from segcore.training.schedule import WarmupStableDecay


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (0, 0.25),  # first of four warm-up steps
        (3, 1.0),
        (10, 1.0),  # the constant stretch
        (20, 1.0),  # the decay begins
        (25, 0.5),  # half-way down
        (28, 0.5 - 0.5 * math.cos(math.pi * 0.2)),
        (30, 0.0),
        (99, 0.0),
    ],
)
def test_warm_up_then_constant_then_cosine(step, expected):
    schedule = WarmupStableDecay(2.0, warmup_steps=4, decay_steps=10, total_steps=30)
    assert float(schedule(step)) == pytest.approx(2.0 * expected, abs=1e-6)


def test_the_configuration_rebuilds_it():
    schedule = WarmupStableDecay(0.1, warmup_steps=0, decay_steps=7, total_steps=9)
    rebuilt = WarmupStableDecay.from_config(schedule.get_config())
    assert [float(rebuilt(s)) for s in range(10)] == [float(schedule(s)) for s in range(10)]
