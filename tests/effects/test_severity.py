import numpy as np
import pytest
from made_street import street

from segcore.effects.chain import Chain, make_step
from segcore.effects.kinds import SEVERITIES
from segcore.effects.render import apply
from segcore.effects.table import EFFECTS

FRAMES = (street(3), street(4)[:, ::-1])
SEEDS = (0, 11)


def change(effect: str, severity: int) -> float:
    """Mean absolute change of a value, in 0..255, over frames and seeds."""
    step = make_step(effect, severity=severity)
    return np.mean(
        [
            np.abs(apply(Chain((step,), seed=seed), image)[0].astype(int) - image).mean()
            for image in FRAMES
            for seed in SEEDS
        ]
    )


@pytest.mark.parametrize("effect", [effect.name for effect in EFFECTS.values() if effect.has_severity])
def test_each_severity_changes_more_than_the_one_before(effect):
    changes = [0.0, *(change(effect, severity) for severity in SEVERITIES)]
    assert np.all(np.diff(changes) > 0), changes


@pytest.mark.parametrize("effect", EFFECTS)
def test_severity_zero_gives_the_frame_back(effect):
    image = FRAMES[0]
    assert apply(Chain((make_step(effect, severity=0),)), image)[0] is image
