import numpy as np
import pytest
from makers import make_run
from tiny_runs import edit_record

from segcore.frames.letterbox import FILL, letterbox
from segcore.predict.keras_network import KerasNetwork
from segcore.predict.predictor import NetworkPredictor
from segcore.runs.run import Run, read_run


def test_the_same_proportions_fill_it_all():
    image = np.random.default_rng(0).integers(0, 256, (32, 64, 3), dtype=np.uint8)
    boxed, place = letterbox(image, (32, 64))
    assert boxed.dtype == np.float32
    assert np.array_equal(boxed, image)
    assert place == (slice(0, 32), slice(0, 64))
    assert letterbox(np.repeat(np.repeat(image, 2, 0), 2, 1), (32, 64))[0].tolist() == image.tolist()


@pytest.mark.parametrize(
    ("size", "rows", "columns"),
    [
        ((60, 80), (0, 32), (10, 53)),
        ((80, 40), (0, 32), (24, 40)),
        ((10, 100), (13, 19), (0, 64)),
        ((1, 999), (15, 16), (0, 64)),
    ],
)
def test_other_proportions_lie_in_the_middle_of_grey(size, rows, columns):
    boxed, place = letterbox(np.full((*size, 3), 9, np.uint8), (32, 64))
    assert place == (slice(*rows), slice(*columns))
    assert (boxed[place] == 9).all()
    assert (boxed == 9).all(axis=2).sum() == (rows[1] - rows[0]) * (columns[1] - columns[0])
    assert set(np.unique(boxed)) == {9, FILL}


class Echo:
    """A network whose logits are what it is shown: class 0 the red channel, and so on."""

    def predict_on_batch(self, batch: np.ndarray) -> np.ndarray:
        return batch


class Twice(Echo):
    """What it is shown, doubled."""

    def predict_on_batch(self, batch: np.ndarray) -> np.ndarray:
        return 2 * batch


def predictor_of(run: Run, models: list[Echo]) -> NetworkPredictor:
    return NetworkPredictor(run, KerasNetwork(run, models))


def test_several_views_are_averaged_at_the_first_size_without_the_margins(tmp_path):
    run = edit_record(make_run(tmp_path, "run", input_size=(32, 64)), inference_sizes=[[32, 64], [64, 64]])
    predictor = predictor_of(run, [Echo(), Twice()])
    # As tall as wide: beside it in the first size, and nowhere in the second.
    logits, seconds = predictor.logits(np.full((50, 50, 3), 100, np.uint8))
    np.testing.assert_array_equal(logits, np.full((32, 32, 3), (100 + 200) / 2))
    assert seconds > 0


def test_a_view_of_the_mirror_image_is_turned_back_without_its_margins(tmp_path):
    run = edit_record(make_run(tmp_path, "run", input_size=(32, 64)), inference_sizes=[[32, 64], [32, 64]])
    # 21 columns of 64, which leave one more on the right than on the left.
    image = np.repeat(np.arange(0, 231, 11, dtype=np.uint8)[np.newaxis, :, np.newaxis], 32, axis=0).repeat(
        3, axis=2
    )
    logits, _ = predictor_of(run, [Echo(), Echo()]).logits(image)
    np.testing.assert_array_equal(logits, image)


def test_a_prediction_has_the_picture_s_proportions(tmp_path):
    predictor = predictor_of(read_run(make_run(tmp_path, "run", input_size=(32, 64))), [Echo()])
    image = np.zeros((90, 60, 3), np.uint8)
    # The upper half red, the lower one blue; no green, which the margin would add as much of as of the others.
    image[:45, :, 0] = image[45:, :, 2] = 200
    prediction = predictor.predict(image)
    assert prediction.probabilities.shape == (32, 21, 3)
    assert (prediction.class_map[:40] == 0).all()
    assert (prediction.class_map[50:] == 2).all()
