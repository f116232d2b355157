"""Which runs keep scores of which frames, of which data."""

import json
from pathlib import Path

from makers import make_evaluation, make_run

from segcore.frames.frame import Frame
from segcore.runs.run import read_run
from segcore.runs.sets import is_of, names_for, runs_with_other_frames, set_for


def run_with(root, name, *, keys=None, **sets):
    path = make_run(root, name, evaluation=False)
    (path / "evaluation").mkdir()
    for set_name, frames in sets.items():
        scores = make_evaluation(frames=len(frames), frame_ids=frames) | {"data": "My town"} | (keys or {})
        (path / "evaluation" / f"{set_name}.json").write_text(json.dumps(scores))
    return read_run(path)


def frames_of(names, *, split="val", data="My town", folder=Path("none")):
    return [Frame(name, split, "", folder / name, folder / name, data=data) for name in names]


def test_scores_of_the_same_frames_have_one_name(tmp_path):
    first = run_with(tmp_path, "first", val=("a", "b"), demo=("c", "d"))
    second = run_with(tmp_path, "second", val=("b", "a"))
    runs = [first, second]
    assert is_of(first, "demo", frames_of("dc")) is True
    assert is_of(first, "demo", frames_of("de")) is False
    assert is_of(second, "demo", frames_of("dc")) is None
    assert list(runs_with_other_frames("val", frames_of("ab"), runs)) == []
    assert list(runs_with_other_frames("val", frames_of("ac"), runs)) == runs
    assert list(runs_with_other_frames("demo", frames_of("ab"), runs)) == [first]
    assert set_for(frames_of("dc"), runs) == "demo"
    assert set_for(frames_of("e"), runs) == "my-town_val"
    taken = [run_with(tmp_path, name, **{name: ("x", "y")}) for name in ("my-town_val", "my-town_val_1")]
    assert set_for(frames_of("e"), [*runs, taken[0]]) == "my-town_val_1"
    assert set_for(frames_of("e"), [*runs, *taken]) == "my-town_val_1_2"


def test_scores_of_the_demo_city_have_names_of_their_own():
    assert next(names_for(frames_of("a", data="Demo city"))) == "demo"
    assert next(names_for(frames_of("a", data="Demo city", split="train"))) == "demo_train"


def test_damaged_scores_are_of_no_frames(tmp_path):
    run = run_with(tmp_path, "first", val=("a", "b"))
    (run.path / "evaluation" / "val.json").write_text("[]")
