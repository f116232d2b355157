"""Learning from a trained network: what is added to the loss, and that nothing of the teacher is trained or kept."""

import keras
import numpy as np
import pytest
from small_models import build_small
from tiny_runs import edit_record, tiny_run

from segcore.errors import InputError
from segcore.labels import VOID
from segcore.models.build import logits_model
from segcore.predict.keras_network import load_model
from segcore.training import distillation
from segcore.training.config import TrainingConfig
from segcore.training.distillation import Distilled, distilled
from segcore.training.losses import make_loss

SIZE = (32, 64)


@pytest.fixture
def pictures():
    return np.random.default_rng(0).integers(0, 256, size=(2, *SIZE, 3)).astype("float32")


@pytest.fixture
def pupil():
    return logits_model(build_small("unet_xception", image_size=SIZE))[0]


def with_teacher(pupil, probabilities):
    model = Distilled(
        pupil.input,
        pupil.output,
        teacher=lambda x: keras.ops.broadcast_to(
            keras.ops.convert_to_tensor(probabilities, "float32"), (x.shape[0], *pupil.output.shape[1:])
        ),
    )
    # Without XLA, whose compilation would take longer than these steps.
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=make_loss("ce"), jit_compile=False)
    return model


def test_the_teachers_part_is_the_cross_entropy_to_its_probabilities_and_in_training_alone(pupil, pictures):
    told = np.array([0.1, 0.2, 0.3, 0.4])
    model = with_teacher(pupil, told)
    labels = np.random.default_rng(1).choice([0, 1, 2, 3, VOID], size=(2, *pupil.output.shape[1:3]))
    logits = np.random.default_rng(2).normal(size=(2, *pupil.output.shape[1:])).astype("float32")
    expected = -(told * (logits - np.log(np.exp(logits).sum(-1, keepdims=True)))).sum(-1).mean()

    both = float(model.compute_loss(pictures, labels, logits, training=True))
    alone = float(model.compute_loss(pictures, labels, logits, training=False))

    assert both - alone == pytest.approx(expected, rel=1e-4)
    assert alone == pytest.approx(float(make_loss("ce")(labels, logits)), rel=1e-5)


def test_where_no_pixel_has_a_label_the_network_learns_what_the_teacher_says(pupil, pictures):
    told = np.array([0.1, 0.2, 0.3, 0.4])
    model = with_teacher(pupil, told)
    void = np.full((2, *pupil.output.shape[1:3]), VOID)
    losses = []
    for _ in range(60):
        logs = model.train_on_batch(pictures, void, return_dict=True)
        # Without labels the whole loss is the teacher's part.
        assert logs["teacher_loss"] == pytest.approx(logs["loss"])
        losses.append(float(logs["loss"]))
        model.reset_metrics()
    found = keras.ops.convert_to_numpy(keras.ops.softmax(model(pictures, training=True)))
    np.testing.assert_allclose(found.mean((0, 1, 2)), told, atol=0.05)
    entropy = -(told * np.log(told)).sum()
    assert entropy * 0.99 < losses[-1] < entropy * 1.05 < losses[0]


def prepared(tmp_path, monkeypatch, pupil, excess=None, **settings):
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    config = TrainingConfig(model="unet_xception", image_size=SIZE, teacher="tiny", **settings)
    return distilled(pupil, config, excess)


def nineteen_classes():
    keras.utils.set_random_seed(0)
    return logits_model(build_small("unet_xception", image_size=SIZE, num_classes=19))[0]


def test_a_run_is_a_teacher_that_is_neither_trained_nor_part_of_the_network(tmp_path, monkeypatch, pictures):
    tiny_run(tmp_path / "runs")
    pupil = nineteen_classes()
    model = prepared(tmp_path, monkeypatch, pupil)
    assert [variable.path for variable in model.variables] == [variable.path for variable in pupil.variables]
    before = keras.ops.convert_to_numpy(model._teacher(pictures))
    assert before.shape == (2, *pupil.output.shape[1:])
    np.testing.assert_allclose(before.sum(-1), 1, atol=1e-5)

    weights = [keras.ops.convert_to_numpy(variable) for variable in pupil.trainable_variables]
    # One step, for which tracing a graph would take longer.
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=make_loss("ce"), run_eagerly=True)
    model.train_on_batch(pictures, np.full((2, *pupil.output.shape[1:3]), VOID))

    np.testing.assert_array_equal(keras.ops.convert_to_numpy(model._teacher(pictures)), before)
    moved = [
        np.abs(keras.ops.convert_to_numpy(variable) - values).max()
        for variable, values in zip(pupil.trainable_variables, weights, strict=True)
    ]
    assert max(moved) > 0


def test_the_teacher_speaks_with_what_is_taken_off_its_pupil_in_the_end(tmp_path, monkeypatch, pictures):
    tiny_run(tmp_path / "runs")
    plain = prepared(tmp_path, monkeypatch, nineteen_classes())._teacher(pictures)
    excess = np.random.default_rng(3).normal(size=19).astype("float32")
    raised = prepared(tmp_path, monkeypatch, nineteen_classes(), excess)._teacher(pictures)

    expected = keras.ops.convert_to_numpy(plain) * np.exp(excess)
    expected /= expected.sum(-1, keepdims=True)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(raised), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("trained_in", "precision", "expected"),
    [
        ("mixed_bfloat16", "mixed_bfloat16", "bfloat16"),
        ("mixed_bfloat16", "float32", "float32"),
        ("float32", "mixed_bfloat16", "float32"),
        ("something else", "mixed_bfloat16", "float32"),
    ],
)
def test_a_teacher_computes_in_half_the_bits_where_it_and_its_pupil_learn_in_them(
    tmp_path, monkeypatch, pictures, trained_in, precision, expected
):
    edit_record(tiny_run(tmp_path / "runs").path, training={"precision": trained_in})
    loaded = []
    monkeypatch.setattr(
        distillation, "load_model", lambda *run, **size: loaded.append(load_model(*run, **size)) or loaded[0]
    )
    told = prepared(tmp_path, monkeypatch, nineteen_classes(), precision=precision)._teacher(pictures)

    computing_in = {type(layer).__name__: layer.compute_dtype for layer in loaded[0].layers}
    assert computing_in["BatchNormalization"] == expected
    assert keras.backend.standardize_dtype(told.dtype) == "float32"
    assert nineteen_classes().layers[-1].compute_dtype == "float32", "the next network is built as usual"


def test_a_teacher_of_other_classes_is_refused(tmp_path, monkeypatch):
    tiny_run(tmp_path / "runs", label_space="categories")
    with pytest.raises(
        InputError, match="The teacher tiny has the classes categories, but the training has train_ids"
    ):
        prepared(tmp_path, monkeypatch, nineteen_classes())


def test_a_teacher_that_is_not_there_is_refused(tmp_path, monkeypatch):
    tiny_run(tmp_path / "runs", "other")
    with pytest.raises(InputError, match=r"There is no run 'tiny' in .*; known runs: other"):
        prepared(tmp_path, monkeypatch, nineteen_classes())
