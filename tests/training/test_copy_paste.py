"""Rare classes of one frame in another: which, where, how often, and from where."""

from contextlib import closing
from functools import partial

import cv2
import numpy as np
import pytest
from makers import make_cityscapes, make_image, make_label_ids
from PIL import Image

from segcore.errors import InputError
from segcore.frames.cityscapes import count_classes, find_frames, read_label_ids
from segcore.labels import LABEL_SPACES, VOID
from segcore.training.augmentation import training_transform
from segcore.training.batches import FrameSequence
from segcore.training.copy_paste import RareSegments

TRAIN_IDS = LABEL_SPACES["train_ids"]
SIZE = (64, 128)
# Label id and train id.
TRUCK, BUS = (27, 14), (28, 15)
RED = (250, 10, 10)


def put(frame, label_id, rows, columns):
    """Paint a red thing into a frame, on picture and ground truth."""
    for path, value in ((frame.image_path, RED), (frame.truth_path, label_id)):
        pixels = np.array(Image.open(path))
        pixels[rows, columns] = value
        Image.fromarray(pixels).save(path)


@pytest.fixture
def frames(tmp_path):
    """Ten streets; the first has a truck and the next five a bus, each a fourth of a percent of all pixels."""
    root = make_cityscapes(tmp_path, frames={"train": 10}, size=SIZE)
    frames = find_frames(root, split="train")
    put(frames[0], TRUCK[0], slice(20, 36), slice(10, 23))
    for frame in frames[1:6]:
        put(frame, BUS[0], slice(30, 37), slice(90, 96))
    return frames


@pytest.fixture
def street():
    label_ids = make_label_ids(SIZE, seed=3)
    return make_image(label_ids, seed=3), cv2.LUT(label_ids, TRAIN_IDS.from_label_ids)


def segments(frames, share=1.0):
    return RareSegments(frames, space=TRAIN_IDS, share=share)


def test_rare_pixels_come_in_at_their_place_or_mirrored_and_nothing_else_changes(frames, street):
    image, mask = street
    thing = np.zeros(SIZE, bool)
    thing[20:36, 10:23] = True
    seen = set()
    for seed in range(40):
        found, found_mask = segments(frames).paste(image, mask, np.random.default_rng(seed))
        pasted = found_mask == TRUCK[1]
        if not pasted.any():
            continue
        mirrored = bool(pasted[:, 64:].any())
        seen.add(mirrored)
        np.testing.assert_array_equal(pasted, thing[:, ::-1] if mirrored else thing)
        assert (found[pasted] == RED).all()
        np.testing.assert_array_equal(found[~pasted], image[~pasted])
        np.testing.assert_array_equal(found_mask[~pasted], mask[~pasted])
    assert seen == {False, True}
    # What was read for others as well is left as it was.
    assert not (mask == TRUCK[1]).any()


def test_rare_classes_have_equal_chances_however_many_frames_show_them(frames, street):
    random = np.random.default_rng(0)
    masks = [segments(frames).paste(*street, random)[1] for _ in range(200)]
    shown = [(mask == TRUCK[1]).any() for mask in masks]
    assert all((mask == BUS[1]).any() != truck for mask, truck in zip(masks, shown, strict=True))
    assert 70 <= sum(shown) <= 130


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_as_many_frames_get_something_as_asked_for(frames, street, share):
    random = np.random.default_rng(1)
    pasting = segments(frames, share)
    changed = [pasting.paste(*street, random)[0] is not street[0] for _ in range(200)]
    assert abs(np.mean(changed) - share) < 0.1


def test_all_rare_classes_of_a_frame_come_along(frames, street):
    put(frames[0], BUS[0], slice(40, 44), slice(30, 34))
    random = np.random.default_rng(0)
    masks = [segments(frames).paste(*street, random)[1] for _ in range(40)]
    with_truck = [mask for mask in masks if (mask == TRUCK[1]).any()]
    assert with_truck
    assert all((mask == BUS[1]).sum() == 16 for mask in with_truck)


def test_frames_of_another_size_are_brought_to_that_of_what_they_are_pasted_into(frames):
    labels = make_label_ids((128, 256), seed=0)
    mask = cv2.LUT(labels, TRAIN_IDS.from_label_ids)
    _, found = segments(frames[:1] + frames[6:]).paste(
        make_image(labels, seed=0), mask, np.random.default_rng(0)
    )
    assert (found == TRUCK[1]).sum() == 4 * 16 * 13


def test_a_class_of_a_few_pixels_is_no_reason_to_choose_a_frame(frames, street):
    put(frames[9], TRUCK[0], slice(0, 2), slice(0, 3))
    random = np.random.default_rng(0)
    for _ in range(60):
        _, found = segments(frames).paste(*street, random)
        assert (found == TRUCK[1]).sum() in (0, 16 * 13)


def test_without_anything_rare_there_is_nothing_to_paste(frames):
    with pytest.raises(
        InputError, match=r"none of the 4 frames shows a class .* less than 1%.* copy_paste to 0"
    ):
        segments(frames[6:])


def test_batches_hold_what_was_pasted_and_are_the_same_from_any_number_of_processes(frames):
    make = partial(training_transform, "none", image_size=SIZE, crop_size=SIZE, scale=(1.0, 1.0))
    settings = {"batch_size": 10, "make_transform": make, "space": TRAIN_IDS, "seed": 2}
    plain_images, plain_labels = FrameSequence(frames, **settings)[0]
    alone = FrameSequence(frames, segments=segments(frames, 0.5), **settings)
    images, labels = alone[0]
    changed = (labels != plain_labels).any(axis=(1, 2))
    assert 1 <= changed.sum() <= 9
    np.testing.assert_array_equal(images[~changed], plain_images[~changed])
    assert (images[labels == BUS[1]] == RED).all() and (images[labels == TRUCK[1]] == RED).all()
    with closing(
        FrameSequence(frames, segments=segments(frames, 0.5), workers=2, use_processes=True, **settings)
    ) as batches:
        for expected, found in zip(alone[0], batches[0], strict=True):
            np.testing.assert_array_equal(found, expected)
    alone.on_epoch_end()
    assert (alone[0][1] != labels).any()


def test_counts_are_those_of_the_labels_without_void(frames):
    counts = count_classes(frames, TRAIN_IDS)
    assert counts.shape == (10, 19) and counts[0, TRUCK[1]] == 16 * 13
    for frame, row in zip(frames, counts, strict=True):
        label_ids = read_label_ids(frame)
        assert row.sum() == (TRAIN_IDS.from_label_ids[label_ids] != VOID).sum()
        assert row[0] == (label_ids == 7).sum()
