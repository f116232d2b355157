"""Marks as CSV: what is written is read again, and a file that cannot be read says why in one sentence."""

import math
from dataclasses import replace

import pytest

from segcore.errors import InputError
from ui.compare.mark_file import MOST_MEGABYTES, Mark, marks_csv, read_marks

HEADER = "data,split,frame,note,run_a,run_b,weather,miou_a,miou_b"
MARK = Mark(
    "City", "val", "ulm_1", 'glare, "wet"\u00a0road 🚗', "first", "second", "Rain 3", 0.1 + 0.2, math.nan
)


def test_what_is_written_is_read_again():
    written = marks_csv([MARK, replace(MARK, frame="ulm_2", note="", miou_b=1.0)])
    first, second = read_marks(written.encode())
    assert repr(first) == repr(MARK)
    assert (second.frame, second.note, second.miou_b) == ("ulm_2", "", 1.0)
    assert marks_csv([first, second]) == written
    assert marks_csv([]) == ""


def test_columns_may_come_in_any_order_and_beside_others_after_a_byte_order_mark():
    rows = "frame,miou_b,own,split,data,note,run_a,run_b,weather,miou_a\r\nx,0.5,7,val,City,,a,b,,0.25\r\n"
    assert read_marks(b"\xef\xbb\xbf" + rows.encode()) == (
        Mark("City", "val", "x", "", "a", "b", "", 0.25, 0.5),
    )
    assert read_marks(HEADER.encode()) == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it has no column data, split, frame"),
        (b"frame,note\nx,wet\n", "it has no column data, split, run_a, run_b, weather, miou_a, miou_b"),
        (b"\xff\xfe\x00", "The file is no CSV text in UTF-8."),
        (f'{HEADER}\nCity,val,"x'.encode(), "The file is no CSV text in UTF-8."),
        (f"{HEADER}\nCity,val,x\n".encode(), "Line 2 has too few values."),
        (f"{HEADER}\nCity,val,,,a,b,,,\n".encode(), "Line 2 names no frame."),
        (f"{HEADER}\nCity,val,x,,a,b,,,\nCity,val,y,,a,b,,1.5,\n".encode(), "Line 3: miou_a is '1.5'"),
        (f"{HEADER}\nCity,val,x,,a,b,,,nan\n".encode(), "Line 2: miou_b is 'nan'"),
        (f"{HEADER}\nCity,val,x,{'n' * 301},a,b,,,\n".encode(), "Line 2: note is longer than 300 characters"),
        (b"x" * (MOST_MEGABYTES * 1_000_000 + 1), "The file is larger than 2 MB."),
    ],
)
def test_a_file_that_is_no_list_of_marks_says_why(content: bytes, said: str):
    with pytest.raises(InputError, match=r"^[^\n]*$") as error:
        read_marks(content)
    assert said in str(error.value)
