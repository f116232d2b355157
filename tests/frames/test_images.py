"""Reading pictures of every kind a person may upload, and refusing what is none."""

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from segcore.errors import InputError
from segcore.frames import images

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


def png(width: int, height: int, *, depth: int, color: int, rows: bytes) -> bytes:
    """Write a PNG by hand, for what Pillow cannot write."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


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
    result = images.read_image(png(2, 1, depth=16, color=2, rows=rows))
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
    assert images.read_mask(encoded(picture, **options)).tolist() == [[0, 1], [2, 1]]


def test_cmyk_jpeg_is_converted():
    cmyk = Image.new("CMYK", (16, 16), (0, 255, 255, 0))  # no cyan, full magenta and yellow: red
    result = images.read_image(encoded(cmyk, "JPEG", quality=95))
    assert result.shape == (16, 16, 3)
    assert np.abs(result.astype(int) - [255, 0, 0]).max() < 8


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (UPSIDE_DOWN, 2), (QUARTER_TURN, 3), (8, 1)])
def test_exif_orientation_is_applied_once(kind, orientation, turns):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    result = images.read_image(encoded(smooth(), kind, exif=exif))
    expected = np.rot90(smooth(), turns)
    assert result.shape == expected.shape
    assert np.abs(result.astype(int) - expected).mean() < 3


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


def test_a_flipped_byte_in_a_png_is_noticed(pixels):
    content = bytearray(encoded(pixels))
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(InputError, match="damaged"):
        images.read_image(bytes(content))


def test_200_megapixels_are_refused_from_the_header():
    # The rows are missing altogether: decoding would fail with another message.
    content = png(20_000, 10_000, depth=8, color=2, rows=b"")
    with pytest.raises(InputError, match=r"more.* pixels.* than the 50 million") as error:
        images.read_image(content)
    assert "damaged" not in str(error.value)


def test_the_limit_is_on_the_number_of_pixels(pixels):
    assert images.read_image(encoded(pixels), max_pixels=60).shape == (6, 10, 3)
    with pytest.raises(InputError, match=r"10 x 6 pixels, more than the 5\.9e-05 million"):
        images.read_image(encoded(pixels), max_pixels=59)


def test_what_is_no_picture_is_named(tmp_path):
    text = tmp_path / "notes.png"
    text.write_text("not a picture")
    with pytest.raises(InputError, match=r"notes\.png is not a picture that can be read; expected a PNG"):
        images.read_image(text)
    with pytest.raises(InputError, match=r"^The picture is empty"):
        images.read_image(b"")
    with pytest.raises(InputError, match=r"absent\.png cannot be opened \(No such file"):
        images.read_image(tmp_path / "absent.png")
    with pytest.raises(InputError, match="cannot be opened"):
        images.read_image(tmp_path)


def test_postscript_never_reaches_an_interpreter():
    with pytest.raises(InputError, match="not a picture"):
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
    for read in (images.read_image, images.read_mask):
        with contextlib.suppress(InputError):
            assert read(bytes(content), max_pixels=10_000).ndim in (2, 3)


def test_masks_keep_16_bits(tmp_path):
    values = np.array([[7, 26003], [24000, 65535]], np.uint16)
    path = tmp_path / "instances.png"
    path.write_bytes(encoded(values))
    assert images.read_mask(path).tolist() == values.tolist()


def test_a_coloured_mask_is_refused(pixels):
    with pytest.raises(InputError, match=r"channels R\+G\+B; expected a mask with one channel"):
        images.read_mask(encoded(pixels))


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
