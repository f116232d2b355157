import json

import numpy as np
import pandas as pd
import pytest
from makers import make_evaluation, make_run, write_scores

from segcore.errors import InputError
from segcore.runs.results import (
    evaluation_sets,
    read_evaluation,
    read_robustness,
    robustness_sets,
    sizes_in_words,
    write_robustness,
)
from segcore.runs.run import read_run

FRAME = make_evaluation(frames=1)["per_frame"][0]


def test_evaluation_survives_writing_and_reading(tmp_path):
    run = read_run(make_run(tmp_path, "alpha", evaluation=False))
    assert evaluation_sets(run) == ()
    assert read_evaluation(run, "val") is None
    evaluation = make_evaluation(set_name="demo_val", frames=3)
    path = write_scores(run, evaluation)
    assert evaluation_sets(run) == ("demo_val",)
    assert read_evaluation(run, "demo_val").to_json() == evaluation
    # One matrix row and one frame a line keeps differences readable.
    assert len(path.read_text().splitlines()) == len(evaluation) + 2 + 20 + 1 + 3 + 1


def test_colours_of_classes_survive_writing_and_reading(tmp_path):
    run = read_run(make_run(tmp_path, "alpha"))
    evaluation = make_evaluation() | {"class_colors": [[number, 0, 255] for number in range(19)]}
    write_scores(run, evaluation)
    assert read_evaluation(run, "val").class_colors[18] == (18, 0, 255)
    assert read_evaluation(run, "val").to_json() == evaluation


def test_scores_that_would_not_be_read_again_are_not_written(tmp_path):
    run = read_run(make_run(tmp_path, "alpha"))
    with pytest.raises(InputError, match="20 x 20"):
        write_scores(run, make_evaluation() | {"confusion": [[1, 2], [3, 4]]})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"confusion": [[1, 2], [3, 4]]}, "20 x 20"),
        ({"confusion": [[0.5] * 20] * 20}, "pixel counts"),
        ({"confusion": [[-1] * 20] * 20}, "pixel counts"),
        ({"confusion": [[2**70] * 20] * 20}, "a number of 71 bits"),
        ({"miou": 54.2}, "0..1"),
        ({"classes": {"road": "good"}}, "classes"),
        ({"per_frame": [{"frame": "a", "miou": 0.5}]}, r"lacks 'per_frame\[0\].tp'"),
        ({"per_frame": [FRAME | {"tp": ["many"] * 19}]}, r"tp\[0\] = \"many\"; expected .* pixel counts"),
        ({"per_frame": [FRAME | {"fn": [1.5] * 19}]}, r"fn\[0\] = 1.5"),
        ({"per_frame": [FRAME | {"fp": [-1] * 19}]}, r"fp\[0\] = -1"),
        ({"per_frame": [FRAME | {"fp": [1] * 18}]}, "tp, fp and fn of each of 19 classes"),
        ({"pixel_accuracy": True}, "0..1"),
        ({"class_names": ["road"] * 19}, "names a class twice"),
        ({"class_colors": [[1, 2, 3]]}, "1 colours for 19 classes"),
        ({"class_colors": [[1, 2, 256]] * 19}, r"class_colors\[0\]\[2\] = 256; expected .*0 to 255"),
        ({"latency_ms": {"median": "fast"}}, "latency_ms"),
        ({"latency_ms": {"median": 3.0, "hardware": ["a machine"]}}, "latency_ms"),
        ({"date": 20261120}, "date"),
        ({"label_space": 20}, "label_space"),
        ({"label_space": "categories"}, "names 19 classes, but the label space 'categories' has 7"),
        ({"data": 3}, "data"),
        ({"frames": "many"}, "frames"),
        ({"set": "../escape"}, "set"),
    ],
)
def test_malformed_evaluation_is_refused(tmp_path, changes, words):
    run = read_run(make_run(tmp_path, "alpha"))
    evaluation = {**make_evaluation(), **changes}
    (run.path / "evaluation" / "val.json").write_text(json.dumps(evaluation))
    with pytest.raises(InputError, match=words):
        read_evaluation(run, "val")


def test_set_names_do_not_lead_out_of_the_folder(tmp_path):
    run = read_run(make_run(tmp_path, "alpha"))
    make_run(tmp_path, "beta")
    for name in ("../../beta/evaluation/val", "/etc/passwd", "", ".."):
        with pytest.raises(InputError, match="not a valid name of a set"):
            read_evaluation(run, name)


def test_robustness_survives_writing_and_reading(tmp_path):
    run = read_run(make_run(tmp_path, "alpha"))
    table = pd.DataFrame(
        {
            "effect": ["fog", "fog"],
            "severity": [0, 1],
            "miou": [0.5, 0.25],
            "road": [0.9, np.nan],
            "null": [0.0, 1.0],
        }
    )
    write_robustness(run, "val", table)
    assert robustness_sets(run) == ("val",)
    assert read_robustness(run, "other") is None
    pd.testing.assert_frame_equal(read_robustness(run, "val"), table, check_exact=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "effect,severity\nfog,1\n",
        "effect,severity,miou\nfog,high,0.5\n",
        "effect,severity,miou\nfog,1,x\n",
        "effect,severity,miou\nfog,0,0.5\nfog,1,0.4\nfog,1,0.3\n",
        "effect,severity,miou\nfog,0,0.5\nfog,1,0.4\nrain,0,0.5\n",
        "effect,severity,miou\nfog,0,0.5\nfog,1,0.4\nrain,1,0.5\n",
        "effect,severity,miou\nfog,0,0.5\nfog,6,0.4\n",
        "effect,severity,miou\nfog,0,0.5\nfog,1,1e999\n",
        "effect,severity,miou,road\nfog,0,0.5,-0.1\nfog,1,0.4,\n",
        "effect,severity,miou\n,0,0.5\n,1,0.4\n",
        f"effect,severity,miou\n{'x' * 1001},0,0.5\n{'x' * 1001},1,0.4\n",
        f"effect,severity,miou\nfog,0,0.5\nfog,{'9' * 400},0.4\n",
        "effect,severity,miou\n" + "fog,0,0.5\n" * 10_001,
        "\0" * 10_000_001,
    ],
)
def test_malformed_robustness_is_refused(tmp_path, text):
    run = read_run(make_run(tmp_path, "alpha"))
    (run.path / "robustness").mkdir()
    (run.path / "robustness" / "val.csv").write_text(text)
    with pytest.raises(InputError, match=r"robustness/val\.csv"):
        read_robustness(run, "val")


@pytest.mark.parametrize("indent", [None, 1, 2])
def test_scores_without_their_frames_are_the_same_scores_in_any_layout(tmp_path, indent):
    run = read_run(make_run(tmp_path, "a", evaluation=False))
    evaluation = make_evaluation(frame_ids=('odd "name" ], [', "\\n ]"))
    path = write_scores(run, evaluation)
    if indent is not None:
        path.write_text(json.dumps(evaluation, indent=indent), encoding="utf-8")
    scores = read_evaluation(run, "val", with_frames=False)
    assert scores.to_json() == evaluation | {"per_frame": []}


def test_frames_are_passed_over_unread_where_only_scores_are_asked_for(tmp_path):
    run = read_run(make_run(tmp_path, "a", evaluation=False))
    path = write_scores(run, make_evaluation())
    path.write_text(path.read_text().replace('"tp": [', '"tp": {', 1), encoding="utf-8")
    assert read_evaluation(run, "val", with_frames=False).provenance.frames == 6
    with pytest.raises(InputError, match="not valid JSON"):
        read_evaluation(run, "val")


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ([], ""),
        ([[256, 512]], "512 x 256"),
        ([[384, 768], [256, 512]], "768 x 384 and 512 x 256 mirrored"),
        ([[512, 1024], [384, 768], [256, 512]], "1024 x 512, 768 x 384 mirrored and 512 x 256"),
    ],
)
def test_views_are_put_in_words_however_many_there_are(sizes, words):
    assert sizes_in_words(sizes) == words
