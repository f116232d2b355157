"""What happens beside the training steps."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from segcore.errors import InputError
from segcore.training.callbacks import StopOnNaN, averaged_weights, set_averaged_weights, settle_batch_norm

values = keras.ops.convert_to_numpy


def test_settling_measures_the_mean_over_batches_and_leaves_the_momentum():
    inputs = keras.Input((4, 4, 2))
    first = keras.layers.BatchNormalization(name="first")
    second = keras.layers.BatchNormalization(name="second")
    model = keras.Model(inputs, second(keras.layers.ReLU()(first(inputs))))
    first.moving_mean.assign([50.0, 50.0])
    batches = [(np.random.default_rng(i).normal(3 + i, 2, (2, 4, 4, 2)).astype("float32"),) for i in range(3)]

    settle_batch_norm(model, batches)

    expected = np.mean([images.mean(axis=(0, 1, 2)) for (images,) in batches], axis=0)
    spread = np.mean([images.var(axis=(0, 1, 2)) for (images,) in batches], axis=0)
    np.testing.assert_allclose(values(first.moving_mean), expected, rtol=1e-5)
    np.testing.assert_allclose(values(first.moving_variance), spread, rtol=1e-5)
    # The second sees what the first gives under the statistics of each batch: half a normal distribution.
    np.testing.assert_allclose(values(second.moving_mean), 1 / np.sqrt(2 * np.pi), atol=0.1)
    assert first.momentum == second.momentum == 0.99


def test_averaged_weights_follow_the_steps_with_the_given_momentum():
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros", use_bias=False)]
    )
    model.compile(optimizer=keras.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5), loss="mse")
    seen = []
    for _ in range(3):
        model.train_on_batch(np.ones((1, 1)), np.full((1, 1), 0.25))
        seen.append(float(values(model.weights[0])[0, 0]))
    # Keras starts the average at the weights after the first step.
    expected = 0.5 * (0.5 * seen[0] + 0.5 * seen[1]) + 0.5 * seen[2]
    assert averaged_weights(model)[0][0, 0] == pytest.approx(expected)
    assert seen[0] != pytest.approx(seen[1])


def test_a_training_goes_on_from_weights_that_are_also_their_averages():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer=keras.optimizers.SGD(0.5, use_ema=True, ema_momentum=0.75), loss="mse")
    model.optimizer.build(model.trainable_variables)
    set_averaged_weights(model, [np.full((1, 1), 3.0)])
    # Not the first step, which starts the averages anew.
    model.optimizer.iterations.assign(1)
    model.train_on_batch(np.ones((1, 1)), np.ones((1, 1)))
    # The gradient of (3 - 1)^2 is 4, so that the step leads to 1; the average stays nearer to 3.
    assert values(model.weights[0])[0, 0] == pytest.approx(1.0)
    assert averaged_weights(model)[0][0, 0] == pytest.approx(0.75 * 3.0 + 0.25 * 1.0)


@pytest.mark.parametrize(
    ("epoch", "advice"), [(0, "start again with a lower"), (1, "by --resume with a lower")]
)
def test_a_loss_that_is_no_number_names_epoch_batch_and_frames(epoch, advice):
    batches = SimpleNamespace(epoch=epoch, batch_frames=lambda index: [f"ulm_{index}", "ulm_9"])
    callback = StopOnNaN(batches)
    callback.on_train_batch_end(0, {"loss": 1.0})
    with pytest.raises(
        InputError, match=rf"nan in epoch {epoch + 1}, batch 3 \(frames ulm_2, ulm_9\); .*{advice}"
    ):
        callback.on_train_batch_end(2, {"loss": float("nan")})
