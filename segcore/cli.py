"""The command line: finds the command, and turns what goes wrong into one line and an exit code."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from segcore.errors import InputError

COMMANDS = {
    "runs": "list the runs and their scores",
    "add": "make a run of a network or of masks that somebody else made",
    "dataset": "tell what a folder of frames holds, and what does not fit",
    "train": "train a run, or go on with one",
    "average": "make one run of several that were trained from the same weights",
    "adapt": "let a run follow frames that are unlike those of its training",
    "export": "write a network as an ONNX file, or make a run of it in 8 bits",
    "evaluate": "score a run on annotated frames, as the Cityscapes benchmark does",
    "predict": "write the masks of pictures",
    "robustness": "score a run under weather of rising severity",
    "report": "write the comparison of two runs as one HTML file",
    "card": "write the model cards anew from the stored results",
    "refresh": "score anew what is not of the weights as they are, and write the cards",
}

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(arguments: Sequence[str] | None = None, *, program: str = "segcore") -> int:
    """Run a command and return the exit code: 0, 2 for bad input or a file that fails, 130 after Ctrl-C.

    Args:
        arguments: the command and its options; those of this process by default.
        program: what the user calls the command line.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
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
        # Whoever read the output has left, as "head" does; Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # A full disk, a folder that may not be written: nothing that a traceback would explain.
        sys.stderr.write(f"segcore: error: {error}\n")
        return EXIT_BAD_INPUT


def build_parser(chosen: Sequence[str], *, program: str = "segcore") -> argparse.ArgumentParser:
    """Return a parser that knows every command by name and the arguments of the ``chosen`` ones.

    Only these are imported: training brings TensorFlow, and listing runs should not wait for it.
    """
    parser = argparse.ArgumentParser(
        prog=program, description="Train, score and compare road-scene segmentation models."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name in chosen:
            _module(name).add_arguments(command)
    return parser


def _module(command: str):
    return importlib.import_module(f"segcore.commands.{command}")
