"""Class lists of data sets and models, one JSON file each, and how they map to each other."""
