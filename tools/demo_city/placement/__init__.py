"""What stands where in a scene: each file places one kind of thing."""
