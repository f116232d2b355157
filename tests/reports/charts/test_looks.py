"""A run has one colour and one marker, by its name."""

from segcore.reports.charts.looks import looks
from segcore.reports.charts.style import RUN_A, RUN_B
from segcore.system.places import SHIPPED_RUNS


def test_the_order_in_which_runs_come_changes_nothing():
    names = ["first", "second", "third", "fourth"]
    assert looks(names) == looks(reversed(names))
    assert len(set(looks(names).values())) == 4


def test_runs_that_come_with_the_project_look_the_same_with_and_without_the_others():
    names = sorted(path.name for path in SHIPPED_RUNS.iterdir() if (path / "run.json").is_file())
    together = looks(names)
    assert len(set(together.values())) == min(len(names), 8)
    assert all(looks([name]) == {name: together[name]} for name in names)
    assert together["mobilenet_segnet"].color == RUN_A
    assert together["unet_xception"].color == RUN_B


def test_no_two_of_eight_look_the_same_and_more_are_drawn_too():
    names = [f"run {number}" for number in range(8)]
    assert len({look.color for look in looks(names).values()}) == 8
    assert len({look.symbol for look in looks(names).values()}) == 8
    assert len(looks([*names, "one more"])) == 9
