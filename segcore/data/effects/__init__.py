"""Weather, camera faults and flips for a frame and its mask.

    chain = Chain((make_step("rain", severity=4), make_step("horizontal_flip")), seed=7)
    image, mask = apply(chain, image, mask)
    print(to_code(chain, image.shape[:2]))

`EFFECTS` is the table of all effects; Albumentations is imported by the first `apply` that needs it.
"""

from segcore.data.effects.chain import (
    MAXIMUM_SEED,
    MAXIMUM_STEPS,
    Chain,
    Step,
    find_effect,
    from_json,
    from_text,
    make_step,
    to_json,
    to_text,
)
from segcore.data.effects.kinds import DEFAULT_SEVERITY, SEVERITIES, Choice, Effect, Number
from segcore.data.effects.render import MINIMUM_SIDE, WORKING_LONG_SIDE, apply, expand, to_code
from segcore.data.effects.table import EFFECTS, GROUPS

__all__ = [
    "DEFAULT_SEVERITY",
    "EFFECTS",
    "GROUPS",
    "MAXIMUM_SEED",
    "MAXIMUM_STEPS",
    "MINIMUM_SIDE",
    "SEVERITIES",
    "WORKING_LONG_SIDE",
    "Chain",
    "Choice",
    "Effect",
    "Number",
    "Step",
    "apply",
    "expand",
    "find_effect",
    "from_json",
    "from_text",
    "make_step",
    "to_code",
    "to_json",
    "to_text",
]
