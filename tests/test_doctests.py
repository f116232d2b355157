"""Examples in docstrings run as tests: pytest must be told of every module that has some."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_module_with_examples_is_among_the_tests():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"][
        "ini_options"
    ]
    listed = {path for path in options["testpaths"] if path != "tests"}
    with_examples = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "segcore").rglob("*.py")
        if ">>> " in path.read_text(encoding="utf-8")
    }
    assert listed == with_examples
    assert "--doctest-modules" in options["addopts"]
