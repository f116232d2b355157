"""Reading, augmenting, training, evaluating and comparing road-scene segmentation models."""
