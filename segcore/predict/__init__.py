"""From a picture to classes and probabilities: here, into files, or on a cluster."""
