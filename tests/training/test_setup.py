"""What a training starts from: its optimizer."""

import pytest

from segcore.training.config import TrainingConfig
from segcore.training.setup import make_optimizer


def steps_to_peak(total_steps, *, near, **settings):
    """Return the number of steps to the highest learning rate of all: of each fiftieth step, and of those about one."""
    config = TrainingConfig(model="unet", learning_rate=0.5, **settings)
    schedule = make_optimizer(config, steps_per_epoch=1, total_steps=total_steps)._learning_rate
    # The decay begins when the warm-up ends.
    looked_at = {*range(0, total_steps, -(-total_steps // 50)), *range(near - 4, near + 4)}
    return max(sorted(looked_at), key=lambda step: float(schedule(step))) + 1


@pytest.mark.parametrize(("total_steps", "expected"), [(40, 4), (2000, 200), (5000, 300)])
def test_the_default_warm_up_leaves_nine_tenths_of_a_short_training(total_steps, expected):
    assert steps_to_peak(total_steps, near=expected, epochs=total_steps) == pytest.approx(expected, abs=1)


def test_a_configured_warm_up_is_as_long_as_configured():
    assert steps_to_peak(2000, near=300, epochs=2000, warmup_steps=300) == pytest.approx(300, abs=1)
