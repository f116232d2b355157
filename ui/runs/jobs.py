"""Long work in the background: it belongs to the server, so that it goes on when its page or visitor is gone."""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import streamlit as st

from segcore.errors import InputError

ACTIVE = ("waiting", "running")
MOST_FINISHED = 32
"""Ended jobs that are remembered, so that whoever comes back reads how they ended."""

_SECONDS_BETWEEN_POLLS = 0.2


class Cancelled(Exception):
    """Raised by a job's progress function to end work that nobody wants any more."""


@dataclass(frozen=True)
class Progress:
    """How far a job is. ``state`` is waiting, running, done, failed or cancelled.

    ``total`` is 0 until the work has said how much there is; ``message`` is one sentence about the end.
    """

    state: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    message: str = ""


class Job:
    """One piece of work; made by `Jobs.start`. ``visitors`` are those who have asked for it."""

    def __init__(self, key: Hashable, title: str):
        self.key = key
        self.title = title
        self.progress = Progress("waiting")
        self.visitors: frozenset[str] = frozenset()
        self._is_unwanted = threading.Event()
        self._started = 0.0

    @property
    def is_active(self) -> bool:
        return self.progress.state in ACTIVE

    @property
    def is_ending(self) -> bool:
        """Whether it was cancelled but has not come to its next step yet."""
        return self.is_active and self._is_unwanted.is_set()

    def cancel(self) -> None:
        """Ask the work to end at its next step."""
        self._is_unwanted.set()

    def report(self, done: int, total: int) -> None:
        """Take note of the progress; raises `Cancelled` when the job is no longer wanted."""
        self.check()
        now = time.monotonic()
        if done == 0:
            self._started = now
        left = (now - self._started) / done * (total - done) if done else None
        self.progress = Progress("running", done, total, left)

    def check(self) -> None:
        """Raise `Cancelled` when the job is no longer wanted."""
        if self._is_unwanted.is_set():
            raise Cancelled

    def end(self, state: str, message: str = "") -> None:
        self.progress = Progress(state, self.progress.done, self.progress.total, message=message)


class Jobs:
    """All jobs of a server, one running at a time and the others waiting, as each takes every core."""

    def __init__(self) -> None:
        self._jobs: dict[Hashable, Job] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def start(
        self,
        key: Hashable,
        title: str,
        work: Callable[[Callable[[int, int], None]], str],
        *,
        visitor: str = "",
    ) -> Job:
        """Start a job, or return the one under way for ``key``.

        Args:
            key: what the job is about; there is at most one job for it at a time.
            title: for people.
            work: called in a thread of its own with a function of (done, total); returns a sentence about the
                result, and raises InputError with one about what went wrong.
            visitor: who asks, to be told of the end.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.is_active:
                job.visitors |= {visitor}
                return job
            self._jobs.pop(key, None)
            finished = [other for other, job in self._jobs.items() if not job.is_active]
            for other in finished[: max(0, len(finished) + 1 - MOST_FINISHED)]:
                del self._jobs[other]
            job = self._jobs[key] = Job(key, title)
            job.visitors = frozenset({visitor})
        # A daemon, so that the server can be stopped in the middle of a job.
        threading.Thread(target=self._run, args=(job, work), name=f"job {title}", daemon=True).start()
        return job

    def all(self) -> tuple[Job, ...]:
        """Return the jobs, the oldest first."""
        with self._lock:
            return tuple(self._jobs.values())

    def forget(self, key: Hashable, visitor: str | None = None) -> None:
        """Remove a job that has ended; with ``visitor`` only when nobody else has asked for it."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and not job.is_active:
                job.visitors -= job.visitors if visitor is None else {visitor}
                if not job.visitors:
                    del self._jobs[key]

    def _run(self, job: Job, work: Callable) -> None:
        try:
            while not self._turn.acquire(timeout=_SECONDS_BETWEEN_POLLS):
                job.check()
            try:
                job.check()
                job.progress = Progress("running")
                message = work(job.report)
            finally:
                self._turn.release()
        except Cancelled:
            job.end("cancelled")
        except InputError as error:
            job.end("failed", str(error))
        except Exception as error:
            logging.getLogger(__name__).exception("%s failed", job.title)
            job.end("failed", f"It stopped with {type(error).__name__}; see the server's log.")
        else:
            job.end("done", message)


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Return the jobs of this server, the same for every visitor."""
    return Jobs()
