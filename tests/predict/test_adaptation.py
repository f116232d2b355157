"""Normalisation that follows unusual pictures: its arithmetic, what it leaves alone, and how it is measured."""

import errno
import json
import os

import keras
import numpy as np
import pytest
from makers import make_cityscapes, with_record
from onnx_makers import outputs
from PIL import Image
from small_models import SMALL, build_small
from tiny_runs import SIZE, tiny_run

from segcore.cli import main
from segcore.errors import InputError
from segcore.models.layers import PIXEL_OFFSET, PIXEL_SCALE
from segcore.predict.adaptation import Adaptation, usual_changes
from segcore.predict.keras_network import load_model, load_network
from segcore.predict.predictor import NetworkPredictor, load_predictor
from segcore.runs.lock import only_writer
from segcore.runs.run import find_run

EPSILON = 0.01
HEIGHT, WIDTH, FEATURES = 6, 8, 5


def normalisation(*, seed: int = 0) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Return a batch normalisation of random statistics as a model, and its weights."""
    inputs = keras.Input((HEIGHT, WIDTH, FEATURES))
    layer = keras.layers.BatchNormalization(epsilon=EPSILON, name="norm")
    model = keras.Model(inputs, layer(inputs))
    random = np.random.default_rng(seed)
    weights = {
        "gamma": random.uniform(0.5, 2, FEATURES),
        "beta": random.normal(size=FEATURES),
        "mean": random.normal(size=FEATURES),
        "variance": random.uniform(0.5, 2, FEATURES),
    }
    layer.set_weights(list(weights.values()))
    return model, weights


def picture(
    weights: dict[str, np.ndarray], *, contrast: float, offset: float = 0, seed: int = 1
) -> np.ndarray:
    """Return features whose mean and spread are the kept ones, but for ``offset`` (deviations) and ``contrast``."""
    x = np.random.default_rng(seed).normal(size=(HEIGHT, WIDTH, FEATURES))
    x = (x - x.mean((0, 1))) / x.std((0, 1))
    deviation = np.sqrt(weights["variance"] + EPSILON)
    return (weights["mean"] + deviation * (offset + contrast * x)).astype(np.float32)


def change_of(x: np.ndarray, weights: dict[str, np.ndarray]) -> float:
    return abs(np.median(np.log((x.var((0, 1)) + EPSILON) / (weights["variance"] + EPSILON))))


def expected(
    x: np.ndarray, weights: dict[str, np.ndarray], *, measured: np.ndarray, usual: float
) -> np.ndarray:
    """What the layer should give for ``x`` by its description, its statistics taken from ``measured``."""
    mean, variance = measured.mean((0, 1)), measured.var((0, 1)) + EPSILON
    kept = weights["variance"] + EPSILON
    follow = np.clip((change_of(measured, weights) - usual) / 0.3, 0, 1)
    mean = (1 - follow) * weights["mean"] + follow * mean
    variance = kept ** (1 - follow) * variance**follow
    return (x - mean) / np.sqrt(variance) * weights["gamma"] + weights["beta"]


@pytest.mark.parametrize(
    ("contrast", "offset"), [(1, 0), (0.8, 0.2), (0.75, 1), (0.5, -1), (0.2, 2), (3, 0.5)]
)
def test_the_statistics_follow_as_far_as_a_picture_is_unusual(contrast, offset):
    model, weights = normalisation()
    x = picture(weights, contrast=contrast, offset=offset)
    found = Adaptation({"norm": 0.4}).apply_to(model).predict_on_batch(x[np.newaxis])[0]
    np.testing.assert_allclose(found, expected(x, weights, measured=x, usual=0.4), rtol=1e-3, atol=1e-4)


def test_a_usual_picture_is_normalised_as_ever():
    model, weights = normalisation()
    x = picture(weights, contrast=0.8, offset=2)
    found = Adaptation({"norm": 0.5}).apply_to(model).predict_on_batch(x[np.newaxis])
    np.testing.assert_allclose(found, model.predict_on_batch(x[np.newaxis]), rtol=1e-4, atol=1e-5)


def test_each_picture_of_a_batch_is_followed_by_itself():
    model, weights = normalisation()
    pair = np.stack([picture(weights, contrast=0.2, seed=1), picture(weights, contrast=2, seed=2)])
    adapted = Adaptation({"norm": 0.1}).apply_to(model)
    alone = np.concatenate([adapted.predict_on_batch(one[np.newaxis]) for one in pair])
    np.testing.assert_allclose(adapted.predict_on_batch(pair), alone, rtol=1e-4, atol=1e-5)


def test_what_lies_beside_the_picture_is_not_measured():
    model, weights = normalisation()
    x = picture(weights, contrast=0.3, offset=1)
    rows, columns = slice(1, 4), slice(2, 7)
    x[:1] = x[4:] = x[:, :2] = x[:, 7:] = 100
    adaptation = Adaptation({"norm": 0.1})
    adapted = adaptation.apply_to(model)
    adaptation.look_at((60, 80), slice(10, 40), slice(20, 70))
    wanted = expected(x, weights, measured=x[rows, columns], usual=0.1)
    np.testing.assert_allclose(adapted.predict_on_batch(x[np.newaxis])[0], wanted, rtol=1e-3, atol=1e-3)
    # A strip so narrow that it covers no cell whole.
    adaptation.look_at((600, 800), slice(298, 302), slice(0, 800))
    assert np.isfinite(adapted.predict_on_batch(x[np.newaxis])).all()


@pytest.mark.parametrize("architecture", SMALL)
def test_every_architecture_follows_with_the_same_weights(architecture):
    model = build_small(architecture)
    names = [layer.name for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    image = np.random.default_rng(0).uniform(0, 255, (1, 64, 64, 3)).astype(np.float32)
    plain = outputs(model, image)
    unmoved = outputs(Adaptation(dict.fromkeys(names, 1e6)).apply_to(model), image)
    np.testing.assert_allclose(unmoved, plain, rtol=1e-3, atol=1e-3)
    adapted = Adaptation(dict.fromkeys(names, 0)).apply_to(model)
    moved = outputs(adapted, image)
    assert np.isfinite(moved).all() and np.abs(moved - plain).max() > 0.01
    model.trainable_variables[0].assign(2 * model.trainable_variables[0])
    assert np.abs(outputs(adapted, image) - moved).max() > 1e-6


def test_nothing_to_follow_is_the_network_itself():
    model, _ = normalisation()
    assert Adaptation({}).apply_to(model) is model


def test_the_usual_change_is_that_of_99_looks_of_100(tmp_path):
    inputs = keras.Input((HEIGHT, WIDTH, 3))
    x = keras.layers.Rescaling(PIXEL_SCALE, PIXEL_OFFSET)(inputs)
    layer = keras.layers.BatchNormalization(epsilon=EPSILON, name="norm")
    model = keras.Model(inputs, layer(x))
    variance = np.array([0.1, 0.2, 0.4])
    layer.set_weights([np.ones(3), np.zeros(3), np.zeros(3), variance])
    paths, changes = [], []
    for seed in range(30):
        random = np.random.default_rng(seed)
        image = random.integers(0, random.integers(40, 256), (HEIGHT, WIDTH, 3)).astype(np.uint8)
        paths.append(tmp_path / f"{seed}.png")
        Image.fromarray(image).save(paths[-1])
        changes.append(change_of(image / 127.5 - 1, {"variance": variance}))
    told = []
    usual = usual_changes([model], paths, progress=lambda done, total: told.append((done, total)))
    assert usual == {"norm": pytest.approx(np.percentile(changes, 99), abs=2e-3)}
    assert told[0] == (0, 30) and told[-1] == (30, 30)


# The command


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    tiny_run(tmp_path / "runs")
    return make_cityscapes(tmp_path / "city", frames={"train": 4, "val": 1}, size=SIZE)


def test_the_command_writes_what_is_usual_and_predictions_follow_it(root, capsys):
    run = find_run("tiny")
    assert main(["adapt", "--run", "tiny", "--data", str(root), "--frames", "3"]) == 0
    adapted = find_run("tiny")
    names = {
        layer.name for layer in load_model(run).layers if isinstance(layer, keras.layers.BatchNormalization)
    }
    assert adapted.adaptation.keys() == names
    assert adapted.version != run.version
    title, *printed, last = capsys.readouterr().out.splitlines()
    assert title.endswith("on 3 frames") and last.startswith("tiny now adapts")
    assert [line.split()[1] for line in printed] == list(adapted.adaptation)
    dark = np.random.default_rng(0).integers(0, 9, (*SIZE, 3), dtype=np.uint8)
    assert np.abs(load_predictor(adapted).logits(dark)[0] - load_predictor(run).logits(dark)[0]).max() > 0.01
    assert main(["adapt", "--run", "tiny", "--off"]) == 0
    assert capsys.readouterr().out.startswith("tiny no longer adapts")
    assert find_run("tiny").record == run.record


def test_a_margin_changes_nothing_of_what_is_followed(root):
    """A picture of other proportions is measured without the margins of its letterbox, also mirrored."""
    run = find_run("tiny")
    names = [
        layer.name for layer in load_model(run).layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    first = with_record(run, adaptation={names[0]: 0.0})
    seen = []

    class Watched(Adaptation):
        def look_at(self, size, rows, columns):
            seen.append((size, rows, columns))
            super().look_at(size, rows, columns)

    twice = with_record(first, inference_sizes=[[*SIZE], [*SIZE]])
    network = load_network(twice)
    network._adaptation.__class__ = Watched
    predictor = NetworkPredictor(twice, network)
    height, width = SIZE
    predictor.logits(np.zeros((height, width // 2 + 1, 3), np.uint8))
    (_, rows, columns), (_, mirrored_rows, mirrored) = seen
    assert rows == mirrored_rows == slice(0, height)
    assert (mirrored.start, mirrored.stop) == (width - columns.stop, width - columns.start)
    assert 0 < columns.start < columns.stop < width


def test_unknown_layers_are_named(root, capsys):
    run = find_run("tiny")
    wrong = with_record(run, adaptation={"nothing_bn": 0.5})
    with pytest.raises(InputError, match=r"nothing_bn.*not a batch normalisation of .*segcore adapt"):
        load_predictor(wrong)


def test_bad_input_is_one_line_and_changes_nothing(root, tmp_path, capsys):
    before = json.loads((find_run("tiny").path / "run.json").read_text())
    for arguments in (
        ["--data", str(root), "--split", "nowhere"],
        ["--data", str(tmp_path / "missing")],
        ["--data", str(root), "--frames", "0"],
    ):
        assert main(["adapt", "--run", "tiny", *arguments]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert json.loads((find_run("tiny").path / "run.json").read_text()) == before


def test_a_run_that_is_being_trained_or_cannot_be_written_is_left_alone_before_any_work(
    root, capsys, monkeypatch
):
    before = find_run("tiny").record
    with only_writer(find_run("tiny").path):
        assert main(["adapt", "--run", "tiny", "--data", str(root)]) == 2
    assert "Another process is training or changing the run tiny" in capsys.readouterr().err

    def refused(**arguments):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("segcore.system.files.tempfile.TemporaryFile", refused)
    # There is no data either, which would be noticed next.
    assert main(["adapt", "--run", "tiny", "--data", str(root / "nowhere")]) == 2
    assert (
        "run.json cannot be written (Permission denied); make its folder writable" in capsys.readouterr().err
    )
    assert find_run("tiny").record == before
