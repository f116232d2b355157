"""The command line: runs the chosen command and turns errors into one line and an exit code."""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from segcore.errors import InputError

COMMANDS = {
    "runs": "list the runs and their scores",
    "add": "add a model or a folder of predicted masks from elsewhere as a run",
    "dataset": "check a folder of frames: its layout, splits, classes, and what does not fit",
    "train": "train a network, or continue a training",
    "average": "average the weights of several runs into a new run",
    "adapt": "let a run adapt its normalisation to unusual frames, such as bad weather",
    "export": "export a run as ONNX, or quantise it to 8 bits",
    "evaluate": "score a run on annotated frames, by the rules of the Cityscapes benchmark",
    "predict": "predict pictures and write their masks",
    "robustness": "score a run under weather of increasing severity",
    "report": "write a report that compares two runs, as one HTML file",
    "card": "rewrite the model cards from the stored scores",
    "refresh": "update all stale scores, then rewrite the model cards",
}

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, the convention of shells


def main(arguments: Sequence[str] | None = None, *, program: str = "python -m segcore") -> int:
    """Run a command and return the exit code: 0; 2 for bad input or a file error; 130 after Ctrl-C.

    Args:
        arguments: the command and its options; default: the arguments of this process.
        program: the program's name in usage texts.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of files may be no valid text, or none of this terminal's encoding.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        parsed = build_parser(arguments[:1], program=program).parse_args(arguments)
        code = _module(parsed.command).run(parsed)
        sys.stdout.flush()
        return code
    except InputError as error:
        sys.stderr.write(f"segcore: error: {error}\n")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("segcore: interrupted\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of the output, such as "head", has closed it. Without this, Python would print an error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # For example a full disk or a read-only folder: a traceback would not help, and no number of an error.
        place = error.filename2 or error.filename
        sys.stderr.write(f"segcore: error: {f'{error.strerror}: {place!r}.' if place else error}\n")
        return EXIT_BAD_INPUT


def build_parser(chosen: Sequence[str], *, program: str = "python -m segcore") -> argparse.ArgumentParser:
    """Return a parser that knows the names of all commands and the arguments of the ``chosen`` commands.

    Only the chosen commands are imported: "train" imports TensorFlow, and "runs" must not wait for it.
    """
    parser = argparse.ArgumentParser(
        prog=program, description="Train, score and compare road-scene segmentation models."
    )
    # For commands that name the next one.
    parser.set_defaults(program=program)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name in chosen:
            _module(name).add_arguments(command)
    return parser


def _module(command: str):
    return importlib.import_module(f"segcore.commands.{command}")
