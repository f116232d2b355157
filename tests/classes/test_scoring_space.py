"""The classes of a comparison: worked out by hand, against the categories of Cityscapes, and as algebra."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segcore.classes.files import space_of
from segcore.classes.scoring_space import scoring_space
from segcore.labels import LABEL_IDS, LABEL_SPACES, TRAIN_ID_TO_CATEGORY, TRAIN_LABELS, VOID

NINETEEN, CATEGORIES = LABEL_SPACES["train_ids"], LABEL_SPACES["categories"]
VOC = space_of(
    "voc", ["background", "car", {"name": "person", "from": ["person", "rider"]}, "aeroplane", "bicycle"]
)


def test_the_same_classes_stay_as_they_are():
    found = scoring_space(NINETEEN, NINETEEN)
    assert found.space is NINETEEN and found.merged == () and found.merged_in_words == ""
    assert found.tables[0][:19].tolist() == list(range(19)) and set(found.tables[0][19:]) == {VOID}


def test_categories_merge_the_nineteen_classes_as_cityscapes_does():
    found = scoring_space(NINETEEN, NINETEEN, CATEGORIES)
    assert found.space is CATEGORIES
    assert found.tables[0][:19].tolist() == TRAIN_ID_TO_CATEGORY.tolist() == found.truth_table[:19].tolist()
    assert found.tables[1][:7].tolist() == list(range(7))


def test_a_class_that_covers_two_merges_them_and_one_without_counterpart_is_wrong():
    found = scoring_space(NINETEEN, VOC)
    assert found.space.num_classes == 18
    assert found.space.class_names[11] == "human" and "rider" not in found.space.class_names
    assert found.merged == (("person", "rider"),)
    assert found.merged_in_words == "Merged, because one model does not distinguish them: person and rider."
    # Background and aeroplane are wrong everywhere; car is the 13th train id, the 12th after the merger.
    assert found.tables[0][:5].tolist() == [VOID, 12, 11, VOID, 17]
    assert found.truth_table[[11, 12, 13]].tolist() == [11, 11, 12]
    assert found.space.colors[11].tolist() == [220, 20, 60]


def test_fine_classes_of_a_model_count_as_the_coarse_one_of_the_data():
    data = space_of("data", [{"name": "vehicle", "from": ["car", "truck", "bus"]}, "road"])
    found = scoring_space(data, NINETEEN)
    assert found.space is data and found.merged == ()
    by_name = {label.name: found.tables[0][label.train_id] for label in TRAIN_LABELS}
    assert [by_name[name] for name in ("car", "truck", "bus", "road", "sky")] == [0, 0, 0, 1, VOID]


def test_label_ids_that_the_benchmark_does_not_score_are_wrong_when_predicted():
    table = scoring_space(NINETEEN, LABEL_IDS).tables[0]
    assert table[[7, 26, 9, 0]].tolist() == [0, 13, VOID, VOID]


def test_names_of_their_own_meet_by_name():
    a, b = space_of("a", ["road", "lane marking"]), space_of("b", ["lane marking", "road"])
    assert scoring_space(a, b).tables[0][:2].tolist() == [1, 0]


def test_a_part_counts_as_its_whole_for_whoever_does_not_know_it():
    fine = space_of("fine", ["road", {"name": "lane marking", "group": "road"}, "sky"])
    # A model that knows lane markings is not wrong where the data has road alone.
    assert scoring_space(NINETEEN, fine).tables[0][:3].tolist() == [0, 0, 10]
    # A model without them is not wrong on data that has them: there they are merged, and said to be.
    found = scoring_space(fine, NINETEEN)
    assert found.merged == (("road", "lane marking"),) and found.space.num_classes == 2
    assert found.truth_table[:3].tolist() == [0, 0, 1] and found.tables[0][[0, 10, 13]].tolist() == [
        0,
        1,
        VOID,
    ]
    # Two that know them are compared on them.
    assert scoring_space(fine, fine).space is fine


spaces = st.lists(
    st.sets(st.sampled_from([label.name for label in TRAIN_LABELS]), min_size=1), min_size=2, max_size=8
).map(
    lambda groups: space_of(
        "drawn",
        [
            {"name": f"class {place}", "from": sorted(group - set().union(*groups[:place]))}
            for place, group in enumerate(groups)
        ],
    )
)


@given(truth=spaces, first=spaces, second=spaces)
def test_merging_again_changes_nothing(truth, first, second):
    once = scoring_space(truth, first, second)
    again = scoring_space(once.space, first, second)
    assert again.space is once.space and again.merged == ()
    for one, other in zip(once.tables, again.tables, strict=True):
        assert np.array_equal(one, other)


@given(truth=spaces, model=spaces)
def test_a_predicted_class_lands_where_a_label_of_it_lands(truth, model):
    found = scoring_space(truth, model)
    for place, labels in enumerate(model.covers):
        landed = {
            found.truth_table[index]
            for index, there in enumerate(truth.covers)
            # Of both lists the classes have the same names, by which those without a label meet.
            if labels & there or (not labels | there and index == place)
        }
        assert {found.tables[0][place]} == (landed or {VOID})


def test_parts_that_are_merged_with_their_whole_have_its_name_and_colour():
    classes = [
        {"name": "Lane Marking", "color": [255, 255, 255], "group": "Road"},
        {"name": "Road", "color": [128, 64, 128]},
        {"name": "Car", "color": [0, 0, 142]},
        {"name": "Truck", "color": [0, 0, 70]},
    ]
    truth = space_of("streets", classes)
    model = space_of(
        "model", [{"name": "road", "from": ["road"]}, {"name": "vehicle", "from": ["car", "truck"]}]
    )
    found = scoring_space(truth, model)
    assert found.space.class_names == ("Road", "Car + Truck")
    assert found.space.colors.tolist() == [[128, 64, 128], [0, 0, 142]]
    assert found.truth_table[:4].tolist() == [0, 0, 1, 1]
