"""Networks as ONNX graphs: writing them, giving them their weights, running them with ONNX Runtime.

Only ``export`` and what it calls builds a network with Keras; all else gets by without.
"""
