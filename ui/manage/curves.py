"""Add a run: the curves of its training, as another tool logged them."""

import tempfile
from pathlib import Path, PurePosixPath

import pandas as pd
import streamlit as st

from segcore.adding.history import read_foreign_history
from segcore.errors import InputError
from segcore.runs.curve_table import MOST_BYTES
from ui.shell.text import markdown_escaped


def choose_curves(*, key: str) -> pd.DataFrame | None:
    """Draw the choice of files with curves, and how they were understood; return the curves, None without files.

    Args:
        key: of the file that may become a run; each has curves of its own.

    Raises:
        InputError: the files are no curves.
    """
    with st.expander("Curves of its training", icon=":material/show_chart:"):
        files = st.file_uploader(
            "CSV or JSON",
            type=["csv", "json"],
            accept_multiple_files=True,
            key=f"{key}_curves",
            max_upload_size=MOST_BYTES // 1_000_000,
            help="What Keras, PyTorch Lightning, Ultralytics, TensorBoard or Weights & Biases logged, or a table with "
            "one row per epoch and names such as train_loss and val_miou. TensorBoard exports one file per curve: "
            "choose all of them.",
        )
        if not files:
            st.caption("Optional: the page Training shows them.")
            return None
        history, sentences = _read([(PurePosixPath(file.name).name, file.getvalue()) for file in files])
        st.caption("  \n".join(markdown_escaped(sentence) for sentence in sentences))
    return history


def _read(files: list[tuple[str, bytes]]) -> tuple[pd.DataFrame, list[str]]:
    # The library reads files by their names, which tell what a curve is of.
    with tempfile.TemporaryDirectory(prefix="segcompare-curves-") as folder:
        for name, content in files:
            _write(Path(folder) / name, content)
        return read_foreign_history(Path(folder) / files[0][0] if len(files) == 1 else Path(folder))


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        raise InputError(f"Two files are called {path.name}; choose the curves of one run.")
    try:
        path.write_bytes(content)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path.name[:60]!r} is no name for a file of curves; give it a shorter one."
        ) from error
