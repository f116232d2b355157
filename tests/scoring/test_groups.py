"""Scores by group, counted by hand."""

import numpy as np
import pytest

from segcore.runs.evaluation import FrameCounts
from segcore.scoring.groups import group_of_name, groups_of, scores_by_group

ENTRIES = (
    FrameCounts("a", tp=[6, 2, 0], fp=[2, 0, 0], fn=[0, 2, 0]),
    FrameCounts("b", tp=[2, 0, 0], fp=[0, 4, 0], fn=[4, 0, 0]),
    FrameCounts("c", tp=[0, 0, 3], fp=[0, 0, 0], fn=[0, 0, 1]),
    FrameCounts("d", tp=[9, 9, 9], fp=[0, 0, 0], fn=[0, 0, 0]),
)


def test_a_group_is_scored_from_the_sum_of_its_frames_over_the_classes_in_it():
    table = scores_by_group(ENTRIES, {"a": "fog", "b": "fog", "c": "rain"})
    assert table["group"].tolist() == ["fog", "rain"]
    assert table["frames"].tolist() == [2, 1]
    # Fog: 8 of 8 + 2 + 4, and 2 of 2 + 4 + 2; the third class is not there. The mean of frames would be another.
    assert table["miou"].tolist() == pytest.approx([(8 / 14 + 2 / 8) / 2, 3 / 4])


def test_without_groups_or_pixels_there_is_no_score():
    assert scores_by_group(ENTRIES, {}).empty
    nothing = FrameCounts("x", tp=[0], fp=[0], fn=[0])
    assert np.isnan(scores_by_group([nothing], {"x": "fog"})["miou"][0])


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("ulm_000000_000019", "ulm"),
        ("bad-honnef_000000_000000", "bad-honnef"),
        ("GOPR0475_frame_000041", ""),
        ("_000000_000019", ""),
        ("0016E5_07959", ""),
    ],
)
def test_names_of_cityscapes_tell_the_city_and_no_others_do(name, group):
    assert group_of_name(name) == group


def test_what_the_data_set_says_comes_before_what_the_name_says():
    names = ["ulm_000000_000019", "zurich_000000_000019", "x"]
    assert groups_of(names, {"ulm_000000_000019": "fog", "other": "rain"}) == {
        "ulm_000000_000019": "fog",
        "zurich_000000_000019": "zurich",
    }
