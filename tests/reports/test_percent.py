import pytest

from segcore.reports.percent import percent, points, points_between


@pytest.mark.parametrize(
    ("score", "text"), [(0.4561, "45.6 %"), (0, "0.0 %"), (1.0, "100.0 %"), (None, "–"), (float("nan"), "–")]
)
def test_a_score_in_percent(score, text):
    assert percent(score) == text


def test_a_place_may_have_a_word_of_its_own_for_absent():
    assert percent(None, absent="absent") == "absent"


@pytest.mark.parametrize(
    ("difference", "decimals", "text"),
    [
        (0.0123, 1, "+1.2"),
        (-0.2, 1, "-20.0"),
        (0.0, 1, "0.0"),
        (-0.0, 1, "0.0"),
        (0.0004, 1, "0.0"),
        (-0.0004, 1, "0.0"),
        (-0.0006, 1, "-0.1"),
        (-0.004, 0, "0"),
        (0.126, 0, "+13"),
        (None, 1, "–"),
        (float("nan"), 1, "–"),
    ],
)
def test_a_difference_in_points_has_no_sign_where_rounding_leaves_nothing(difference, decimals, text):
    assert points(difference, decimals=decimals) == text


def test_bounds_of_a_difference():
    assert points_between(-0.0031, 0.0004) == "-0.3 to 0.0"
