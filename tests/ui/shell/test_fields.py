"""Errors that name an option of the command line name the field of the page there."""

import ast
from pathlib import Path

import segcore.adding.description
import segcore.adding.masks
import segcore.frames.usable
from segcore.errors import InputError
from ui.shell.fields import _OPTION, FIELDS, with_fields
from ui.shell.text import message_of


def test_options_become_fields_and_what_is_no_option_stays():
    error = InputError("--std and --factor must not be 0; choose --output-kind logits, or one with --output.")
    assert message_of(error) == (
        "“Std” and “Then times” must not be 0; choose “Holds” logits, or one with “Output”."
    )
    for text in ("a--std", "--std.png", "--stdev", "---std", "--mean_", "train --resume", "--"):
        assert with_fields(text) == text


def test_every_option_that_a_page_can_be_told_of_is_a_field():
    named = set()
    for module in (segcore.adding.description, segcore.adding.masks, segcore.frames.usable):
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        named |= {option for text in texts if isinstance(text, str) for option in _OPTION.findall(text)}
    # Where a page asks for a size, its fields allow no wrong one.
    assert {"output", "encoding", "skip-unusable"} < named and named - {"size"} <= set(FIELDS)
