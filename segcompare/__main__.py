"""The command ``segcompare``: starts the app, and passes every other command to the library."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from segcore import cli
from segcore.errors import InputError
from segcore.frames.dataset import open_dataset
from segcore.system.places import SHIPPED
from segcore.system.settings import DATA, RUNS, check_settings, expanded

# The app bounds its heaps when it starts; from the first moment on, this saves some 100 MB more with many visitors.
_FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the app and wait for its end, or run a command of ``python -m segcore``; return the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments and not arguments[0].startswith("-"):
        return cli.main(arguments, program="segcompare")
    parsed = _parser().parse_args(arguments)
    try:
        command, variables = app_command(
            data=parsed.data, runs=parsed.runs, port=parsed.port, browser=parsed.browser
        )
    except InputError as error:
        sys.stderr.write(f"segcompare: error: {error}\n")
        return cli.EXIT_BAD_INPUT
    try:
        return subprocess.run(command, env=_FEW_HEAPS | os.environ | variables, check=False).returncode
    except KeyboardInterrupt:
        return cli.EXIT_INTERRUPTED


def app_command(
    *, data: Path | None, runs: Path | None, port: int | None, browser: bool
) -> tuple[list[str], dict[str, str]]:
    """Return the command line that starts the app, and the variables of the environment to add.

    Args:
        data: folder of a data set, which the app then offers.
        runs: folder of runs, which need not exist yet.
        port: to listen on; Streamlit's own choice by default.
        browser: whether to open the app in one.

    Raises:
        InputError: the data set is not known, the runs are no folder, or a setting is wrong.
    """
    variables = {}
    if data is not None:
        variables[DATA.name] = str(open_dataset(expanded(data)).root.absolute())
    if runs is not None:
        folder = expanded(runs).absolute()
        if folder.exists() and not folder.is_dir():
            raise InputError(f"--runs {runs} is no folder; give the one that holds your runs.")
        variables[RUNS.name] = str(folder)
    check_settings()
    command = [sys.executable, "-m", "streamlit", "run", str(SHIPPED / "app.py")]
    # Streamlit would ask for an e-mail address before it first opens a browser.
    command += [f"--server.headless={'false' if browser else 'true'}", "--server.showEmailPrompt=false"]
    return command + ([] if port is None else [f"--server.port={port}"]), variables


def _parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  {name:<12}{text}" for name, text in cli.COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="segcompare",
        usage="segcompare [--data ROOT] [--runs DIR] [--port N] [--no-browser]\n       segcompare COMMAND ...",
        description="Compare two road-scene segmentation models: without a command, start the app.",
        epilog=f"commands, each with its own --help:\n{commands}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, metavar="ROOT", help=f"{DATA.meaning}, which the app offers")
    parser.add_argument(
        "--runs", type=Path, metavar="DIR", help=f"{RUNS.meaning}, in place of the included ones"
    )
    parser.add_argument(
        "--port", type=_port, metavar="N", help="port of the app (default: 8501, or the next free one)"
    )
    parser.add_argument(
        "--no-browser", dest="browser", action="store_false", help="do not open the app in a browser"
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no port; expected a number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
