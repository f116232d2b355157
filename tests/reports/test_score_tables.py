"""The tables of all runs hold what their folders hold, and nothing else of a file is touched."""

import pytest
from makers import make_evaluation, make_run, read_scores, with_record, write_scores

from segcore.reports.score_tables import SCORE_MARKS, data_title, overview, with_tables
from segcore.runs.evaluation import Evaluation
from segcore.runs.run import find_run


@pytest.fixture
def run(tmp_path):
    make_run(tmp_path, "mine", epochs=3, weights=True, sets=("val",), frame_ids=("ulm_000000_000019",))
    run = find_run("mine", tmp_path)
    run = with_record(run, parameters=1234567)
    write_scores(run, {**read_scores(run, "val"), "weights_sha256": run.weights_sha256})
    return run


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _means(scores: dict) -> list[str]:
    """Return what the tables say of scores, counted here once more."""
    classes, categories = (
        sum(iou is not None for iou in scores[key].values()) for key in ("classes", "categories")
    )
    return [
        f"{100 * scores['miou']:.1f} % of {classes}",
        f"{100 * scores['category_miou']:.1f} % of {categories}",
        f"{100 * scores['pixel_accuracy']:.1f} %",
    ]


def test_a_set_is_named_by_data_split_cities_frames_and_size():
    frames = ("zurich_000001_000019", "ulm_000000_000019")
    scores = make_evaluation(frames=2, frame_ids=frames, input_size=(256, 512)) | {"data": "Cityscapes"}
    assert (
        data_title(Evaluation.from_json(scores)) == "Cityscapes val (ulm, zurich), 2 frames, 512 x 256 pixels"
    )


def test_the_overview_has_a_row_for_each_run_and_a_column_for_each_set(run):
    root = run.path.parent
    make_run(root, "other", sets=("val", "demo"), frame_ids=("bonn_000000_000019",))
    lines = [
        _cells(line) for line in overview([run, find_run("other", root)]).splitlines() if line[:1] == "|"
    ]
    mine = data_title(Evaluation.from_json(read_scores(run, "val")))
    other = find_run("other", root)
    titles = [data_title(Evaluation.from_json(read_scores(other, name))) for name in ("demo", "val")]
    assert lines[0] == ["Run", "Network", "Parameters", "Views", mine, *dict.fromkeys(titles)]
    assert len(lines) == 4
    assert lines[2][:4] == ["[mine](mine/README.md)", "mobilenet_segnet", "1.2 M", "128 x 64"]
    assert lines[2][4] == " / ".join(_means(read_scores(run, "val"))) and lines[2][5] == ""
    assert lines[3][1] == "mobilenet_segnet (weights not kept)"
    assert lines[3][4] == "" and lines[3][-1] == " / ".join(_means(read_scores(other, "val")))


def test_scores_stand_between_their_marks_and_the_rest_stays(run):
    first, last = SCORE_MARKS
    text = with_tables(f"before\n{first}\n| old | 99.9 % |\n{last}\nafter\n", [run])
    before, table = text.split(f"{first}\n")
    table, after = table.split(f"\n{last}")
    assert (before, after) == ("before\n", "\nafter\n")
    (row,) = table.splitlines()[2:]
    scores = read_scores(run, "val")
    title = data_title(Evaluation.from_json(scores))
    assert _cells(row) == ["[mine](weights/mine/README.md)", "1.2 M", "128 x 64", title, *_means(scores)]
    assert with_tables(text, [run]) == text
    assert with_tables("no marks", [run]) is None


def test_runs_that_keep_no_weights_are_left_out_between_the_marks(run):
    run = with_record(run, weights_sha256=None)
    table = with_tables("\n".join(SCORE_MARKS), [run])
    assert "mine" not in table


def test_scores_of_other_weights_are_left_out(run):
    write_scores(run, {**read_scores(run, "val"), "weights_sha256": "0" * 64})
    assert len(with_tables("\n".join(SCORE_MARKS), [run]).splitlines()) == 4, "marks and the table's head"
