"""Class lists of data sets and models, one JSON file each, and the mapping between them."""
