"""Scores by group (city, condition or sequence) from the counts of single frames."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from segcore.runs.evaluation import FrameCounts
from segcore.scoring.confusion import iou_of_counts, mean_of_present

# Names of frames in Cityscapes: <city>_<sequence>_<frame>.
_CITY = re.compile(r"(.+)_\d{6}_\d{6}")


def group_of_name(frame: str) -> str:
    """Return the group in the name of a frame, such as the city in names of Cityscapes; empty if there is none.

    Example:
        >>> group_of_name("ulm_000000_000019"), group_of_name("0016E5_07959")
        ('ulm', '')
    """
    found = _CITY.fullmatch(frame)
    return found[1] if found else ""


def groups_of(names: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return a dict from frame to group, for frames whose group is known.

    Args:
        names: of the frames.
        known: from frame to group in the data that was scored; for other frames, the name may contain the group.
    """
    found = {name: known.get(name) or group_of_name(name) for name in names}
    return {name: group for name, group in found.items() if group}


def scores_by_group(entries: Sequence[FrameCounts], groups: Mapping[str, str]) -> pd.DataFrame:
    """Return the scores of each group, from the sum of counts over its frames.

    Args:
        entries: the frames of an evaluation.
        groups: from frame to group; frames without a group are left out.

    Returns:
        ``group``, sorted; ``frames``, their number; ``miou``, 0..1, the mean over the classes that occur in truth or
        prediction of the group, NaN if no pixel is scored.
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
