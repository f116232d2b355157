"""``python -m segcore``."""

import sys

from segcore.cli import main

if __name__ == "__main__":
    sys.exit(main())
