"""Formats of class lists from data sets and annotation programs.

- ``config.json`` of Mapillary Vistas: ``{"labels": [{"readable": "Car", "color": [0, 0, 142], "evaluate": true}]}``;
- ``label_colors.txt`` of CamVid: one class per line, ``64 128 64  Animal``;
- ``class_dict.csv``: a header ``name,r,g,b`` and one class per line;
- ``_classes.csv`` of Roboflow: a header ``Pixel Value, Class`` and one class per line, in the order of the values;
- ``labelmap.txt`` of CVAT: one class per line, ``car:0,0,142::``, and remarks behind ``#``;
- a JSON list of names or of objects, alone or as ``classes`` beside a ``title``;
- a text file with one name per line.
"""

import csv
import itertools
import re
from collections.abc import Mapping

from segcore.errors import InputError
from segcore.system.reading import parse_json

_COLOR_FIRST = re.compile(r"(\d{1,3})[\s,;]+(\d{1,3})[\s,;]+(\d{1,3})[\s,;]+(\S.*)")
_COLOR_LAST = re.compile(r"([^:#]+):(\d{1,3}),(\d{1,3}),(\d{1,3}):[^:]*:.*")
_NUMBERED = ["pixel value", "class"]
_CSV_COLUMNS = ("name", "r", "g", "b")


def parse_class_list(text: str, *, name: str, number: int | None = None) -> tuple[str, list]:
    """Return the title of a class list (may be empty) and its entries for `segcore.classes.files.space_of`.

    Args:
        text: content of the file.
        name: of the file, for messages.
        number: the number of classes, if it is known. If a text file has this many lines above its first empty line,
            the lines below are remarks and are ignored.

    Raises:
        InputError: ``text`` is invalid JSON, exceeds a limit, or does not hold a list of classes.
    """
    if text.lstrip()[:1] in ("{", "["):
        return _from_json(text, name)
    lines = [line.strip() for line in text.splitlines()]
    filled = [line for line in lines if line]
    if entries := _in_table(filled):
        return "", entries
    above = list(itertools.takewhile(bool, lines))
    return "", list(above if len(above) == number else filled)


def _from_json(text: str, name: str) -> tuple[str, list]:
    content = parse_json(text, name=name)
    title: object = ""
    if isinstance(content, Mapping):
        title = content.get("title", "")
        content = content.get("classes", content.get("labels"))
    if not isinstance(content, list) or not isinstance(title, str):
        raise InputError(
            f'{name} does not hold a list of classes; expected {{"classes": [{{"name": ...}}, ...]}}.'
        )
    return title, [_readable(entry) for entry in content]


def _readable(entry: object) -> object:
    """Return an entry with its name for users, if it has one in addition to a technical name."""
    if isinstance(entry, Mapping) and "readable" in entry:
        return {**entry, "name": entry["readable"]}
    return entry


def _in_table(lines: list[str]) -> list[dict]:
    """Return the entries if all lines have a name with a colour or value in a known format; otherwise an empty list."""
    for pattern, name, colors in ((_COLOR_FIRST, 4, (1, 2, 3)), (_COLOR_LAST, 1, (2, 3, 4))):
        stated = [line for line in lines if not line.startswith("#")]
        found = [pattern.fullmatch(line) for line in stated]
        if found and all(found):
            return [
                {"name": one[name].strip(), "color": [int(one[place]) for place in colors]}
                for one in found
                if one
            ]
    header, *rows = list(csv.reader(lines)) or [[]]
    titles = [title.strip().lower() for title in header]
    if titles == _NUMBERED and [row[0].strip() for row in rows] == [str(value) for value in range(len(rows))]:
        return [{"name": ",".join(row[1:]).strip()} for row in rows]
    if not set(_CSV_COLUMNS) <= set(titles):
        return []
    places = [titles.index(title) for title in _CSV_COLUMNS]
    if not all(
        len(row) == len(titles) and all(row[place].strip().isdecimal() for place in places[1:])
        for row in rows
    ):
        return []
    return [
        {"name": row[places[0]].strip(), "color": [int(row[place]) for place in places[1:]]} for row in rows
    ]
