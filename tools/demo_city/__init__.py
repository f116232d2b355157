"""Renders street scenes of fictional cities, with exact ground truth, in the layout of Cityscapes."""
