"""Networks as ONNX graphs: export, weights, and inference with ONNX Runtime.

Only ``export`` and the modules that it calls need Keras.
"""
