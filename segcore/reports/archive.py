"""The zip archive of a comparison of one frame: pictures, masks, scores and how they were computed."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from segcore.frames.pictures import outcome_colors, outcome_palette, overlay, png_bytes
from segcore.labels import VOID, LabelSpace, colorize
from segcore.scoring.comparison import AGREEMENT, OUTCOMES
from segcore.scoring.confusion import none_if_nan

MASKS_NOTE = (
    "*_labelIds.png hold Cityscapes label ids (0 is unlabeled, or a class that has none), *_categoryIds.png category "
    "ids (0 is void), both in 8 bits. *_color.png show the same in the palette of Cityscapes."
)


@dataclass(frozen=True, eq=False)
class ExportedMask:
    """A class map, uint8 (h, w), with its name in the archive and its label space."""

    name: str
    class_map: np.ndarray
    space: LabelSpace


def comparison_files(
    *,
    images: Mapping[str, np.ndarray],
    masks: Sequence[ExportedMask],
    outcome: np.ndarray,
    has_truth: bool,
    scores: Sequence[Mapping[str, object]],
    manifest: Mapping[str, object],
    opacity: float = 0.6,
) -> dict[str, bytes]:
    """Return the files of the archive of a comparison.

    Args:
        images: pictures uint8 RGB (h, w, 3) by name. The overlay of a mask uses the picture ``<mask's name>_input`` if
            there is one, otherwise the first picture.
        masks: class maps; each is written as ids, as colours and as an overlay.
        outcome: the result of ``comparison.disagreement``, uint8 (h, w).
        has_truth: whether ``outcome`` was computed with ground truth.
        scores: rows with the same keys; NaN becomes blank in CSV and null in JSON.
        manifest: JSON values that describe how the files were computed.
        opacity: of the mask in an overlay, 0..1.

    Returns:
        Contents by file name.
    """
    files = {f"{name}.png": png_bytes(image) for name, image in images.items()}
    for mask in masks:
        under = images.get(f"{mask.name}_input", next(iter(images.values())))
        colors = colorize(mask.class_map, mask.space)
        files[f"{mask.name}_{_ids_name(mask)}.png"] = png_bytes(_ids(mask))
        files[f"{mask.name}_color.png"] = png_bytes(colors)
        files[f"{mask.name}_overlay.png"] = png_bytes(overlay(under, colors, opacity=opacity))
    names = OUTCOMES if has_truth else AGREEMENT
    files["disagreement.png"] = png_bytes(outcome_colors(outcome, has_truth=has_truth))
    files["scores.csv"] = csv_text(scores).encode()
    files["scores.json"] = _json_bytes([_plain(row) for row in scores])
    legend = dict(zip(names, map(list, outcome_palette(has_truth=has_truth)), strict=True))
    notes = {"files": sorted([*files, "manifest.json"]), "disagreement_colors": legend, "masks": MASKS_NOTE}
    files["manifest.json"] = _json_bytes({**manifest, **notes})
    return files


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of files; its bytes depend only on their names and contents.

    Raises:
        ValueError: a name is absolute or leads out of the archive.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            if name.startswith("/") or "\\" in name or ".." in name.split("/"):
                raise ValueError(f"expected a plain file name, received {name!r}")
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def csv_text(rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows with the same keys as CSV text with a header; NaN and None are blank."""
    if not rows:
        return ""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: "" if value is None else value for key, value in _plain(row).items()})
    return buffer.getvalue()


def _ids_name(mask: ExportedMask) -> str:
    return "categoryIds" if mask.space.name == "categories" else "labelIds"


def _ids(mask: ExportedMask) -> np.ndarray:
    if mask.space.name == "categories":
        return np.where(mask.class_map == VOID, 0, mask.class_map + 1).astype(np.uint8)
    return mask.space.to_label_ids[mask.class_map]


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {key: none_if_nan(value) if isinstance(value, float) else value for key, value in row.items()}


def _json_bytes(content: object) -> bytes:
    return (json.dumps(content, indent=2, allow_nan=False) + "\n").encode()
