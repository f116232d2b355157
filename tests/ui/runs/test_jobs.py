"""Background jobs: one at a time, one a key, ended on demand, and whatever ends them is said."""

import threading
import time

import pytest

from segcore.errors import InputError
from ui.runs.jobs import MOST_FINISHED, Jobs

PATIENCE = 60


class Steps:
    """Work that takes a step whenever the test lets it."""

    def __init__(self, total: int = 3):
        self.total = total
        self.started = threading.Event()
        self.let = threading.Semaphore(0)

    def __call__(self, report) -> str:
        self.started.set()
        report(0, self.total)
        for done in range(1, self.total + 1):
            assert self.let.acquire(timeout=PATIENCE)
            report(done, self.total)
        return "all steps taken"


def wait_until(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def registry():
    made = Jobs()
    yield made
    for job in made.all():
        job.cancel()


def test_progress_is_known_from_step_to_step_and_the_end_says_what_came_out(registry):
    work = Steps()
    job = registry.start("a", "Counting", work)
    wait_until(lambda: job.progress.total == 3)
    assert (job.progress.state, job.progress.done, job.progress.seconds_left) == ("running", 0, None)
    work.let.release()
    wait_until(lambda: job.progress.done == 1)
    assert job.progress.seconds_left > 0
    work.let.release(2)
    wait_until(lambda: not job.is_active)
    assert (job.progress.state, job.progress.message) == ("done", "all steps taken")


def test_the_same_key_is_one_job_until_it_has_ended(registry):
    work = Steps(total=1)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(registry.start("a", "Counting", work))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1
    work.let.release()
    wait_until(lambda: not found[0].is_active)
    again = registry.start("a", "Counting", Steps())
    assert again is not found[0]
    assert registry.all() == (again,)


def test_another_job_waits_for_its_turn(registry):
    first, second = Steps(total=1), Steps(total=1)
    registry.start("a", "First", first)
    assert first.started.wait(PATIENCE)
    waiting = registry.start("b", "Second", second)
    assert waiting.progress.state == "waiting"
    assert not second.started.wait(0.5)
    first.let.release()
    assert second.started.wait(PATIENCE)


def test_a_running_job_ends_at_its_next_step_and_a_waiting_one_at_once(registry):
    first, second = Steps(), Steps()
    running = registry.start("a", "First", first)
    wait_until(lambda: running.progress.total)
    waiting = registry.start("b", "Second", second)
    waiting.cancel()
    wait_until(lambda: waiting.progress.state == "cancelled")
    assert not second.started.is_set()
    running.cancel()
    assert running.is_ending
    first.let.release()
    wait_until(lambda: running.progress.state == "cancelled")
    assert running.progress.done == 0


def test_what_went_wrong_is_one_sentence_and_the_next_job_still_runs(registry, caplog):
    def refused(report):
        raise InputError("The frame x is damaged; fetch it again.")

    def broken(report):
        raise KeyError("x")

    first = registry.start("a", "Refused", refused)
    wait_until(lambda: not first.is_active)
    assert first.progress.message == "The frame x is damaged; fetch it again."
    second = registry.start("b", "Broken", broken)
    wait_until(lambda: not second.is_active)
    assert "KeyError" in second.progress.message
    assert "Broken failed" in caplog.text
    third = registry.start("c", "Fine", lambda report: "fine")
    wait_until(lambda: third.progress.state == "done")


def test_a_job_is_forgotten_when_all_who_asked_for_it_have_dismissed_it(registry):
    work = Steps(total=1)
    job = registry.start("a", "Counting", work, visitor="ann")
    assert registry.start("a", "Counting", work, visitor="bob") is job
    assert job.visitors == {"ann", "bob"}
    work.let.release()
    wait_until(lambda: not job.is_active)
    registry.forget("a", "ann")
    assert (registry.all(), job.visitors) == ((job,), {"bob"})
    registry.forget("a", "bob")
    assert registry.all() == ()


def test_only_the_last_ends_are_remembered_and_none_under_way_is_forgotten(registry):
    work = Steps(total=1)
    running = registry.start("running", "Running", work)
    assert work.started.wait(PATIENCE)
    registry.forget("running")
    assert running in registry.all()
    work.let.release()
    for index in range(MOST_FINISHED + 3):
        job = registry.start(index, f"Job {index}", lambda report: "")
        wait_until(lambda job=job: not job.is_active)
    assert [job.key for job in registry.all()] == list(range(3, MOST_FINISHED + 3))
    assert running.progress.state == "done"
    registry.forget(4)
    assert 4 not in [job.key for job in registry.all()]
