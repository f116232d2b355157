"""The commands of ``python -m segcore``: one module each, with ``add_arguments(parser)`` and ``run(arguments)``."""
