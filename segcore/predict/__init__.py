"""Prediction of classes and probabilities for pictures: in this process, to files, or on a cluster."""
