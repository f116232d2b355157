"""A warning if the validation score collapses while the training score rises."""

import math
from collections.abc import Mapping, Sequence

# Number of epochs in a row: a single epoch may be noise.
_EPOCHS = 3
# The validation score is below this share of the training score; overfitting alone costs less.
_SHARE = 1 / 3
# The validation score gains less than this share of the gain of the training score.
_GAIN = 1 / 10


def has_collapsed(history: Sequence[Mapping]) -> bool:
    """Return whether the validation score collapsed in the last epochs while the training score rose.

    This is the case if the training mean IoU is higher than three epochs before, the validation mean IoU gained less
    than a tenth of the training's gain, and was below a third of the training mean IoU in each of the three epochs.

    Args:
        history: one mapping per epoch with ``mean_iou`` and ``val_mean_iou``, 0..1 or not finite.
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
    """Return one sentence if validation has collapsed in the last epoch and not before, otherwise None."""
    if not has_collapsed(history) or any(has_collapsed(history[:end]) for end in range(1, len(history))):
        return None
    row = history[-1]
    return (
        f"Validation collapses while training rises (mean IoU {row['val_mean_iou']:.1%} against "
        f"{row['mean_iou']:.1%} in epoch {row['epoch']}): check that the splits train and val show the same kind of "
        "frames and labels, and try a lower --learning-rate or a larger --batch-size."
    )
