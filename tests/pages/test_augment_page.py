import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from app_pages import APP, open_page
from makers import make_cityscapes
from PIL import Image
from streamlit.testing.v1 import AppTest

import ui.frames.source
from segcore.effects.chain import Chain, from_json, from_text, make_step, to_json
from segcore.effects.render import apply, to_code
from segcore.effects.table import EFFECTS
from ui.augment import share as augment_share
from ui.augment.picture import augmented_layers
from ui.frames.augmented import augmented
from ui.frames.loaded import LoadedFrame

SIZE = (64, 128)


@pytest.fixture(autouse=True)
def _no_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "none")
    monkeypatch.setenv("SEGCORE_RUNS", str(tmp_path / "no runs"))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_cityscapes(tmp_path / "data", frames=2, size=SIZE)
    monkeypatch.setenv("CITYSCAPES_DATASET", str(root))
    return root


def shown_code(app: AppTest) -> str:
    # The page strips the last line break.
    return next(block.value for block in app.code if block.language == "python") + "\n"


def code_of(text: str, *, seed: int = 0) -> str:
    return to_code(from_text(text, seed=seed), SIZE)


def chain_of(app: AppTest) -> str:
    return app.query_params["chain"]


def slider(app: AppTest, label: str):
    return next(found for found in (*app.slider, *app.select_slider) if found.label == label)


def severity(app: AppTest, place: int = 0):
    return [group for group in app.get("button_group") if group.label.startswith("Severity")][place]


def button(app: AppTest, start: str, place: int = 0):
    return [found for found in app.button if (found.key or "").startswith(start)][place]


def test_a_newcomer_sees_rain_with_sliders_and_code(data):
    app = open_page("augment")
    assert any("1. Rain" in text.value for text in app.markdown)
    assert slider(app, "Length (% of height)").value == 8.0
    assert slider(app, "Drops").value == "heavy"
    assert severity(app).value == 3
    assert shown_code(app) == code_of("rain-3")
    assert any(text.value.startswith("Rain 3 · mean absolute change") for text in app.caption)
    assert chain_of(app) == "rain-3"


def test_a_moved_slider_changes_picture_code_and_address(data):
    app = open_page("augment")
    slider(app, "Slant (degrees)").set_value(20).run()
    assert shown_code(app) == code_of("rain-3-slant.20")
    assert chain_of(app) == "rain-3-slant.20"
    assert severity(app).value is None
    assert any(text.value.startswith("Rain, own values") for text in app.caption)
    slider(app, "Slant (degrees)").set_value(-14).run()
    assert severity(app).value == 3
    assert chain_of(app) == "rain-3"


def test_a_severity_sets_all_sliders(data):
    app = open_page("augment")
    slider(app, "Length (% of height)").set_value(15.0).run()
    severity(app).set_value(5).run()
    values = {
        parameter.title: slider(app, f"{parameter.title} ({parameter.unit})").value
        for parameter in EFFECTS["rain"].parameters
        if parameter.name in ("length", "darkening")
    }
    assert values == {"Length": 13.0, "Darkening": 46}
    assert slider(app, "Drops").value == "torrential"
    assert shown_code(app) == code_of("rain-5")


def test_off_leaves_the_frame_as_it_is(data):
    app = open_page("augment")
    severity(app).set_value(0).run()
    assert chain_of(app) == "rain-0"
    assert any(text.value.startswith("no effect · mean absolute change 0.0") for text in app.caption)
    assert not app.slider


def test_effects_are_added_reordered_and_removed(data):
    app = open_page("augment")
    app.selectbox(key="augment_add").set_value("fog").run()
    app.selectbox(key="augment_add").set_value("horizontal_flip").run()
    assert chain_of(app) == "rain-3~fog-3~horizontal_flip"
    assert app.selectbox(key="augment_add").value is None
    assert button(app, "augment_earlier").disabled and not button(app, "augment_later").disabled
    button(app, "augment_later").click().run()
    assert shown_code(app) == code_of("fog-3~rain-3~horizontal_flip")
    button(app, "augment_earlier", 2).click().run()
    assert chain_of(app) == "fog-3~horizontal_flip~rain-3"
    button(app, "augment_remove").click().run()
    assert shown_code(app) == code_of("horizontal_flip~rain-3")


def test_without_effects_the_page_says_so(data):
    app = open_page("augment")
    button(app, "augment_remove").click().run()
    assert chain_of(app) == "none"
    assert any("No effect is chosen" in text.value for text in app.info)
    assert not open_page("augment", chain="none").slider


def test_sliders_stay_with_their_effect_when_the_order_changes(data):
    app = open_page("augment", chain="fog-1-density.77~snow-2")
    button(app, "augment_later").click().run()
    assert slider(app, "Density (%)").value == 77


def test_an_address_brings_chain_seed_and_frame(data):
    app = open_page("augment", chain="fog-4~vertical_flip", seed="12", frame="ulm_000001_000019")
    assert shown_code(app) == code_of("fog-4~vertical_flip", seed=12)
    assert app.selectbox(key="frame").value == "ulm_000001_000019"
    assert not app.warning


@pytest.mark.parametrize(
    "chain", ["hail-3", "rain-9", "rain-3-slant.nan", "rain-3-slant.1000", "%00", "rain~~", "~"]
)
def test_a_chain_that_is_none_falls_back_with_a_notice(data, chain):
    app = open_page("augment", chain=chain)
    assert any("The chain in the address cannot be used" in text.value for text in app.warning)
    assert shown_code(app) == code_of("rain-3")


@pytest.mark.parametrize("seed", ["-1", "nan", "99999999999", "x"])
def test_a_seed_that_is_none_falls_back_with_a_notice(data, seed):
    app = open_page("augment", seed=seed)
    assert any("seed" in text.value for text in app.warning)
    assert shown_code(app) == code_of("rain-3")


def test_dice_roll_another_seed(data):
    app = open_page("augment", seed="5")
    button(app, "seed_dice").click().run()
    rolled = app.number_input(key="seed").value
    assert rolled != 5
    assert shown_code(app) == code_of("rain-3", seed=rolled)


def test_json_is_shown_and_taken_back(data):
    app = open_page("augment", more="JSON")
    assert from_json(app.code[0].value) == from_text("rain-3")
    chain = Chain((make_step("noise", severity=2), make_step("jpeg", severity=1)), seed=31)
    app.text_area(key="augment_pasted").set_value(to_json(chain)).run()
    assert from_json(app.code[0].value) == chain
    assert chain_of(app) == "noise-2~jpeg-1"
    app.text_area(key="augment_pasted").set_value("{").run()
    assert any("not valid JSON" in text.value for text in app.error)
    assert from_json(app.code[0].value) == chain


def test_the_gallery_shows_every_effect_and_adds_one(data):
    app = open_page("augment", more="All effects")
    cards = {
        found.key.removeprefix("augment_take_")
        for found in app.button
        if "augment_take_" in (found.key or "")
    }
    assert cards == set(EFFECTS)
    app.button(key="augment_take_gravel").click().run()
    assert chain_of(app) == "rain-3~gravel-3"


def test_the_chain_survives_a_visit_to_another_page(data):
    app = open_page("augment")
    slider(app, "Slant (degrees)").set_value(7).run()
    app.switch_page("pages/overview.py").run()
    app.query_params.clear()
    app.switch_page("pages/augment.py").run()
    assert slider(app, "Slant (degrees)").value == 7
    assert chain_of(app) == "rain-3-slant.7"


def test_a_full_chain_takes_no_more(data):
    app = open_page("augment", chain="~".join(["rain-1"] * 12), more="All effects")
    assert app.selectbox(key="augment_add").disabled
    app.button(key="augment_take_fog").click().run()
    assert "fog" not in chain_of(app)
    assert any("12 effects at most" in text.value for text in app.toast)


def test_frames_without_ground_truth_need_no_mask(tmp_path, monkeypatch):
    monkeypatch.setenv(
        "CITYSCAPES_DATASET", str(make_cityscapes(tmp_path, frames=1, size=SIZE, with_truth=False))
    )
    app = open_page("augment")
    assert any("no ground truth" in text.value for text in app.caption)
    assert any("Everything: frame before and after, the script" in text.value for text in app.caption)
    assert "mask" not in shown_code(app)


def test_a_frame_whose_file_is_gone_is_a_sentence(data):
    app = open_page("augment")
    for path in (data / "leftImg8bit").rglob("*.png"):
        path.unlink()
    app.run()
    assert not app.exception
    (text,) = (error.value for error in app.error)
    assert "cannot be opened (No such file or directory)" in text


def test_a_frame_too_small_for_effects_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYSCAPES_DATASET", str(make_cityscapes(tmp_path, frames=1, size=(16, 40))))
    app = open_page("augment")
    assert [text.value for text in app.error] == [
        "The frame is 40 x 16 pixels; choose one of at least 32 x 32."
    ]


def test_without_frames_the_page_leads_to_what_is_wrong(monkeypatch, tmp_path):
    monkeypatch.setenv("CITYSCAPES_DATASET", str(tmp_path / "nowhere"))
    app = open_page("augment")
    assert any("the sidebar says what is wrong" in text.value for text in app.info)
    assert not app.slider


def made_frame(*, with_truth: bool = True) -> LoadedFrame:
    generator = np.random.default_rng(8)
    image = generator.integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    return LoadedFrame("made", image, generator.integers(0, 19, SIZE, dtype=np.uint8) if with_truth else None)


def test_layers_of_a_frame_with_and_without_ground_truth():
    chain = from_text("horizontal_flip")
    names = [layer.name for layer in augmented_layers("layers-a", chain, made_frame())]
    assert names == ["before", "after", "difference", "mask_before", "mask"]
    without = augmented_layers("layers-b", chain, made_frame(with_truth=False))
    assert [layer.name for layer in without] == ["before", "after", "difference"]


def test_pictures_are_told_apart_by_frame_chain_and_seed_and_cannot_be_written_to():
    frame, chain = made_frame(), from_text("rain-3", seed=1)
    first = augmented("told-a", chain, frame)
    assert augmented("told-a", chain, frame) is first
    for key, other in (
        ("told-b", chain),
        ("told-a", from_text("rain-3", seed=2)),
        ("told-a", from_text("rain-4", seed=1)),
    ):
        assert augmented(key, other, frame) is not first
    assert not first.image.flags.writeable and not first.mask.flags.writeable
    assert frame.image.flags.writeable


def test_the_archive_holds_a_script_that_repeats_the_picture(tmp_path, monkeypatch):
    frame, chain = made_frame(), from_text("spatter_mud-2~vertical_flip", seed=6)
    with zipfile.ZipFile(io.BytesIO(augment_share.archive("archive", chain, frame))) as archive:
        archive.extractall(tmp_path)
    expected, mask = apply(chain, frame.image, frame.truth)
    for name, pixels in (("augmented.png", expected), ("augmented_mask.png", mask)):
        assert np.array_equal(np.asarray(Image.open(tmp_path / name)), pixels)
        (tmp_path / name).unlink()
    monkeypatch.chdir(tmp_path)
    exec(compile((tmp_path / "augment.py").read_text(), "augment.py", "exec"), {})
    assert np.array_equal(np.asarray(Image.open(tmp_path / "augmented.png")), expected)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "augmented_mask.png")), mask)
    assert from_json((tmp_path / "chain.json").read_text()) == chain


def test_the_archive_of_a_frame_without_mask_has_none():
    content = augment_share.archive("bare", from_text("rain-1"), made_frame(with_truth=False))
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert sorted(names) == ["augment.py", "augmented.png", "chain.json", "frame.png"]


def test_the_page_opens_without_tensorflow(data):
    script = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file(sys.argv[1], default_timeout=60).run().switch_page('pages/augment.py').run()\n"
        "assert not app.exception and app.slider\n"
        "heavy = {'tensorflow', 'keras', 'jax', 'torch'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script, str(APP)], check=True, cwd=APP.parent)
