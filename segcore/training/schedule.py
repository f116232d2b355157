"""The schedule of the learning rate over the steps of a training."""

import math

import keras
from keras import ops


@keras.saving.register_keras_serializable("segcore")
class WarmupStableDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, a constant phase, and a cosine decay to zero over the last steps.

    With ``decay_steps = total_steps - warmup_steps`` this is the usual cosine schedule. With a shorter decay, a
    training can be continued from before the decay (Hu et al. 2024, MiniCPM).

    Args:
        peak: learning rate of the constant phase.
        warmup_steps: number of steps from 0 to ``peak``.
        decay_steps: number of steps from ``peak`` to 0 at the end.
        total_steps: number of all steps.
    """

    def __init__(self, peak: float, *, warmup_steps: int, decay_steps: int, total_steps: int):
        self.peak = peak
        self.warmup_steps = warmup_steps
        self.decay_steps = decay_steps
        self.total_steps = total_steps

    def __call__(self, step):
        step = ops.cast(step, "float32")
        warm = (step + 1.0) / max(self.warmup_steps, 1)
        left = (self.total_steps - step) / max(self.decay_steps, 1)
        cosine = 0.5 - 0.5 * ops.cos(math.pi * ops.clip(left, 0.0, 1.0))
        return self.peak * ops.minimum(ops.minimum(warm, 1.0), cosine)

    def get_config(self):
        return {
            "peak": self.peak,
            "warmup_steps": self.warmup_steps,
            "decay_steps": self.decay_steps,
            "total_steps": self.total_steps,
        }
