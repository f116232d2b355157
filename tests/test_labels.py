"""The label table against the official one, and the look-up tables against the label table."""

import numpy as np
import pytest
from cityscapesscripts.helpers import labels as official

from segcore import labels
from segcore.labels import CATEGORIES, LABEL_SPACES, LABELS, TRAIN_LABELS, VOID


def test_table_is_the_official_one():
    ours = [
        (
            label.name,
            label.id,
            label.train_id,
            label.category,
            label.category_id,
            label.has_instances,
            label.ignore_in_eval,
            label.color,
        )
        for label in LABELS
    ]
    assert ours == [tuple(label) for label in official.labels]


def test_categories_are_in_the_order_of_their_ids():
    assert [official.category2labels[name][0].categoryId for name in CATEGORIES] == list(range(8))


def test_train_ids_agree_with_the_official_table_for_every_byte():
    expected = [VOID] * 256
    for label in official.labels:
        if 0 <= label.trainId < 19:
            expected[label.id] = label.trainId
    ids = np.arange(256, dtype=np.uint8)
    assert labels.to_train_ids(ids).tolist() == expected


def test_label_ids_come_back_from_train_ids():
    train_ids = np.array([*range(19), VOID], np.uint8)
    expected = [official.trainId2label[index].id for index in range(19)] + [0]
    assert labels.to_label_ids(train_ids).tolist() == expected
    assert labels.to_train_ids(labels.to_label_ids(train_ids)).tolist() == train_ids.tolist()


def test_the_two_spaces_lead_to_the_same_category():
    ids = np.arange(256, dtype=np.uint8)
    train_ids = LABEL_SPACES["train_ids"].from_label_ids[ids]
    categories = LABEL_SPACES["categories"].from_label_ids[ids]
    scored = train_ids != VOID
    assert (categories != VOID).tolist() == scored.tolist()
    assert labels.TRAIN_ID_TO_CATEGORY[train_ids[scored]].tolist() == categories[scored].tolist()


def test_spaces_have_names_and_colors_for_every_class():
    assert LABEL_SPACES["train_ids"].num_classes == len(TRAIN_LABELS) == 19
    assert LABEL_SPACES["categories"].class_names == CATEGORIES[1:]
    for space in LABEL_SPACES.values():
        assert space.colors.shape == (space.num_classes, 3)
        assert space.colors.dtype == np.uint8
        assert len({tuple(color) for color in space.colors.tolist()}) == space.num_classes


def test_tables_cannot_be_written_to():
    for space in LABEL_SPACES.values():
        with pytest.raises(ValueError, match="read-only"):
            space.colors[0] = 0
        with pytest.raises(ValueError, match="read-only"):
            space.from_label_ids[0] = 0


def test_colorize_paints_void_black_and_a_car_blue():
    painted = labels.colorize(np.array([[13, VOID], [0, 10]], np.uint8))
    assert painted.dtype == np.uint8
    assert painted.tolist() == [[[0, 0, 142], [0, 0, 0]], [[128, 64, 128], [70, 130, 180]]]
    assert labels.colorize(np.array([5], np.uint8), LABEL_SPACES["categories"]).tolist() == [[220, 20, 60]]


def test_values_out_of_range_are_named():
    with pytest.raises(ValueError, match=r"0\.\.18 or 255, received \[19, 33\]"):
        labels.colorize(np.array([0, 33, 19, 33], np.uint8))
    with pytest.raises(ValueError, match=r"received \[200\]"):
        labels.to_label_ids(np.array([200], np.uint8))
    with pytest.raises(ValueError, match=r"0\.\.6 or 255, received \[7\]"):
        labels.colorize(np.array([7], np.uint8), LABEL_SPACES["categories"])
    with pytest.raises(ValueError, match="uint8, received int64"):
        labels.to_train_ids(np.array([-1]))
