"""When validation collapses while training rises: a rule on the curves, and what to say of it."""

import math
from collections.abc import Mapping, Sequence

# Three epochs in a row: one alone may be noise.
_EPOCHS = 3
# Validation of frames that training has not seen is worse than training; to overfit costs less than this.
_SHARE = 1 / 3
# Of what training gained, validation gains less than this.
_GAIN = 1 / 10


def has_collapsed(history: Sequence[Mapping]) -> bool:
    """Tell whether validation has collapsed in the last epochs of a training that rises.

    It has where the mean IoU of training is higher than three epochs before, validation has gained less than a tenth
    of what training has, and was below a third of training in each of the three.

    Args:
        history: one mapping an epoch with ``mean_iou`` and ``val_mean_iou``, 0..1 or not finite.
    """
    last = history[-(_EPOCHS + 1) :]
    training = [row.get("mean_iou", math.nan) for row in last]
    validation = [row.get("val_mean_iou", math.nan) for row in last]
    if len(last) <= _EPOCHS or not all(map(math.isfinite, (*training, *validation))):
        return False
    gained = training[-1] - training[0]
    is_low = all(low < _SHARE * high for low, high in zip(validation[1:], training[1:], strict=True))
    return gained > 0 and is_low and validation[-1] - validation[0] < _GAIN * gained


def warning_of_collapse(history: Sequence[Mapping]) -> str | None:
    """Return one sentence if validation has collapsed in the last epoch and in none before, otherwise None."""
    if not has_collapsed(history) or any(has_collapsed(history[:end]) for end in range(1, len(history))):
        return None
    row = history[-1]
    return (
        f"Validation collapses while training rises (mean IoU {row['val_mean_iou']:.1%} against "
        f"{row['mean_iou']:.1%} in epoch {row['epoch']}): check that the splits train and val show the same kind of "
        "frames and labels, and try a lower --learning-rate or a larger --batch-size."
    )
