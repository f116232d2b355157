"""Adaptation of ONNX graphs, see ``segcore.predict.adaptation``; it costs time only for unusual pictures.

A network that adapts to each picture takes 1.5 times as long, because its batch normalisation cannot be merged into
its convolutions; but most pictures are usual and need no adaptation. So there are two more graphs beside the plain
one. The *watching* graph is the plain graph that also returns statistics of fine features; it predicts all views but
the largest. If no layer is unusual, the plain graph predicts that one; otherwise the *following* graph predicts all.
Heavy snow is unusual in small views, light fog in large ones, and both in fine features before all others; the features
of coarse maps change more with the content of a picture than with the weather.
"""
