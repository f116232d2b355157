"""Files that are sent past the page of a public server: what of them is kept."""

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from ui.shell.upload_room import MOST_FILES, BoundedUploads


def _store(**limits: int) -> MemoryUploadedFileManager:
    files = MemoryUploadedFileManager("/upload")
    files.add_file = BoundedUploads(files, **limits)
    return files


def _add(files: MemoryUploadedFileManager, name: str, size: int, visitor: str = "one") -> None:
    files.add_file(visitor, UploadedFileRec(name, name, "image/png", bytes(size)))


def _kept(files: MemoryUploadedFileManager, visitor: str = "one") -> list[str]:
    return list(files.file_storage[visitor])


def test_the_newest_files_of_each_visitor_are_kept_up_to_a_limit():
    files = _store(largest=10, most=25)
    for name in "abc":
        _add(files, name, 10)
    assert _kept(files) == ["b", "c"]
    _add(files, "d", 5)
    assert _kept(files) == ["b", "c", "d"]
    _add(files, "e", 1)
    assert _kept(files) == ["c", "d", "e"]
    _add(files, "a", 10, visitor="other")
    assert _kept(files, "other") == ["a"] and _kept(files) == ["c", "d", "e"]


def test_a_file_above_the_limit_is_not_kept():
    files = _store(largest=10, most=25)
    _add(files, "a", 10)
    _add(files, "b", 11)
    assert _kept(files) == ["a"]


def test_very_many_small_files_are_limited_as_well():
    files = _store(largest=10, most=25)
    for place in range(MOST_FILES + 3):
        _add(files, str(place), 0)
    assert len(_kept(files)) == MOST_FILES and _kept(files)[0] == "3"
