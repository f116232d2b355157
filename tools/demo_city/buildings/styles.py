"""The nine kinds of houses: materials, proportions and what may be on them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """How the houses of one kind look; lengths in metres, colours sRGB."""

    wall: str
    colours: tuple[tuple[float, float, float], ...]
    storeys: tuple[int, int]
    bay: tuple[float, float]
    window: tuple[tuple[float, float], tuple[float, float]]
    frames: tuple[tuple[float, float, float], ...]
    roof: tuple[str, ...]
    roof_colours: tuple[tuple[float, float, float], ...]
    shop: float
    surround: float = 0.0
    shutters: float = 0.0
    balcony: float = 0.0
    cornice: float = 0.0
    storey_height: tuple[float, float] = (2.9, 3.3)
    width: tuple[float, float] = (9.0, 16.0)
    bands: bool = False


TILE_RED = ((0.42, 0.20, 0.13), (0.48, 0.25, 0.17), (0.36, 0.18, 0.13), (0.33, 0.24, 0.20))
SLATE = ((0.20, 0.21, 0.23), (0.25, 0.25, 0.27), (0.23, 0.20, 0.19))
WHITE_FRAMES = ((0.84, 0.84, 0.82), (0.80, 0.79, 0.75), (0.36, 0.24, 0.15), (0.86, 0.86, 0.85))
DARK_FRAMES = ((0.16, 0.17, 0.18), (0.30, 0.31, 0.32), (0.75, 0.75, 0.74), (0.12, 0.15, 0.17))

STYLES: dict[str, Style] = {
    "oldtown": Style(
        "plaster",
        (
            (0.78, 0.70, 0.55),
            (0.74, 0.61, 0.46),
            (0.80, 0.76, 0.68),
            (0.66, 0.52, 0.42),
            (0.62, 0.66, 0.62),
            (0.74, 0.67, 0.50),
            (0.70, 0.48, 0.38),
            (0.83, 0.81, 0.76),
            (0.58, 0.60, 0.64),
            (0.72, 0.70, 0.58),
        ),
        (2, 4),
        (2.1, 2.7),
        ((0.95, 1.15), (1.45, 1.7)),
        WHITE_FRAMES,
        ("ridge", "ridge", "gable", "mansard"),
        TILE_RED,
        0.5,
        surround=0.75,
        shutters=0.35,
        cornice=0.6,
        width=(7.0, 13.0),
    ),
    "grand": Style(
        "plaster",
        (
            (0.80, 0.77, 0.70),
            (0.76, 0.71, 0.60),
            (0.72, 0.72, 0.70),
            (0.70, 0.63, 0.50),
            (0.82, 0.80, 0.77),
            (0.62, 0.56, 0.48),
        ),
        (4, 5),
        (2.4, 3.0),
        ((1.1, 1.3), (1.9, 2.2)),
        WHITE_FRAMES,
        ("mansard", "ridge"),
        SLATE,
        0.65,
        surround=1.0,
        balcony=0.4,
        cornice=1.0,
        storey_height=(3.4, 3.8),
        width=(12.0, 20.0),
    ),
    "brick": Style(
        "brick",
        (
            (0.50, 0.27, 0.20),
            (0.45, 0.23, 0.18),
            (0.55, 0.34, 0.25),
            (0.40, 0.22, 0.18),
            (0.58, 0.40, 0.30),
            (0.34, 0.22, 0.19),
        ),
        (3, 4),
        (2.2, 3.0),
        ((1.2, 1.6), (1.5, 1.8)),
        WHITE_FRAMES,
        ("gable", "ridge", "ridge", "flat"),
        SLATE + TILE_RED[:1],
        0.35,
        surround=0.2,
        balcony=0.15,
        cornice=0.4,
        width=(7.0, 14.0),
    ),
    "row": Style(
        "brick",
        ((0.52, 0.30, 0.22), (0.60, 0.46, 0.36), (0.46, 0.26, 0.21), (0.66, 0.60, 0.52)),
        (2, 3),
        (2.4, 3.0),
        ((1.3, 1.7), (1.3, 1.6)),
        WHITE_FRAMES,
        ("ridge", "gable"),
        TILE_RED + SLATE,
        0.05,
        width=(6.0, 9.0),
    ),
    "villa": Style(
        "plaster",
        ((0.82, 0.80, 0.75), (0.78, 0.74, 0.62), (0.80, 0.78, 0.76), (0.70, 0.66, 0.60), (0.76, 0.62, 0.50)),
        (2, 3),
        (2.6, 3.4),
        ((1.2, 1.6), (1.3, 1.5)),
        WHITE_FRAMES,
        ("ridge", "gable"),
        TILE_RED,
        0.0,
        shutters=0.3,
        balcony=0.25,
        width=(9.0, 13.0),
    ),
    "postwar": Style(
        "plaster",
        (
            (0.76, 0.74, 0.68),
            (0.68, 0.66, 0.60),
            (0.70, 0.65, 0.52),
            (0.62, 0.62, 0.60),
            (0.72, 0.62, 0.52),
            (0.66, 0.69, 0.68),
        ),
        (4, 5),
        (2.8, 3.5),
        ((1.5, 1.9), (1.35, 1.5)),
        WHITE_FRAMES,
        ("ridge", "flat", "ridge"),
        TILE_RED + SLATE,
        0.45,
        balcony=0.45,
        cornice=0.2,
        storey_height=(2.8, 3.0),
        width=(12.0, 20.0),
    ),
    "concrete": Style(
        "concrete",
        ((0.66, 0.66, 0.64), (0.58, 0.58, 0.57), (0.72, 0.70, 0.66), (0.60, 0.56, 0.50)),
        (5, 7),
        (2.8, 3.6),
        ((1.8, 2.4), (1.6, 1.9)),
        DARK_FRAMES,
        ("flat",),
        SLATE,
        0.5,
        balcony=0.3,
        storey_height=(3.0, 3.4),
        width=(16.0, 26.0),
    ),
    "office": Style(
        "concrete",
        ((0.72, 0.72, 0.71), (0.50, 0.52, 0.54), (0.62, 0.60, 0.56), (0.44, 0.40, 0.37)),
        (5, 7),
        (2.6, 3.2),
        ((2.3, 2.8), (1.8, 2.1)),
        DARK_FRAMES,
        ("flat",),
        SLATE,
        0.6,
        storey_height=(3.4, 3.7),
        width=(18.0, 30.0),
        bands=True,
    ),
    "sandstone": Style(
        "stone",
        ((0.70, 0.60, 0.46), (0.64, 0.56, 0.46), (0.58, 0.54, 0.48)),
        (3, 4),
        (2.4, 3.0),
        ((1.1, 1.3), (1.8, 2.1)),
        WHITE_FRAMES,
        ("mansard", "ridge"),
        SLATE,
        0.4,
        surround=1.0,
        cornice=1.0,
        balcony=0.2,
        storey_height=(3.4, 3.8),
        width=(12.0, 20.0),
    ),
}
