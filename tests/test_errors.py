from segcore.errors import first_line


def test_an_error_of_another_library_in_one_line():
    assert first_line(ValueError("  No such layer.\nTraceback of another\nkind")) == "No such layer"


def test_an_error_without_words_gives_its_type():
    assert first_line(TimeoutError()) == "TimeoutError"
