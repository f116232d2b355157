"""The Runs page's parts: cards are shown as text, archives of masks are unpacked in bounds, opened files go again."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from street_network import street_onnx

from segcore.errors import InputError
from ui.manage import opened_file
from ui.manage.card import as_shown
from ui.manage.opened_file import unpack_masks

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("card", "shown"),
    [
        ("# Title\n\n## Part", "### Title\n\n#### Part"),
        ("![a](http://elsewhere/a.png) ![b][c]", "[a](http://elsewhere/a.png) [b][c]"),
        ("before<!-- scores\nhidden -->after", "beforeafter"),
        ("5 $ and 6 $", "5 \\$ and 6 \\$"),
        (":red[danger] :material/home: https://a.b", "\\:red[danger] \\:material/home: https://a.b"),
        ("```\n# no heading, $HOME\n```\n# one", "```\n# no heading, $HOME\n```\n### one"),
    ],
)
def test_a_card_shows_text_tables_and_links_alone(card, shown):
    assert as_shown(card) == shown


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_masks_of_an_archive_lose_their_folders(tmp_path, folder):
    members = {
        "deep/er/a.png": b"a",
        "../../b.PNG": b"b",
        "__MACOSX/._a.png": b"",
        "notes.txt": b"",
        "/c.png": b"c",
    }
    unpack_masks(archive(tmp_path / "m.zip", **members), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "a.png": b"a",
        "b.PNG": b"b",
        "c.png": b"c",
    }
    assert not (tmp_path / "b.PNG").exists()


def test_archives_that_cannot_be_unpacked(tmp_path, folder, monkeypatch):
    def said(path) -> str:
        with pytest.raises(InputError) as raised:
            unpack_masks(path, folder)
        return str(raised.value)

    assert "holds no PNG files" in said(archive(tmp_path / "m.zip", **{"a.txt": b""}))
    assert "two masks named a.png" in said(archive(tmp_path / "m.zip", **{"x/a.png": b"", "y/a.png": b""}))
    long = said(archive(tmp_path / "m.zip", **{f"{'n' * 300}.png": b""}))
    assert "cannot be unpacked (File name too long)" in long and str(folder) not in long
    (tmp_path / "m.zip").write_bytes(b"PK\x03\x04 something else")
    assert "cannot be unpacked" in said(tmp_path / "m.zip")
    for path in folder.iterdir():
        path.unlink()
    damaged = bytearray(archive(tmp_path / "m.zip", **{"a.png": bytes(range(256)) * 99}).read_bytes())
    damaged[60:90] = bytes(30)
    (tmp_path / "m.zip").write_bytes(damaged)
    assert "m.zip" in said(tmp_path / "m.zip")
    monkeypatch.setattr(opened_file, "MOST_MASKS", 1)
    assert "holds more than 1 masks" in said(archive(tmp_path / "m.zip", **{"a.png": b"", "b.png": b""}))


def test_an_archive_that_says_too_little_of_its_sizes(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(opened_file, "MOST_MASK_BYTES", 1000)
    path = archive(tmp_path / "m.zip", **{"a.png": bytes(100_000)})
    assert path.stat().st_size < 1000
    with pytest.raises(InputError, match="holds more than"):
        unpack_masks(path, folder)
    source = opened_file._Bounded(io.BytesIO(bytes(2000)), 1000)
    assert len(source.read(1000)) == 1000
    with pytest.raises(OSError, match="more than it says"):
        source.read(1)


def test_opened_files_are_bounded_in_number_and_removed(tmp_path):
    opened_file._of_upload.clear()
    content = memoryview(street_onnx(tmp_path / "street.onnx").read_bytes())
    kept = [
        opened_file._of_upload(str(number), "street.onnx", content)
        for number in range(opened_file.MOST_DRAFTS + 1)
    ]
    folders = [file.network.path.parent for file in kept]
    assert [folder.exists() for folder in folders] == [False] + [True] * opened_file.MOST_DRAFTS
    opened_file._of_upload.clear()
    assert not any(folder.exists() for folder in folders)


def test_masks_that_were_tried_out_go_with_the_process(tmp_path):
    Image.fromarray(np.full((8, 8), 26, np.uint8)).save(tmp_path / "a.png")
    trying = (
        "import pathlib; from ui.manage.adding import _written_masks; "
        f"print(_written_masks('x', 'label-ids', 'label_ids', pathlib.Path({str(tmp_path)!r})).run.path)"
    )
    done = subprocess.run(
        [sys.executable, "-c", trying], capture_output=True, text=True, timeout=120, cwd=ROOT, check=True
    )
    written = Path(done.stdout.strip())
    assert written.name == "masks" and not written.parent.exists()


def test_an_upload_that_is_nothing_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(InputError, match=r"^net\.onnx is not an ONNX file"):
        opened_file._of_upload("x", "net.onnx", memoryview(b"nothing"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("SegFormer-b0.onnx", "SegFormer_b0"),
        ("../../x y.tflite", "x_y"),
        ("Straße.onnx", "Stra_e"),
        (".onnx", "new_run"),
    ],
)
def test_a_file_gives_the_run_a_name(name, usual):
    assert opened_file.OpenedFile(name, "").usual_name == usual
