"""The README.md of a run, written from what its folder holds, so that no figure in it is typed by hand."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from segcore.errors import InputError
from segcore.reports.percent import percent
from segcore.reports.run_history import HISTORY_CARD, is_current, run_history
from segcore.reports.score_tables import (
    WRITTEN,
    cities_of,
    current_evaluations,
    data_title,
    items,
    mean_of,
    table,
)
from segcore.reports.words import describe_data
from segcore.runs.evaluation import Evaluation
from segcore.runs.history import read_history
from segcore.runs.lineage import TrainedFrames, TrainingData
from segcore.runs.record import ForeignRecord, Record
from segcore.runs.results import sizes_in_words
from segcore.runs.run import MASKS_FOLDER, MODEL_FILE, Run
from segcore.scoring.bootstrap import bootstrap_interval
from segcore.system.files import replace_file

_WHAT = {
    "unet": "U-Net (Ronneberger et al. 2015)",
    "unet_xception": "U-Net with Xception blocks and skip connections",
    "segnet": "SegNet (Badrinarayanan et al. 2015)",
    "mobilenet_segnet": "MobileNetV1 encoder with a SegNet-type decoder, without skip connections",
    "fcn": "FCN-8s (Long et al. 2015)",
}

_percent = partial(percent, absent="absent")

# The encoder's ImageNet weights: for Keras to fetch, and a file of them.
_IMAGENET = ("imagenet", "mobilenet_v1_imagenet_notop.weights.h5")

# Model, where, mean IoU of the 19 classes and of the 7 categories in percent. From: the benchmark's table of results
# (https://www.cityscapes-dataset.com/benchmarks/), where SegNet basic (Badrinarayanan et al. 2017), ENet (Paszke et al.
# 2016, arXiv:1606.02147) and FCN-8s (Cordts et al. 2016, arXiv:1604.01685) stand; RTSeg (Siam et al. 2018,
# arXiv:1803.02758); the model zoo of MMSegmentation, 160,000 iterations on crops of 1024 x 512.
PUBLISHED = (
    ("SegNet basic", "Cityscapes test", 57.0, 79.1),
    ("ENet", "Cityscapes test", 58.3, 80.4),
    ("MobileNet + U-Net (RTSeg)", "Cityscapes val", 61.0, None),
    ("SkipNet-MobileNet (RTSeg)", "Cityscapes test", 61.5, 82.0),
    ("FCN-8s", "Cityscapes test", 65.3, 85.7),
    ("UNet-S5-D16 (MMSegmentation)", "Cityscapes val", 69.1, None),
)

_CITYSCAPES_LIMITS = (
    "Cityscapes shows central European cities by day in fair weather. The model has not seen night, heavy weather or "
    "other countries; synthetic weather is only a partial substitute."
)

# Cards of earlier versions do not say who wrote them, and have this heading.
_EARLIER = "## Beside published figures"


def replace_card(path: Path, text: str) -> None:
    """Write a file that this project generates, atomically, but only over one of its kind.

    Raises:
        InputError: what is there was written by somebody else.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else [WRITTEN]
    if {WRITTEN, _EARLIER}.isdisjoint(lines):
        raise InputError(
            f"{path} is no card but something of yours; rename it, and `card` writes one in its place."
        )
    with replace_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_model_card(run: Run) -> tuple[Path, ...]:
    """Write ``README.md`` and, where the record has a history, ``HISTORY.md`` into the folder of ``run``.

    Returns:
        The files written.

    Raises:
        InputError: as `replace_card`, or ``run.json`` lacks something that the card tells.
    """
    try:
        texts = {"README.md": model_card(run), HISTORY_CARD: run_history(run)}
    except KeyError as error:
        raise InputError(f"run.json lacks {error}, which its card tells; add it.") from error
    written = {run.path / name: text for name, text in texts.items() if text is not None}
    for path, text in written.items():
        replace_card(path, text)
    return tuple(written)


def model_card(run: Run) -> str:
    """Return the model card of ``run`` as Markdown."""
    evaluations = current_evaluations(run)
    data = run.record.told("data") if run.kind == "network" else None
    of_cityscapes = bool(data and data.told("name").startswith("Cityscapes"))
    parts = (_own if run.kind == "network" else _foreign)(run, of_cityscapes=of_cityscapes)
    sections = [
        f"# {run.name}",
        *parts,
        *([_scores(evaluations, run)] if evaluations else []),
        *([_published(data)] if data and of_cityscapes else []),
        _limits(run, evaluations, of_cityscapes=of_cityscapes),
        WRITTEN,
    ]
    return "\n\n".join(sections) + "\n"


def _own(run: Run, *, of_cityscapes: bool) -> tuple[str, str, str]:
    """Return what a run of this project is, its data and how it was trained."""
    arguments = ", ".join(f"`{key}={value}`" for key, value in run.arguments.items()) or "defaults"
    name = _WHAT.get(run.architecture, run.architecture)
    what = f"{name}: `segcore.models.{run.architecture}` with {arguments}{_size(run)}."
    return f"{what} {_views(run)}", _data(run, of_cityscapes=of_cityscapes), _training(run)


def _foreign(run: Run, *, of_cityscapes: bool) -> tuple[str, ...]:
    """Return what a foreign run is and what is not known of it."""
    record = run.record
    assert isinstance(record, ForeignRecord)
    source = f" Source: {record.source}." if record.source else ""
    added = f" Added on {record.added}." if record.added else ""
    if run.has_masks:
        what = f"Masks that something else predicted, in `{MASKS_FOLDER}/`.{source}{added} {_classes(run)}"
    else:
        what = f"A network as ONNX, in `{MODEL_FILE}`{_size(run)}.{source}{added} {_views(run)}"
    known = (
        "Its data and its training are not recorded here.",
        "Terms: those of its source and of the data that it was trained on.",
    )
    return what, f"## Data and training\n{items((*known, *record.notes))}"


def _size(run: Run) -> str:
    return "" if run.parameters is None else f"; {run.parameters:,} parameters"


def _classes(run: Run) -> str:
    return f"It tells {run.num_classes} classes apart ({run.label_space})."


def _views(run: Run) -> str:
    sizes = run.inference_sizes
    several = f", and the mean of these {len(sizes)} views counts" if len(sizes) > 1 else ""
    told = [f"It sees frames at {sizes_in_words(sizes)}{several}. {_classes(run)}"]
    if run.sharpening:
        told.append(f"Its scores are sharpened by {run.sharpening:g} before they are brought to full size.")
    if run.adaptation:
        told.append(
            "Its normalisation follows a frame whose features are unlike those of the training "
            "(`segcore.predict.adaptation`)."
        )
    return " ".join(told)


def _data(run: Run, *, of_cityscapes: bool) -> str:
    data: TrainingData = run.record.told("data")
    height, width = data.told("frame_size")
    lines = [f"Trained on {describe_data(data)} of {width} x {height} pixels."]
    further = dict.fromkeys(
        f"{source.name} {source.split or ''}".strip() for change in data.extra for source in change.sources
    )
    if further:
        lines.append(f"Later epochs also saw frames of {' and '.join(further)}, see {HISTORY_CARD}.")
    if others := [entry for entry in run.record.earlier if entry.data]:
        lines.append(f"Epochs up to {others[-1].to_epoch} saw other data, see {HISTORY_CARD}.")
    terms = (
        "Cityscapes is for non-commercial research and personal use, and its frames may not be passed on "
        "(<https://www.cityscapes-dataset.com/license/>). Use these weights within these terms."
        if of_cityscapes
        else f"those of {data.name}, for the weights as well."
    )
    return f"## Data\n{items((*lines, f'Terms: {terms}'))}"


def _training(run: Run) -> str:
    """Say in three sentences how the run was trained."""
    record, training = run.record, run.training
    hours = read_history(run)["seconds"].sum() / 3600
    encoder = training["encoder_weights"]
    start = "random weights"
    if encoder != "none":
        start = f"an encoder with {'ImageNet weights' if encoder in _IMAGENET else f'`{encoder}`'}"
    teacher = training.get("teacher", "none")
    taught = "" if teacher == "none" else f", teacher `{teacher}`"
    moved = any(entry.hardware or entry.versions for entry in record.earlier)
    kept = f"those of epoch {record.told('best_epoch')}, the best on the validation frames"
    if any(is_current(averaging, record) for averaging in record.averages):
        kept = "the mean of several trainings' weights, each the best on the validation frames"
    parts = [
        f"It started from {start} and took {record.told('epochs')} epochs in {hours:.1f} hours of wall time"
        f"{', the last' if moved else ''} on {record.told('hardware')} ({record.told('versions')['backend']} back end, "
        f"{training['precision']}).",
        f"Its last settings were loss `{training['loss']}`, augmentation `{training['augment']}`{taught} and seed "
        f"{record.told('seed')}; [{HISTORY_CARD}]({HISTORY_CARD}) has the commands and what changed on the way.",
        f"The weights are {kept}, so its validation score is a little kinder than one on an untouched test set.",
    ]
    if not run.has_network:
        parts.append("They are not kept here; the commands make them again.")
    return f"## Training\n\n{' '.join(parts)}"


def _scores(evaluations: Sequence[Evaluation], run: Run) -> str:
    head = (
        "Scored on",
        "Mean IoU, classes (95 % interval over frames)",
        "Mean IoU, categories",
        "Pixel accuracy",
        "Network call, median",
    )
    parts = (
        "## Scores",
        table(head, map(_headline, evaluations)),
        items(filter(None, (_seen(scores, run.record) for scores in evaluations))).strip(),
        _iou_table("Class", evaluations, [scores.classes for scores in evaluations]),
        _iou_table("Category", evaluations, [scores.categories for scores in evaluations]),
    )
    return "\n\n".join(filter(None, parts))


def _headline(scores: Evaluation) -> tuple[str, ...]:
    latency = scores.latency
    call = "not measured"
    if latency and latency.median is not None:
        call = f"{latency.median:.0f} ms{f' on {latency.hardware}' if latency.hardware else ''}"
    return (
        f"`{scores.provenance.set_name}`: {data_title(scores)}",
        f"{mean_of(scores.miou, scores.classes)}{_bounds(scores)}",
        mean_of(scores.category_miou, scores.categories) if scores.categories else "not scored",
        _percent(scores.pixel_accuracy),
        call,
    )


def _bounds(scores: Evaluation) -> str:
    if not scores.per_frame:
        return ""
    interval = bootstrap_interval(scores.per_frame)
    return f" ({_percent(interval.low)} to {_percent(interval.high)})" if interval.is_known else ""


def _iou_table(title: str, evaluations: Sequence[Evaluation], ious: Sequence[Mapping]) -> str:
    """Return a row for each class and a column for each set; a cell stays empty where a set has no such class."""
    names = dict.fromkeys(name for scores in ious for name in scores)
    if not names:
        return ""
    sets = [f"IoU on `{scores.provenance.set_name}`" for scores in evaluations]
    rows = ((name, *(_percent(scores[name]) if name in scores else "" for scores in ious)) for name in names)
    return table((title, *sets), rows)


def _seen(scores: Evaluation, record: Record) -> str:
    """Say which cities of an evaluation were trained on, as far as it and the record name cities."""
    sources = list(_sources(record))
    trained = {city for source in sources for city in source.cities or ()}
    cities, name = cities_of(scores), scores.provenance.set_name
    if shared := [city for city in cities if city in trained]:
        return f"The training saw frames of these cities of `{name}`: {', '.join(shared)}."
    if cities and sources and all(source.cities for source in sources):
        return f"The training saw no frame of the cities of `{name}`."
    return ""


def _sources(record: Record) -> Iterable[TrainedFrames]:
    if not record.data:
        return
    yield record.data
    yield from (entry.data for entry in record.earlier if entry.data)
    yield from (source for change in record.data.extra for source in change.sources)


def _published(data: TrainedFrames) -> str:
    rows = (
        (name, where, f"{classes:.1f} %", "" if categories is None else f"{categories:.1f} %")
        for name, where, classes, categories in PUBLISHED
    )
    return f"""{_EARLIER}

{table(("Model", "Where", "Mean IoU, classes", "Mean IoU, categories"), rows)}

These do not compare one to one: those models see 1024 or 2048 columns and all 2,975 frames of the official train
split, often more, and are scored on the official val or test cities; this one was trained on frames of \
{data.told("frame_size")[1]:,} columns."""


def _limits(run: Run, evaluations: Sequence[Evaluation], *, of_cityscapes: bool) -> str:
    lines = []
    for scores in evaluations:
        present = [(iou, name) for name, iou in scores.classes.items() if iou is not None]
        weakest = ", ".join(f"{name} ({_percent(iou)})" for iou, name in sorted(present)[:5])
        lines.append(f"Weakest classes on `{scores.provenance.set_name}`: {weakest}.")
    if run.kind == "network":
        lines.append("Things a few pixels wide (poles, signs, riders far away) are often missed.")
    if of_cityscapes:
        lines.append(_CITYSCAPES_LIMITS)
    lines.append("Not for driving, nor for any use where a wrong pixel can hurt someone.")
    return f"## Limits\n{items(lines)}"
