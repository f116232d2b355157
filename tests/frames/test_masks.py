"""Masks in every kind of file: the ids as stored, or one sentence."""

import io
import os
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from png_files import GREY_ALPHA, PALETTE, RGB, RGBA, make_png
from tiff_files import make_tiff

from segcore.classes.files import space_of
from segcore.errors import InputError
from segcore.frames.encoding import LABEL_ID_MASKS, encoding_of
from segcore.frames.masks import UnknownValuesError, read_mask
from segcore.labels import LABEL_IDS, LABEL_SPACES, LABELS

IDS = np.array([[7, 8, 26, 21, 0], [24, 11, 17, 23, 33]], np.uint8)
COLORS = {label.id: label.color for label in LABELS if label.id >= 0}
PAINTED = np.array([[COLORS[int(value)] for value in row] for row in IDS], np.uint8)
TWO = space_of("two", [{"name": "ground", "color": [10, 20, 30]}, {"name": "rest", "color": [200, 0, 0]}])
MANY = space_of("many", [f"class {place}" for place in range(254)])


def encoded(image: Image.Image | np.ndarray, kind: str = "PNG", **options) -> bytes:
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def palette_picture(indices: np.ndarray, colors: list) -> bytes:
    picture = Image.fromarray(np.asarray(indices, np.uint8)).convert("L")
    picture = Image.frombytes("P", picture.size, picture.tobytes())
    picture.putpalette([part for color in colors for part in color])
    return encoded(picture)


def read(content: bytes, kind: str = "label-ids", space=None, **options) -> list:
    classes = read_mask(content, encoding_of(kind, space, **options))
    assert classes.dtype == np.uint8
    return classes.tolist()


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_grey_is_read_as_stored_at_every_depth(depth, interlaced):
    values = np.arange(11 * 13).reshape(11, 13) % min(1 << depth, 34)
    assert read(make_png(values, depth=depth, interlaced=interlaced)) == values.tolist()


@pytest.mark.parametrize("depth", [8, 16])
def test_three_equal_channels_and_opaque_alpha_are_ids(depth):
    full = np.full((*IDS.shape, 1), (1 << depth) - 1)
    one, three = IDS[..., None], IDS[..., None].repeat(3, axis=2)
    expected = IDS.tolist()
    assert read(make_png(three, depth=depth, color=RGB)) == expected
    assert read(make_png(np.concatenate([one, full], 2), depth=depth, color=GREY_ALPHA)) == expected
    assert read(make_png(np.concatenate([three, full], 2), depth=depth, color=RGBA)) == expected


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("color", [GREY_ALPHA, RGBA])
def test_transparent_pixels_are_refused_with_their_number(depth, color):
    channels = {GREY_ALPHA: 2, RGBA: 4}[color]
    values = np.full((2, 3, channels), 7)
    values[..., -1] = (1 << depth) - 1
    values[0, :2, -1] = [0, 9]
    with pytest.raises(InputError, match="is transparent on 2 pixels; save the mask opaque"):
        read(make_png(values, depth=depth, color=color))


def test_official_colours_are_read_exactly():
    expected = np.where(IDS == 0, 0, IDS).tolist()
    assert read(encoded(PAINTED)) == expected
    opaque = np.dstack([PAINTED, np.full(IDS.shape, 255, np.uint8)])
    assert read(encoded(opaque)) == expected
    wide = PAINTED.astype(np.uint16) * 257
    assert read(make_png(wide, depth=16, color=RGB)) == expected


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "PPM", "WEBP"])
def test_colours_may_come_in_any_exact_format(kind):
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    assert read(encoded(PAINTED, kind, **options)) == IDS.tolist()


def test_colours_as_train_ids_leave_what_is_not_scored_void():
    classes = read(encoded(PAINTED), "train-ids")
    assert classes == [[0, 1, 13, 8, 255], [11, 2, 5, 10, 18]]
    parking = np.array([[COLORS[9], (0, 0, 0)]], np.uint8)
    assert read(encoded(parking), "train-ids") == [[255, 255]]


def test_colours_of_greys_alone_are_colours():
    greys = np.array([[COLORS[11], COLORS[17], (0, 0, 0)]], np.uint8)
    assert read(encoded(greys)) == [[11, 17, 0]]


def test_unknown_colours_are_listed_with_their_counts():
    painted = np.tile(PAINTED, (2, 1, 1))
    painted[0, :2], painted[3, 0] = (1, 2, 3), (9, 9, 9)
    with pytest.raises(UnknownValuesError) as error:
        read(encoded(painted))
    assert "(1, 2, 3) on 2 pixels and (9, 9, 9) on 1 pixel" in str(error.value)
    assert error.value.counts == {"(1, 2, 3)": 2, "(9, 9, 9)": 1}
    again = pickle.loads(pickle.dumps(error.value))
    assert (str(again), again.counts) == (str(error.value), error.value.counts)


def test_unknown_values_are_listed_with_their_counts():
    values = np.array([[34, 34, 7], [99, 255, 254]], np.uint8)
    with pytest.raises(
        UnknownValuesError, match=r"not label ids: 34 on 2 pixels, 99 on 1 pixel and 254"
    ) as error:
        read(encoded(values))
    assert error.value.counts == {"34": 2, "99": 1, "254": 1}
    assert "expected 0..33, or 255 for void" in str(error.value)


def test_of_many_unknown_values_the_most_frequent_are_named():
    values = np.concatenate([np.full(5, 100), np.arange(40, 60)]).astype(np.uint8)[None]
    with pytest.raises(
        UnknownValuesError, match=r"100 on 5 pixels, 40 on 1 pixel, .* and 13 more on 13 pixels"
    ):
        read(encoded(values))


def test_all_values_but_those_of_classes_are_refused():
    for kind, known in (("label-ids", 34), ("train-ids", 19)):
        for value in range(256):
            content = make_png([[value]])
            if value < known or value == 255:
                assert read(content, kind) == [[value]]
            else:
                with pytest.raises(UnknownValuesError):
                    read(content, kind)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_what_does_not_keep_values_is_refused_with_the_reason(kind):
    for picture in (PAINTED, IDS):
        if kind == "AVIF" and picture.ndim == 2:
            continue
        with pytest.raises(InputError, match=rf"{kind}, which changes values; save the mask as PNG"):
            read(encoded(picture, kind))


def test_a_tiff_with_jpeg_inside_is_refused():
    large = np.tile(PAINTED, (16, 16, 1))
    with pytest.raises(InputError, match="a lossy compression"):
        read(encoded(large, "TIFF", compression="jpeg"))
    for compression in ("tiff_lzw", "tiff_deflate", "packbits", None):
        assert read(encoded(large, "TIFF", compression=compression)) == np.tile(IDS, (16, 16)).tolist()


def test_instance_ids_are_their_labels():
    values = np.array([[7, 26003, 24000, 33999], [4, 1000 * 11, 255, 65535]])
    assert read(make_png(values, depth=16), "instance-ids") == [[7, 26, 24, 33], [4, 11, 255, 255]]
    with pytest.raises(UnknownValuesError, match="34001 on 1 pixel"):
        read(make_png([[34001]], depth=16), "instance-ids")
    with pytest.raises(UnknownValuesError, match="999 on 1 pixel"):
        read(make_png([[999]], depth=16), "instance-ids")
    with pytest.raises(UnknownValuesError, match="26003 on 1 pixel"):
        read(make_png([[26003]], depth=16))


@pytest.mark.parametrize("order", ["<", ">"])
def test_16_bits_of_either_byte_order(order):
    values = np.array([[7, 26, 300, 65535]], np.uint16)
    content = make_tiff(values, order=order)
    assert read(content, "indices", TWO, values=(7, 26), void=(300,)) == [[0, 1, 255, 255]]


@pytest.mark.parametrize("bits", [16, 32])
def test_minus_one_is_void_in_signed_files(bits):
    values = np.array([[-1, 5], [33, 0]])
    assert read(make_tiff(values, bits=bits, is_signed=True)) == [[255, 5], [33, 0]]
    with pytest.raises(UnknownValuesError, match="-2 on 1 pixel"):
        read(make_tiff(np.array([[-2, 5]]), bits=bits, is_signed=True))


def test_values_beyond_16_bits_are_listed():
    with pytest.raises(UnknownValuesError, match="70000 on 1 pixel"):
        read(make_tiff(np.array([[70000, 5]]), bits=32))


@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 12, 16])
def test_a_grey_tiff_gives_its_values(bits, white_is_zero):
    if bits == 12 and white_is_zero:
        pytest.skip("Pillow does not open it")
    values = IDS.astype(int) % (1 << bits)
    assert read(make_tiff(values, bits=bits, white_is_zero=white_is_zero)) == values.tolist()


@pytest.mark.parametrize("highest", [33, 100, 255, 256, 1000, 65535])
@pytest.mark.parametrize("comment", [b"", b"# 12 34\n"])
def test_pgm_of_any_highest_value_gives_its_values(highest, comment):
    size = ">u2" if highest > 255 else "u1"
    content = b"P5\n" + comment + b"5 2\n%d\n" % highest + IDS.astype(size).tobytes()
    assert read(content) == IDS.tolist()
    plain = b"P2 5 2 %d\n" % highest + b" ".join(b"%d" % value for value in IDS.ravel())
    assert read(plain) == IDS.tolist()


def test_bitmaps_give_their_bits():
    assert read(b"P1 3 1\n1 0 1\n") == [[1, 0, 1]]
    assert read(b"P4 3 1\n\xa0") == [[1, 0, 1]]
    assert read(encoded(Image.fromarray(np.array([[True, False]])), "BMP")) == [[1, 0]]


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_a_palette_gives_its_indices(depth):
    count = min(1 << depth, 34)
    indices = np.arange(count).reshape(1, -1)
    palette = [(255 - place, place, 7) for place in range(count)]
    assert read(make_png(indices, depth=depth, color=PALETTE, palette=palette)) == indices.tolist()


def test_a_palette_in_the_colours_of_the_classes_agrees_with_its_indices():
    palette = [COLORS[place] for place in range(34)]
    assert read(palette_picture(IDS, palette)) == IDS.tolist()
    # "static" is black as "unlabeled" is, and stays what its index says.
    assert read(palette_picture([[4, 0, 7]], palette)) == [[4, 0, 7]]


def test_a_palette_of_other_indices_is_read_by_its_colours():
    # As programs write it that make PNG files smaller.
    used = np.unique(IDS)
    order = np.roll(used, 3)
    indices = np.searchsorted(used, IDS)
    indices = (indices + 3) % len(used)
    assert (order[indices] == IDS).all()
    assert read(palette_picture(indices, [COLORS[int(value)] for value in order])) == IDS.tolist()
    quantized = Image.fromarray(PAINTED).convert("P", palette=Image.Palette.ADAPTIVE)
    assert read(encoded(quantized)) == IDS.tolist()


@pytest.mark.parametrize("void", [[(255, 255, 255)] * 242, [(9, 8, 7)] * 242, []])
def test_void_has_any_colour_in_a_palette_or_none(void):
    # Train ids with the colours of their classes: index 0 is the road, which is label 7, and index 13 the car, 26.
    colors = [COLORS[label] for label in (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26)]
    content = make_png([[0, 13, 255]], color=PALETTE, palette=colors + void)
    assert read(content, "colors", LABEL_IDS) == [[7, 26, 255]]
    assert read(content) == [[7, 26, 255]]
    assert read(content, "train-ids") == [[0, 13, 255]]
    with pytest.raises(
        InputError, match=r"at other indices than theirs, .* colour \(1, 2, 3\) of the index 14;"
    ):
        read(make_png([[0, 2, 13, 14]], color=PALETTE, palette=[*colors, (1, 2, 3)]))
    nothing = make_png([[255, 255]], color=PALETTE, palette=[(1, 2, 3), *void])
    assert read(nothing, "colors", LABEL_IDS) == read(nothing) == [[255, 255]]


def test_a_palette_of_greys_stands_for_grey_values_where_its_indices_are_no_ids():
    assert read(palette_picture([[40, 41]], [(0,) * 3] * 40 + [(7,) * 3, (8,) * 3])) == [[7, 8]]


def test_a_palette_whose_greys_and_indices_are_both_ids_is_refused():
    with pytest.raises(
        InputError, match=r"has a palette with the grey 21 for the index 0, and both are values of classes"
    ):
        read(palette_picture([[0, 1, 2]], [(21,) * 3, (7,) * 3, (26,) * 3]))
    assert read(palette_picture([[0, 1, 2]], [(0,) * 3, (1,) * 3, (2,) * 3])) == [[0, 1, 2]]
    assert read(palette_picture([[0, 1, 2]], [(0,) * 3, (127,) * 3, (255,) * 3])) == [[0, 1, 2]]


def test_the_palette_of_other_data_sets_means_nothing():
    voc = [(0, 0, 0), (128, 0, 0), (0, 128, 0)]
    assert read(palette_picture([[0, 0]], voc), "train-ids") == [[0, 0]]
    assert read(palette_picture([[0, 1, 2]], voc), "train-ids") == [[0, 1, 2]]


def test_colours_of_a_class_list():
    painted = np.array([[(10, 20, 30), (200, 0, 0), (0, 0, 0)]], np.uint8)
    assert read(encoded(painted), "colors", TWO) == [[0, 1, 255]]
    assert read(palette_picture([[1, 0, 2]], [(200, 0, 0), (10, 20, 30), (0, 0, 0)]), "colors", TWO) == [
        [0, 1, 255]
    ]
    with pytest.raises(UnknownValuesError, match=r"\(7, 7, 7\) on 1 pixel"):
        read(encoded(np.array([[7]], np.uint8)), "colors", TWO)


def test_a_colour_of_two_classes_tells_neither():
    twins = space_of("twins", [{"name": "a", "color": [1, 1, 2]}, {"name": "b", "color": [1, 1, 2]}])
    with pytest.raises(UnknownValuesError, match=r"\(1, 1, 2\) on 1 pixel"):
        read(encoded(np.array([[(1, 1, 2)]], np.uint8)), "colors", twins)


def test_an_index_without_a_colour_is_refused_where_colours_count():
    content = make_png([[0, 3]], color=PALETTE, palette=[(10, 20, 30)])
    with pytest.raises(InputError, match="uses the index 3, whose colour its palette lacks"):
        read(content, "colors", TWO)


def test_indices_with_void_and_with_values_of_their_own():
    assert read(make_png([[0, 1, 11, 255]]), "indices", TWO, void=(11,)) == [[0, 1, 255, 255]]
    assert read(make_png([[0, 255]]), "indices", TWO, values=(0, 255)) == [[0, 1]]
    assert read(make_png([[200, 201, 255]]), "indices", TWO, values=(201, 200)) == [[1, 0, 255]]
    with pytest.raises(UnknownValuesError, match=r"2 on 1 pixel; expected 0\.\.1, 11, or 255 for void"):
        read(make_png([[2]]), "indices", TWO, void=(11,))


def test_a_list_of_254_classes_uses_every_value():
    values = np.arange(254)[None]
    assert read(make_png(values), "indices", MANY) == values.tolist()
    with pytest.raises(UnknownValuesError, match="254 on 1 pixel"):
        read(make_png([[254]]), "indices", MANY)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_mask_stands_upright_as_its_picture_does(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = Image.open(io.BytesIO(encoded(IDS, exif=exif)))
    expected = np.asarray(ImageOps.exif_transpose(picture))
    assert read(encoded(IDS, exif=exif)) == expected.tolist()


def test_what_is_no_mask_is_named():
    with pytest.raises(InputError, match=r"channels C\+M\+Y\+K"):
        read(encoded(Image.new("CMYK", (4, 4)), "TIFF"))
    with pytest.raises(InputError, match="channels F"):
        read(encoded(np.zeros((2, 2), np.float32), "TIFF"))
    with pytest.raises(InputError, match="is empty"):
        read(b"")


def test_encodings_that_cannot_be():
    with pytest.raises(InputError, match="no encoding 'labels'"):
        encoding_of("labels")
    with pytest.raises(InputError, match="need a list of their classes"):
        encoding_of("indices")
    with pytest.raises(InputError, match="3 values for 2 classes"):
        encoding_of("indices", TWO, values=(1, 2, 3))
    with pytest.raises(InputError, match="a different value"):
        encoding_of("indices", TWO, values=(1, 1))
    with pytest.raises(InputError, match=r"0\.\.65535"):
        encoding_of("indices", TWO, values=(1, 1 << 16))
    assert encoding_of("label-ids").space is LABEL_IDS
    assert encoding_of("train-ids").space is LABEL_SPACES["train_ids"]


def test_only_regular_files_are_opened(tmp_path):
    pipe = tmp_path / "mask.png"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="it is not a regular file"):
        read_mask(pipe, LABEL_ID_MASKS)
    loop = tmp_path / "loop.png"
    loop.symlink_to(loop)
    with pytest.raises(InputError, match=r"loop\.png cannot be opened"):
        read_mask(loop, LABEL_ID_MASKS)
    with pytest.raises(InputError, match="it is a folder"):
        read_mask(tmp_path, LABEL_ID_MASKS)
    with pytest.raises(InputError, match="not a valid name of a file"):
        read_mask("a\0b", LABEL_ID_MASKS)


depths = st.sampled_from([1, 2, 4, 8, 16])
sizes = st.tuples(st.integers(1, 12), st.integers(1, 12))


@settings(max_examples=150, deadline=None)
@given(depths, sizes, st.booleans(), st.integers(0, 1 << 32))
def test_any_ids_come_back_from_any_file(depth, size, interlaced, seed):
    random = np.random.default_rng(seed)
    ids = random.integers(0, min(1 << depth, 34), size)
    assert read(make_png(ids, depth=depth, interlaced=interlaced)) == ids.tolist()
    if depth >= 8:
        three = ids[..., None].repeat(3, axis=2)
        assert read(make_png(three, depth=depth, color=RGB, interlaced=interlaced)) == ids.tolist()
    else:
        palette = [(9, 255 - place, place) for place in range(1 << depth)]
        content = make_png(ids, depth=depth, color=PALETTE, palette=palette, interlaced=interlaced)
        assert read(content) == ids.tolist()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["PNG", "TIFF", "BMP", "GIF", "PPM"]), st.integers(0, 5000), st.integers(0, 255))
def test_a_changed_byte_gives_ids_or_a_sentence(kind, position, value):
    content = bytearray(encoded(IDS, kind))
    position %= len(content)
    changed = content[position] != value
    content[position] = value
    try:
        classes = read_mask(bytes(content), LABEL_ID_MASKS, max_pixels=100_000)
    except InputError:
        return
    assert classes.dtype == np.uint8
    assert classes.ndim == 2
    assert set(np.unique(classes)) <= {*range(34), 255}
    if changed and kind == "PNG":
        pytest.fail("a PNG file with a changed byte was read")
