"""The model card says what the folder holds, and nothing else."""

import json

import pytest
from makers import make_evaluation, make_run, read_scores, stored_record, with_record, write_scores

from segcore.cli import main
from segcore.errors import InputError
from segcore.reports.model_card import model_card, replace_card, write_model_card
from segcore.reports.run_history import run_history
from segcore.reports.score_tables import data_title, overview
from segcore.runs.evaluation import Evaluation
from segcore.runs.network_io import NetworkInput, NetworkOutput
from segcore.runs.record import record_from_json
from segcore.runs.run import find_run, write_run


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
        assert f"\n| {name} | {'absent' if iou is None else f'{100 * iou:.1f} %'} |\n" in card
    assert f"\n| `val`: {data_title(Evaluation.from_json(scores))} |" in card


def test_each_set_has_a_row_of_means_and_a_column_of_classes(run):
    of_val = read_scores(run, "val")
    names = list(of_val["classes"])
    of_val["classes"] |= {"road": 0.91234, "car": None}
    other = of_val | {"set": "mine", "classes": {"road": 0.5, "lane": 0.25}, "class_names": names}
    for scores in (of_val, other):
        write_scores(run, scores)
    card = model_card(run)
    assert "| Class | IoU on `mine` | IoU on `val` |\n|---|---|---|\n" in card
    assert "\n| road | 50.0 % | 91.2 % |\n" in card
    assert "\n| lane | 25.0 % |  |\n" in card, "val has no such class"
    assert "\n| car |  | absent |\n" in card, "val has it, though no pixel of it"
    assert "\n- Weakest classes on `mine`: lane (25.0 %), road (50.0 %).\n" in card


def test_a_set_is_named_by_data_split_cities_frames_and_size():
    frames = ("zurich_000001_000019", "ulm_000000_000019")
    scores = make_evaluation(frames=2, frame_ids=frames, input_size=(256, 512)) | {"data": "Cityscapes"}
    assert (
        data_title(Evaluation.from_json(scores)) == "Cityscapes val (ulm, zurich), 2 frames, 512 x 256 pixels"
    )


def test_one_frame_has_no_interval(run):
    miou = f"{100 * read_scores(run, 'val')['miou']:.1f} % of "
    cell = _headline(run)[1]
    assert cell.startswith(miou) and cell.count("%") == 3 and " to " in cell
    write_scores(run, make_evaluation(frames=1, weights_sha256=run.weights_sha256))
    assert "(" not in _headline(run)[1]


def _headline(run) -> list[str]:
    """Return the cells of the one row of means in the card."""
    row = next(line for line in model_card(run).splitlines() if line.startswith("| `val`: "))
    return [cell.strip() for cell in row.strip("|").split(" | ")]


def test_what_an_evaluation_may_lack_is_left_out(run):
    scores = read_scores(run, "val")
    for key in ("per_frame", "category_miou", "categories", "data"):
        del scores[key]
    write_scores(run, scores | {"latency_ms": None})
    run = with_record(run, parameters=None)
    present = sum(iou is not None for iou in scores["classes"].values())
    assert _headline(run) == [
        "`val`: val, 6 frames, 128 x 64 pixels",
        f"{100 * scores['miou']:.1f} % of {present}",
        "not scored",
        f"{100 * scores['pixel_accuracy']:.1f} %",
        "not measured",
    ]
    card = model_card(run)
    assert "| Category |" not in card and "parameters" not in card
    assert "val, 6 frames" in overview([run])
    write_scores(run, scores | {"latency_ms": {"median": 12.0}})
    assert _headline(run)[-1] == "12 ms"


def test_one_run_that_has_no_card_does_not_hold_up_the_others(run, monkeypatch, capsys):
    root = run.path.parent
    make_run(root, "damaged")
    (root / "damaged" / "evaluation" / "val.json").write_text("[]")
    make_run(root, "bare", epochs=0)
    monkeypatch.setenv("SEGCORE_RUNS", str(root))
    assert main(["card"]) == 2
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        str(root / name) for name in ("mine/README.md", "mine/HISTORY.md", "README.md")
    ]
    errors = told.err.splitlines()
    assert len(errors) == 2
    assert errors[0].startswith("segcore: error: bare: history.csv is missing")
    assert errors[1].startswith("segcore: error: damaged: val.json holds list")
    assert (run.path / "README.md").read_text() == model_card(run)
    assert (run.path / "HISTORY.md").read_text() == run_history(run)
    table = (root / "README.md").read_text()
    assert "| [mine]" in table and "| [bare]" in table and "| [damaged]" not in table
    (root / "README.md").write_text("# Mine\n")
    assert main(["card", "--run", "mine"]) == 2
    assert f"{root / 'README.md'} is not a generated card" in capsys.readouterr().err
    assert (root / "README.md").read_text() == "# Mine\n"
    assert main(["card", "--run", "nine"]) == 2
    assert "known runs: bare, damaged, mine" in capsys.readouterr().err


def test_model_training_and_terms_are_named(run):
    card = model_card(run)
    for expected in ("1,234,567 parameters", "epoch 2", "3 epochs", "train, 5 frames (aachen)",
                     "non-commercial", "random weights", "128 x 64"):  # fmt: skip
        assert expected in card


def test_a_run_on_other_data_has_its_terms_and_not_those_of_cityscapes(run):
    run = with_record(run, data=stored_record(run)["data"] | {"name": "My streets"})
    card = model_card(run)
    assert "- Terms: those of My streets, for the weights as well." in card
    assert "Cityscapes" not in card.replace("Cityscapes val", "")


def test_the_size_and_the_start_are_those_of_the_run(run):
    run = with_record(run, training=stored_record(run)["training"] | {"encoder_weights": "imagenet"})
    card = model_card(run)
    assert "this one was trained on frames of 128 columns." in card
    assert "It started from an encoder with ImageNet weights and took 3 epochs in " in card
    run = with_record(
        run, training=stored_record(run)["training"] | {"encoder_weights": "of_mine.weights.h5"}
    )
    assert "from an encoder with `of_mine.weights.h5` and took" in model_card(run)


def test_the_size_of_every_view_is_named(run):
    assert " It sees frames at 128 x 64. It has 19 classes (train_ids).\n" in model_card(run)
    run = with_record(run, inference_sizes=[[64, 128], [32, 64]])
    run = with_record(run, sharpening=0.5)
    card = model_card(run)
    assert "It sees frames at 128 x 64 and 64 x 32 mirrored, and averages these 2 views." in card
    assert "Its logits are sharpened by 0.5 before" in card
    assert "follows a frame" not in card
    assert "## Scores" not in card, "they are of the one size alone"
    run = with_record(run, adaptation={"conv1_bn": 0.7})
    assert "Its batch normalisation adapts to frames with unusual features" in model_card(run)


def test_evaluated_cities_are_told_apart_by_whether_they_were_trained_on(run):
    scores, data = read_scores(run, "val"), stored_record(run)["data"]

    def card_of(**changes):
        further = [{"from_epoch": 2, "sources": [source]}]
        return model_card(with_record(run, **{"data": data | {"extra": further}} | changes))

    unseen = "\n- The training saw no frame of the cities of `val`.\n"
    seen = "\n- The training saw frames of these cities of `val`: ulm.\n"
    assert unseen in model_card(run)
    source = {"name": "Demo city", "split": "train", "frames": 9}
    assert unseen not in card_of() and seen not in card_of()
    source["cities"] = ["ulm"]
    assert seen in card_of()
    source["cities"] = ["bonn"]
    assert unseen in card_of()
    other = {"name": "Streets", "split": "train", "frames": 7, "cities": ["ulm"], "frame_size": [32, 64]}
    card = card_of(earlier=[{"to_epoch": 1, "settings": {}, "data": other}])
    assert seen in card and "\n- Epochs up to 1 saw other data, see HISTORY.md.\n" in card
    for frame in scores["per_frame"]:
        frame["frame"] = "bonn_000000_000019"
    del data["cities"]
    write_scores(run, scores)
    assert "the training saw" not in card_of(data=data).lower()


def test_the_last_machine_is_told_and_that_there_were_others(run):
    assert "of wall time on x86_64, 2 CPU cores (tensorflow back end, float32)." in model_card(run)
    run = with_record(run, earlier=[{"to_epoch": 2, "settings": {"loss": "ce"}, "hardware": "NVIDIA H200"}])
    assert "of wall time, the last on x86_64, 2 CPU cores (" in model_card(run)


def test_a_teacher_is_named(run):
    assert "teacher" not in model_card(run)
    run = with_record(run, training=stored_record(run)["training"] | {"teacher": "wise"})
    assert ", teacher `wise` and seed 4;" in model_card(run)


def test_further_training_data_is_named_once(run):
    assert "Later epochs" not in model_card(run)
    source = {"name": "Demo city", "split": "train", "frames": 90, "cities": ["altenrode", "neuwerda"]}
    run = with_record(
        run,
        data=stored_record(run)["data"]
        | {
            "extra": [
                {"from_epoch": 17, "sources": [source]},
                {"from_epoch": 20, "sources": [source | {"repeats": 4}, {"name": "Streets"}]},
            ]
        },
    )
    told = "\n- Later epochs also saw frames of Demo city train and Streets, see HISTORY.md.\n"
    assert told in model_card(run)


def test_weights_that_are_not_kept_are_told(run):
    assert "not kept" not in model_card(run)
    run = with_record(run, weights_sha256=None)
    assert "They are not kept here; the commands make them again." in model_card(run)
    assert "## Scores" in model_card(run)


def _foreign(root, **changes):
    """Return a run of somebody else, made of nothing but its record and what lies in ``model.onnx``."""
    folder = root / "theirs"
    (folder / "predictions").mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"a network")
    record = {"format": 1, "classes": "categories", "source": "theirs.zip", "added": "2026-11-20"}
    record |= {"notes": ["Trained by them."], "weights_sha256": "1" * 64} | changes
    return write_run(folder, record_from_json(record))


def test_a_foreign_network_has_a_card_that_says_what_is_not_known(tmp_path):
    run = _foreign(
        tmp_path,
        kind="onnx",
        parameters=12345,
        input=NetworkInput(size=(64, 128)).to_json(),
        output=NetworkOutput("scores").to_json(),
    )
    card = model_card(run)
    assert "A network as ONNX, in `model.onnx`; 12,345 parameters. Source: theirs.zip. Added on 2026-" in card
    assert "It sees frames at 128 x 64. It has 7 classes (categories)." in card
    assert "\n- Its data and its training are not recorded here.\n" in card
    assert "\n- Trained by them.\n" in card
    for claim in ("Cityscapes", "poles", "## Training", "## Scores"):
        assert claim not in card
    assert write_model_card(run) == (run.path / "README.md",), "it has no history"
    (run.path / "evaluation").mkdir()
    scores = make_evaluation(frames=2, input_size=(64, 128), weights_sha256="1" * 64)
    write_scores(run, scores | run.prediction_settings)
    assert "| Class | IoU on `val` |" in model_card(run) and "The training saw" not in model_card(run)


def test_stored_masks_have_a_card_too(tmp_path):
    card = model_card(_foreign(tmp_path, kind="masks", encoding="label-ids", weights_sha256=None))
    assert "Masks that another program predicted, in `predictions/`. Source: theirs.zip." in card
    assert "It has 7 classes (categories)." in card and "It sees" not in card


def test_scores_of_other_weights_are_left_out(run):
    write_scores(run, {**read_scores(run, "val"), "weights_sha256": "0" * 64})
    assert "## Scores" not in model_card(run)


def test_it_is_written_into_the_run(run):
    write_model_card(run)
    assert (run.path / "README.md").read_text(encoding="utf-8") == model_card(run)
    assert (run.path / "HISTORY.md").read_text(encoding="utf-8") == run_history(run)


def test_what_somebody_else_wrote_is_not_replaced(run):
    card = run.path / "README.md"
    card.write_bytes(b"# My notes\n\nWritten by \xff me, after `python -m segcore card`.\n")
    before = card.read_bytes()
    with pytest.raises(InputError, match=r"mine/README\.md is not a generated card"):
        write_model_card(run)
    assert card.read_bytes() == before
    # Cards of earlier versions did not say who wrote them.
    card.write_text(model_card(run).replace("Written by", "Not written by"))
    write_model_card(run)
    assert card.read_text(encoding="utf-8") == model_card(run)
    replace_card(card, overview([run]))
    assert card.read_text(encoding="utf-8") == overview([run])
