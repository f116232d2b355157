"""Reading pictures of every kind a person may upload, and refusing what is none."""

import contextlib
import io
import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from png_files import PALETTE, SIGNATURE, chunk, make_png, png_of_rows
from tiff_files import make_tiff

from segcore.errors import InputError
from segcore.frames import images, opening
from segcore.frames.encoding import LABEL_ID_MASKS
from segcore.frames.masks import read_mask

UPSIDE_DOWN, QUARTER_TURN = 3, 6
ORIENTATION = 0x0112


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (6, 10, 3), dtype=np.uint8)


def smooth() -> np.ndarray:
    """Pixels that JPEG keeps within a few levels."""
    ramp = np.linspace(20, 230, 48).astype(np.uint8)
    return np.stack(
        [np.tile(ramp, (32, 1)), np.tile(ramp[::-1], (32, 1)), np.full((32, 48), 90, np.uint8)], -1
    )


def encoded(image: Image.Image | np.ndarray, kind: str = "PNG", **options) -> bytes:
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_lossless_kinds_come_back_exactly(pixels, kind):
    result = images.read_image(encoded(pixels, kind))
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, pixels)


def test_webp_without_loss_comes_back_exactly(pixels):
    np.testing.assert_array_equal(images.read_image(encoded(pixels, "WEBP", lossless=True)), pixels)


def test_path_string_bytes_and_open_file_are_the_same(tmp_path, pixels):
    path = tmp_path / "frame.png"
    path.write_bytes(encoded(pixels))
    with path.open("rb") as file:
        file.read(7)  # an upload may have been read from before
        from_file = images.read_image(file)
        assert not file.closed
    for result in (from_file, images.read_image(path), images.read_image(str(path))):
        np.testing.assert_array_equal(result, pixels)


def test_jpeg_is_close(pixels):
    result = images.read_image(encoded(smooth(), "JPEG", quality=95))
    assert np.abs(result.astype(int) - smooth()).max() < 12


def test_jpeg_is_decoded_as_pillow_does():
    content = encoded(smooth(), "JPEG", quality=80)
    np.testing.assert_array_equal(images.read_image(content), np.asarray(Image.open(io.BytesIO(content))))


def test_grey_has_three_equal_channels(pixels):
    result = images.read_image(encoded(pixels[..., 0]))
    np.testing.assert_array_equal(result, np.repeat(pixels[..., :1], 3, axis=2))


def test_grey_of_16_bits_keeps_the_upper_byte():
    values = np.array([[0, 255, 256, 0x1234], [0x7FFF, 0x8000, 0xFEFF, 0xFFFF]], np.uint16)
    result = images.read_image(encoded(values))
    assert result[..., 0].tolist() == [[0, 0, 1, 0x12], [0x7F, 0x80, 0xFE, 0xFF]]
    assert (result[..., 0] == result[..., 1]).all()
    assert (result[..., 0] == result[..., 2]).all()


def test_color_of_16_bits_keeps_the_upper_byte():
    rows = b"\0" + struct.pack(">6H", 0x1234, 0xFFFF, 0x0080, 0x8000, 0x00FF, 0xABCD)
    result = images.read_image(png_of_rows(2, 1, depth=16, color=2, rows=rows))
    assert result.tolist() == [[[0x12, 0xFF, 0x00], [0x80, 0x00, 0xAB]]]


def test_alpha_is_dropped(pixels):
    alpha = np.zeros((6, 10, 1), np.uint8)
    np.testing.assert_array_equal(images.read_image(encoded(np.concatenate([pixels, alpha], axis=2))), pixels)


def test_grey_with_alpha(pixels):
    both = Image.merge("LA", [Image.fromarray(pixels[..., 0]), Image.fromarray(pixels[..., 1])])
    np.testing.assert_array_equal(images.read_image(encoded(both))[..., 2], pixels[..., 0])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("options", [{}, {"transparency": 1}, {"transparency": b"\x00\x80\xff"}])
def test_palette_gives_colours_not_indices(options):
    picture = Image.new("P", (2, 2))
    picture.putdata([0, 1, 2, 1])
    picture.putpalette([9, 8, 7, 100, 110, 120, 1, 2, 3])
    expected = [[[9, 8, 7], [100, 110, 120]], [[1, 2, 3], [100, 110, 120]]]
    assert images.read_image(encoded(picture, **options)).tolist() == expected


def test_cmyk_jpeg_is_converted():
    cmyk = Image.new("CMYK", (16, 16), (0, 255, 255, 0))  # no cyan, full magenta and yellow: red
    result = images.read_image(encoded(cmyk, "JPEG", quality=95))
    assert result.shape == (16, 16, 3)
    assert np.abs(result.astype(int) - [255, 0, 0]).max() < 8


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (UPSIDE_DOWN, 2), (QUARTER_TURN, 3), (8, 1)])
def test_exif_orientation_is_applied_once(kind, orientation, turns):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    content = encoded(smooth(), kind, exif=exif)
    result = images.read_image(content)
    expected = np.rot90(smooth(), turns)
    assert result.shape == expected.shape and images.read_size(content) == expected.shape[:2]
    assert np.abs(result.astype(int) - expected).mean() < 3


def test_a_damaged_orientation_turns_neither_pictures_nor_masks():
    exif = Image.Exif()
    exif[ORIENTATION] = QUARTER_TURN
    content = encoded(smooth(), "JPEG", exif=exif)
    # The number of values becomes 256: OpenCV would still take the first one, and Pillow none.
    place = content.index(struct.pack(">HHI", ORIENTATION, 3, 1)) + 4
    content = content[:place] + struct.pack(">I", 256) + content[place + 4 :]
    assert images.read_image(content).shape == smooth().shape
    assert images.read_size(content) == smooth().shape[:2]


def test_exif_orientation_of_grey_is_applied(pixels):
    exif = Image.Exif()
    exif[ORIENTATION] = UPSIDE_DOWN
    result = images.read_image(encoded(pixels[..., 0], exif=exif))
    np.testing.assert_array_equal(result[..., 0], pixels[::-1, ::-1, 0])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.98])
def test_a_truncated_file_is_an_error_not_a_half_grey_picture(kind, share):
    content = encoded(np.random.default_rng(1).integers(0, 256, (64, 96, 3), dtype=np.uint8), kind)
    with pytest.raises(InputError, match=r"damaged or incomplete|not a picture"):
        images.read_image(content[: int(len(content) * share)])


@pytest.mark.parametrize("missing", [1, 2, 30, 2000])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"exif": "a preview"}),
        ("MPO", {}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("AVIF", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "packbits"}),
        ("GIF", {}),
        ("PPM", {}),
    ],
    ids=str,
)
def test_a_cut_off_file_is_noticed_from_its_header(kind, options, missing):
    preview = encoded(np.zeros((8, 8, 3), np.uint8), "JPEG")
    options = {"exif": b"Exif\0\0" + preview} if "exif" in options else options
    content = encoded(np.random.default_rng(1).integers(0, 256, (64, 96, 3), dtype=np.uint8), kind, **options)
    assert images.read_size(content) == images.read_size(content + b"\xff\xda behind it") == (64, 96)
    # A GIF ends with a byte that says that no further picture follows.
    missing += kind == "GIF"
    with pytest.raises(InputError, match=r"damaged or incomplete|or it is cut off"):
        images.read_size(content[:-missing])


@pytest.mark.parametrize("kind", ["GIF", "MPO"])
def test_only_the_first_of_several_pictures_must_be_complete(kind):
    first, second = (
        Image.fromarray(np.random.default_rng(seed).integers(0, 256, (64, 96, 3), dtype=np.uint8))
        for seed in (1, 2)
    )
    alone, both = encoded(first, kind), encoded(first, kind, save_all=True, append_images=[second])
    cut_off = both[: len(alone) + (len(both) - len(alone)) // 2]
    np.testing.assert_array_equal(images.read_image(cut_off), images.read_image(both))
    with pytest.raises(InputError, match="it is cut off"):
        images.read_size(both[: len(alone) // 2])


def test_a_flipped_byte_in_a_png_is_noticed(pixels):
    content = bytearray(encoded(pixels))
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(InputError, match="damaged"):
        images.read_image(bytes(content))


def test_200_megapixels_are_refused_from_the_header():
    # The rows are missing altogether: decoding would fail with another message.
    content = png_of_rows(20_000, 10_000, depth=8, color=2, rows=b"")
    with pytest.raises(InputError, match=r"more.* pixels.* than the limit of 50 million") as error:
        images.read_image(content)
    assert "damaged" not in str(error.value)


def test_the_limit_is_on_the_number_of_pixels(pixels):
    assert images.read_image(encoded(pixels), max_pixels=60).shape == (6, 10, 3)
    with pytest.raises(InputError, match=r"10 x 6 pixels, more than the limit of 5\.9e-05 million"):
        images.read_image(encoded(pixels), max_pixels=59)


def test_what_is_no_picture_is_named(tmp_path):
    text = tmp_path / "notes.png"
    text.write_text("not a picture")
    with pytest.raises(
        InputError, match=r"notes\.png is not a readable picture, or it is cut off; expected a PNG"
    ):
        images.read_image(text)
    with pytest.raises(InputError, match=r"^The picture is empty"):
        images.read_image(b"")
    with pytest.raises(InputError, match=r"absent\.png cannot be opened \(No such file"):
        images.read_image(tmp_path / "absent.png")
    with pytest.raises(InputError, match="cannot be opened"):
        images.read_image(tmp_path)


def test_postscript_never_reaches_an_interpreter():
    with pytest.raises(InputError, match="not a readable picture"):
        images.read_image(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nshowpage\n")


def test_floats_have_no_known_range():
    with pytest.raises(InputError, match="32-bit"):
        images.read_image(encoded(np.ones((4, 4), np.float32), "TIFF"))


@settings(max_examples=200)
@given(
    st.binary(max_size=60),
    st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"]),
    st.integers(0, 200),
)
def test_no_bytes_raise_anything_but_input_error(noise, kind, position):
    content = bytearray(encoded(smooth()[:8, :8], kind))
    position %= len(content)
    content[position : position + len(noise)] = noise
    with contextlib.suppress(InputError):
        assert images.read_image(bytes(content), max_pixels=10_000).ndim == 3
    with contextlib.suppress(InputError):
        assert read_mask(bytes(content), LABEL_ID_MASKS, max_pixels=10_000).ndim == 2


@pytest.mark.parametrize(("bits", "expected"), [(8, [1, 200]), (12, [0x12, 0xFF]), (16, [0x12, 0xFF])])
def test_grey_tiff_of_any_depth_keeps_its_upper_bits(bits, expected):
    values = {8: [[1, 200]], 12: [[0x123, 0xFFF]], 16: [[0x1234, 0xFFFF]]}[bits]
    assert images.read_image(make_tiff(values, bits=bits))[..., 0].tolist() == [expected]


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_a_tiff_where_0_is_white_is_no_negative(bits):
    highest = (1 << bits) - 1
    content = make_tiff([[0, highest]], bits=bits, white_is_zero=True)
    assert images.read_image(content)[..., 0].tolist() == [[255, 0]]


def test_big_endian_grey_of_16_bits_keeps_the_upper_byte():
    content = make_tiff([[0x1234, 0xFFFF]], order=">")
    assert images.read_image(content)[..., 0].tolist() == [[0x12, 0xFF]]


def test_pgm_of_16_bits_keeps_the_upper_byte():
    content = b"P5 2 1 65535\n" + struct.pack(">2H", 0x1234, 0xFF00)
    assert images.read_image(content)[..., 2].tolist() == [[0x12, 0xFF]]


@pytest.mark.parametrize(
    ("long_side", "expected"), [(None, 800), (800, 800), (401, 800), (400, 400), (60, 100)]
)
def test_a_jpeg_may_come_as_small_as_is_needed(long_side, expected):
    picture = Image.fromarray(smooth()).resize((800, 400))
    result = images.read_image(encoded(picture, "JPEG"), long_side=long_side)
    assert result.shape == (expected // 2, expected, 3)
    small = np.asarray(picture.resize((expected, expected // 2), Image.Resampling.BOX)).astype(int)
    assert np.abs(result.astype(int) - small).mean() < 3


def test_other_formats_come_as_they_are(pixels):
    assert images.read_image(encoded(pixels), long_side=2).shape == pixels.shape


def test_a_jpeg_of_very_many_scans_is_refused():
    content = encoded(smooth(), "JPEG", progressive=True)
    assert images.read_image(content).shape == (32, 48, 3)
    scan = content[content.index(b"\xff\xda") : content.rindex(b"\xff\xd9")]
    with pytest.raises(InputError, match="more than 100 scans"):
        images.read_image(content[:-2] + scan * 101 + b"\xff\xd9")


def test_a_wrong_checksum_is_named_for_pictures_and_masks():
    content = bytearray(make_png(np.arange(30).reshape(5, 6)))
    content[content.index(b"IDAT") + 8] ^= 1
    for read in (images.read_image, as_mask):
        with pytest.raises(
            InputError, match=r"damaged or incomplete \(the checksum of its part 'IDAT' is wrong\)"
        ):
            read(bytes(content))


def test_every_flipped_bit_of_a_png_is_noticed():
    whole = make_png(np.arange(30).reshape(5, 6))
    assert as_mask(whole).tolist() == np.arange(30).reshape(5, 6).tolist()
    for place in range(8 * len(whole)):
        content = bytearray(whole)
        content[place // 8] ^= 1 << place % 8
        for read in (images.read_image, as_mask):
            with pytest.raises(InputError):
                read(bytes(content))


@pytest.mark.parametrize("color", [0, 2])
def test_a_png_with_too_few_rows_is_refused(color):
    row = b"\0" + bytes(6 * (3 if color == 2 else 1))
    content = png_of_rows(6, 8, depth=8, color=color, rows=row * 4)
    for read in (images.read_image, as_mask):
        with pytest.raises(InputError, match="it holds about 4 of 8 rows"):
            read(content)


def test_a_png_without_its_palette_is_refused():
    content = make_png([[0, 1]], color=PALETTE)
    for read in (images.read_image, as_mask):
        with pytest.raises(InputError, match="its palette is missing"):
            read(content)


def test_a_palette_that_lacks_a_colour_is_refused():
    colors = [(10, 20, 30), (200, 0, 0)]
    content = make_png([[0, 1]], color=PALETTE, palette=colors)
    assert images.read_image(content).tolist() == [[list(color) for color in colors]]
    with pytest.raises(InputError, match="it has the index 1, but only 1 colours"):
        images.read_image(make_png([[0, 1]], color=PALETTE, palette=colors[:1]))


@pytest.mark.parametrize("has_own", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_first_picture_of_an_animation_counts(channels, has_own):
    all_values = [np.full((4, 6, channels), value, np.uint8) for value in (7, 26, 8)]
    pictures = [Image.fromarray(values[..., 0] if channels == 1 else values) for values in all_values]
    # With a picture of its own for programs without animations, which is no part of the animation.
    content = encoded(pictures[0], save_all=True, append_images=pictures[1:], default_image=has_own)
    assert (images.read_image(content) == 7).all()
    if channels == 1:
        assert (as_mask(content) == 7).all()


def test_an_animation_of_no_pictures_is_the_one_that_is_there(pixels):
    whole = make_png(pixels, color=2)
    promise = chunk(b"acTL", struct.pack(">II", 2, 0))
    end_of_header = 8 + 25
    content = whole[:end_of_header] + promise + whole[end_of_header:]
    np.testing.assert_array_equal(images.read_image(content), pixels)


def test_remarks_of_pillow_on_odd_metadata_are_not_printed(tmp_path, pixels):
    # An orientation of four numbers.
    exif = struct.pack("<2sHIHHHII4H", b"II", 42, 8, 1, ORIENTATION, 3, 4, 26, 1, 1, 1, 1)
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(pixels, "JPEG", exif=b"Exif\0\0" + exif))
    # pytest has filters of its own for warnings.
    reading = f"from segcore.frames.images import read_image; read_image({str(path)!r})"
    done = subprocess.run([sys.executable, "-c", reading], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("length", [10, 40, 50, 80, -1, -12, -13])
def test_a_png_that_is_cut_off_is_refused(length):
    whole = make_png(np.arange(30).reshape(5, 6))
    for read in (images.read_image, as_mask):
        with pytest.raises(InputError, match="damaged or incomplete"):
            read(whole[:length])


def test_compressed_rows_that_are_damaged_behind_a_right_checksum():
    content = SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0))
    content += chunk(b"IDAT", b"\x78\x9cnonsense") + chunk(b"IEND", b"")
    for read in (images.read_image, as_mask):
        with pytest.raises(InputError, match="compressed pixels are damaged"):
            read(content)


def as_mask(content: bytes) -> np.ndarray:
    return read_mask(content, LABEL_ID_MASKS)


def test_only_regular_files_are_opened(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InputError, match="it is not a regular file"):
        images.read_image(tmp_path / "pipe.png")
    monkeypatch.setattr(opening, "MAX_BYTES", 10)
    (tmp_path / "large.png").write_bytes(bytes(11))
    with pytest.raises(InputError, match="more than the limit of 0"):
        images.read_image(tmp_path / "large.png")


def test_resizing_an_image_down_averages():
    image = np.array([[0, 100, 10, 30], [100, 200, 20, 20]], np.uint8)[..., None].repeat(3, axis=2)
    result = images.resize_image(image, (1, 2))
    assert result[..., 0].tolist() == [[100, 20]]


def test_resizing_to_the_same_size_changes_nothing(pixels):
    assert images.resize_image(pixels, (6, 10)) is pixels
    assert images.resize_mask(pixels[..., 0], (6, 10)).tolist() == pixels[..., 0].tolist()


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_a_mask_enlarged_by_a_whole_factor_repeats_its_pixels(pixels, factor):
    mask = pixels[..., 0]
    expected = mask.repeat(factor, axis=0).repeat(factor, axis=1)
    np.testing.assert_array_equal(images.resize_mask(mask, expected.shape), expected)


def test_a_mask_never_gets_new_values():
    mask = np.random.default_rng(0).choice([0, 18, 255], (37, 53)).astype(np.uint8)
    for size in [(11, 17), (100, 200), (37, 10)]:
        result = images.resize_mask(mask, size)
        assert result.shape == size
        assert set(np.unique(result)) <= {0, 18, 255}


def test_a_mask_shrunk_by_an_odd_factor_keeps_the_middle():
    mask = np.arange(81, dtype=np.uint8).reshape(9, 9)
    assert images.resize_mask(mask, (3, 3)).tolist() == mask[1::3, 1::3].tolist()


def test_fitting_shrinks_only():
    wide = np.zeros((1024, 2048, 3), np.uint8)
    assert images.fit_long_side(wide).shape == (512, 1024, 3)
    assert images.fit_long_side(wide[..., 0], 512).shape == (256, 512)
    assert images.fit_long_side(np.zeros((3000, 1, 3), np.uint8)).shape == (1024, 1, 3)
    assert images.fit_long_side(wide, 2048) is wide
