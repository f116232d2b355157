"""The command that tells what a folder of frames holds, and the commands that take any data set."""

import json

import numpy as np
import pytest
from made_datasets import make_dataset, write_picture

from segcore.classes.files import find_space
from segcore.cli import main
from segcore.frames.dataset import open_dataset
from segcore.frames.demo import DEMO_CITY
from segcore.frames.inspection import inspect_split
from segcore.frames.layout import known_layouts


@pytest.mark.parametrize("layout", [layout.name for layout in known_layouts() if layout.masks])
def test_a_whole_data_set_of_each_layout(tmp_path, capsys, layout):
    make_dataset(tmp_path / "data", layout)
    assert main(["dataset", str(tmp_path / "data")]) == 0
    text = capsys.readouterr().out
    assert f"layout    {layout}: " in text
    assert "everything fits" in text


def test_the_layout_is_told_with_the_ending_of_its_pictures(tmp_path, capsys):
    make_dataset(tmp_path, "one_folder_in_splits")
    assert main(["dataset", str(tmp_path)]) == 0
    assert "layout    one_folder_in_splits: <split>/<name>.jpg\n" in capsys.readouterr().out


def test_what_camvid_holds(tmp_path, capsys):
    make_dataset(tmp_path, "camvid_segnet")
    assert main(["dataset", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    for line in (
        f"CamVid in {tmp_path}",
        "classes   11: CamVid, 11 classes",
        "train: 1 frame, 1 with a mask; 4 x 1 (1)",
    ):
        assert line in text.splitlines()
    rows = [line.partition(" %")[0].rsplit(maxsplit=1) for line in text.splitlines() if " %" in line]
    shares = {name.strip(): share for name, share in rows}
    # Of the four pixels of each mask three are scored: sky, car and bicyclist.
    assert "  SignSymbol                     -   = traffic light, traffic sign" in text.splitlines()
    assert shares == {"Sky": "33.3", "Car": "33.3", "Bicyclist": "33.3", "(void, of all pixels)": "25.0"}


def test_everything_that_does_not_fit_is_told(tmp_path, capsys):
    picture = np.full((1, 4, 3), 90, np.uint8)
    for name in ("good", "bare", "other size", "unknown", "damaged"):
        write_picture(tmp_path / f"images/{name}.png", picture)
    write_picture(tmp_path / "masks/good.png", np.array([[0, 1, 1, 255]], np.uint8))
    write_picture(tmp_path / "masks/lonely.png", np.array([[0, 1, 1, 255]], np.uint8))
    write_picture(tmp_path / "masks/other size.png", np.array([[0, 1, 1]], np.uint8))
    write_picture(tmp_path / "masks/unknown.png", np.array([[9, 9, 77, 0]], np.uint8))
    write_picture(tmp_path / "masks/damaged.png", np.array([[0, 1, 1, 1]], np.uint8))
    damaged = (tmp_path / "masks/damaged.png").read_bytes()
    (tmp_path / "masks/damaged.png").write_bytes(damaged[:-20])
    (tmp_path / "images/folder.png").mkdir()
    (tmp_path / "classes.txt").write_text("road\ncar\n")
    one = inspect_split(open_dataset(tmp_path), "all")
    assert (one.frames, one.pairs, one.looked_into) == (5, 4, 4)
    assert one.class_pixels.tolist() == [2, 4]
    assert one.void_pixels == 1
    assert one.unknown == {"9": 2, "77": 1}
    assert {kind: len(names) for kind, names in one.misfits.items()} == {
        "frame without a mask": 1,
        "mask without a frame": 1,
        "file that cannot be used": 2,
        "mask of another size": 1,
        "mask with unknown values": 1,
    }
    assert one.unusable == 3
    assert main(["dataset", str(tmp_path)]) == 1
    text = capsys.readouterr().out
    for part in (
        "3 frames cannot be scored",
        "all: 1 frame without a mask\n  bare\n",
        "all: 1 mask without a frame\n  masks/lonely.png\n",
        "other size: 3 x 1, its picture 4 x 1",
        "unknown values: 9 on 2 pixels, 77 on 1 pixel",
        "folder.png: it is a folder",
        "damaged.png is damaged or incomplete",
    ):
        assert part in text


def test_frames_of_a_split_without_masks_are_counted_and_not_named(tmp_path, capsys):
    make_dataset(tmp_path, "bdd100k")
    write_picture(tmp_path / "images/10k/test/unscored.jpg", np.zeros((1, 4, 3), np.uint8))
    assert main(["dataset", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "test: 1 frame without a mask\n" in text
    assert "unscored" not in text


def test_one_of_several_kinds_of_masks_is_looked_into(tmp_path, capsys):
    write_picture(tmp_path / "validation/images/a.jpg", np.zeros((1, 2, 3), np.uint8))
    for release, value in (("v1.2", 13), ("v2.0", 21)):
        write_picture(tmp_path / f"validation/{release}/labels/a.png", np.full((1, 2), value, np.uint8))
    assert main(["dataset", str(tmp_path)]) == 0
    assert "choice    v1.2 masks, or v2.0 with --annotation\n" in capsys.readouterr().out
    assert main(["dataset", str(tmp_path), "--annotation", "v2.0"]) == 0
    text = capsys.readouterr().out
    name = find_space("mapillary_vistas_124").class_names[21]
    assert text.startswith("Mapillary Vistas 2.0 in ") and f"  {name:24} 100.0 %" in text
    assert main(["dataset", str(tmp_path), "--annotation", "v3"]) == 2
    assert "There is no annotation 'v3'" in capsys.readouterr().err


def test_long_lists_are_cut_with_their_number(tmp_path, capsys):
    make_dataset(tmp_path, "two_folders")
    for index in range(25):
        write_picture(tmp_path / f"images/b{index:02}.png", np.zeros((1, 4, 3), np.uint8))
    assert main(["dataset", str(tmp_path)]) == 0
    assert "all: 25 frames without a mask" in (text := capsys.readouterr().out)
    assert "  b19\n  and 5 more\n" in text


def test_a_sample_of_the_frames(tmp_path, capsys):
    make_dataset(tmp_path, "camvid_segnet")
    for index in range(4):
        write_picture(tmp_path / f"val/x{index}.png", np.zeros((1, 4, 3), np.uint8))
        write_picture(tmp_path / f"valannot/x{index}.png", np.zeros((1, 4), np.uint8))
    assert main(["dataset", str(tmp_path), "--split", "val", "--frames", "2"]) == 0
    text = capsys.readouterr().out
    assert "val: 5 frames, 5 with a mask, 2 looked into" in text
    assert "train:" not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent"], "The data set absent does not exist"),
        (["."], "holds no known data set; looked for Cityscapes"),
        (["camvid", "--split", "dev"], "There is no split 'dev' in camvid; choose one of test, train, val."),
        (["camvid", "--frames", "0"], "--frames is 0"),
        (["~nobody-of-this-name/data"], "begins with a home folder that does not exist"),
        ([], "give --data or set SEGCOMPARE_DATA"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    for name in ("SEGCOMPARE_DATA", "CITYSCAPES_DATASET"):
        monkeypatch.delenv(name, raising=False)
    make_dataset(tmp_path / "camvid", "camvid_segnet")
    if arguments == ["."]:
        (tmp_path / "empty").mkdir()
        monkeypatch.chdir(tmp_path / "empty")
    assert main(["dataset", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", ["", " ", "\udcff", "a\nb", "x" * 81])
def test_a_name_of_a_data_set_is_plain_text(tmp_path, monkeypatch, capsys, name):
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path))
    from makers import make_run

    make_run(tmp_path, "made", evaluation=False)
    make_dataset(tmp_path / "camvid", "camvid_segnet")
    arguments = ["evaluate", "--run", "made", "--data", str(tmp_path / "camvid"), "--data-name", name]
    assert main(arguments) == 2
    assert "is not a valid name; use up to 80 printable characters" in capsys.readouterr().err


def test_the_demo_city_has_a_name_and_terms_of_its_own():
    dataset = open_dataset(DEMO_CITY)
    assert (dataset.name, dataset.layout.frames_may_be_shared) == ("Demo city", True)
    assert all(frame.truth_path for split in dataset.splits for frame in dataset.frames(split))
    assert json.loads((DEMO_CITY / "dataset.json").read_text())["title"] == "Demo city"


def test_masks_that_pair_with_no_frame_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    from makers import make_run

    make_run(tmp_path / "runs", "made", evaluation=False)
    write_picture(tmp_path / "data/images/a.png", np.zeros((1, 4, 3), np.uint8))
    write_picture(tmp_path / "data/masks/masked a.png", np.array([[7, 26, 4, 23]], np.uint8))
    assert main(["evaluate", "--run", "made", "--data", str(tmp_path / "data")]) == 2
    error = capsys.readouterr().err
    assert "has 1 frame and no ground truth; 1 mask without a frame of the same name, such as " in error
    assert "masked a.png; rename them" in error


def test_without_masks_of_idd_it_is_said_what_draws_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "runs"))
    from makers import make_run

    make_run(tmp_path / "runs", "made", evaluation=False)
    write_picture(tmp_path / "data/leftImg8bit/val/201/1_leftImg8bit.png", np.zeros((1, 4, 3), np.uint8))
    polygons = tmp_path / "data/gtFine/val/201/1_gtFine_polygons.json"
    polygons.parent.mkdir(parents=True)
    polygons.write_text("{}")
    assert main(["dataset", str(tmp_path / "data")]) == 0
    text = capsys.readouterr().out
    assert text.startswith("IDD, polygons only in ")
    assert "make them first with preperation/createLabels.py" in text
    assert main(["evaluate", "--run", "made", "--data", str(tmp_path / "data")]) == 2
    assert (
        "there are polygons but no masks yet; make them first with preperation/createLabels.py"
        in capsys.readouterr().err
    )
