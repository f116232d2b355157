"""Batches from disk: what is in them, that a seed fixes them, that nothing is lost."""

import multiprocessing
from contextlib import closing
from functools import partial
from multiprocessing.pool import ThreadPool

import numpy as np
import pytest
from makers import make_cityscapes

from segcore.errors import InputError
from segcore.frames.cityscapes import find_frames, read_frame
from segcore.labels import LABEL_SPACES, VOID
from segcore.training.augmentation import training_transform
from segcore.training.batches import FrameSequence

TRAIN_IDS = LABEL_SPACES["train_ids"]


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    root = make_cityscapes(tmp_path_factory.mktemp("city"), frames={"train": 7}, size=(64, 128))
    return find_frames(root, split="train")


def sequence(frames, name="none", **arguments):
    settings = {"batch_size": 3, "space": TRAIN_IDS, "seed": 5} | arguments
    size = (64, 128)
    make = partial(training_transform, name, image_size=size, crop_size=size, scale=(0.75, 1.5))
    return FrameSequence(frames, make_transform=make, **settings)


def test_batches_hold_the_frames_as_they_lie_on_disk(frames):
    batches = sequence(frames)
    images, labels = batches[1]
    for position, frame in enumerate(frames[3:6]):
        image, label_ids = read_frame(frame)
        np.testing.assert_array_equal(images[position], image)
        np.testing.assert_array_equal(labels[position], TRAIN_IDS.from_label_ids[label_ids])


def test_the_last_batch_is_kept(frames):
    batches = sequence(frames)
    assert len(batches) == 3
    assert [len(batches[i][0]) for i in range(3)] == [3, 3, 1]
    with pytest.raises(IndexError, match="0 to 2"):
        batches[3]


def test_every_epoch_sees_every_frame_once_in_a_new_order(frames):
    batches = sequence(frames, shuffle=True)
    orders = []
    for _ in range(3):
        orders.append([frame for i in range(len(batches)) for frame in batches.batch_frames(i)])
        batches.on_epoch_end()
    everything = sorted(frame.frame_id for frame in frames)
    assert all(sorted(order) == everything for order in orders)
    assert len({tuple(order) for order in orders}) == 3


def test_labels_on_a_coarser_grid_are_those_about_the_middle_of_each_square(frames):
    _, full = sequence(frames, batch_size=7)[0]
    _, third = sequence(frames, batch_size=7, label_stride=3)[0]
    np.testing.assert_array_equal(third, full[:, 1::3, 1::3])
    drawn = []
    for epoch in range(3):
        _, coarse = sequence(frames, batch_size=7, label_stride=4, epoch=epoch)[0]
        for labels, at_full_size in zip(coarse, full, strict=True):
            drawn += [
                (row, column)
                for row in range(4)
                for column in range(4)
                if np.array_equal(labels, at_full_size[row::4, column::4])
            ]
    assert len(drawn) == 21
    assert set(drawn) == {(1, 1), (1, 2), (2, 1), (2, 2)}


@pytest.mark.parametrize("name", ["flip", "weather"])
def test_the_same_seed_gives_the_same_batch_in_any_order_and_again_after_a_resume(frames, name):
    one, other = (sequence(frames, name, shuffle=True, label_stride=4) for _ in range(2))
    first = [one[i] for i in range(3)]
    for i in (2, 0, 1):
        for expected, found in zip(first[i], other[i], strict=True):
            np.testing.assert_array_equal(found, expected)
    one.on_epoch_end()
    resumed = sequence(frames, name, shuffle=True, label_stride=4, epoch=1)
    for expected, found in zip(one[1], resumed[1], strict=True):
        np.testing.assert_array_equal(found, expected)
    assert any((one[i][0].shape != first[i][0].shape) or (one[i][0] != first[i][0]).any() for i in range(3))


@pytest.mark.parametrize("use_processes", [False, True])
def test_any_number_of_workers_gives_the_same_batches(frames, use_processes):
    alone = sequence(frames, "weather", shuffle=True)
    with closing(
        sequence(frames, "weather", shuffle=True, workers=3, use_processes=use_processes)
    ) as batches:
        for _ in range(2):
            # Keras asks for them from several threads.
            with ThreadPool(3) as pool:
                found = pool.map(batches.__getitem__, range(3))
            for index, (images, labels) in enumerate(found):
                np.testing.assert_array_equal(images, alone[index][0])
                np.testing.assert_array_equal(labels, alone[index][1])
            alone.on_epoch_end()
            batches.on_epoch_end()
        processes = multiprocessing.active_children()
        assert len(processes) == (3 if use_processes else 0)
    assert not any(process.is_alive() for process in processes)


def test_a_process_that_died_is_told_and_waited_for_by_nobody(frames):
    with closing(sequence(frames, workers=2, use_processes=True)) as batches:
        batches[0]
        for process in multiprocessing.active_children():
            process.kill()
        with pytest.raises(InputError, match=r"has died.*fewer --workers"):
            batches[1]
    assert "has died" in str(batches.failure)


def test_a_flip_moves_frame_and_labels_together(frames):
    plain_images, plain_labels = sequence(frames, batch_size=7)[0]
    images, labels = sequence(frames, "flip", batch_size=7)[0]
    flipped = [i for i in range(7) if (images[i] != plain_images[i]).any()]
    assert 0 < len(flipped) < 7
    for i in flipped:
        np.testing.assert_array_equal(images[i], plain_images[i][:, ::-1])
        np.testing.assert_array_equal(labels[i], plain_labels[i][:, ::-1])


def test_what_scaling_down_leaves_open_is_void(frames):
    make = partial(training_transform, "weather", image_size=(64, 128), crop_size=(64, 128), scale=(0.5, 0.5))
    _, labels = FrameSequence(frames, batch_size=1, make_transform=make, space=TRAIN_IDS)[0]
    # A half-size frame covers a quarter of the crop; Albumentations centres it.
    assert (labels[0] == VOID).mean() >= 0.75
    assert (labels[0, 20:44, 40:88] != VOID).any()


@pytest.mark.parametrize("use_processes", [False, True])
def test_a_frame_that_vanished_is_named_and_remembered(tmp_path, use_processes):
    root = make_cityscapes(tmp_path, frames={"train": 2})
    frames = find_frames(root, split="train")
    frames[1].image_path.unlink()
    batches = sequence(frames, batch_size=2, use_processes=use_processes)
    with closing(batches), pytest.raises(InputError, match=frames[1].frame_id):
        batches[0]
    assert frames[1].frame_id in str(batches.failure)


@pytest.mark.parametrize("arguments", [{"batch_size": 0}, {"frames": ()}])
def test_what_cannot_be_batched_is_refused(frames, arguments):
    with pytest.raises(ValueError, match="received"):
        sequence(**({"frames": frames} | arguments))
