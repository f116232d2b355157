"""Evaluating a run, above all against cityscapesScripts on the same predictions."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as official
from makers import make_cityscapes
from PIL import Image
from tiny_runs import SIZE, tiny_run

from segcore.errors import InputError
from segcore.frames.cityscapes import Frame, find_frames
from segcore.labels import LABEL_SPACES
from segcore.predict.files import plan_jobs, predict_files
from segcore.predict.predictor import load_predictor
from segcore.runs.results import read_evaluation, write_evaluation
from segcore.runs.run import Run
from segcore.scoring import confusion
from segcore.scoring.evaluation import evaluate

# Frame, what its ground truth holds, and the size of the pair: the network's own, larger, smaller and square.
FRAMES = {
    "ulm_000000_000019": (range(34), SIZE),
    "ulm_000001_000019": ((0, 1, 2, 3, 4, 5, 6, 9, 10, 14, 29, 30, 7, 26), (128, 192)),
    "zurich_000000_000019": ((7, 8, 11, 23, 24, 25), (50, 70)),
    "zurich_000001_000019": ((0,), (64, 64)),
    "zurich_000002_000019": ((11, 17, 19, 20, 33), (96, 96)),
}
# Never in the ground truth of any frame; some of them are predicted.
ABSENT = (12, 27, 31)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return tiny_run(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def predictor(run: Run):
    return load_predictor(run)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which truth is void, ignored, absent, and for one frame in instanceIds alone."""
    root = tmp_path_factory.mktemp("cityscapes")
    random = np.random.default_rng(11)
    for frame_id, (label_ids, size) in FRAMES.items():
        choices = [label_id for label_id in label_ids if label_id not in ABSENT]
        truth = random.choice(choices, size).astype(np.uint8)
        # Blocks, so that a smooth prediction hits some of them.
        truth = truth[np.arange(size[0])[:, None] // 9 * 9, np.arange(size[1]) // 13 * 13]
        city = frame_id.split("_")[0]
        image_path = root / "leftImg8bit/val" / city / f"{frame_id}_leftImg8bit.png"
        truth_path = root / "gtFine/val" / city / f"{frame_id}_gtFine_labelIds.png"
        for path in (image_path, truth_path):
            path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (*size, 3), dtype=np.uint8)).save(image_path)
        if frame_id == "zurich_000002_000019":
            instances = truth.astype(np.uint16)
            instances[truth == 33] = 33_007
            Image.fromarray(instances).save(str(truth_path).replace("labelIds", "instanceIds"))
        else:
            Image.fromarray(truth).save(truth_path)
    return root


def official_scores(frames: tuple[Frame, ...], folder: Path, scratch: Path) -> dict:
    """Let cityscapesScripts find and score the predictions in ``folder``."""
    args = official.args
    args.evalInstLevelScore = False
    args.JSONOutput = False
    args.quiet = True
    args.predictionPath = str(folder)
    args.predictionWalk = None
    truths = []
    for frame in frames:
        path = frame.truth_path
        if path.name.endswith("_instanceIds.png"):
            # It reads labelIds only; this is how its own preparation derives one from the other.
            instances = np.asarray(Image.open(path)).astype(int)
            path = scratch / path.name.replace("instanceIds", "labelIds")
            Image.fromarray(np.where(instances > 999, instances // 1000, instances).astype(np.uint8)).save(
                path
            )
        truths.append(str(path))
    return official.evaluateImgLists([official.getPrediction(args, path) for path in truths], truths, args)


def test_scores_are_those_of_cityscapesscripts(run, predictor, root, tmp_path):
    frames = find_frames(root, split="val")
    assert len(frames) == len(FRAMES)
    evaluation = evaluate(run, frames, set_name="val", predictor=predictor)
    output = tmp_path / "predictions"
    jobs = plan_jobs([root / "leftImg8bit"], output, kind="label-ids").jobs
    assert predict_files(run, jobs, kind="label-ids", predictor=predictor) == ()
    theirs = official_scores(frames, output, tmp_path)

    present = {name for name, score in evaluation.classes.items() if score is not None}
    assert {"road", "car", "bicycle"} <= present
    assert present != set(evaluation.classes), "no class is absent: the comparison would not see NaN"
    assert max(evaluation.classes[name] for name in present) > 0.02, "nothing right: all scores would be 0"
    for kind, scores in (("classScores", "classes"), ("categoryScores", "categories")):
        for name, ours in getattr(evaluation, scores).items():
            expected = theirs[kind][name]
            assert math.isnan(expected) if ours is None else ours == pytest.approx(expected, abs=1e-9), name
    assert evaluation.miou == pytest.approx(theirs["averageScoreClasses"], abs=1e-9)
    assert evaluation.category_miou == pytest.approx(theirs["averageScoreCategories"], abs=1e-9)
    assert np.sum(evaluation.confusion) == np.sum(theirs["confMatrix"])


def test_all_scored_pixels_are_counted_by_the_probability_of_their_class(run, predictor, root):
    frames = find_frames(root, split="val")
    evaluation = evaluate(run, frames, set_name="val", predictor=predictor)
    counts, matrix = evaluation.calibration, evaluation.confusion
    assert sum(counts.pixels) == matrix[:-1].sum() and sum(counts.right) == matrix[:-1].trace()
    assert 0 < evaluation.latency.first_view <= evaluation.latency.median
    # Of 19 classes the likeliest has at least a nineteenth; a network that was not trained is sure of nothing.
    assert 1 / 19 < sum(counts.confidence) / sum(counts.pixels) < 0.9
    assert counts.pixels[0] == 0


def test_what_is_kept_can_be_read_back(run, predictor, root):
    evaluation = evaluate(run, find_frames(root, split="val"), set_name="val", predictor=predictor)
    write_evaluation(run, evaluation)
    assert read_evaluation(run, "val").to_json() == json.loads(json.dumps(evaluation.to_json()))


def test_provenance(run, predictor, root):
    evaluation = evaluate(
        run, find_frames(root, split="val"), set_name="five", data_name="noise", predictor=predictor
    )
    made = evaluation.provenance
    assert (made.set_name, made.data, made.split) == (
        "five",
        "noise",
        "val",
    )
    assert made.frames == len(evaluation.per_frame) == 5
    assert made.frame_size is None
    assert made.input_size == SIZE
    assert made.weights_sha256 == run.weights_sha256
    assert evaluation.label_space == "train_ids"
    assert evaluation.latency.repeats == 5
    assert evaluation.latency.median > 0
    assert "CPU cores" in evaluation.latency.hardware
    assert np.sum(evaluation.confusion) == sum(height * width for _, (height, width) in FRAMES.values())


def test_counts_of_frames_add_up_to_the_whole(run, predictor, root):
    evaluation = evaluate(run, find_frames(root, split="val"), set_name="val", predictor=predictor)
    sums = [
        np.sum([getattr(entry, key) for entry in evaluation.per_frame], axis=0) for key in ("tp", "fp", "fn")
    ]
    for ours, expected in zip(sums, confusion.class_counts(evaluation.confusion), strict=True):
        np.testing.assert_array_equal(ours, expected)
    by_frame = {entry.frame: entry for entry in evaluation.per_frame}
    assert list(by_frame) == sorted(FRAMES)
    void = by_frame["zurich_000001_000019"]
    assert void.miou is void.pixel_accuracy is None


def test_scores_of_a_frame_are_those_of_evaluating_it_alone(run, predictor, root):
    frames = find_frames(root, split="val")
    together = evaluate(run, frames, set_name="val", predictor=predictor)
    alone = evaluate(run, frames[:1], set_name="val", predictor=predictor)
    assert together.per_frame[0] == alone.per_frame[0]
    assert alone.per_frame[0].miou == alone.miou
    assert alone.provenance.frame_size == SIZE


def test_progress_is_told_after_each_frame(run, predictor, root):
    told = []
    evaluate(
        run,
        find_frames(root, split="val"),
        set_name="val",
        predictor=predictor,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(done, 5) for done in range(6)]


def test_a_run_of_the_categories_is_scored_as_such(root, tmp_path):
    run = tiny_run(tmp_path, label_space="categories")
    frames = find_frames(root, split="val")
    evaluation = evaluate(run, frames, set_name="val")
    assert evaluation.class_names == LABEL_SPACES["categories"].class_names
    assert evaluation.classes == evaluation.categories
    assert np.shape(evaluation.confusion) == (8, 8)
    output = tmp_path / "predictions"
    predictor = load_predictor(run)
    jobs = plan_jobs([root / "leftImg8bit"], output, kind="label-ids").jobs
    predict_files(run, jobs, kind="label-ids", predictor=predictor)
    theirs = official_scores(frames, output, tmp_path)
    for name, ours in evaluation.categories.items():
        assert ours == pytest.approx(theirs["categoryScores"][name], abs=1e-9)


def test_what_cannot_be_scored_is_refused(run, predictor, root, tmp_path):
    with pytest.raises(InputError, match="no frames to evaluate on"):
        evaluate(run, (), set_name="val", predictor=predictor)
    bare = make_cityscapes(tmp_path / "bare", frames=1, with_truth=False)
    with pytest.raises(InputError, match="ulm_000000_000019 has no ground truth"):
        evaluate(run, find_frames(bare, split="val"), set_name="val", predictor=predictor)
    void = [frame for frame in find_frames(root, split="val") if frame.frame_id == "zurich_000001_000019"]
    with pytest.raises(InputError, match="1 frame is void everywhere"):
        evaluate(run, void, set_name="val", predictor=predictor)


def test_truth_of_another_size_is_refused_not_resized(run, predictor, tmp_path):
    root = make_cityscapes(tmp_path, frames=1)
    frame = find_frames(root, split="val")[0]
    Image.fromarray(np.zeros((32, 64), np.uint8)).save(frame.truth_path)
    with pytest.raises(InputError, match="is 128 x 64 .* ground truth is 64 x 32"):  # noqa: RUF043
        evaluate(run, [frame], set_name="val", predictor=predictor)
