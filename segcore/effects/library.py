"""Import of Albumentations, in this file only, with its check for a newer version on the network switched off."""

import os

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"

import albumentations

__all__ = ["albumentations"]
