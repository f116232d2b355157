"""Curves of foreign trainings: small files as each tool writes them, with values counted by hand."""

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segcore.adding.history import read_foreign_history
from segcore.errors import InputError
from segcore.runs.history import HISTORY_COLUMNS


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[pd.DataFrame, list[str]]]:
    def read(text: str, name: str = "log.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_foreign_history(path)

    return read


def of(history: pd.DataFrame, *names: str) -> list:
    """Rows of some columns, None for NaN, so that they compare."""
    return [
        [None if isinstance(value, float) and math.isnan(value) else value for value in row]
        for row in history[list(names)].itertuples(index=False)
    ]


def test_keras_csv_logger(read):
    history, sentences = read(
        "epoch,Pixel_Accuracy,loss,lr,mean_io_u,val_Pixel_Accuracy,val_loss,val_mean_io_u\n"
        "0,0.5,2.0,0.001,0.1,0.4,2.5,0.05\n"
        "1,0.75,1.0,0.0005,0.3,NA,NA,NA\n"
    )
    assert list(history.columns) == list(HISTORY_COLUMNS)
    assert history.dtypes.astype(str).tolist() == ["int64"] + ["float64"] * 8
    assert of(history, "epoch", "loss", "val_loss", "mean_iou", "val_mean_iou") == [
        [1, 2.0, 2.5, 0.1, 0.05],
        [2, 1.0, None, 0.3, None],
    ]
    assert of(history, "accuracy", "val_accuracy", "learning_rate", "seconds") == [
        [0.5, 0.4, 0.001, None],
        [0.75, None, 0.0005, None],
    ]
    assert sentences[0] == "2 epochs: as the epoch column says, counted from 1 instead of 0."
    assert "val_accuracy is 'val_Pixel_Accuracy'." in sentences


def test_keras_history_as_json_has_no_epochs_and_may_hold_nan(read):
    content = {"loss": [3, 2.5, 2], "val_loss": [4.0, math.nan, 3.0], "MeanIoU": [0.1, 0.2, None]}
    history, sentences = read(json.dumps(content), "history.json")
    assert of(history, "epoch", "loss", "val_loss", "mean_iou") == [
        [1, 3.0, 4.0, 0.1],
        [2, 2.5, None, 0.2],
        [3, 2.0, 3.0, None],
    ]
    assert sentences[0] == "3 epochs: there is no epoch column, so each row is one."


@pytest.mark.parametrize(
    "content",
    [
        {"history": {"loss": [3, 2], "val_acc": [0.5, 0.75]}, "params": {"epochs": 2}},
        {"loss": {"0": 3, "1": 2}, "val_acc": {"0": 0.5, "1": 0.75}},
        [{"epoch": 1, "loss": 3}, {"epoch": 1, "val_acc": 0.5}, {"epoch": 2, "loss": 2, "val_acc": "0.75"}],
    ],
)
def test_other_shapes_of_json_say_the_same(read, content):
    history, _ = read(json.dumps(content), "history.json")
    assert of(history, "epoch", "loss", "val_accuracy") == [[1, 3.0, 0.5], [2, 2.0, 0.75]]


def test_lightning_logs_training_and_validation_in_rows_of_their_own(read):
    history, sentences = read(
        "epoch,lr-AdamW,step,train_loss_epoch,train_loss_step,val_loss,val_miou,test_loss\n"
        ",0.01,0,,,,,\n"
        "0,,49,,2.0,,,\n"
        "0,,99,,1.5,,,\n"
        "0,,99,,,1.75,0.25,\n"
        "0,,99,1.8,,,,\n"
        ",0.005,100,,,,,\n"
        "1,,149,,1.0,,,\n"
        "1,,199,,,1.25,0.5,\n"
        "1,,199,0.9,,,,\n"
        "2,,200,,,,,7.0\n"
    )
    assert of(history, "epoch", "loss", "val_loss", "val_mean_iou", "learning_rate") == [
        [1, 1.8, 1.75, 0.25, 0.01],
        [2, 0.9, 1.25, 0.5, 0.005],
    ]
    assert (
        "loss is 'train_loss_epoch' and not 'train_loss_step', whose name is less exact or comes later."
        in sentences
    )
    assert "Left out: 'test_loss'." in sentences


def test_last_value_of_an_epoch_counts(read):
    history, _ = read("epoch,step,train_loss,val_acc\n0,9,3,\n0,19,2,0.5\n0,29,,0.75\n1,39,1,\n")
    assert of(history, "loss", "val_accuracy") == [[2.0, 0.75], [1.0, None]]


def test_ultralytics_semantic_segmentation(read):
    history, sentences = read(
        "epoch,time,train/ce_loss,train/dice_loss,metrics/mIoU,metrics/pixel_acc,val/ce_loss,val/dice_loss,lr/pg0,lr/pg1\n"
        "1,10.5,1.5,0.5,0.25,0.5,2.0,0.25,0.01,0.02\n"
        "2,30.5,1.0,0.25,0.5,0.75,1.5,0.25,0.005,0.02\n"
    )
    assert of(history, "epoch", "loss", "val_loss", "mean_iou", "val_mean_iou") == [
        [1, 2.0, 2.25, None, 0.25],
        [2, 1.25, 1.75, None, 0.5],
    ]
    assert of(history, "val_accuracy", "learning_rate", "seconds") == [[0.5, 0.01, 10.5], [0.75, 0.005, 20.0]]
    assert "loss is 'train/ce_loss' + 'train/dice_loss'." in sentences
    assert "seconds is 'time', from one epoch to the next." in sentences
    assert "Left out: 'lr/pg1'." in sentences


def test_ultralytics_pads_with_spaces_and_a_resumed_training_starts_its_clock_again(read):
    history, _ = read(
        "               epoch,                time,      train/box_loss,    metrics/mIoU(M)\n"
        "                   0,                  20,                 1.5,                0.5\n"
        "                   1,                  50,                 1.0,               0.75\n"
        "                   2,                  25,                 0.5,               0.75\n"
        "                   5,                  99,                 0.5,               0.75\n"
    )
    assert of(history, "epoch", "loss", "val_mean_iou", "seconds") == [
        [1, 1.5, 0.5, 20.0],
        [2, 1.0, 0.75, 30.0],
        [3, 0.5, 0.75, 25.0],
        [6, 0.5, 0.75, None],
    ]


def test_losses_in_parts_of_others_are_left_out(read):
    history, sentences = read("epoch,train_ce_loss,train_dice_loss,val_loss\n1,1,2,3\n")
    assert of(history, "loss", "val_loss") == [[None, 3.0]]
    assert "Left out: 'train_ce_loss', 'train_dice_loss'." in sentences


def test_tensorboard_folder_of_csv_and_json_with_a_file_a_curve(tmp_path):
    (tmp_path / "run-fit_train-tag-epoch_loss.csv").write_text(
        "Wall time,Step,Value\n1600000000.5,0,2.0\n1600000060.5,1,1.5\n1600000120.5,2,1.0\n"
    )
    (tmp_path / "run-fit_validation-tag-epoch_loss.csv").write_text(
        "Wall time,Step,Value\n1600000000.5,0,2.25\n1600000120.5,2,1.25\n"
    )
    (tmp_path / "run-fit_validation-tag-epoch_mean_io_u.json").write_text(
        "[[1600000000.5, 0, 0.25], [1600000120.5, 2, 0.5]]"
    )
    (tmp_path / "notes.md").write_text("not read")
    history, sentences = read_foreign_history(tmp_path)
    assert of(history, "epoch", "loss", "val_loss", "val_mean_iou") == [
        [1, 2.0, 2.25, 0.25],
        [2, 1.5, None, None],
        [3, 1.0, 1.25, 0.5],
    ]
    assert sentences[0].startswith("3 epochs: there is no epoch column, so each step is one")
    assert "val_mean_iou is 'run-fit_validation-tag-epoch_mean_io_u.json'." in sentences


def test_steps_of_batches_are_gathered_into_epochs_that_end_with_a_validation(tmp_path):
    (tmp_path / "Loss_train.csv").write_text(
        "Wall time,Step,Value\n1,50,4\n2,100,3\n3,150,2.5\n4,200,2\n5,250,1\n"
    )
    (tmp_path / "Loss_val.csv").write_text("Wall time,Step,Value\n2,100,3.5\n4,200,2.5\n")
    history, sentences = read_foreign_history(tmp_path)
    assert of(history, "epoch", "loss", "val_loss") == [[1, 3.0, 3.5], [2, 2.0, 2.5]]
    assert sentences[0] == "2 epochs: there is no epoch column, so each ends where val_loss was logged."


def test_one_tensorboard_file_alone_is_named_by_its_tag(read):
    history, _ = read("Wall time,Step,Value\n1.5,1,40\n2.5,2,50\n", "run-.-tag-val_mIoU.csv")
    assert of(history, "epoch", "val_mean_iou") == [[1, 0.4], [2, 0.5]]


def test_weights_and_biases_chart(read):
    history, sentences = read(
        '"Step","lucky, sun-7 - val/miou","lucky, sun-7 - val/miou__MIN","lucky, sun-7 - val/miou__MAX"\n'
        '"0","0.25","0.2","0.3"\n"1","0.5","0.5","0.5"\n'
    )
    assert of(history, "epoch", "val_mean_iou") == [[1, 0.25], [2, 0.5]]
    assert "Left out: 'lucky, sun-7 - val/miou__MIN', 'lucky, sun-7 - val/miou__MAX'." in sentences


def test_weights_and_biases_chart_over_epochs(read):
    history, _ = read(
        '"epoch","a - _step","a - _step__MIN","a - _step__MAX","a - train/loss","a - train/loss__MIN"\n'
        "3,30,30,30,1.5,9\n4,40,40,40,1.25,9\n"
    )
    assert of(history, "epoch", "loss") == [[3, 1.5], [4, 1.25]]


def test_weights_and_biases_chart_of_two_runs_is_refused(read):
    with pytest.raises(InputError, match=r"curves of 2 runs \(a, b\); hide all but one"):
        read('"Step","a - val/miou","b - val/miou"\n0,0.5,0.5\n')


def test_decimal_commas_with_a_byte_order_mark_and_percent(read):
    history, sentences = read(
        "\ufeffEpoch;Train Loss;Val Loss;Val mIoU (%);Train pixel acc\n1;1,5;1,75;0,5;50,5\n2;1,25;;0,75;75\n"
    )
    assert of(history, "epoch", "loss", "val_loss") == [[1, 1.5, 1.75], [2, 1.25, None]]
    assert of(history, "val_mean_iou", "accuracy") == [[0.005, 0.505], [0.0075, 0.75]]
    assert "val_mean_iou is 'Val mIoU (%)', in percent and divided by 100." in sentences
    assert "accuracy is 'Train pixel acc', in percent and divided by 100." in sentences


def test_ratios_stay_and_rounding_above_one_is_no_percent(read):
    history, sentences = read("acc,val_acc\n0.5,0.25\n1.0000001,1\n")
    assert of(history, "accuracy", "val_accuracy") == [[0.5, 0.25], [1.0, 1.0]]
    assert not any("percent" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("train_loss", "loss"),
        ("Loss/train", "loss"),
        ("trainLoss", "loss"),
        ("validation loss", "val_loss"),
        ("eval/loss", "val_loss"),
        ("valid_dataset_iou", "val_mean_iou"),
        ("mean_io_u_1", "mean_iou"),
        ("val_MeanIoU", "val_mean_iou"),
        ("mIoU", "mean_iou"),
        ("miou/val", "val_mean_iou"),
        ("Val_Mean_IoU", "val_mean_iou"),
        ("PA", "accuracy"),
        ("val pixel acc", "val_accuracy"),
        ("Pixel_Accuracy", "accuracy"),
        ("train/acc", "accuracy"),
        ("aAcc", "accuracy"),
        ("LR", "learning_rate"),
        ("lr-SGD", "learning_rate"),
        ("epoch_time", "seconds"),
    ],
)
def test_name_is_known(read, name, column):
    history, _ = read(f"epoch,{name}\n1,0.5\n")
    assert of(history, column) == [[0.5]]
    assert history.notna().sum().sum() == 2


@pytest.mark.parametrize(
    "name",
    [
        "mean_accuracy",
        "mAcc",
        "iou_1",
        "IoU car",
        "mAP50",
        "test_loss",
        "train_val_loss",
        "val_lr",
        "dice",
        "time",
    ],
)
def test_name_of_something_else_is_left_out(read, name):
    _, sentences = read(f"epoch,val_loss,{name}\n1,0.5,0.5\n")
    assert f"Left out: {name!r}." in sentences


def test_exact_name_wins_over_another_and_the_sentence_says_so(read):
    history, sentences = read("epoch,acc,val_iou,val_mean_iou,accuracy,PA\n1,0.1,0.2,0.3,0.4,0.5\n")
    assert of(history, "accuracy", "val_mean_iou") == [[0.4, 0.3]]
    assert "accuracy is 'accuracy' and not 'PA', 'acc', whose name is less exact or comes later." in sentences


def test_unmarked_iou_beside_marked_training_columns_is_that_of_the_validation(read):
    history, _ = read("epoch,train_loss,val_loss,mIoU\n1,2,3,0.5\n")
    assert of(history, "mean_iou", "val_mean_iou") == [[None, 0.5]]


def test_resumed_training_repeats_its_header_and_the_last_row_may_be_cut_short(read):
    history, sentences = read("epoch,loss,acc\n1,3,0.5\nepoch,loss,acc\n1,2,0.25\n2,1,0.5\n3,0.")
    assert of(history, "epoch", "loss", "accuracy") == [[1, 2.0, 0.25], [2, 1.0, 0.5]]
    assert sentences[-1] == "The last row of log.csv is incomplete and left out."


def test_column_without_a_number_is_named(read):
    _, sentences = read("epoch,loss,val_mIoU\n1,3,NA\n")
    assert "val_mean_iou is 'val_mIoU', which has no number." in sentences


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "log.csv is empty"),
        ("epoch,foo,bar\n1,2,3\n", "columns 'epoch', 'foo', 'bar', none of which is known; .*mIoU"),
        ("epoch,loss\n", "no number in 'loss'"),
        ("epoch,loss\n1,\n", "no number in 'loss'"),
        ("epoch,loss\n1,high\n", "'high' as 'loss' in data row 1; expected a number"),
        ("epoch,loss\n1,inf\n", "'inf' as 'loss' in data row 1; expected a finite number"),
        ("epoch,loss\n1,1e999\n", "expected a finite number"),
        (
            "epoch,loss\n1e300,1\n",
            r"epoch 1e\+300 in data row 1; expected a whole number from 0 to 1,000,000",
        ),
        ("epoch,loss\n1000001,1\n", "epoch 1000001"),
        ("epoch,loss\n1.5,1\n", "epoch 1.5"),
        ("epoch,loss\n-1,1\n", "epoch -1"),
        ("epoch,loss\n1,2,3\n2,1\n", "3 values in data row 1; 2 are expected"),
        # Without its partner the quotation mark would make 22.1 of the two losses.
        ('epoch,loss\n1,"2\n2,1\n', "not a text table in data row 1: unexpected end"),
        ("epoch,val_acc\n1,101\n", "101 as 'val_acc', read as val_accuracy; expected 0 to 1 or 0 to 100 %"),
        ("epoch,val_acc\n1,-0.1\n", "-0.1 as 'val_acc'"),
        ('{"loss": [1, 2], "val_loss": [1]}', "2 values of 'loss' and 1 of 'val_loss'"),
        ('{"loss": [1, true]}', "'True' as 'loss' in data row 2; expected a number"),
        ('{"loss": [1, [2, 3]]}', "'list' as 'loss' in data row 2"),
        ('{"loss": 1}', "holds no curves"),
        ("[]", "holds no curves"),
        ('{"loss": [1,', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_file_that_cannot_be_used_is_refused_with_the_reason(read, text, words):
    with pytest.raises(InputError, match=words):
        read(text)


def test_file_that_is_missing_binary_or_too_large_is_refused(tmp_path):
    path = tmp_path / "log.csv"
    with pytest.raises(InputError, match=r"log\.csv is missing"):
        read_foreign_history(path)
    path.write_bytes(b"\xff\xfe\x00epoch")
    with pytest.raises(InputError, match="not a text file"):
        read_foreign_history(path)
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(InputError, match="larger than 50 MB"):
        read_foreign_history(path)


def test_most_rows_and_columns(read):
    history, _ = read("loss\n" + "1\n" * 100_000)
    assert len(history) == 100_000
    with pytest.raises(InputError, match="100,001 rows; at most 100,000"):
        read("loss\n" + "1\n" * 100_001)
    with pytest.raises(InputError, match="100,001 rows"):
        read(json.dumps({"loss": [1] * 100_001}))
    read(",".join(["loss"] * 500) + "\n" + ",".join(["1"] * 500))
    with pytest.raises(InputError, match="501 columns; at most 500"):
        read(",".join(["loss"] * 501) + "\n" + ",".join(["1"] * 501))
    with pytest.raises(InputError, match="501 columns"):
        read(json.dumps([{f"column {place}": 1 for place in range(501)}]))


def test_folder_without_curves_and_files_that_count_otherwise_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"has no .csv or .json file"):
        read_foreign_history(tmp_path)
    (tmp_path / "a.csv").write_text("epoch,loss\n1,2\n")
    (tmp_path / "val_loss.csv").write_text("Wall time,Step,Value\n1,100,2\n")
    with pytest.raises(InputError, match=r"a.csv counts by epoch and val_loss.csv by step"):
        read_foreign_history(tmp_path)


# A table of curves: our columns to one value or none for each of some epochs, with at least one value an epoch.
_numbers = st.floats(-1e6, 1e6).map(lambda value: value + 0.0)
_ratios = st.floats(0, 1).map(lambda value: value + 0.0)
_COLUMNS = {
    "loss": _numbers,
    "val_loss": _numbers,
    "mean_iou": _ratios,
    "val_mean_iou": _ratios,
    "accuracy": _ratios,
    "val_accuracy": _ratios,
    "learning_rate": _numbers,
}


@st.composite
def tables(draw, columns: tuple[str, ...] = tuple(_COLUMNS)) -> pd.DataFrame:
    rows = draw(st.integers(1, 8))
    data = {
        name: draw(st.lists(st.none() | _COLUMNS[name], min_size=rows, max_size=rows))
        for name in columns
        if name != "loss"
    }
    data["loss"] = draw(st.lists(_numbers, min_size=rows, max_size=rows))
    return pd.DataFrame({"epoch": range(1, rows + 1), **data}).astype(dict.fromkeys(columns, "float64"))


def written(header: list[str], rows: list[list], *, delimiter: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return file.getvalue()


def cells(table: pd.DataFrame, empty: str = "", comma: bool = False) -> list[list[str]]:
    rows = [[empty if value is None else repr(value) for value in row] for row in of(table, *table.columns)]
    return [[cell.replace(".", ",") for cell in row] for row in rows] if comma else rows


def keras(table: pd.DataFrame) -> str:
    zero_based = table.assign(epoch=table["epoch"] - 1).rename(
        columns={"mean_iou": "mean_io_u", "val_mean_iou": "val_mean_io_u", "learning_rate": "lr"}
    )
    return written(list(zero_based.columns), cells(zero_based, "NA"))


def keras_json(table: pd.DataFrame) -> str:
    return json.dumps(table.drop(columns="epoch").to_dict("list"))


def lightning(table: pd.DataFrame) -> str:
    """A row for each value, with an earlier value of the same epoch before it."""
    names = ["epoch", "step", *(f"train_{name}" if "val" not in name else name for name in table.columns[1:])]
    rows = []
    for epoch, *values in of(table, *table.columns):
        for place, value in enumerate(values):
            if value is not None:
                row = [str(epoch - 1), str(epoch * 100), *[""] * len(values)]
                rows += [[*row[: place + 2], logged, *row[place + 3 :]] for logged in ("0.125", repr(value))]
    return written(names, rows)


def ultralytics(table: pd.DataFrame) -> str:
    names = {"loss": "train/loss", "val_loss": "val/loss", "learning_rate": "lr/pg0"}
    names |= {"val_mean_iou": "metrics/mIoU", "val_accuracy": "metrics/pixel_acc"}
    names |= {"mean_iou": "train/mIoU", "accuracy": "train/acc"}
    return written([f"   {names.get(name, name)}" for name in table.columns], cells(table))


def german(table: pd.DataFrame) -> str:
    return "\ufeff" + written(
        [name.title() for name in table.columns], cells(table, comma=True), delimiter=";"
    )


def weights_and_biases(table: pd.DataFrame) -> str:
    doubled = [[row[0], *(cell for value in row[1:] for cell in (value, "7"))] for row in cells(table)]
    names = [name for name in table.columns[1:] for name in (f"sun-1 - {name}", f"sun-1 - {name}__MAX")]
    return written(["epoch", *names], doubled)


@pytest.mark.parametrize("write", [keras, keras_json, lightning, ultralytics, german, weights_and_biases])
@settings(max_examples=30, deadline=None)
@given(table=tables())
def test_curves_survive_each_way_of_writing(tmp_path_factory, write, table):
    path = tmp_path_factory.mktemp("curves") / "log.csv"
    path.write_text(write(table), encoding="utf-8")
    history, _ = read_foreign_history(path)
    pd.testing.assert_frame_equal(history[list(table.columns)], table, check_exact=True)
    assert history["seconds"].isna().all()


@settings(max_examples=30, deadline=None)
@given(table=tables(("loss", "val_mean_iou")), as_json=st.booleans())
def test_curves_survive_tensorboard(tmp_path_factory, table, as_json):
    folder = tmp_path_factory.mktemp("curves")
    for name, tag in (("loss", "train-tag-epoch_loss"), ("val_mean_iou", "validation-tag-epoch_mean_io_u")):
        points = [[1.5, step, value] for step, value in of(table, "epoch", name) if value is not None]
        if points and as_json:
            (folder / f"run-{tag}.json").write_text(json.dumps(points))
        elif points:
            (folder / f"run-{tag}.csv").write_text(written(["Wall time", "Step", "Value"], points))
    history, _ = read_foreign_history(folder)
    pd.testing.assert_frame_equal(history[list(table.columns)], table, check_exact=True)


@settings(max_examples=30, deadline=None)
@given(table=tables(("loss", "mean_iou", "val_mean_iou")))
def test_percent_is_divided_by_100_where_a_value_is_above_1(tmp_path_factory, table):
    path = tmp_path_factory.mktemp("curves") / "log.csv"
    percent = table.assign(mean_iou=table["mean_iou"] * 100)
    path.write_text(percent.to_csv(index=False))
    history, sentences = read_foreign_history(path)
    above = percent["mean_iou"].max() > 1 + 1e-6
    expected = percent["mean_iou"] / 100 if above else percent["mean_iou"].clip(upper=1)
    np.testing.assert_allclose(history["mean_iou"], expected, rtol=1e-15)
    assert ("mean_iou is 'mean_iou', in percent and divided by 100." in sentences) == above
    np.testing.assert_array_equal(history["val_mean_iou"], table["val_mean_iou"])
