"""Text and JSON of users: what is no regular file, too large, no text or out of bounds is one sentence."""

import json
import os

import pytest

from segcore.classes.files import read_space
from segcore.errors import InputError
from segcore.frames.layout import read_layout
from segcore.runs.curve_table import open_table
from segcore.system.files import read_json
from segcore.system.reading import parse_json, read_text
from segcore.training.config import read_config

READERS = [read_space, read_layout, read_json, read_config, open_table]


@pytest.mark.parametrize("read", READERS)
def test_only_regular_files_of_text_are_opened(tmp_path, read):
    pipe, folder, circle, binary = (tmp_path / name for name in ("pipe", "folder", "circle", "binary"))
    # Opening it would wait for a writer.
    os.mkfifo(pipe)
    folder.mkdir()
    circle.symlink_to(circle)
    binary.write_bytes(b"\xff\xfe\x00")
    for path, said in (
        (pipe, "is not a regular file"),
        (folder, "is not a regular file"),
        (circle, "cannot be read: Too many levels of symbolic links"),
        (binary, "is not a text file of UTF-8"),
        (tmp_path / "none", "is missing"),
    ):
        with pytest.raises(InputError, match=f"{path.name} {said}; .+ expected"):
            read(path)
    with pytest.raises(InputError, match=r"is not a valid name of a file; .+ expected"):
        read(tmp_path / "null\0")


def test_a_file_may_be_as_large_as_is_said_and_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(b"\xef\xbb\xbfab")
    assert read_text(path, most_bytes=5, expected="a text is expected") == "ab"
    path.write_bytes(b"x" * 1_000_001)
    with pytest.raises(InputError, match=r"^A list is larger than 1 MB; a list is expected\.$"):
        read_text(path, most_bytes=1_000_000, expected="a list is expected", name="A list")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not valid JSON"),
        ("[NaN]", "NaN is not a JSON number"),
        ("[1e999]", "the number inf"),
        (f"[{10**30}]", "a number of 100 bits"),
        ("[" * 40 + "]" * 40, "more than 32 deep"),
        ("[" * 100_000, "not valid JSON"),
        (json.dumps(["\ud800"]), "not valid Unicode"),
        (json.dumps(["x" * 100_001]), "100,001 characters"),
    ],
)
def test_json_out_of_bounds_is_named(text, said):
    with pytest.raises(InputError, match=f"^It .*{said}"):
        parse_json(text, name="It")
