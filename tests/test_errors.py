import pickle

from segcore.errors import LONGEST_MESSAGE, InputError, first_line


def test_an_error_of_another_library_in_one_line():
    assert first_line(ValueError("  No such layer.\nTraceback of another\nkind")) == "No such layer"


def test_an_error_without_words_gives_its_type():
    assert first_line(TimeoutError()) == "TimeoutError"


def test_a_message_stays_on_one_line_whatever_the_names_in_it():
    error = InputError("a\nb\x1b[31m\udcff\u2028c é 12\u202f% 👩‍👩‍👧")
    assert str(error) == r"a\nb\x1b[31m\udcff\u2028c é 12" + "\u202f% 👩‍👩‍👧"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_the_middle_of_a_very_long_message_is_left_out():
    error = InputError("It has " + "x" * 100_000 + "; expected less.")
    assert str(error).startswith("It has xxx") and str(error).endswith("xxx; expected less.")
    assert len(str(error)) <= LONGEST_MESSAGE + 5
    assert str(InputError("y" * LONGEST_MESSAGE)) == "y" * LONGEST_MESSAGE
