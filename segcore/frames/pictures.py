"""Drawing of pictures: overlays of masks, colours of agreement and disagreement, PNG files."""

import cv2
import numpy as np

OUTCOME_COLORS = ((222, 226, 228), (30, 148, 134), (154, 107, 201), (214, 69, 47))
"""RGB for ``segcore.scoring.comparison.OUTCOMES``; the first and the last also serve its ``AGREEMENT``."""

_PIXELS_AT_ONCE = 1 << 20


def overlay(image: np.ndarray, colors: np.ndarray, *, opacity: float) -> np.ndarray:
    """Return ``colors`` over ``image``, all uint8 (h, w, 3), with an opacity of 0..1.

    Raises:
        ValueError: the shapes differ.
    """
    if image.shape != colors.shape:
        raise ValueError(f"expected a mask as large as the image {image.shape}, received {colors.shape}")
    mixed = np.empty_like(image)
    # In parts, as the whole of a large picture takes twelve times its size in float32.
    rows = max(1, _PIXELS_AT_ONCE // max(1, image.shape[1]))
    for top in range(0, len(image), rows):
        part = slice(top, top + rows)
        below, above = (pixels[part].astype(np.float32) for pixels in (image, colors))
        mixed[part] = np.rint((1 - opacity) * below + opacity * above)
    return mixed


def outcome_palette(*, has_truth: bool) -> tuple[tuple[int, int, int], ...]:
    """Return the colours, RGB 0..255, of ``OUTCOMES`` or, without truth, of ``AGREEMENT``."""
    return OUTCOME_COLORS if has_truth else (OUTCOME_COLORS[0], OUTCOME_COLORS[-1])


def outcome_colors(outcome: np.ndarray, *, has_truth: bool) -> np.ndarray:
    """Colour ``comparison.disagreement``: uint8 (h, w) to uint8 RGB (h, w, 3), void black."""
    palette = outcome_palette(has_truth=has_truth)
    table = np.zeros((256, 3), np.uint8)
    table[: len(palette)] = palette
    return table[outcome]


def png_bytes(image: np.ndarray) -> bytes:
    """Encode uint8 (h, w) or RGB (h, w, 3) as PNG."""
    # OpenCV takes a third of Pillow's time, which shortens the first page of a new server noticeably.
    pixels = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1].tobytes()
