import base64
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from makers import make_evaluation, make_run, with_record

from segcore.reports import tables
from segcore.runs.evaluation import Evaluation, FrameCounts, Provenance
from segcore.runs.results import is_stale, read_evaluation
from segcore.runs.run import read_run
from ui.runs.conditions import provenance


def evaluation(**changes) -> Evaluation:
    return Evaluation.from_json(make_evaluation() | changes)


def made(content: dict) -> Provenance:
    return Provenance.from_json({"split": "val", "frames": 6, **content})


def test_score_table_keeps_the_order_of_cityscapes_and_leaves_absent_classes_blank():
    table = tables.score_table(
        {"a": evaluation(classes={"car": 0.5, "road": 0.9, "train": None, "tram": 0.1})}, "classes"
    )
    assert list(table.index) == ["road", "car", "train", "tram"]
    assert table["a"]["road"] == 0.9
    assert np.isnan(table["a"]["train"])


def test_runs_of_different_label_spaces_share_the_categories():
    fine = evaluation(classes={"road": 0.9}, categories={"flat": 0.95})
    coarse = evaluation(classes={"flat": 0.8}, categories={"flat": 0.8})
    table = tables.score_table({"fine": fine, "coarse": coarse}, "categories")
    assert table.loc["flat"].tolist() == [0.95, 0.8]


def test_difference_stands_between_the_pair_and_the_others():
    table = pd.DataFrame({"c": [0.1], "b": [0.2], "a": [0.5]}, index=["road"])
    shown = tables.with_difference(table, "a", "b")
    assert list(shown.columns) == ["a", "b", "a − b", "c"]
    assert shown["a − b"]["road"] == pytest.approx(0.3)
    assert list(tables.with_difference(table, "a", "a").columns) == ["a", "c", "b"]


def test_headline_is_best_first_with_what_each_run_costs(tmp_path):
    runs = [read_run(make_run(tmp_path, name, skill=skill)) for name, skill in (("low", 0.4), ("high", 0.8))]
    evaluations = {run.name: read_evaluation(run, "val") for run in runs}
    table = tables.headline_table(runs, evaluations)
    assert table["run"].tolist() == ["high", "low"]
    assert table["miou"][0] == evaluations["high"].miou
    assert table["latency_ms"].tolist() == [30.0, 30.0]
    assert table["megabytes"].isna().all()
    assert len(tables.headline_table(runs, {"low": evaluations["low"]})) == 1


def test_frames_are_joined_by_name_and_subtracted():
    a = [FrameCounts("x", [], [], [], miou=0.5), FrameCounts("y", [], [], [], miou=None)]
    b = [FrameCounts("z", [], [], [], miou=0.25), FrameCounts("x", [], [], [], miou=0.2)]
    table = tables.frame_table(a, b).set_index("frame")
    assert table["difference"]["x"] == pytest.approx(0.3)
    assert np.isnan(table["a"]["z"])
    assert np.isnan(table["difference"]["y"])


def test_augmentation_pairs_need_both_runs():
    assert tables.augmentation_pairs(["unet", "unet_noaug", "fcn_noaug", "segnet"]) == [
        ("unet", "unet_noaug")
    ]


def test_void_predictions_are_found_where_the_truth_is_a_class():
    scores = evaluation()
    assert not tables.predicts_void(scores)
    scores.confusion[19, 19] = 7
    assert not tables.predicts_void(scores)
    scores.confusion[3, 19] = 1
    assert tables.predicts_void(evaluation(), scores)


def test_the_classes_of_several_means_are_said_in_one():
    def words(*averaged: int, **changes) -> str:
        return tables.classes_in_words(
            *(evaluation(classes_averaged=number, **changes) for number in averaged)
        )

    assert words(19, 19) == "19 classes of Cityscapes"
    assert words(18) == "18 of 19 classes of Cityscapes"
    assert words(19, 18, 18) == "18 or 19 of 19 classes of Cityscapes"
    assert words(19, 15, 17) == "15 to 19 of 19 classes of Cityscapes"
    others = evaluation(label_space="theirs", classes_averaged=19, data="My town")
    both = tables.classes_in_words(evaluation(classes_averaged=18), others)
    assert both == "18 of 19 classes of Cityscapes and 19 classes of My town"


def test_swatch_holds_its_colour():
    svg = base64.b64decode(tables.swatch_address((128, 64, 128)).partition(",")[2]).decode()
    assert "rgb(128,64,128)" in svg


@pytest.mark.parametrize(
    ("label_space", "name", "color"),
    [
        ("camvid_11", "Sky", (128, 128, 128)),
        ("camvid_32_scored", "Car", (64, 0, 128)),
        ("camvid_32_merged", "Road + LaneMkgsDriv", (128, 64, 128)),
        (None, "road", (128, 64, 128)),
        (None, "tram", (128, 128, 128)),
        # Scores of earlier versions keep no colours of a list of a user.
        ("mine", "car", None),
    ],
)
def test_colours_are_those_of_the_list_of_the_scores(label_space, name, color):
    scores = {"a": evaluation(label_space=label_space, classes={name: 0.5})}
    table = tables.score_table(scores, "classes")
    assert tables.colors_in(table, scores, "classes") == [color]


def test_scores_of_a_list_of_a_user_keep_its_colours():
    mine = evaluation(label_space="mine", class_names=["car", "rest"], classes={"car": 0.5, "rest": 0.1})
    mine = replace(mine, class_colors=((1, 2, 3), (4, 5, 6)))
    other = evaluation(classes={"car": 0.4, "road": 0.2})
    scores = {"mine": mine, "other": other}
    table = tables.score_table(scores, "classes")
    colors = dict(zip(table.index, tables.colors_in(table, scores, "classes"), strict=True))
    assert colors == {"road": (128, 64, 128), "car": (1, 2, 3), "rest": (4, 5, 6)}
    assert tables.colors_in(tables.score_table(scores, "categories"), scores, "categories")[0] == (
        128,
        64,
        128,
    )


def test_provenance_says_split_frames_and_resolution():
    scores = {
        "data": "Cityscapes",
        "split": "val",
        "frames": 201,
        "frame_size": [256, 512],
        "input_size": [256, 512],
    }
    assert (
        provenance(made(scores)) == "Scores: Cityscapes, split val, 201 frames of 512\u00a0×\u00a0256\u00a0px"
    )
    text = provenance(made({**scores, "frame_size": [1024, 2048], "frames": 1}))
    assert text.endswith(
        "1 frame of 2048\u00a0×\u00a01024\u00a0px, seen by the model at 512\u00a0×\u00a0256\u00a0px"
    )
    text = provenance(made({**scores, "inference_sizes": [[384, 768], [256, 512]]}))
    assert text.endswith(
        "201 frames of 512\u00a0×\u00a0256\u00a0px, "
        "seen by the model at 768\u00a0×\u00a0384\u00a0px and 512\u00a0×\u00a0256\u00a0px mirrored"
    )
    text = provenance(made({**scores, "inference_sizes": [[512, 1024], [384, 768], [256, 512]]}))
    assert text.endswith(
        "seen by the model at 1024\u00a0×\u00a0512\u00a0px, "
        "768\u00a0×\u00a0384\u00a0px mirrored and 512\u00a0×\u00a0256\u00a0px"
    )


def test_provenance_names_sharpening_where_there_is_some():
    scores = {"split": "val", "frames": 201, "frame_size": [256, 512]}
    assert provenance(made({**scores, "sharpening": 1.0})).endswith(
        "201 frames of 512\u00a0×\u00a0256\u00a0px, logits sharpened by 1"
    )
    assert provenance(made({**scores, "sharpening": 0.5})).endswith(", logits sharpened by 0.5")
    assert provenance(made({**scores, "sharpening": 0.0})) == provenance(made(scores))


def test_provenance_tells_of_normalisation_that_follows_frames():
    scores = {"split": "val", "frames": 201, "sharpening": 1.0}
    adapted = provenance(made({**scores, "adaptation": {"conv1_bn": 0.7}}))
    assert adapted.endswith("201 frames, logits sharpened by 1, normalisation adapted to each frame")
    assert provenance(made({**scores, "adaptation": {}})) == provenance(made(scores))


def test_scores_of_other_weights_are_stale(tmp_path):
    run = read_run(make_run(tmp_path, "a"))
    assert not is_stale(run, made({"weights_sha256": "1" * 64}))
    held = with_record(run, weights_sha256="0" * 64)
    assert is_stale(held, made({"weights_sha256": "1" * 64}))
    assert not is_stale(held, made({"weights_sha256": "0" * 64}))
    assert not is_stale(held, made({}))


def test_scores_of_other_sizes_are_stale(tmp_path):
    run = read_run(make_run(tmp_path, "a", input_size=(64, 128)))
    assert not is_stale(run, made({"input_size": [64, 128]}))
    assert not is_stale(run, made({"input_size": [64, 128], "inference_sizes": [[64, 128]]}))
    assert is_stale(run, made({"input_size": [64, 128], "inference_sizes": [[64, 128], [96, 192]]}))
    both = with_record(run, inference_sizes=[[64, 128], [96, 192]])
    assert is_stale(both, made({"input_size": [64, 128]}))
    assert not is_stale(both, made({"inference_sizes": [[64, 128], [96, 192]]}))
    sharp = with_record(run, sharpening=1)
    assert is_stale(sharp, made({"input_size": [64, 128]}))
    assert is_stale(run, made({"input_size": [64, 128], "sharpening": 1}))
    assert not is_stale(sharp, made({"input_size": [64, 128], "sharpening": 1}))
    following = with_record(run, adaptation={"conv1_bn": 0.7})
    assert is_stale(following, made({"input_size": [64, 128]}))
    assert is_stale(following, made({"input_size": [64, 128], "adaptation": {"conv1_bn": 0.8}}))
    assert is_stale(run, made({"input_size": [64, 128], "adaptation": {"conv1_bn": 0.7}}))
    assert not is_stale(following, made({"input_size": [64, 128], "adaptation": {"conv1_bn": 0.7}}))
    # The second view is at the mirror image: the other way round the scores are others.
    assert is_stale(both, made({"inference_sizes": [[96, 192], [64, 128]]}))
