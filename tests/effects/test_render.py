import cv2
import numpy as np
import pytest
from made_street import street
from PIL import Image

from segcore.effects.chain import Chain, from_json, from_text, make_step, to_json, to_text
from segcore.effects.render import MINIMUM_SIDE, apply, expand, seeds, to_code
from segcore.effects.table import EFFECTS
from segcore.errors import InputError

CHAINS = [
    *(f"{name}-{severity}" for name, row in EFFECTS.items() if row.has_severity for severity in (1, 5)),
    "horizontal_flip",
    "vertical_flip",
    "",
    "fog-0",
    "rain-4~fog-2-patch.85",
    "snow-2~horizontal_flip~spatter_mud-3~noise-1~vertical_flip",
    "snow-3-flakes.none-haze.0~shadow-2-corners.3~gravel-2~jpeg-4",
    "rain-3~fog-0~rain-3-slant.-30-length.15.0",
]


def run_shown_code(code: str, folder, image, mask=None):
    """Run the code as somebody would who saved it beside frame.png; return what it wrote."""
    Image.fromarray(image).save(folder / "frame.png")
    if mask is not None:
        Image.fromarray(mask).save(folder / "mask.png")
    exec(compile(code, "shown.py", "exec"), {"__name__": "__main__"})
    written = np.asarray(Image.open(folder / "augmented.png"))
    return written, None if mask is None else np.asarray(Image.open(folder / "augmented_mask.png"))


@pytest.mark.parametrize("text", CHAINS)
def test_the_shown_code_and_json_repeat_the_picture_bit_for_bit(text, frame, mask, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chain = from_text(text, seed=77)
    image, moved = apply(chain, frame, mask)
    shown_image, shown_mask = run_shown_code(to_code(chain, frame.shape[:2]), tmp_path, frame, mask)
    assert np.array_equal(image, shown_image)
    assert np.array_equal(moved, shown_mask)
    again, _ = apply(from_json(to_json(chain)), frame, mask)
    assert np.array_equal(image, again)
    linked, _ = apply(from_text(to_text(chain), seed=77), frame)
    assert np.array_equal(image, linked)


def test_code_without_a_mask_asks_for_none(frame, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chain = from_text("rain-3~horizontal_flip", seed=1)
    code = to_code(chain, frame.shape[:2], with_mask=False)
    assert "mask.png" not in code
    shown, _ = run_shown_code(code, tmp_path, frame)
    assert np.array_equal(shown, apply(chain, frame)[0])


def test_code_names_each_transform_in_order_and_the_seed():
    code = to_code(from_text("fog-3~horizontal_flip~rain-1", seed=12), (512, 1024))
    places = [
        code.index(part) for part in ("A.RandomFog(", "A.HorizontalFlip(p=1)", "A.RandomRain(", "seed=12")
    ]
    assert places == sorted(places)
    assert "1024 x 512" in code
    assert "strict=True" in code


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_repeats_itself_and_leaves_its_input_alone(name, frame, mask):
    chain = Chain((make_step(name),), seed=3)
    before, mask_before = frame.copy(), mask.copy()
    first, second = apply(chain, frame, mask), apply(chain, frame, mask)
    assert np.array_equal(first[0], second[0])
    assert first[0].dtype == np.uint8 and first[0].shape == frame.shape
    assert not np.array_equal(first[0], frame)
    assert np.array_equal(frame, before) and np.array_equal(mask, mask_before)


@pytest.mark.parametrize("name", EFFECTS)
def test_masks_move_with_flips_and_with_nothing_else(name, frame, mask):
    _, moved = apply(Chain((make_step(name),)), frame, mask)
    expected = {"horizontal_flip": mask[:, ::-1], "vertical_flip": mask[::-1]}.get(name, mask)
    assert np.array_equal(moved, expected)
    assert moved.dtype == np.uint8


def test_flips_are_the_plain_mirror_images(frame):
    assert np.array_equal(apply(from_text("horizontal_flip"), frame)[0], frame[:, ::-1])
    assert np.array_equal(apply(from_text("vertical_flip"), frame)[0], frame[::-1])
    assert np.array_equal(apply(from_text("vertical_flip~horizontal_flip"), frame)[0], frame[::-1, ::-1])


def test_jpeg_is_what_opencv_writes_at_that_quality(frame):
    made, _ = apply(from_text("jpeg-3-quality.20"), frame)
    # Albumentations hands RGB to a writer of BGR: red and blue trade places while colour is thinned out.
    _, written = cv2.imencode(".jpg", frame, (cv2.IMWRITE_JPEG_QUALITY, 20))
    assert np.array_equal(made, cv2.imdecode(written, cv2.IMREAD_COLOR))


def test_brightness_and_contrast_are_a_line_through_the_values():
    image = np.full((40, 40, 3), 100, np.uint8)
    made, _ = apply(from_text("brightness_contrast-3-brightness.10-contrast.-40"), image)
    # 100 * (1 - 0.40) + 0.10 * 255 = 85.5
    assert np.all(np.abs(made.astype(float) - 85.5) <= 0.5)


def test_the_veil_of_fog_moves_values_towards_its_grey():
    image = np.zeros((64, 128, 3), np.uint8)
    made, _ = apply(from_text("fog-3-density.50-patchiness.0"), image)
    # Half of 0.82 * 255, and no patches.
    assert np.all(np.abs(made.astype(float) - 104.55) <= 1)


def test_noise_has_the_spread_that_the_slider_says():
    image = np.full((256, 256, 3), 128, np.uint8)
    made, _ = apply(from_text("noise-3-spread.10"), image)
    assert (made.astype(float) - 128).std() == pytest.approx(25.5, rel=0.02)


@pytest.mark.parametrize("width", [512, 1024])
@pytest.mark.parametrize("coverage", [5, 20, 40])
def test_mud_covers_the_share_that_the_slider_says(width, coverage):
    image = np.full((width // 2, width, 3), 255, np.uint8)
    chain = from_text(f"spatter_mud-3-coverage.{coverage}-size.0.6-strength.100", seed=4)
    made, _ = apply(chain, image)
    # Blurred spots: the covered share is the mean opacity. The darkest channel carries most of it.
    lost = (255 - made.astype(float)[..., 2]).mean() / (255 - 44)
    assert lost == pytest.approx(coverage / 100, rel=0.4)


def test_the_seed_moves_the_drops(frame):
    first, second = (apply(Chain((make_step("rain"),), seed=seed), frame)[0] for seed in (1, 2))
    assert not np.array_equal(first, second)


def test_the_order_of_a_chain_counts(frame):
    first, _ = apply(from_text("rain-5~gaussian_blur-5"), frame)
    second, _ = apply(from_text("gaussian_blur-5~rain-5"), frame)
    assert not np.array_equal(first, second)


def test_an_empty_chain_gives_both_back(frame, mask):
    image, moved = apply(Chain(()), frame, mask)
    assert image is frame and moved is mask
    assert apply(Chain(()), frame)[1] is None


@pytest.mark.parametrize("size", [(MINIMUM_SIDE, MINIMUM_SIDE), (MINIMUM_SIDE, 700), (200, 40), (51, 33)])
@pytest.mark.parametrize("name", EFFECTS)
def test_any_shape_down_to_the_smallest(name, size):
    image = street(5, (128, 128))[np.arange(size[0]) % 128][:, np.arange(size[1]) % 128]
    for severity in (1, 5) if EFFECTS[name].has_severity else (None,):
        made, _ = apply(Chain((make_step(name, severity=severity),)), image)
        assert made.shape == image.shape


@pytest.mark.parametrize("name", [name for name, effect in EFFECTS.items() if effect.has_severity])
@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("size", [(MINIMUM_SIDE, 64), (512, 256)])
def test_both_ends_of_every_slider_render(name, end, size):
    image = street(6, (512, 512))[: size[0], : size[1]].copy()
    values = {p.name: getattr(p, end) for p in EFFECTS[name].parameters if hasattr(p, end)}
    made, _ = apply(Chain((make_step(name, parameters=values),)), image)
    assert made.shape == image.shape


def test_what_is_too_small_is_refused():
    image = np.zeros((MINIMUM_SIDE - 1, 99, 3), np.uint8)
    with pytest.raises(InputError, match=r"99 x 31 pixels; choose one of at least 32 x 32"):
        apply(from_text("rain-1"), image)
    assert apply(from_text("rain-0"), image)[0] is image


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        (np.zeros((64, 64, 4), np.uint8), None),
        (np.zeros((64, 64), np.uint8), None),
        (np.zeros((64, 64, 3), np.float32), None),
        (np.zeros((64, 64, 3), np.uint8), np.zeros((64, 63), np.uint8)),
        (np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64), np.int64)),
    ],
)
def test_arrays_of_another_kind_are_refused(image, mask):
    with pytest.raises(ValueError, match="expected uint8"):
        apply(from_text("rain-1"), image, mask)


def test_what_a_transform_fills_in_is_void():
    albumentations = pytest.importorskip("albumentations")
    for name in EFFECTS:
        for transform, arguments in expand(Chain((make_step(name),)), (256, 512)):
            if "fill_mask" in getattr(albumentations, transform).__init__.__annotations__:
                assert arguments.get("fill_mask") == 255, name


def test_effects_of_a_chain_do_not_draw_alike(frame):
    rain = make_step("rain", severity=3)
    grey = np.full((256, 512, 3), 128, np.uint8)
    drops = [
        apply(Chain(steps, seed=7), grey)[0] for steps in ((rain,), (make_step("fog", severity=0), rain))
    ]
    assert not np.array_equal(*drops)
    # The second step of seed 7 draws as the first of seed 8.
    assert np.array_equal(drops[1], apply(Chain((rain,), seed=8), grey)[0])


def test_both_discs_of_a_flare_have_one_seed():
    flare = Chain((make_step("rain"), make_step("sun_flare"), make_step("snow")), seed=3)
    assert seeds(flare, (256, 512)) == (3, 4, 4, 5, 5, 5)
