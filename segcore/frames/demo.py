"""Where the demo city lies, whose frames come with the project."""

from segcore.system.places import SHIPPED

DEMO_CITY = SHIPPED / "data" / "demo_city"
