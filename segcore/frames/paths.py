"""Patterns of paths, such as ``labels/{split}/{name}_ids.{png,tif}``, and the files below a folder that they match.

``{split}``, ``{group}``, ``{name}`` and any other word in braces each match one part of a path or of a file's name.
Several words with commas between them are a choice; the first of them is preferred. The ending after the last dot and
a choice of folders may be in capitals. No file is opened; each folder is listed once.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from segcore.errors import InputError

_BRACES = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_MOST_WORDS = 3
"""Largest number of words in one part of a path: each word multiplies the matching time by the name's length."""


class Folders:
    """Lists each folder once, and collects problems with single entries, so that the others are still found."""

    def __init__(self):
        self.problems: dict[str, str] = {}
        self._listed: dict[str, list[os.DirEntry]] = {}

    def entries(self, folder: str) -> list[os.DirEntry]:
        """Return the sorted entries of a folder without hidden ones; empty if it does not exist."""
        if folder not in self._listed:
            try:
                with os.scandir(folder) as found:
                    entries = [entry for entry in found if not entry.name.startswith(".")]
            except (FileNotFoundError, NotADirectoryError):
                entries = []
            except OSError as error:
                self.problems[folder] = f"the folder cannot be read ({error.strerror})"
                entries = []
            self._listed[folder] = sorted(entries, key=lambda entry: entry.name)
        return self._listed[folder]

    def is_folder(self, entry: os.DirEntry) -> bool:
        """Return whether an entry is a usable folder, or a link to one."""
        try:
            if not entry.is_dir():
                return False
            entry.name.encode()
            return True
        except UnicodeEncodeError:
            self.problems[entry.path] = "its name is not valid text; rename it"
        except OSError as error:
            self.problems[entry.path] = f"it cannot be followed ({error.strerror})"
        return False

    def is_file(self, entry: os.DirEntry) -> bool:
        """Return whether an entry with the name of a picture is a usable regular file."""
        try:
            if entry.is_file():
                entry.name.encode()
                return True
            self.problems[entry.path] = "it is a folder" if entry.is_dir() else "it is not a regular file"
        except UnicodeEncodeError:
            self.problems[entry.path] = "its name is not valid text; rename it"
        except OSError as error:
            self.problems[entry.path] = f"it cannot be followed ({error.strerror})"
        return False


class Match(NamedTuple):
    """A file, the words in its braces, and the indices of its choices in their lists; the lowest is preferred."""

    path: str
    words: Mapping[str, str]
    choices: tuple[int, ...]


@dataclass(frozen=True)
class PathPattern:
    """A pattern as described in this module; relative, with ``/`` between its parts.

    Raises:
        InputError: the pattern is wrong.
    """

    text: str
    words: tuple[str, ...] = field(init=False, compare=False)

    def __post_init__(self):
        parts = self.text.split("/")
        if not self.text or any(part in ("", ".", "..") or "\0" in part or "\\" in part for part in parts):
            raise InputError(
                f"The path {self.text!r} is not below the root; write it as pictures/{{name}}.png."
            )
        words = _words_of(self.text)
        wrong = [word for word in words if not _WORD.fullmatch(word)]
        if wrong or re.search(r"[{}]", _BRACES.sub("", self.text)):
            raise InputError(
                f"The path {self.text!r} has braces without a word in them, or only one of a pair."
            )
        if any(len(_words_of(part)) > _MOST_WORDS for part in parts):
            raise InputError(
                f"The path {self.text!r} has more than {_MOST_WORDS} words in a part; name fewer."
            )
        if "{name}" not in parts[-1] or words.count("name") != 1:
            raise InputError(
                f"The path {self.text!r} has no place for the name of a frame; write {{name}} in its last part."
            )
        object.__setattr__(self, "words", tuple(dict.fromkeys(words)))

    def in_words(self, match: Match | None = None) -> str:
        """Return the pattern for users, such as ``labels/<split>/<name>_ids.png``.

        Each choice is that of ``match``; without one it is the empty option or else the first.
        """
        chosen = iter(() if match is None else match.choices)
        return _BRACES.sub(lambda found: _for_people(found[1], chosen), self.text)

    def matches(self, root: Path, folders: Folders, **fixed: str) -> Iterator[Match]:
        """Yield the matching files below ``root``, sorted by name in each folder.

        Args:
            root: folder that the pattern is relative to.
            folders: lists folders and collects problems.
            fixed: required values of words, such as ``split="val"``.
        """
        yield from self._below(str(root), self._parts, fixed, (), folders)

    def values(self, root: Path, word: str, folders: Folders) -> set[str]:
        """Return the values of ``word`` below ``root``; later parts of the paths need not exist."""
        last = next(place for place, part in enumerate(self._parts) if word in part.words)
        above = [str(root)]
        for place, part in enumerate(self._parts[: last + 1]):
            entries = [
                (entry, found)
                for folder in above
                for entry in folders.entries(folder)
                if (found := part.expression.fullmatch(entry.name))
                and (place == len(self._parts) - 1 or folders.is_folder(entry))
            ]
            above = [entry.path for entry, _ in entries]
        return {found[word] for _, found in entries}

    def name_in(self, file_name: str) -> str | None:
        """Return the value of ``{name}`` in a file name that matches the last part of the pattern, or None."""
        found = self._parts[-1].expression.fullmatch(file_name)
        return found["name"] if found else None

    @cached_property
    def _parts(self) -> "tuple[_Part, ...]":
        *parents, last = self.text.split("/")
        return (*(_compiled(part) for part in parents), _compiled(last, is_file=True))

    def _below(
        self,
        folder: str,
        parts: "tuple[_Part, ...]",
        words: dict[str, str],
        choices: tuple[int, ...],
        folders: Folders,
    ) -> Iterator[Match]:
        part, rest = parts[0], parts[1:]
        for entry in folders.entries(folder):
            found = part.expression.fullmatch(entry.name)
            if not found:
                continue
            here = {word: found[word] for word in part.words}
            if any(words.get(word, value) != value for word, value in here.items()):
                continue
            chosen = choices + tuple(options[found[name].lower()] for name, options in part.choices.items())
            if rest:
                if folders.is_folder(entry):
                    yield from self._below(entry.path, rest, words | here, chosen, folders)
            elif folders.is_file(entry):
                yield Match(entry.path, words | here, chosen)


@dataclass(frozen=True)
class _Part:
    """One part of a path: its regular expression, its words, and the index of each option of its choices."""

    expression: re.Pattern
    words: tuple[str, ...]
    choices: Mapping[str, Mapping[str, int]]


def _compiled(part: str, *, is_file: bool = False) -> _Part:
    expression, place = "", 0
    words: list[str] = []
    choices: dict[str, dict[str, int]] = {}
    ending = part.rfind(".") if is_file else len(part)
    for found in _BRACES.finditer(part):
        expression += re.escape(part[place : found.start()])
        content, place = found[1], found.end()
        if "," in content:
            options = content.split(",")
            name = f"choice_{len(choices)}"
            choices[name] = {option.lower(): rank for rank, option in reversed(list(enumerate(options)))}
            # Cameras write endings in capitals, and users write names of folders with or without capitals.
            flags = "i" if not is_file or found.start() > ending >= 0 else ""
            expression += f"(?P<{name}>(?{flags}:{'|'.join(map(re.escape, options))}))"
        elif content in words:
            expression += f"(?P={content})"
        else:
            words.append(content)
            expression += f"(?P<{content}>.+?)"
    return _Part(re.compile(expression + re.escape(part[place:]), re.DOTALL), tuple(words), choices)


def _words_of(text: str) -> list[str]:
    return [content for content in _BRACES.findall(text) if "," not in content]


def _for_people(content: str, chosen: Iterator[int]) -> str:
    options = content.split(",")
    if len(options) == 1:
        return f"<{content}>"
    if (place := next(chosen, None)) is not None:
        return options[place]
    return "" if "" in options else options[0]
