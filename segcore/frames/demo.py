"""Folder and name of the demo city, the data set that is included in the project."""

from segcore.system.places import SHIPPED

DEMO_CITY = SHIPPED / "data" / "demo_city"
DEMO_NAME = "Demo city"
