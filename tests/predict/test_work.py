"""Work on many frames in this process: in order, on several threads as on one, and an error ends it."""

import time

import pytest

from segcore.errors import InputError
from segcore.predict.work import map_here


def results(frame_id: str, place: int):
    # Later frames are done first.
    time.sleep(0.01 * (5 - place % 5))
    if frame_id == "bad":
        raise InputError("It is bad.")
    yield frame_id
    yield place


@pytest.mark.parametrize("threads", [1, 3, 50])
@pytest.mark.parametrize("count", [0, 1, 4, 20])
def test_results_come_in_order_whatever_the_number_of_threads(threads, count):
    frames = [f"frame{index}" for index in range(count)]
    each = map_here(None, "predictor", threads=threads)
    found = list(each(lambda predictor, place, frame: results(frame, place), frames))
    assert found == [(place, part) for place, frame in enumerate(frames) for part in (frame, place)]


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_in_one_frame_ends_the_work_after_those_before_it(threads):
    each = map_here(None, "predictor", threads=threads)
    found = []
    with pytest.raises(InputError, match="It is bad"):
        for place, _ in each(lambda predictor, place, frame: results(frame, place), ["a", "b", "bad", "c"]):
            found.append(place)
    assert found == [0, 0, 1, 1]
