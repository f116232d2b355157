"""What drives: each kind of vehicle in a file."""
