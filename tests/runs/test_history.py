import math
from pathlib import Path

import pandas as pd
import pytest
from makers import make_history, make_run

from segcore.errors import InputError
from segcore.runs.history import HISTORY_COLUMNS, read_history, write_history
from segcore.runs.run import read_run


def test_history_survives_writing_and_reading(tmp_path):
    run = read_run(make_run(tmp_path, "alpha", epochs=5))
    history = make_history(5, seed=3)
    history.loc[2, "val_loss"] = math.nan
    write_history(run.path / "history.csv", history)
    assert "NA" in (run.path / "history.csv").read_text().splitlines()[3]
    pd.testing.assert_frame_equal(read_history(run), history, check_exact=True)
    assert [path.name for path in run.path.glob(".*")] == []


def history_of(tmp_path: Path, text: str) -> pd.DataFrame:
    path = make_run(tmp_path, "alpha", epochs=0)
    (path / "history.csv").write_text(text)
    return read_history(read_run(path))


def test_keras_log_counts_from_zero_and_may_order_and_name_columns_otherwise(tmp_path):
    history = history_of(tmp_path, "epoch,acc,loss,lr,val_loss\n0,0.5,1.5,0.001,NA\n1,0.6,1.25,0.0005,1.75\n")
    assert list(history.columns) == list(HISTORY_COLUMNS)
    assert history["epoch"].tolist() == [1, 2]
    assert history["accuracy"].tolist() == [0.5, 0.6]
    assert history["learning_rate"].tolist() == [0.001, 0.0005]
    assert math.isnan(history["val_loss"][0])
    assert history["val_loss"][1] == 1.75
    assert history["mean_iou"].isna().all()


def test_metrics_of_keras_are_known_by_their_own_names_and_the_first_of_a_kind_counts(tmp_path):
    history = history_of(
        tmp_path,
        "epoch,sparse_categorical_accuracy,val_mean_io_u_1,val_mean_io_u_2,top_5\n1,0.5,0.25,0.75,0.9\n",
    )
    assert history[["accuracy", "val_mean_iou"]].to_numpy().tolist() == [[0.5, 0.25]]


def test_exact_name_wins_and_decimal_commas_are_read(tmp_path):
    history = history_of(tmp_path, "epoch;acc;accuracy\n1;0,25;0,5\n1000000;0,5;0,75\n")
    assert history["epoch"].tolist() == [1, 1_000_000]
    assert history["accuracy"].tolist() == [0.5, 0.75]


def test_resumed_training_replaces_the_epochs_it_repeats(tmp_path):
    history = history_of(tmp_path, "epoch,loss\n1,3\n2,2\n3,1\nepoch,loss\n2,20\n3,10\n4,5\n")
    assert history["epoch"].tolist() == [1, 2, 3, 4]
    assert history["loss"].tolist() == [3, 20, 10, 5]


def test_last_row_cut_short_is_left_out(tmp_path):
    history = history_of(tmp_path, "epoch,loss,val_loss\n1,3,4\n2,2,3\n3,0.")
    assert history["epoch"].tolist() == [1, 2]


def test_semicolons_byte_order_mark_and_diverged_losses_are_read(tmp_path):
    history = history_of(tmp_path, "\ufeffepoch;loss;val_loss\n1;inf;nan\n2;1e-3;\n")
    assert history["loss"].tolist() == [math.inf, 0.001]
    assert history["val_loss"].isna().all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("epoch,loss\n", "no finished epoch"),
        ("loss,val_loss\n1,2\n", "no column 'epoch'"),
        ("epoch,loss\n1,2\n2,high\n", "'high' as loss in data row 2"),
        ("epoch,loss\n1,2,3\n2,1\n", "3 values in data row 1"),
        ("epoch,loss\n1\n2,1\n", "1 values in data row 1"),
        ("epoch,loss\nNA,2\n", "epoch nan"),
        ("epoch,loss\n1.5,2\n", "epoch 1.5"),
        ("epoch,loss\n-1,2\n", "epoch -1"),
        (
            "epoch,loss\n1e300,2\n",
            r"epoch 1e\+300 in data row 1; expected a whole number from 0 to 1,000,000",
        ),
        ("epoch,loss\n1000001,2\n", "epoch 1000001"),
        ("epoch,loss\n" + "1,2\n" * 100_001, "100,001 rows; at most 100,000"),
    ],
)
def test_history_that_cannot_be_used_is_refused_with_the_reason(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        history_of(tmp_path, text)


def test_history_that_is_no_text_or_missing_is_refused(tmp_path):
    path = make_run(tmp_path, "alpha", epochs=0)
    with pytest.raises(InputError, match="missing"):
        read_history(read_run(path))
    (path / "history.csv").write_bytes(b"\xff\xfe\x00epoch")
    with pytest.raises(InputError, match="not a text file"):
        read_history(read_run(path))
