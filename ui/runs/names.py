"""What two runs are called where they stand beside each other, so that a picture of it can be passed on."""

from segcore.runs.run import Run

# Other files and columns of a download are called so.
_TAKEN = {"class", "difference", "disagreement", "frame", "frames", "group", "share", "truth"}
_LONGEST = 28
_TAIL = 10


def names_of(runs: tuple[Run, Run]) -> tuple[str, str]:
    """Return what A and B are called, each in at most 31 characters; two of one name are told apart by the letter."""
    a, b = (_shortened(run.name) for run in runs)
    return (f"A: {a}", f"B: {b}") if a == b else (a, b)


def file_names_of(runs: tuple[Run, Run]) -> tuple[str, str]:
    """Return what A and B are called in names of files and of columns: in full, with the letter where both are one."""
    a, b = (run.name for run in runs)
    return (f"{a}_a", f"{b}_b") if a == b or _TAKEN & {a, b} else (a, b)


def _shortened(name: str) -> str:
    """Leave out the middle of a long name: names of one series differ at their end."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - _TAIL - 1]}…{name[-_TAIL:]}"
