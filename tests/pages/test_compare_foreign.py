"""Compare with runs that this project did not train."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from app_pages import open_page
from foreign_runs import VOC_LIKE, masks_run, onnx_run
from makers import CLASS_NAMES, make_cityscapes
from PIL import Image
from streamlit.testing.v1 import AppTest

import ui.frames.source
from segcore.labels import to_train_ids
from segcore.runs.run import find_run
from ui.compare.download import archive_of
from ui.compare.result import compare
from ui.compare.settings import WeatherChoice
from ui.frames.loaded import LoadedFrame

SIZE = (64, 96)
FRAME = "ulm_000000_000019"
PERSON, RIDER, CAR = (CLASS_NAMES.index(name) for name in ("person", "rider", "car"))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_cityscapes(tmp_path / "data", frames=2, size=SIZE)
    monkeypatch.setenv("CITYSCAPES_DATASET", str(root))
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "none")
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    return root


def read_frame(data: Path) -> tuple[np.ndarray, np.ndarray]:
    image = np.asarray(Image.open(next(data.rglob(f"{FRAME}_leftImg8bit.png"))))
    truth = np.asarray(Image.open(next(data.rglob(f"{FRAME}_gtFine_labelIds.png"))))
    return image, to_train_ids(truth)


def stored(root: Path, data: Path) -> np.ndarray:
    """Write the run "stored" with a mask of one frame, in which the person is a rider, and return that mask."""
    _, truth = read_frame(data)
    mask = np.where(truth == PERSON, RIDER, np.where(truth == 255, 0, truth)).astype(np.uint8)
    masks_run(root, "stored", {FRAME: mask})
    return mask


def nearest_color(image: np.ndarray) -> np.ndarray:
    """Return the place in ``VOC_LIKE`` of the colour that is nearest to each pixel."""
    colors = np.array([entry["color"] for entry in VOC_LIKE], np.int64)
    return ((image[:, :, None].astype(np.int64) - colors) ** 2).sum(-1).argmin(-1)


def captions(app: AppTest) -> str:
    return "\n".join(caption.value.replace("\\", "") for caption in app.caption)


def table_with(app: AppTest, name: str):
    return next(table.value for table in app.dataframe if name in (*table.value, *table.value.index))


def titles(app: AppTest) -> list[str]:
    data = json.loads(app.get("bidi_component")[0].proto.json)
    return [layer["title"] for layer in data["layers"]]


def test_a_voc_like_run_is_compared_in_merged_classes(data, tmp_path):
    onnx_run(tmp_path / "runs", "theirs")
    mask = stored(tmp_path / "runs", data)
    app = open_page("compare", a="theirs", b="stored", frame=FRAME)
    assert not app.warning
    image, truth = read_frame(data)
    # By hand: their person is person or rider, their car the car; background and boat are no class of the street.
    found = nearest_color(image)
    humans = np.isin(truth, (PERSON, RIDER))
    scored = truth != 255
    table = table_with(app, "IoU theirs").set_index("Class")
    for name, predicted, is_true in (
        ("human", found == 1, humans),
        ("car", found == 2, truth == CAR),
    ):
        expected = 100 * (predicted & is_true).sum() / ((predicted | is_true) & scored).sum()
        assert expected > 0
        assert table.loc[name, "IoU theirs"] == pytest.approx(expected)
    assert table.loc["road", "IoU theirs"] == 0
    # Merged, the rider in the stored mask is as good as the person in the truth.
    assert table.loc["human", "IoU stored"] == 100
    assert {"person", "rider"}.isdisjoint(table.index)
    right = ((found == 1) & humans) | ((found == 2) & (truth == CAR))
    assert table_with(app, "Latency").loc["Pixel accuracy"].tolist() == [
        f"{100 * right[scored].mean():.1f} %",
        f"{100 * ((mask == truth) | humans)[scored].mean():.1f} %",
    ]
    text = captions(app)
    assert "Merged, because one model does not distinguish them: person and rider." in text
    assert (
        "theirs does not know road, sidewalk, building, wall, fence, pole and 10 more: 16 of 18 classes"
        in text
    )
    assert "What theirs calls background and boat is not a class of this data" in text


def test_stored_masks_are_compared_without_what_takes_probabilities(data, tmp_path):
    onnx_run(tmp_path / "runs", "theirs")
    stored(tmp_path / "runs", data)
    app = open_page("compare", a="theirs", b="stored", frame=FRAME, probe="45,39", measured_here="true")
    assert titles(app)[-2:] == ["Confidence theirs", "Entropy theirs"]
    assert "stored consists of stored masks: it has no confidence, entropy or probabilities." in captions(app)
    scores = table_with(app, "Latency")
    for name in ("Mean confidence", "Mean entropy", "Same when mirrored", "Latency"):
        assert scores.loc[name, "theirs"] and not scores.loc[name, "stored"]
    assert scores.loc["Network input"].tolist() == ["96\u00a0×\u00a064\u00a0px", "none, stored masks"]
    a, b = (
        next(table.value for table in app.dataframe if list(table.value)[:1] == [name])
        for name in ("theirs", "stored")
    )
    assert a.iloc[0].tolist() == ["car", pytest.approx(100, abs=1)]
    assert b.to_dict("list") == {"stored": ["car"]}


def test_a_network_that_gives_classes_alone_is_compared(data, tmp_path):
    onnx_run(tmp_path / "runs", "classes", output="classes")
    onnx_run(tmp_path / "runs", "logits")
    app = open_page("compare", a="classes", b="logits", frame=FRAME, measured_here="true")
    outcome = table_with(app, "Pixels").set_index("Pixels")["Share"]
    # The same network, whatever it gives.
    assert outcome["only classes right"] == outcome["only logits right"] == 0 < outcome["both right"]
    assert "classes gives a class to each pixel and no scores" in captions(app)
    scores = table_with(app, "Latency")
    assert (
        scores.loc["Same when mirrored", "classes"] == scores.loc["Same when mirrored", "logits"] == "100.0 %"
    )
    assert not scores.loc["Mean confidence", "classes"] and scores.loc["Mean confidence", "logits"]
    assert scores.loc["Latency", "classes"].endswith(" ms")


def test_stored_masks_see_no_weather_and_no_other_frame(data, tmp_path):
    onnx_run(tmp_path / "runs", "theirs")
    stored(tmp_path / "runs", data)
    app = open_page("compare", a="theirs", b="stored", frame=FRAME, effect="Fog")
    assert "stored consists of stored masks of the frame without weather" in captions(app)
    assert list(table_with(app, "Latency")) == ["theirs (clean)", "theirs (Fog 3)", "stored"]
    app = open_page("compare", a="theirs", b="stored", frame="ulm_000001_000019")
    assert "has no stored mask of the frame ulm" in app.error[0].value.replace("\\", "")


def test_runs_of_one_list_are_compared_in_it_where_there_is_no_truth(data, tmp_path, monkeypatch):
    bare = make_cityscapes(tmp_path / "bare", frames=1, size=SIZE, with_truth=False)
    monkeypatch.setenv("CITYSCAPES_DATASET", str(bare))
    onnx_run(tmp_path / "runs", "classes", output="classes")
    onnx_run(tmp_path / "runs", "logits")
    app = open_page("compare", a="classes", b="logits", hidden="boat")
    palette = json.loads(app.get("bidi_component")[0].proto.json)["palettes"][0]
    assert [entry["name"] for entry in palette["entries"][:4]] == [entry["name"] for entry in VOC_LIKE]
    assert not app.warning
    assert "Merged" not in captions(app)
    assert table_with(app, "Pixels").set_index("Pixels")["Share"]["agree"] == 100


def test_the_archive_holds_label_ids_of_foreign_classes(data, tmp_path):
    onnx_run(tmp_path / "runs", "theirs")
    mask = stored(tmp_path / "runs", data)
    image, truth = read_frame(data)
    comparison = compare(
        (find_run("theirs"), find_run("stored")),
        LoadedFrame(FRAME, image, truth),
        key=str(tmp_path),
        weather=WeatherChoice(),
    )
    with zipfile.ZipFile(io.BytesIO(archive_of(comparison, source="made"))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    theirs, masks = (
        np.asarray(Image.open(io.BytesIO(files[f"{name}_labelIds.png"]))) for name in ("theirs", "stored")
    )
    # Label ids of nothing, person, car and nothing.
    assert (theirs == np.array([0, 24, 26, 0])[nearest_color(image)]).all()
    assert (to_train_ids(masks) == mask).all()
    manifest = json.loads(files["manifest.json"])["runs"]
    assert manifest["A"]["input_size"] == [64, 96] and manifest["A"]["latency_ms"] > 0
    assert manifest["B"]["input_size"] is None and manifest["B"]["latency_ms"] is None
    assert set(manifest["B"]["scores"]) == {
        "mIoU",
        "Pixel accuracy",
        f"Boundary IoU ({comparison.boundary_width} px)",
    }
