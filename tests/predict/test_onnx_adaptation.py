"""Following unusual pictures in ONNX: the same as in Keras, decided once, and at no price for usual ones."""

from dataclasses import replace

import keras
import numpy as np
import onnxruntime
import pytest
from onnx_makers import SIZE, exported, lively, noise
from small_models import SMALL

from segcore.errors import InputError
from segcore.frames.pictures import png_bytes
from segcore.predict.adaptation import Adaptation, usual_changes
from segcore.predict.onnx.adaptation import watching as watching_module
from segcore.predict.onnx.adaptation.following import following
from segcore.predict.onnx.adaptation.norms import find_norms
from segcore.predict.onnx.adaptation.region import region_weights
from segcore.predict.onnx.adaptation.watching import MOMENTS, Watch, watching, worth_watching
from segcore.predict.onnx.graph import IMAGE
from segcore.predict.onnx.network import OnnxNetwork
from segcore.predict.onnx.run_network import RunNetwork

EVERYWHERE = (slice(0, SIZE[0]), slice(0, SIZE[1]))


def names_of(model: keras.Model) -> list[str]:
    return [layer.name for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]


def computed(graph, image: np.ndarray, strides: set[int], part=EVERYWHERE) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(graph.SerializeToString())
    return session.run(None, {IMAGE: image.astype(np.float32), **region_weights(SIZE, *part, strides)})


@pytest.mark.parametrize("architecture", SMALL)
def test_every_architecture_follows_as_in_keras(architecture, tmp_path):
    model, image = lively(architecture), noise(1, *SIZE, 3, most=90)
    graph = exported(model, tmp_path, full_size=True)
    for usual in (0.0, 0.3, 1e6):
        settings = dict.fromkeys(names_of(model), usual)
        wanted = keras.ops.convert_to_numpy(Adaptation(settings).apply_to(model)(image))
        norms = find_norms(graph, settings)
        found = computed(following(graph, norms), image, {norm.stride for norm in norms})[0]
        np.testing.assert_allclose(
            found.transpose(0, 2, 3, 1), wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max()
        )


def test_a_margin_is_left_out_as_in_keras(tmp_path):
    model, image = lively("unet_xception"), noise(1, *SIZE, 3, most=90)
    rows, columns = slice(0, 64), slice(21, 80)
    image[:, :, :21] = image[:, :, 80:] = 255
    settings = dict.fromkeys(names_of(model), 0.1)
    keeper = Adaptation(settings)
    adapted = keeper.apply_to(model)
    keeper.look_at(SIZE, rows, columns)
    wanted = keras.ops.convert_to_numpy(adapted(image))
    graph = exported(model, tmp_path, full_size=True)
    norms = find_norms(graph, settings)
    strides = {norm.stride for norm in norms}
    found = computed(following(graph, norms), image, strides, (rows, columns))[0].transpose(0, 2, 3, 1)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max())
    # A strip so narrow that it covers no cell whole.
    narrow = computed(following(graph, norms), image, strides, (rows, slice(40, 42)))[0]
    assert np.isfinite(narrow).all()


def test_norms_keep_no_part_of_the_model_in_memory(tmp_path):
    model = lively("unet_xception")
    graph = exported(model, tmp_path)
    norms = find_norms(graph, dict.fromkeys(names_of(model), 0.1))
    before = [norm.node.name for norm in norms]
    for node in graph.graph.node:
        node.name = "changed"
    assert [norm.node.name for norm in norms] == before


def test_the_watch_measures_what_keras_measures(tmp_path, monkeypatch):
    monkeypatch.setattr(watching_module, "_SAMPLED_STRIDE", 1)
    model, image = lively("mobilenet_segnet"), noise(*SIZE, 3, most=200)
    (tmp_path / "image.png").write_bytes(png_bytes(image))
    # Of one picture, the 99th percentile is the picture's own.
    wanted = usual_changes([model], [tmp_path / "image.png"])
    graph = exported(model, tmp_path)
    norms = find_norms(graph, wanted)
    watch = Watch(norms)
    plain, moments = computed(watching(graph, norms), image[np.newaxis], watch.strides)
    assert dict(zip(wanted, watch.changes(moments), strict=True)) == pytest.approx(wanted, abs=2e-3)
    np.testing.assert_allclose(plain, computed(graph, image[np.newaxis], set())[0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("apart", [1, 16])
@pytest.mark.parametrize("architecture", ["mobilenet_segnet", "unet_xception"])
def test_the_watch_measures_cells_of_the_picture_without_its_margin(
    architecture, apart, tmp_path, monkeypatch
):
    monkeypatch.setattr(watching_module, "_SAMPLED_STRIDE", apart)
    model, image = lively(architecture), noise(1, *SIZE, 3)
    graph = exported(model, tmp_path)
    norms = find_norms(graph, dict.fromkeys(names_of(model), 1.0))
    strides = Watch(norms).strides
    assert strides == {32}
    found = computed(watching(graph, norms), image, strides, (slice(0, 64), slice(32, 96)))[1].ravel()
    for norm in norms:
        graph.graph.output.add().name = norm.node.output[0]
    features = [
        each[0, :, :, 32 // norm.stride :][
            :, :: max(apart // norm.stride, 1), :: max(apart // norm.stride, 1)
        ]
        for norm, each in zip(norms, computed(graph, image, set())[1:], strict=True)
    ]
    wanted = [(each**power).mean(axis=(1, 2)) for power in (1, 2) for each in features]
    np.testing.assert_allclose(found, np.concatenate(wanted), rtol=1e-4, atol=1e-4)


def test_cells_apart_tell_nearly_the_same_as_all(tmp_path, monkeypatch):
    model = lively("unet_xception")
    graph = exported(model, tmp_path)
    norms = find_norms(graph, dict.fromkeys(names_of(model), 1.0))
    image = noise(1, *SIZE, 3)
    changes = []
    for apart in (4, 1):
        monkeypatch.setattr(watching_module, "_SAMPLED_STRIDE", apart)
        watch = Watch(norms)
        changes.append(watch.changes(computed(watching(graph, norms), image, watch.strides)[1]))
    np.testing.assert_allclose(*changes, atol=0.2)


def test_a_feature_that_its_normalisation_takes_away_is_no_harm(tmp_path):
    model, image = lively("unet_xception"), noise(1, *SIZE, 3)
    model.get_layer("entry_bn").gamma.assign(np.zeros(32))
    graph = exported(model, tmp_path)
    norms = find_norms(graph, dict.fromkeys(names_of(model), 0.1))
    watch = Watch(norms)
    scores, variances = computed(watching(graph, norms), image, watch.strides)
    assert np.isfinite(watch.changes(variances)).all() and np.isfinite(scores).all()


def test_only_an_unusual_picture_is_followed(tmp_path):
    model = lively("unet_xception")
    sizes = (SIZE, (32, 64))
    image = noise(*SIZE, 3)
    graph = exported(model, tmp_path)
    plain, _ = RunNetwork(lambda: graph, sizes).views(image)
    names = names_of(model)
    same, _ = RunNetwork(lambda: graph, sizes, dict.fromkeys(names, 1e6)).views(image)
    unusual = RunNetwork(lambda: graph, sizes, dict.fromkeys(names, 0.0))
    other, _ = unusual.views(image)
    for view, wanted, moved in zip(same, plain, other, strict=True):
        np.testing.assert_allclose(view.scores, wanted.scores, rtol=1e-4, atol=1e-4)
        assert np.abs(moved.scores - wanted.scores).max() > 0.01
    assert [view.mirrored for view in plain] == [False, True]


def test_all_views_but_the_largest_are_watched_the_smallest_first(tmp_path, monkeypatch):
    model = lively("unet_xception")
    graph = exported(model, tmp_path)
    watched = []
    run = OnnxNetwork.run

    def recorded(self, outputs, inputs):
        if MOMENTS in outputs:
            watched.append(inputs[IMAGE].shape[2:])
        return run(self, outputs, inputs)

    monkeypatch.setattr(OnnxNetwork, "run", recorded)
    small, middle, large = (32, 64), SIZE, (96, 192)
    for usual, sizes, wanted in (
        (1e6, [large, middle, small], [small, middle]),
        (1e6, [middle, small], [small]),
        (1e6, [middle], [middle]),
        (0.0, [large, middle, small], [small]),
    ):
        watched.clear()
        RunNetwork(lambda: graph, sizes, dict.fromkeys(names_of(model), usual)).views(noise(*SIZE, 3))
        assert watched == wanted


def test_layers_close_to_unusual_are_followed_by_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(watching_module, "_SAMPLED_STRIDE", 1)
    model, image = lively("unet_xception"), noise(*SIZE, 3, most=90)
    (tmp_path / "image.png").write_bytes(png_bytes(image))
    usual = {name: 1.1 * change for name, change in usual_changes([model], [tmp_path / "image.png"]).items()}
    graph = exported(model, tmp_path)
    alone = RunNetwork(lambda: graph, [SIZE], usual)
    # The larger view is close to unusual for a still larger one of this size, which is not unusual itself.
    beside = RunNetwork(lambda: graph, [SIZE, SIZE], usual)
    wanted = RunNetwork(lambda: graph, [SIZE, SIZE]).views(image)[0]
    for network, expected in ((alone, wanted[:1]), (beside, wanted)):
        for found, view in zip(network.views(image)[0], expected, strict=True):
            np.testing.assert_allclose(found.scores, view.scores, rtol=1e-3, atol=1e-3)
    assert alone._following._session is None
    assert beside._following._session is not None


def test_only_fine_features_are_watched_where_there_are_any(tmp_path):
    model = lively("unet_xception")
    norms = find_norms(exported(model, tmp_path), dict.fromkeys(names_of(model), 1.0))
    fine = [replace(norm, stride=8) for norm in norms[:2]]
    coarse = [replace(norm, stride=16) for norm in norms[2:]]
    # Norms hold arrays, so they are compared by identity.
    assert [id(norm) for norm in worth_watching(fine + coarse)] == [id(norm) for norm in fine]
    assert [id(norm) for norm in worth_watching(coarse)] == [id(norm) for norm in coarse]


def test_unknown_layers_are_named(tmp_path):
    graph = exported(lively("unet_xception"), tmp_path)
    with pytest.raises(InputError, match=r"nothing_bn.*not a batch normalisation of .*segcore adapt"):
        RunNetwork(lambda: graph, [SIZE], {"nothing_bn": 0.5})
