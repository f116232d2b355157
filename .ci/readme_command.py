"""Print the first bash block under a heading of README.md, so that the documented commands are tested."""

import re
import sys
from pathlib import Path


def main() -> None:
    heading = sys.argv[1]
    text = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}$.*?^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    if found is None:
        sys.exit(f"README.md has no bash block under '## {heading}'")
    sys.stdout.write(found[1])


if __name__ == "__main__":
    main()
