import pytest

from segcore.reports.percent import percent


@pytest.mark.parametrize(
    ("score", "text"), [(0.4561, "45.6 %"), (0, "0.0 %"), (1.0, "100.0 %"), (None, "–"), (float("nan"), "–")]
)
def test_a_score_in_percent(score, text):
    assert percent(score) == text


def test_a_place_may_have_a_word_of_its_own_for_absent():
    assert percent(None, absent="absent") == "absent"
