"""Albumentations, imported in this one place: unless told not to, it asks the network for newer versions."""

import os

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"

import albumentations

__all__ = ["albumentations"]
