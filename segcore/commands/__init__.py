"""The commands of ``python -m segcore``: a module each, with ``add_arguments(parser)`` and ``run(arguments)``."""
