"""A picture and its ground truth have one size, whether the picture's pixels are read or its header alone."""

import numpy as np
import pytest
from PIL import Image

from segcore.errors import InputError
from segcore.frames.frame import Frame, read_pair, read_truth_alone


def make_frame(folder, *, picture: tuple[int, int], truth: tuple[int, int], turned: bool = False) -> Frame:
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
    Image.fromarray(np.zeros((*picture, 3), np.uint8)).save(folder / "picture.png", exif=exif)
    Image.fromarray(np.full(truth, 7, np.uint8)).save(folder / "mask.png")
    return Frame("a", "val", "", folder / "picture.png", folder / "mask.png")


@pytest.mark.parametrize("read", [read_pair, read_truth_alone])
def test_another_size_is_refused(tmp_path, read):
    with pytest.raises(InputError, match=r"a is 6 x 4 \(width x height\) but its ground truth is 5 x 4;"):
        read(make_frame(tmp_path, picture=(4, 6), truth=(4, 5)))
    (tmp_path / "picture.png").unlink()
    with pytest.raises(InputError, match=r"picture\.png cannot be opened"):
        read(Frame("a", "val", "", tmp_path / "picture.png", tmp_path / "mask.png"))


@pytest.mark.parametrize("turned", [False, True])
def test_the_size_is_that_of_the_upright_picture(tmp_path, turned):
    frame = make_frame(tmp_path, picture=(4, 6), truth=(6, 4) if turned else (4, 6), turned=turned)
    image, truth = read_pair(frame)
    alone = read_truth_alone(frame)
    assert image.shape[:2] == truth.shape == alone.shape
    assert (truth == 0).all() and (alone == 0).all()
