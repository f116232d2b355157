"""Scores of parts of a set: by city, condition or sequence, from the counts of single frames."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from segcore.runs.evaluation import FrameCounts
from segcore.scoring.confusion import iou_of_counts, mean_of_present

# <city>_<sequence>_<frame>, as Cityscapes names frames.
_CITY = re.compile(r"(.+)_\d{6}_\d{6}")


def group_of_name(frame: str) -> str:
    """Return the group that the name of a frame tells, as names of Cityscapes tell the city; empty where it does not.

    Example:
        >>> group_of_name("ulm_000000_000019"), group_of_name("0016E5_07959")
        ('ulm', '')
    """
    found = _CITY.fullmatch(frame)
    return found[1] if found else ""


def groups_of(names: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return frame to group, for frames of which one is known.

    Args:
        names: of the frames.
        known: frame to group as a data set has them; where it lacks a frame, its name may tell.
    """
    found = {name: known.get(name) or group_of_name(name) for name in names}
    return {name: group for name, group in found.items() if group}


def scores_by_group(entries: Sequence[FrameCounts], groups: Mapping[str, str]) -> pd.DataFrame:
    """Return the scores of each group, each from one sum of counts over its frames.

    Args:
        entries: the frames of an evaluation.
        groups: frame to group; frames without one are left out.

    Returns:
        ``group``, sorted; ``frames``, how many; ``miou``, 0..1, the mean over the classes that occur or are predicted
        in the group, NaN where nothing is scored.
    """
    of_group: dict[str, list[FrameCounts]] = {}
    for entry in entries:
        if entry.frame in groups:
            of_group.setdefault(groups[entry.frame], []).append(entry)
    rows = []
    for group, found in sorted(of_group.items()):
        counts = np.sum([(entry.tp, entry.fp, entry.fn) for entry in found], axis=0)
        rows.append({"group": group, "frames": len(found), "miou": mean_of_present(iou_of_counts(*counts))})
    return pd.DataFrame(rows, columns=["group", "frames", "miou"]).astype({"miou": "float64"})
