"""Placement of objects in a scene: each file places one kind of object."""
