"""Where the demo city lies, whose frames come with the project."""

from pathlib import Path

DEMO_CITY = Path(__file__).resolve().parents[2] / "data" / "demo_city"
