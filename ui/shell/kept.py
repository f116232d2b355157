"""What is made from files, kept for all visitors until one of the files changes."""

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ParamSpec, TypeVar

import streamlit as st

from segcore.system.files import file_version

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_PLAIN = (str, int, float, type(None))


def kept_until_changed(
    files: Callable[_Arguments, Iterable[Path]],
    *,
    most: int,
    copied: bool = False,
    spinner: bool | str = False,
) -> Callable[[Callable[_Arguments, _Result]], Callable[_Arguments, _Result]]:
    """Decorate a function so that its results are kept until a file changes that they were made from.

    Results are told apart by their files, the versions of these, and those arguments that are texts, numbers or
    None. Whatever else the function is given, such as a run, is known by its files alone.

    Args:
        files: takes the function's arguments and returns the files, which need not exist.
        most: how many results are kept.
        copied: whether each call gets a copy of its own. Without it callers must not change what they get, and
            large results cost nothing at a rerun.
        spinner: what the page says meanwhile, nothing by default.
    """

    def decorate(make: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
        def remember(paths: tuple, versions: tuple, plain: tuple, _arguments: tuple) -> _Result:
            return make(*_arguments)

        # Streamlit tells functions apart by these.
        remember.__module__, remember.__qualname__ = make.__module__, make.__qualname__
        cache = st.cache_data if copied else st.cache_resource
        remembered = cache(max_entries=most, show_spinner=spinner)(remember)

        @functools.wraps(make)
        def call(*arguments: _Arguments.args) -> _Result:
            paths = tuple(files(*arguments))
            plain = tuple(argument for argument in arguments if isinstance(argument, _PLAIN))
            return remembered(tuple(map(str, paths)), tuple(map(file_version, paths)), plain, arguments)

        return call

    return decorate
