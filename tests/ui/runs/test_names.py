from types import SimpleNamespace

import pytest

from ui.runs.names import file_names_of, names_of


def runs(a: str, b: str) -> tuple:
    return SimpleNamespace(name=a), SimpleNamespace(name=b)


def test_short_names_stay_as_they_are():
    assert names_of(runs("first", "second")) == ("first", "second")


def test_a_long_name_keeps_its_beginning_and_its_end():
    long = "mobilenet_segnet_cityscapes_512x256_epoch_50"
    assert names_of(runs(long, "b")) == ("mobilenet_segnet_…6_epoch_50", "b")


@pytest.mark.parametrize(
    ("a", "b"), [("same", "same"), ("x" * 20 + "1" + "y" * 20, "x" * 20 + "2" + "y" * 20)]
)
def test_names_that_look_the_same_are_told_apart_by_the_letter(a, b):
    first, second = names_of(runs(a, b))
    assert first[:3] == "A: " and second[:3] == "B: " and first[3:] == second[3:]


def test_files_bear_the_whole_name_and_never_that_of_another_file():
    assert file_names_of(runs("first", "second")) == ("first", "second")
    assert file_names_of(runs("same", "same")) == ("same_a", "same_b")
    assert file_names_of(runs("truth", "second")) == ("truth_a", "second_b")
