"""Reading, augmenting, training, evaluating and comparing road-scene segmentation models."""

__version__ = "0.1.0"
