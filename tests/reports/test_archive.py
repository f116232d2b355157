import io
import json
import math
import zipfile

import numpy as np
import pytest
from PIL import Image

from segcore.labels import LABEL_SPACES
from segcore.reports.archive import (
    ExportedMask,
    comparison_files,
    csv_text,
    zip_bytes,
)


def read_png(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def example_files(**changes) -> dict[str, bytes]:
    given = {
        "images": {"frame": np.full((2, 2, 3), 100, np.uint8)},
        "masks": [ExportedMask("a", np.array([[0, 13], [10, 255]], np.uint8), LABEL_SPACES["train_ids"])],
        "outcome": np.array([[0, 1], [3, 255]], np.uint8),
        "has_truth": True,
        "scores": [{"class": "road", "iou_a": 0.5}, {"class": "sky", "iou_a": math.nan}],
        "manifest": {"frame": "made_000000_000001", "seed": 3},
        "opacity": 0.5,
    }
    return comparison_files(**(given | changes))


def test_masks_come_as_label_ids_colours_and_overlay():
    files = example_files()
    # road is label id 7, car 26, sky 23; void becomes 0, unlabeled.
    assert read_png(files["a_labelIds.png"]).tolist() == [[7, 26], [23, 0]]
    assert read_png(files["a_color.png"])[0].tolist() == [[128, 64, 128], [0, 0, 142]]
    assert read_png(files["a_overlay.png"])[0, 0].tolist() == [114, 82, 114]
    assert read_png(files["frame.png"]).tolist() == np.full((2, 2, 3), 100).tolist()


def test_an_overlay_lies_on_what_the_model_saw():
    files = example_files(
        images={"frame": np.full((2, 2, 3), 100, np.uint8), "a_input": np.zeros((2, 2, 3), np.uint8)}
    )
    assert read_png(files["a_overlay.png"])[0, 0].tolist() == [64, 32, 64]


def test_categories_are_written_as_category_ids():
    mask = ExportedMask("b", np.array([[0, 6], [4, 255]], np.uint8), LABEL_SPACES["categories"])
    files = example_files(masks=[mask])
    # flat is 1, vehicle 7, sky 5, void 0.
    assert read_png(files["b_categoryIds.png"]).tolist() == [[1, 7], [5, 0]]


def test_absent_classes_are_blank_in_csv_and_null_in_json():
    files = example_files()
    assert files["scores.csv"].decode() == "class,iou_a\nroad,0.5\nsky,\n"
    assert json.loads(files["scores.json"])[1] == {"class": "sky", "iou_a": None}


def test_the_manifest_names_every_file_and_every_colour():
    files = example_files()
    manifest = json.loads(files["manifest.json"])
    assert manifest["seed"] == 3
    assert manifest["files"] == sorted(files)
    assert list(manifest["disagreement_colors"]) == [
        "both right",
        "only A right",
        "only B right",
        "both wrong",
    ]
    without = json.loads(example_files(has_truth=False)["manifest.json"])
    assert list(without["disagreement_colors"]) == ["agree", "differ"]


def test_the_zip_holds_the_files_and_repeats_byte_by_byte():
    files = {"b.txt": b"two", "a.txt": b"one"}
    packed = zip_bytes(files)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["a.txt", "b.txt"]
        assert archive.read("b.txt") == b"two"
    assert packed == zip_bytes(dict(reversed(files.items())))


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "..\\x"])
def test_names_that_lead_out_of_the_archive_are_refused(name):
    with pytest.raises(ValueError, match="plain file name"):
        zip_bytes({name: b""})


def test_no_rows_make_an_empty_table():
    assert csv_text([]) == ""
