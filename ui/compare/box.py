"""Compare: what both models make of a part of the frame."""

import numpy as np
import pandas as pd
import streamlit as st

from segcore.labels import VOID
from segcore.reports.percent import percent
from segcore.scoring.comparison import shares
from segcore.scoring.confusion import class_iou, confusion_matrix, mean_iou
from ui.compare.result import Comparison
from ui.shell.tables import draw_table
from ui.shell.text import markdown_escaped
from ui.viewer.settings import Box

_PERCENT = "%.1f %%"


def show_box(comparison: Comparison, box: Box) -> None:
    """Show the shares of the classes inside of the box and, with ground truth, how well both models meet it there."""
    st.markdown(
        f"**Box** from x {box.x}, y {box.y}: {box.width} × {box.height} pixels{_scores(comparison, box)}"
    )
    table = box_table(comparison, box)
    draw_table(
        table,
        "box",
        placeholder="",
        height="content",
        column_config={
            name: st.column_config.NumberColumn(format=_PERCENT) for name in table.columns if name != "Class"
        },
        alt="Shares of the classes inside of the box, and IoU of both models there.",
    )


def box_table(comparison: Comparison, box: Box) -> pd.DataFrame:
    """Return, in percent, one row a class that occurs in the box, the one with the most pixels first.

    Columns are the class, its share in the ground truth and under each model, and its IoU under each; without ground
    truth the shares alone. Shares are of the pixels that are not void in that map.
    """
    space = comparison.space
    maps = {side.name: _inside(side.classes, box) for side in comparison.sides}
    columns = {f"Share {name}": shares(inside, space.num_classes) for name, inside in maps.items()}
    if comparison.truth is not None:
        truth = _inside(comparison.truth, box)
        columns = {"Share ground truth": shares(truth, space.num_classes), **columns}
        columns |= {
            f"IoU {name}": class_iou(confusion_matrix(truth, inside, num_classes=space.num_classes))
            for name, inside in maps.items()
        }
    table = 100 * pd.DataFrame(columns)
    table.insert(0, "Class", list(space.class_names))
    by_share = table.filter(like="Share ").max(axis=1)
    return table[by_share > 0].iloc[np.argsort(-by_share[by_share > 0], kind="stable")].reset_index(drop=True)


def _scores(comparison: Comparison, box: Box) -> str:
    if comparison.truth is None:
        return ""
    truth = _inside(comparison.truth, box)
    if (truth == VOID).all():
        return ", all of them void"
    matrices = {
        side.name: confusion_matrix(
            truth, _inside(side.classes, box), num_classes=comparison.space.num_classes
        )
        for side in comparison.sides
    }
    return " · " + ", ".join(
        f"mIoU {markdown_escaped(name)} {percent(mean_iou(matrix))}" for name, matrix in matrices.items()
    )


def _inside(class_map: np.ndarray, box: Box) -> np.ndarray:
    return class_map[box.y : box.y + box.height, box.x : box.x + box.width]
