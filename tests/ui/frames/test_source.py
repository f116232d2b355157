import shutil
from pathlib import Path

import numpy as np
import pytest
from made_datasets import make_dataset, write_picture
from makers import make_cityscapes
from PIL import Image
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

import ui.frames.source
from segcore.errors import InputError
from segcore.frames.cityscapes import find_frames, read_label_ids
from segcore.frames.dataset import open_dataset
from segcore.labels import LABEL_SPACES
from segcore.system import settings
from ui.frames.loaded import load_frame
from ui.frames.source import Source, find_frame


def page() -> None:
    import streamlit as st

    from segcore.errors import InputError
    from ui.frames.chooser import choose_frame
    from ui.frames.loaded import load_frame
    from ui.frames.source import current_source, show_no_frames, sidebar_source

    with st.sidebar:
        sidebar_source()
    source = current_source()
    if source is None:
        show_no_frames()
    else:
        st.caption(f"in use: {source.title}")
        frame_id = choose_frame(source, key="test")
        try:
            loaded = load_frame(source, frame_id)
        except InputError as error:
            st.error(str(error))
        else:
            truth = "no truth" if loaded.truth is None else loaded.truth.shape
            st.text(f"{source.kind}/{source.split}/{loaded.frame_id}/{loaded.image.shape}/{truth}")


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_cityscapes(tmp_path / "demo", frames={"train": 1, "val": 3})
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", root)
    return root


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "none")


def start(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def png(size: tuple[int, int] = (40, 60), value: int = 0) -> bytes:
    import io

    buffer = io.BytesIO()
    Image.fromarray(np.full((*size, 3), value, np.uint8)).save(buffer, "png")
    return buffer.getvalue()


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


def name_of(app: AppTest) -> str:
    return next(field.value for field in app.text_input if field.label == "Name of the data")


def test_demo_city_is_the_default_and_its_validation_split(demo):
    app = start()
    assert app.text[0].value == "demo/val/ulm_000000_000019/(64, 128, 3)/(64, 128)"
    assert "3 frames, all with ground truth." in [caption.value for caption in app.caption]


def test_next_and_previous_go_round_and_random_goes_elsewhere(demo):
    app = start()
    app.button(key="test_next").click().run()
    assert "ulm_000001" in app.text[0].value
    app.button(key="test_previous").click().run().button(key="test_previous").click().run()
    assert "ulm_000002" in app.text[0].value
    app.button(key="test_random").click().run()
    assert "ulm_000002" not in app.text[0].value


def test_address_chooses_source_split_and_frame(demo):
    app = start(split="train", frame="aachen_000000_000019")
    assert app.text[0].value.startswith("demo/train/aachen_000000_000019")
    app = start(frame="ulm_000002_000019")
    assert app.text[0].value.startswith("demo/val/ulm_000002_000019")
    assert not app.warning


def test_frames_of_any_split_are_found_and_no_others(demo):
    source = Source("demo", "Demo city", "val", find_frames(demo, split="val"), open_dataset(demo))
    assert find_frame(source, "ulm_000000_000019").split == "val"
    assert find_frame(source, "aachen_000000_000019").split == "train"
    assert find_frame(source, "aachen_000009_000019") is None
    assert find_frame(Source("upload", "My pictures", "", ()), "ulm_000000_000019") is None


def test_folder_without_frames_is_no_demo_city(nothing, tmp_path, monkeypatch):
    (tmp_path / "begun").mkdir()
    monkeypatch.setattr(ui.frames.source, "DEMO_CITY", tmp_path / "begun")
    assert "Demo city" not in start().selectbox(key="source").options


def test_unknown_address_falls_back_with_one_notice(demo):
    app = start(frame="../../etc/passwd", split="test", source="Mars")
    assert app.text[0].value.startswith("demo/val/ulm_000000_000019")
    assert len(app.warning) == 3
    told = " ".join(warning.value for warning in app.warning)
    assert "the frame '../../etc/passwd', which is not among those chosen in the sidebar" in told
    assert not app.run().warning


def test_changing_the_split_starts_at_its_first_frame_without_a_notice(demo):
    app = start(frame="ulm_000002_000019")
    app.selectbox(key="split").set_value("train").run()
    assert not app.exception
    assert app.text[0].value.startswith("demo/train/aachen_000000_000019")
    assert not app.warning


def test_cityscapes_variable_fills_in_the_folder(nothing, tmp_path, monkeypatch):
    root = make_cityscapes(tmp_path / "city", frames=2, with_truth=False)
    monkeypatch.setenv("CITYSCAPES_DATASET", str(root))
    app = start()
    assert app.text[0].value == "folder/val/ulm_000000_000019/(64, 128, 3)/no truth"


def test_typed_folder_is_used_and_a_wrong_one_is_a_sentence(demo, tmp_path):
    root = make_cityscapes(tmp_path / "city", frames={"train": 2}, size=(32, 64))
    app = start(source="Cityscapes")
    assert not app.error and "Type the folder" in app.caption[0].value
    assert "yet: type the folder of the data set in the sidebar" in app.info[0].value
    app.text_input(key="cityscapes_root").set_value(str(root)).run()
    assert app.text[0].value == "folder/train/aachen_000000_000019/(32, 64, 3)/(32, 64)"
    app.text_input(key="cityscapes_root").set_value(str(tmp_path / "typo")).run()
    assert not app.exception
    assert "does not exist" in app.error[0].value
    assert "the sidebar says what is wrong" in app.info[0].value
    assert app.info


def test_a_data_set_in_the_environment_comes_before_the_demo_city(demo, tmp_path, monkeypatch):
    make_dataset(tmp_path / "data", "camvid_segnet")
    monkeypatch.setenv("SEGCOMPARE_DATA", str(tmp_path / "data"))
    app = start()
    assert app.text[0].value == "folder/val/0016E5_07959/(1, 4, 3)/(1, 4)"
    assert "Recognised: CamVid, masks of indices, 11 classes." in captions(app)
    app.selectbox(key="source").set_value("Demo city").run()
    assert app.text[0].value.startswith("demo/val/ulm")


@pytest.mark.parametrize("text", ["x" * 300, "~nobody-of-this-name/data", "a\0b", "*?", "🚗", "\\\\server"])
def test_whatever_is_typed_as_a_folder_gets_a_sentence(demo, text):
    app = start(source="Data set")
    app.text_input(key="cityscapes_root").set_value(text).run()
    assert not app.exception
    assert len(app.error) == 1 and app.error[0].value.endswith((".", "?"))
    assert not app.text


def test_what_does_not_fit_is_numbered_and_named_and_the_rest_works(nothing, tmp_path, monkeypatch):
    make_dataset(tmp_path, "camvid_segnet")
    write_picture(tmp_path / "val/alone.png", np.zeros((1, 4, 3), np.uint8))
    write_picture(tmp_path / "valannot/lonely.png", np.zeros((1, 4), np.uint8))
    (tmp_path / "val/loop.png").symlink_to("loop.png")
    (tmp_path / "looping").symlink_to("looping")
    monkeypatch.setenv("SEGCOMPARE_DATA", str(tmp_path))
    app = start()
    assert app.text[0].value.startswith("folder/val/0016E5_07959")
    assert "2 frames, 1 with ground truth." in captions(app)
    assert app.expander[0].label == "3 files left out or alone"
    told = [element.value.replace("\\", "") for element in app.expander[0].markdown]
    assert told[:2] == [
        "**1 frame without a mask**: alone",
        "**1 mask without a frame**: valannot/lonely.png",
    ]
    assert told[2].startswith("**1 file that cannot be used**: ") and "loop.png" in told[2]


def test_the_data_has_a_name_of_its_own_or_one_that_is_typed(nothing, tmp_path, monkeypatch):
    make_dataset(tmp_path, "bdd100k")
    monkeypatch.setenv("SEGCOMPARE_DATA", str(tmp_path))
    app = start()
    name = next(field for field in app.text_input if field.label == "Name of the data")
    assert name.value == "BDD100K"
    assert "in use: BDD100K" in captions(app)
    name.set_value("Berkeley by night").run()
    assert "in use: Berkeley by night" in captions(app)
    assert app.text[0].value.startswith("folder/val/7d2f7975")
    next(field for field in app.text_input if field.label == "Name of the data").set_value("x" * 81).run()
    assert "is no name for data" in app.error[0].value


def test_of_several_kinds_of_masks_one_is_chosen_and_kept_in_the_address(nothing, tmp_path, monkeypatch):
    city = make_cityscapes(tmp_path / "city", frames=3)
    monkeypatch.setenv("SEGCOMPARE_DATA", str(city))
    assert "Masks" not in [box.label for box in start().selectbox]
    # Fine masks of two of three frames, coarse ones of all.
    make_cityscapes(tmp_path / "both", frames=3, annotation="gtCoarse")
    shutil.copytree(city, tmp_path / "both", dirs_exist_ok=True)
    (tmp_path / "both/gtFine/val/ulm/ulm_000001_000019_gtFine_labelIds.png").unlink()
    monkeypatch.setenv("SEGCOMPARE_DATA", str(tmp_path / "both"))
    app = start()
    masks = app.selectbox(key="annotation")
    assert (masks.label, masks.options, masks.value) == ("Masks", ["gtFine", "gtCoarse"], "gtFine")
    assert "3 frames, 2 with ground truth." in captions(app)
    masks.set_value("gtCoarse").run()
    assert "3 frames, all with ground truth." in captions(app)
    assert app.query_params["annotation"] == "gtCoarse"
    assert "3 frames, all with ground truth." in captions(start(annotation="gtCoarse"))
    app = start(annotation="gtRough")
    assert "kind of masks" in app.warning[0].value and app.selectbox(key="annotation").value == "gtFine"


def test_what_is_recognised_is_said_of_the_masks_that_are_chosen(nothing, tmp_path, monkeypatch):
    # Two releases, each with classes of its own.
    write_picture(tmp_path / "validation/images/a.jpg", np.zeros((1, 2, 3), np.uint8))
    for release in ("v1.2", "v2.0"):
        write_picture(tmp_path / f"validation/{release}/labels/a.png", np.array([[0, 1]], np.uint8))
    monkeypatch.setenv("SEGCOMPARE_DATA", str(tmp_path))
    app = start()
    assert "Recognised: Mapillary Vistas 1.2, masks of indices, 65 classes." in captions(app)
    app.selectbox(key="annotation").set_value("v2.0").run()
    assert "Recognised: Mapillary Vistas 2.0, masks of indices, 123 classes." in captions(app)
    # The name that scores and links will have.
    assert name_of(app) == "Mapillary Vistas 2.0" and "in use: Mapillary Vistas 2.0" in captions(app)
    app.selectbox(key="annotation").set_value("v1.2").run()
    assert name_of(app) == "Mapillary Vistas 1.2"


def test_a_link_about_other_data_shows_no_frame_until_it_is_there_or_the_visitor_goes_on(
    demo, tmp_path, monkeypatch
):
    make_dataset(tmp_path / "camvid", "camvid_segnet")
    make_dataset(tmp_path / "bdd", "bdd100k")
    monkeypatch.setenv("SEGCOMPARE_DATA", str(tmp_path / "bdd"))
    query = {"data": "CamVid", "frame": "0016E5_07959"}
    app = start(**query)
    assert not app.text
    assert "about the data set **CamVid**, but this page uses **BDD100K**" in app.warning[0].value
    app.text_input(key="cityscapes_root").set_value(str(tmp_path / "camvid")).run()
    assert app.text[0].value.startswith("folder/val/0016E5_07959")
    assert not app.warning
    app = start(**query)
    app.button(key="go_on_with_data").click().run()
    assert app.text[0].value.startswith("folder/val/7d2f7975")
    monkeypatch.delenv("SEGCOMPARE_DATA")
    app = start(**query)
    assert not app.text
    assert "name its folder" in app.warning[0].value


def test_a_link_about_the_demo_city_opens_it_where_the_environment_names_other_data(
    demo, tmp_path, monkeypatch
):
    make_dataset(tmp_path / "bdd", "bdd100k")
    monkeypatch.setenv("SEGCOMPARE_DATA", str(tmp_path / "bdd"))
    app = start(data="Demo city", frame="ulm_000002_000019")
    assert app.text[0].value.startswith("demo/val/ulm_000002_000019")
    app.selectbox(key="source").set_value("Data set").run()
    assert app.text[0].value.startswith("folder/val/7d2f7975")
    assert not app.warning


def test_without_any_data_the_page_says_how_to_get_frames(nothing):
    app = start()
    assert not app.error
    assert "csDownload" in app.info[0].value


def test_upload_is_shown_without_truth_and_bad_ones_are_named(nothing):
    app = start()
    app.file_uploader(key="uploader").set_value(
        [("street.png", png(), "image/png"), ("notes.png", b"no picture", "image/png")]
    ).run()
    assert not app.exception
    assert app.text[0].value.endswith("/(40, 60, 3)/no truth")
    assert "notes.png: " in app.error[0].value.replace("\\", "")
    assert "1 frame." in [caption.value for caption in app.caption]


def test_upload_stays_when_the_source_changes_and_goes_when_removed(demo):
    app = start(source="My pictures")
    pictures = [("street.png", png(), "image/png")]
    app.file_uploader(key="uploader").set_value(pictures).run()
    shown = app.text[0].value
    assert shown.startswith("upload//street-")
    app.selectbox(key="source").set_value("Demo city").run()
    assert app.text[0].value.startswith("demo/")
    app.selectbox(key="source").set_value("My pictures").run()
    assert app.text[0].value == shown
    # Of one name, and of none that would do in an address or as the name of a file.
    pictures = [(name, png(value=9), "image/png") for name in ("street.png", "my street?.png", "?.png")]
    app.file_uploader(key="uploader").set_value(pictures).run()
    stems = [frame_id.rpartition("-")[0] for frame_id in app.selectbox(key="frame").options]
    assert stems == ["street", "street", "my-street", "picture"]
    app.file_uploader(key="uploader").set_value([]).run()
    assert not app.exception
    assert "1 frame." in [caption.value for caption in app.caption]
    app.sidebar.button[0].click().run()
    assert not app.text


def mask_png(label_ids: np.ndarray) -> bytes:
    import io

    buffer = io.BytesIO()
    Image.fromarray(label_ids).save(buffer, "png")
    return buffer.getvalue()


def street_mask(size: tuple[int, int] = (40, 60)) -> np.ndarray:
    mask = np.full(size, 7, np.uint8)
    mask[:, :10] = 26
    return mask


def test_a_mask_beside_a_picture_is_its_ground_truth(nothing):
    app = start()
    files = [
        ("x.png", png(), "image/png"),
        ("x_mask.png", mask_png(street_mask()), "image/png"),
        ("y.png", png(value=9), "image/png"),
    ]
    app.file_uploader(key="uploader").set_value(files).run()
    assert not app.exception and not app.error
    stems = [frame_id.rpartition("-")[0] for frame_id in app.selectbox(key="frame").options]
    assert stems == ["x", "y"]
    assert app.text[0].value.endswith("/(40, 60, 3)/(40, 60)")
    assert "2 frames, 1 with ground truth." in captions(app)
    assert "They are gone when the page is reloaded or closed." in captions(app)
    holds = next(box for box in app.selectbox if box.label == "Masks hold")
    assert holds.value == "Cityscapes, 34 classes: label ids"
    app.button(key="test_next").click().run()
    assert app.text[0].value.endswith("/no truth")


def test_what_a_mask_holds_and_whose_it_is_can_be_chosen(nothing):
    app = start()
    mask = np.where(street_mask() == 7, 3, 8).astype(np.uint8)
    files = [("x.png", png(), "image/png"), ("truth of it.png", mask_png(mask), "image/png")]
    app.file_uploader(key="uploader").set_value(files).run()
    assert app.text[0].value.endswith("/no truth")
    of = next(box for box in app.selectbox if box.label == "truth of it.png is")
    assert of.options == ["no picture's mask", "the mask of x.png"]
    of.select_index(1).run()
    assert app.text[0].value.endswith("/no truth")
    assert "choose what its values mean" in app.info[0].value
    holds = next(box for box in app.selectbox if box.label == "Masks hold")
    assert holds.value is None
    holds.set_value("CamVid, 11 classes: indices or colours").run()
    assert not app.exception and not app.error
    assert app.text[0].value.endswith("/(40, 60, 3)/(40, 60)")


def test_masks_of_several_kinds_are_told_apart(nothing):
    app = start()
    colors = np.where((street_mask() == 7)[..., None], (128, 64, 128), (128, 128, 0)).astype(np.uint8)
    colors[:5] = (64, 0, 128)
    files = [
        ("x.png", png(), "image/png"),
        ("x_labelIds.png", mask_png(street_mask()), "image/png"),
        ("y.png", png(value=9), "image/png"),
        ("y_L.png", mask_png(colors), "image/png"),
        ("z.png", png(value=8), "image/png"),
        ("z_mask.png", mask_png(np.where(street_mask() == 7, 3, 8).astype(np.uint8)), "image/png"),
    ]
    app.file_uploader(key="uploader").set_value(files).run()
    holds = {box.label: box.value for box in app.selectbox if box.label.endswith("holds")}
    assert holds == {
        "x\\_labelIds.png holds": "Cityscapes, 34 classes: label ids",
        "y\\_L.png holds": "CamVid, 11 classes: indices or colours",
        "z\\_mask.png holds": None,
    }
    assert "3 frames, 2 with ground truth." in captions(app)
    assert len(app.info) == 1 and "mask.png is no ground truth yet" in app.info[0].value


def test_a_mask_of_unknown_colours_is_named_and_shown_as_a_picture(nothing):
    app = start()
    colors = np.where((street_mask() == 7)[..., None], (1, 2, 3), (4, 5, 6)).astype(np.uint8)
    files = [("x.png", png(), "image/png"), ("x_mask.png", mask_png(colors), "image/png")]
    app.file_uploader(key="uploader").set_value(files).run()
    assert "2 frames." in captions(app)
    assert len(app.info) == 1
    assert (
        "x\\_mask.png has the name of a mask of x.png, but values or colours of no known" in app.info[0].value
    )
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    files[1] = ("x_L.png", mask_png(noise), "image/png")
    app.file_uploader(key="uploader").set_value(files).run()
    assert not app.info


def test_a_mask_that_does_not_fit_is_named_and_the_picture_is_there(nothing):
    app = start()
    files = [("x.png", png(), "image/png"), ("x_labelIds.png", mask_png(street_mask((40, 61))), "image/png")]
    app.file_uploader(key="uploader").set_value(files).run()
    assert app.text[0].value.endswith("/(40, 60, 3)/no truth")
    assert "is 61 x 40, but its picture 60 x 40" in app.error[0].value


def test_masks_of_pictures_do_not_count_among_the_most_pictures(nothing, monkeypatch):
    monkeypatch.setenv("SEGCOMPARE_UPLOADS", "2")
    app = start()
    pairs = [
        file
        for name in "abc"
        for file in (
            (f"{name}.png", png(value=ord(name)), "image/png"),
            (f"{name}_mask.png", mask_png(street_mask()), "image/png"),
        )
    ]
    app.file_uploader(key="uploader").set_value(pairs).run()
    assert "2 frames, all with ground truth." in captions(app)
    assert "c.png was left out" in app.error[0].value


def test_uploads_are_not_shared_between_sessions(nothing):
    first = start()
    first.file_uploader(key="uploader").set_value([("street.png", png(), "image/png")]).run()
    frame_id = first.text[0].value.split("/")[2]
    second = start(frame=frame_id)
    assert not second.text
    second.file_uploader(key="uploader").set_value([("other.png", png(value=9), "image/png")]).run()
    assert frame_id not in second.text[0].value


def test_number_of_uploads_is_bounded(nothing):
    app = start()
    files = [(f"{value}.png", png(value=value), "image/png") for value in range(settings.most_uploads() + 1)]
    app.file_uploader(key="uploader").set_value(files).run()
    assert "12.png was left out" in app.error[0].value
    assert len(app.selectbox(key="frame").options) == settings.most_uploads()


def test_refused_uploads_are_forgotten_but_said_until_the_next(nothing, monkeypatch):
    monkeypatch.setenv("SEGCOMPARE_UPLOADS", "2")
    removed = []
    remove = MemoryUploadedFileManager.remove_file

    def noting(manager, session_id: str, file_id: str) -> None:
        removed.extend(file.name for file in manager.get_files(session_id, [file_id]))
        remove(manager, session_id, file_id)

    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", noting)
    app = start()
    files = [(f"{value}.png", png(value=value), "image/png") for value in range(4)]
    app.file_uploader(key="uploader").set_value(files).run()
    told = [error.value for error in app.error]
    assert [text.partition(" ")[0] for text in told] == ["2.png", "3.png"]
    assert "at most 2 pictures are kept" in told[0]
    assert removed == ["2.png", "3.png"]
    app.run()
    assert [error.value for error in app.error] == told
    assert len(app.selectbox(key="frame").options) == 2


def test_damaged_frame_is_a_sentence_and_the_next_one_works(demo):
    image = demo / "leftImg8bit" / "val" / "ulm" / "ulm_000000_000019_leftImg8bit.png"
    image.write_bytes(image.read_bytes()[:100])
    app = start()
    assert "damaged" in app.error[0].value
    app.button(key="test_next").click().run()
    assert not app.error
    assert "ulm_000001" in app.text[0].value


def test_frame_is_shrunk_to_the_working_size_with_its_truth(tmp_path):
    root = make_cityscapes(tmp_path, frames=1, size=(600, 1300))
    frames = find_frames(root, split="val")
    loaded = load_frame(Source("folder", "Cityscapes", "val", frames), frames[0].frame_id)
    assert loaded.image.shape == (473, 1024, 3)
    assert loaded.truth.shape == (473, 1024)
    truth = LABEL_SPACES["train_ids"].from_label_ids[read_label_ids(frames[0])]
    assert set(np.unique(loaded.truth)) == set(np.unique(truth))


def test_changed_file_is_read_again(tmp_path):
    root = make_cityscapes(tmp_path, frames=1)
    frames = find_frames(root, split="val")
    source = Source("folder", "Cityscapes", "val", frames)
    before = load_frame(source, frames[0].frame_id).image
    Image.fromarray(np.zeros_like(before)).save(frames[0].image_path)
    assert load_frame(source, frames[0].frame_id).image.max() == 0
    assert before.max() > 0


def test_unknown_frame_is_refused(tmp_path):
    frames = find_frames(make_cityscapes(tmp_path, frames=1), split="val")
    with pytest.raises(InputError, match="no frame 'x'"):
        load_frame(Source("demo", "Demo city", "val", frames), "x")
