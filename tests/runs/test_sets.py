"""Which runs keep scores of which frames."""

import json

from makers import make_evaluation, make_run

from segcore.runs.run import read_run
from segcore.runs.sets import runs_with_other_frames, scored_frames, set_for


def run_with(root, name, **sets):
    path = make_run(root, name, evaluation=False)
    (path / "evaluation").mkdir()
    for set_name, frames in sets.items():
        scores = make_evaluation(frames=len(frames), frame_ids=frames)
        (path / "evaluation" / f"{set_name}.json").write_text(json.dumps(scores))
    return read_run(path)


def test_scores_of_the_same_frames_have_one_name(tmp_path):
    first = run_with(tmp_path, "first", val=("a", "b"), demo=("c", "d"))
    second = run_with(tmp_path, "second", val=("b", "a"))
    runs = [first, second]
    assert scored_frames(first, "demo") == {"c", "d"} and scored_frames(second, "demo") == frozenset()
    assert list(runs_with_other_frames("val", ["a", "b"], runs)) == []
    assert list(runs_with_other_frames("val", ["a", "c"], runs)) == runs
    assert list(runs_with_other_frames("demo", ["a", "b"], runs)) == [first]
    assert set_for(["d", "c"], runs, data="My town", split="val") == "demo"
    assert set_for(["e"], runs, data="My town", split="val") == "my-town_val"
    third = run_with(tmp_path, "third", **{"my-town_val": ("x", "y")})
    assert set_for(["e"], [*runs, third], data="My town", split="val") == "my-town_val_1"


def test_damaged_scores_are_of_no_frames(tmp_path):
    run = run_with(tmp_path, "first", val=("a", "b"))
    (run.path / "evaluation" / "val.json").write_text("[]")
    assert scored_frames(run, "val") == frozenset()
    assert set_for(["a", "b"], [run], data="My town", split="val") == "my-town_val"
