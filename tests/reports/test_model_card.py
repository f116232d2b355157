"""The model card says what the folder holds, and nothing else."""

import json

import pytest
from makers import make_evaluation, make_run, read_scores, write_scores

from segcore.cli import main
from segcore.errors import InputError
from segcore.reports.model_card import (
    SCORE_MARKS,
    data_title,
    model_card,
    overview,
    replace_card,
    with_scores,
    write_model_card,
)
from segcore.runs.evaluation import Evaluation
from segcore.runs.run import find_run


@pytest.fixture
def run(tmp_path):
    make_run(tmp_path, "mine", epochs=3, weights=True, sets=("val",), frame_ids=("ulm_000000_000019",))
    path = tmp_path / "mine" / "run.json"
    record = json.loads(path.read_text())
    record |= {
        "parameters": 1234567,
        "best_epoch": 2,
        "epochs": 3,
        "seed": 4,
        "hardware": "x86_64, 2 CPU cores",
        "versions": {"backend": "tensorflow"},
        "training": {
            "epochs": 5, "loss": "ce", "augment": "flip", "encoder_weights": "none", "precision": "float32",
        },
        "data": {
            "name": "Cityscapes", "split": "train", "frames": 5, "cities": ["aachen"], "frame_size": [64, 128],
        },
    }  # fmt: skip
    path.write_text(json.dumps(record))
    run = find_run("mine", tmp_path)
    write_scores(run, {**read_scores(run, "val"), "weights_sha256": run.weights_sha256})
    return run


def test_scores_come_from_the_evaluation_with_split_frames_and_size(run):
    card = model_card(run)
    scores = read_scores(run, "val")
    assert f"{100 * scores['miou']:.1f} %" in card
    for name, iou in scores["classes"].items():
        assert f"| {name} | {'absent' if iou is None else f'{100 * iou:.1f} %'} |" in card
    assert "## Scores: " + data_title(Evaluation.from_json(scores)) in card


def test_a_set_is_named_by_data_split_cities_frames_and_size():
    frames = ("zurich_000001_000019", "ulm_000000_000019")
    scores = make_evaluation(frames=2, frame_ids=frames, input_size=(256, 512)) | {"data": "Cityscapes"}
    assert (
        data_title(Evaluation.from_json(scores)) == "Cityscapes val (ulm, zurich), 2 frames, 512 x 256 pixels"
    )


def test_one_frame_has_no_interval(run):
    assert "95 % interval over frames" in model_card(run)
    write_scores(run, make_evaluation(frames=1, weights_sha256=run.weights_sha256))
    assert "interval over" not in model_card(run)


def test_what_an_evaluation_may_lack_is_left_out(run):
    scores = read_scores(run, "val")
    for key in ("per_frame", "category_miou", "categories", "data"):
        del scores[key]
    write_scores(run, scores | {"latency_ms": None})
    run.record["parameters"] = None
    card = model_card(run)
    assert f"| mean IoU, 19 classes | {100 * scores['miou']:.1f} % |" in card
    assert "## Scores: val, 6 frames, 128 x 64 pixels\n" in card
    for absent in ("7 categories", "| category |", "network call", "parameters"):
        assert absent not in card
    assert "val, 6 frames" in overview([run])
    write_scores(run, scores | {"latency_ms": {"median": 12.0}})
    assert "| network call, median | 12 ms |\n" in model_card(run)


def test_one_run_that_has_no_card_does_not_hold_up_the_others(run, monkeypatch, capsys):
    root = run.path.parent
    make_run(root, "damaged")
    (root / "damaged" / "evaluation" / "val.json").write_text("[]")
    make_run(root, "bare", epochs=0)
    monkeypatch.setenv("SEGCORE_RUNS", str(root))
    assert main(["card"]) == 2
    told = capsys.readouterr()
    assert told.out.splitlines() == [str(root / "mine/README.md"), str(root / "README.md")]
    errors = told.err.splitlines()
    assert len(errors) == 2
    assert errors[0].startswith("segcore: error: bare: history.csv is missing")
    assert errors[1].startswith("segcore: error: damaged: val.json holds list")
    assert (run.path / "README.md").read_text() == model_card(run)
    table = (root / "README.md").read_text()
    assert "| [mine]" in table and "| [bare]" in table and "| [damaged]" not in table
    (root / "README.md").write_text("# Mine\n")
    assert main(["card", "--run", "mine"]) == 2
    assert f"{root / 'README.md'} is no card" in capsys.readouterr().err
    assert (root / "README.md").read_text() == "# Mine\n"
    assert main(["card", "--run", "nine"]) == 2
    assert "known runs: bare, damaged, mine" in capsys.readouterr().err


def test_model_training_and_terms_are_named(run):
    card = model_card(run)
    for expected in ("1,234,567 parameters", "epoch 2", "3 epochs", "train, 5 frames (aachen)",
                     "non-commercial", "random weights", "128 x 64"):  # fmt: skip
        assert expected in card


def test_a_run_on_other_data_has_its_terms_and_not_those_of_cityscapes(run):
    run.record["data"]["name"] = "My streets"
    card = model_card(run)
    assert "- Terms: those of My streets, for the weights as well." in card
    assert "Cityscapes" not in card.replace("Cityscapes val", "")


def test_the_size_and_the_start_are_those_of_the_run(run):
    run.record["training"]["encoder_weights"] = "imagenet"
    card = model_card(run)
    assert "this one was trained on\nframes of 128 columns." in card
    assert "its encoder from ImageNet weights." in card
    run.record["training"]["encoder_weights"] = "of_mine.weights.h5"
    assert "its encoder from `of_mine.weights.h5`." in model_card(run)


def test_the_size_of_every_view_is_named(run):
    assert (
        "It takes RGB frames at 128 x 64 and gives a score to each of 19 classes (train_ids)."
        in model_card(run)
    )
    run.record["inference_sizes"] = [[64, 128], [32, 64]]
    run.record["sharpening"] = 0.5
    card = model_card(run)
    assert "It takes RGB frames at 128 x 64 and 64 x 32 mirrored and gives a score" in card
    assert "(train_ids), the mean of those of each view, sharpened by 0.5 before they are brought to" in card
    assert "follows a frame" not in card
    assert "## Scores" not in card, "they are of the one size alone"
    run.record["adaptation"] = {"conv1_bn": 0.7}
    assert "Its normalisation follows a frame whose features are unlike those of the training" in model_card(
        run
    )


def test_evaluated_cities_are_told_apart_by_whether_they_were_trained_on(run):
    scores, data = read_scores(run, "val"), run.record["data"]
    unseen, seen = "The training saw no frame of these cities.", "the training saw frames as well: ulm."
    assert f"{data_title(Evaluation.from_json(scores))}\n\n{unseen}\n\n| | |\n" in model_card(run)
    source = {"name": "Demo city", "split": "train", "frames": 9}
    data["extra"] = [{"from_epoch": 2, "sources": [source]}]
    assert unseen not in model_card(run) and seen not in model_card(run)
    source["cities"] = ["ulm"]
    assert seen in model_card(run)
    source["cities"] = ["bonn"]
    assert unseen in model_card(run)
    other = {"name": "Streets", "split": "train", "frames": 7, "cities": ["ulm"], "frame_size": [32, 64]}
    run.record["earlier"] = [{"to_epoch": 1, "settings": {}, "data": other}]
    card = model_card(run)
    assert (
        seen in card
        and "\n- Until epoch 1, instead: Streets train, 7 frames (ulm) of 64 x 32 pixels.\n" in card
    )
    assert "- Until epoch 1: " not in card
    for frame in scores["per_frame"]:
        frame["frame"] = "bonn_000000_000019"
    del data["extra"], run.record["earlier"], data["cities"]
    write_scores(run, scores)
    assert "the training saw" not in model_card(run).lower()


def test_machine_and_versions_of_earlier_epochs_are_told(run):
    assert "of wall time on x86_64, 2 CPU cores (tensorflow back end, float32)." in model_card(run)
    versions = {"keras": "3.15.0", "backend": "jax", "jax": "0.7"}
    run.record["earlier"] = [
        {"to_epoch": 2, "settings": {"loss": "ce"}, "versions": versions, "hardware": "NVIDIA H200"}
    ]
    card = model_card(run)
    assert "of wall time, the last on x86_64, 2 CPU cores (" in card
    assert "\n- Until epoch 2: `loss=ce`, on NVIDIA H200, jax back end (keras 3.15.0, jax 0.7).\n" in card


def test_a_teacher_is_named(run):
    assert "teacher" not in model_card(run)
    run.record["training"]["teacher"] = "wise"
    assert ", teacher `wise`, seed" in model_card(run)


def test_further_training_data_is_named_with_its_epoch(run):
    assert "further data" not in model_card(run)
    source = {"name": "Demo city", "split": "train", "frames": 90, "cities": ["altenrode", "neuwerda"]}
    run.record["data"]["extra"] = [
        {"from_epoch": 17, "sources": [source]},
        {"from_epoch": 20, "sources": [source | {"repeats": 4}]},
    ]
    named = "Demo city train, 90 frames (altenrode, neuwerda)"
    assert f"- From epoch 17 on, further data: {named}.\n" in model_card(run)
    assert f"- From epoch 20 on, further data: {named}, each 4 times an epoch.\n" in model_card(run)


def test_settings_of_earlier_epochs_are_told_and_that_weights_are_not_kept(run):
    assert "Until epoch" not in model_card(run) and "not kept" not in model_card(run)
    run.record["earlier"] = [{"to_epoch": 4, "settings": {"batch_size": 8, "crop_size": [192, 384]}}]
    assert "\n- Until epoch 4: `batch_size=8`, `crop_size=[192, 384]`.\n" in model_card(run)
    run.record["weights_sha256"] = None
    assert "\n- The weights themselves are not kept here;" in model_card(run)
    assert "## Scores" in model_card(run)


def test_the_commands_stand_there_each_with_the_epoch_it_begins_with(run):
    assert "segcore train" not in model_card(run)
    run.record["commands"] = [
        {"from_epoch": 1, "command": "python -m segcore train --run mine --data ROOT"},
        {"from_epoch": 3, "command": "python -m segcore train --run mine --data ROOT --resume"},
    ]
    assert (
        "\n- Command: `python -m segcore train --run mine --data ROOT`"
        "\n- From epoch 3 on: `python -m segcore train --run mine --data ROOT --resume`\n"
    ) in model_card(run)


def test_scores_of_other_weights_are_left_out(run):
    write_scores(run, {**read_scores(run, "val"), "weights_sha256": "0" * 64})
    assert "## Scores" not in model_card(run)


def test_it_is_written_into_the_run(run):
    write_model_card(run)
    assert (run.path / "README.md").read_text(encoding="utf-8") == model_card(run)


def test_what_somebody_else_wrote_is_not_replaced(run):
    card = run.path / "README.md"
    card.write_bytes(b"# My notes\n\nWritten by \xff me, after `python -m segcore card`.\n")
    before = card.read_bytes()
    with pytest.raises(InputError, match=r"mine/README\.md is no card"):
        write_model_card(run)
    assert card.read_bytes() == before
    # Cards of earlier versions did not say who wrote them.
    card.write_text(model_card(run).replace("Written by", "Not written by"))
    write_model_card(run)
    assert card.read_text(encoding="utf-8") == model_card(run)
    replace_card(card, overview([run]))
    assert card.read_text(encoding="utf-8") == overview([run])


def test_the_overview_has_a_row_for_each_run_and_set(run):
    table = overview([run])
    scores = read_scores(run, "val")
    row = next(line for line in table.splitlines() if line.startswith("| [mine]"))
    assert (
        f"{100 * scores['miou']:.1f} %" in row
        and data_title(Evaluation.from_json(scores)) in row
        and "1.2 M" in row
    )


def test_the_readme_has_the_same_rows_between_its_marks(run):
    first, last = SCORE_MARKS
    text = with_scores(f"before\n{first}\n| old | 99.9 % |\n{last}\nafter\n", [run])
    before, table = text.split(f"{first}\n")
    table, after = table.split(f"\n{last}")
    assert (before, after) == ("before\n", "\nafter\n")
    assert "99.9" not in table
    assert table.replace("(weights/mine/", "(mine/") in overview([run])
    assert table.splitlines()[-1].startswith("| [mine](weights/mine/README.md) | 1.2 M |")
    assert with_scores(text, [run]) == text
    assert with_scores("no marks", [run]) is None
