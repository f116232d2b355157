"""Vehicles, one file for each kind."""
