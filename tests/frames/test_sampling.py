import pytest

from segcore.frames.sampling import spread_to_measure, spread_to_train


def test_what_is_measured_reaches_from_the_first_frame_to_the_last():
    # 0, 9/4, 9/2, 27/4 and 9, rounded to even at a half.
    assert spread_to_measure(range(10), 5) == (0, 2, 4, 7, 9)
    assert spread_to_measure(range(10), 1) == (0,)
    assert spread_to_measure("abc", 60) == ("a", "b", "c")


def test_what_is_trained_on_begins_each_of_equal_parts():
    assert spread_to_train(range(10), 4) == (0, 2, 5, 7)
    assert spread_to_train("abc", 3) == ("a", "b", "c")


@pytest.mark.parametrize("spread", [spread_to_measure, spread_to_train])
def test_no_frames_are_refused(spread):
    with pytest.raises(ValueError, match="received 0"):
        spread(range(10), 0)


def test_more_frames_than_there_are_cannot_be_trained_on():
    with pytest.raises(ValueError, match=r"1\.\.3, received 4"):
        spread_to_train("abc", 4)
