"""Shapes and colours of passenger cars and vans."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CarShape:
    """A car's side view: heights in metres at fractions of the length counted from the tail."""

    length: float
    width: float
    top: tuple[tuple[float, float], ...]
    belt: float
    cowl: float
    header: float
    roof_end: float
    glass_end: float
    wheel: float = 0.32
    axles: tuple[float, float] = (0.17, 0.815)
    clearance: float = 0.2
    doors: tuple[float, ...] = (0.645, 0.415)
    side_glass_end: float = 0.16
    rear_windows: bool = True

    @property
    def arch(self) -> float:
        """The radius of a wheel arch."""
        return self.wheel + 0.055

    @property
    def axle_ys(self) -> list[float]:
        """The positions of the axles along the car, from its middle."""
        return [(a - 0.5) * self.length for a in self.axles]


CAR_SHAPES: dict[str, CarShape] = {
    "hatchback": CarShape(
        4.05,
        1.76,
        (
            (0.0, 0.78),
            (0.012, 0.97),
            (0.03, 1.06),
            (0.11, 1.38),
            (0.28, 1.475),
            (0.45, 1.48),
            (0.57, 1.42),
            (0.745, 1.02),
            (0.86, 0.90),
            (0.95, 0.76),
            (1.0, 0.56),
        ),
        0.92,
        0.745,
        0.575,
        0.13,
        0.04,
        side_glass_end=0.13,
    ),
    "sedan": CarShape(
        4.65,
        1.80,
        (
            (0.0, 0.72),
            (0.01, 0.93),
            (0.05, 1.01),
            (0.14, 1.06),
            (0.30, 1.39),
            (0.42, 1.45),
            (0.52, 1.44),
            (0.60, 1.37),
            (0.745, 0.99),
            (0.87, 0.88),
            (0.96, 0.73),
            (1.0, 0.54),
        ),
        0.92,
        0.74,
        0.60,
        0.31,
        0.15,
        side_glass_end=0.22,
        doors=(0.65, 0.43),
        axles=(0.20, 0.82),
    ),
    "estate": CarShape(
        4.70,
        1.80,
        (
            (0.0, 0.76),
            (0.01, 0.98),
            (0.03, 1.08),
            (0.085, 1.36),
            (0.17, 1.45),
            (0.42, 1.49),
            (0.53, 1.46),
            (0.61, 1.38),
            (0.755, 1.0),
            (0.87, 0.89),
            (0.96, 0.74),
            (1.0, 0.55),
        ),
        0.93,
        0.755,
        0.605,
        0.10,
        0.035,
        side_glass_end=0.09,
        doors=(0.66, 0.45),
        axles=(0.20, 0.82),
    ),
    "suv": CarShape(
        4.45,
        1.86,
        (
            (0.0, 0.85),
            (0.01, 1.10),
            (0.03, 1.20),
            (0.09, 1.52),
            (0.22, 1.65),
            (0.43, 1.68),
            (0.54, 1.63),
            (0.73, 1.17),
            (0.86, 1.05),
            (0.95, 0.92),
            (1.0, 0.66),
        ),
        1.05,
        0.735,
        0.555,
        0.11,
        0.035,
        wheel=0.365,
        clearance=0.26,
        side_glass_end=0.10,
    ),
    "minivan": CarShape(
        4.35,
        1.80,
        (
            (0.0, 0.82),
            (0.01, 1.02),
            (0.025, 1.12),
            (0.075, 1.52),
            (0.2, 1.64),
            (0.43, 1.66),
            (0.58, 1.56),
            (0.80, 1.06),
            (0.90, 0.92),
            (0.97, 0.76),
            (1.0, 0.60),
        ),
        0.97,
        0.80,
        0.60,
        0.09,
        0.03,
        side_glass_end=0.08,
        doors=(0.68, 0.44),
        axles=(0.18, 0.82),
    ),
    "city": CarShape(
        3.5,
        1.66,
        (
            (0.0, 0.80),
            (0.014, 0.98),
            (0.03, 1.08),
            (0.09, 1.40),
            (0.28, 1.50),
            (0.45, 1.51),
            (0.58, 1.44),
            (0.79, 1.03),
            (0.90, 0.90),
            (0.965, 0.76),
            (1.0, 0.58),
        ),
        0.93,
        0.79,
        0.585,
        0.105,
        0.035,
        wheel=0.29,
        axles=(0.155, 0.83),
        doors=(0.675, 0.40),
        side_glass_end=0.12,
    ),
    "van": CarShape(
        5.3,
        1.98,
        (
            (0.0, 1.0),
            (0.006, 1.85),
            (0.015, 2.15),
            (0.06, 2.28),
            (0.4, 2.33),
            (0.66, 2.32),
            (0.73, 2.22),
            (0.88, 1.32),
            (0.955, 1.12),
            (0.985, 0.95),
            (1.0, 0.64),
        ),
        1.16,
        0.885,
        0.735,
        0.03,
        0.012,
        wheel=0.34,
        axles=(0.20, 0.84),
        doors=(0.80, 0.62),
        side_glass_end=0.64,
        clearance=0.28,
        rear_windows=False,
    ),
}

CAR_COLOURS = (
    (0.05, 0.05, 0.055),
    (0.09, 0.095, 0.10),
    (0.55, 0.56, 0.57),
    (0.62, 0.63, 0.64),
    (0.36, 0.37, 0.39),
    (0.86, 0.86, 0.85),
    (0.80, 0.80, 0.79),
    (0.08, 0.12, 0.24),
    (0.10, 0.18, 0.36),
    (0.45, 0.06, 0.07),
    (0.33, 0.05, 0.06),
    (0.22, 0.24, 0.26),
    (0.07, 0.15, 0.13),
    (0.40, 0.36, 0.30),
    (0.16, 0.27, 0.42),
    (0.24, 0.16, 0.11),
    (0.03, 0.03, 0.035),
    (0.60, 0.44, 0.10),
)
