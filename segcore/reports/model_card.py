"""The README.md of a run, written from what its folder holds, so that no figure in it is typed by hand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from segcore.errors import InputError
from segcore.reports.augmentation_answer import augmentation_table
from segcore.reports.percent import percent
from segcore.reports.words import describe_average, describe_data, describe_further_data
from segcore.runs.evaluation import Evaluation
from segcore.runs.history import read_history
from segcore.runs.results import evaluation_sets, is_stale, read_evaluation, sizes_in_words
from segcore.runs.run import Run
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
    "- Cityscapes shows central European cities by day in fair weather; night, heavy weather and other countries"
    " are outside of what the model has seen. Synthetic weather stands in for the real thing only in part."
)

SCORE_MARKS, AUGMENTATION_MARKS = (
    (f"<!-- {table}, written by python -m segcore card -->", f"<!-- end of {table} -->")
    for table in ("scores", "augmentation")
)

WRITTEN = "Written by `python -m segcore card`."
# Cards of earlier versions lack that line and have this one.
_EARLIER = "## Beside published figures"


def replace_card(path: Path, text: str) -> None:
    """Write a card or the overview of all, atomically, but only over one of its kind.

    Raises:
        InputError: what is there was written by somebody else.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else [WRITTEN]
    if {WRITTEN, _EARLIER}.isdisjoint(lines):
        raise InputError(f"{path} is no card but something of yours; give it another name to have one.")
    with replace_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_model_card(run: Run) -> None:
    """Write ``README.md`` into the folder of ``run``.

    Raises:
        InputError: as `replace_card`, or the folder lacks what the card tells.
    """
    try:
        card = model_card(run)
    except KeyError as error:
        raise InputError(f"run.json lacks {error}, which its card tells; add it.") from error
    replace_card(run.path / "README.md", card)


def overview(runs: Sequence[Run]) -> str:
    """Return a Markdown page with one row for each run and set of frames."""
    return f"# Trained runs\n\n{_table(runs, folder='')}\n\n{WRITTEN}\n"


def with_scores(readme: str, runs: Sequence[Run]) -> str | None:
    """Return the project's README with its tables between their marks, or None if it has no marks.

    Runs that keep no weights are left out of the scores: nobody can use them.
    """
    usable = [run for run in runs if run.has_network]
    tables = {
        SCORE_MARKS: lambda: _table(usable, folder="weights/"),
        AUGMENTATION_MARKS: lambda: augmentation_table(runs),
    }
    marked = [marks for marks in tables if all(mark in readme for mark in marks)]
    for first, last in marked:
        before, _, rest = readme.partition(first)
        _, _, after = rest.partition(last)
        readme = f"{before}{first}\n{tables[first, last]()}\n{last}{after}"
    return readme if marked else None


def _table(runs: Sequence[Run], *, folder: str) -> str:
    rows = [
        f"| [{run.name}]({folder}{run.name}/README.md) | {(run.parameters or 0) / 1e6:.1f} M | "
        f"{data_title(scores)} | {_percent(scores.miou)} | {_percent(scores.category_miou)} | "
        f"{_percent(scores.pixel_accuracy)} |"
        for run in runs
        for scores in current_evaluations(run)
    ]
    head = (
        "| Run | Parameters | Scored on | mIoU, classes | mIoU, categories | Pixel accuracy |",
        "|---|---|---|---|---|---|",
    )
    return "\n".join((*head, *rows))


def current_evaluations(run: Run) -> list[Evaluation]:
    """Return the scores of ``run`` on each set, without those of other weights or sizes than it has now.

    Raises:
        InputError: one is malformed.
    """
    evaluations = [read_evaluation(run, name) for name in evaluation_sets(run)]
    # A score of other weights or sizes than the folder has says nothing about this model.
    return [scores for scores in evaluations if not is_stale(run, scores.provenance)]


def model_card(run: Run) -> str:
    """Return the model card of ``run`` as Markdown."""
    evaluations = current_evaluations(run)
    sections = [
        f"# {run.name}",
        _model(run),
        _training(run, read_history(run)),
        *(_scores(scores, run.record) for scores in evaluations),
        *([_published(run)] if _of_cityscapes(run.record["data"]) else []),
        _limits(evaluations, of_cityscapes=_of_cityscapes(run.record["data"])),
        WRITTEN,
    ]
    return "\n\n".join(sections) + "\n"


def _of_cityscapes(data: Mapping) -> bool:
    """Tell whether the terms and the literature of Cityscapes concern a run trained on ``data``."""
    return data["name"].startswith("Cityscapes")


def data_title(scores: Evaluation) -> str:
    """Return what a set of frames is, in words: data set, split, cities, frames and size."""
    cities = _cities(scores)
    made, size = scores.provenance, scores.provenance.frame_size
    data = f"{made.data} " if made.data else ""
    where = f"{data}{made.split}" + (f" ({', '.join(cities)})" if cities else "")
    pixels = f", {size[1]} x {size[0]} pixels" if size else ""
    return f"{where}, {made.frames} frames{pixels}"


def _cities(scores: Evaluation) -> list[str]:
    return sorted({entry.frame.split("_")[0] for entry in scores.per_frame})


def _model(run: Run) -> str:
    arguments = ", ".join(f"`{key}={value}`" for key, value in run.arguments.items()) or "defaults"
    size = "" if run.parameters is None else f"; {run.parameters:,} parameters"
    mean = ", the mean of those of each view"
    sharpened = (
        f", sharpened by {run.sharpening:g} before they are brought to full size" if run.sharpening else ""
    )
    adapted = (
        " Its normalisation follows a frame whose features are unlike those of the training"
        " (`segcore.predict.adaptation`)."
        if run.adaptation
        else ""
    )
    return (
        f"{_WHAT[run.architecture]}: `segcore.models.{run.architecture}` with {arguments}{size}. "
        f"It takes RGB frames at {sizes_in_words(run.inference_sizes)} and gives a score to each of {run.num_classes} "
        f"classes ({run.label_space}){'' if len(run.inference_sizes) == 1 else mean}{sharpened}.{adapted}"
    )


def _training(run: Run, history: pd.DataFrame) -> str:
    record, training = run.record, run.record["training"]
    data = record["data"]
    terms = (
        "Cityscapes is for non-commercial research and personal use, and its frames may not be passed on "
        "(<https://www.cityscapes-dataset.com/license/>). Use these weights within these terms."
        if _of_cityscapes(data)
        else f"those of {data['name']}, for the weights as well."
    )
    teacher = training.get("teacher", "none")
    hours = history["seconds"].sum() / 3600
    encoder = training["encoder_weights"]
    start = "from random weights"
    if encoder != "none":
        start = f"its encoder from {'ImageNet weights' if encoder in _IMAGENET else f'`{encoder}`'}"
    moved = any({"hardware", "versions"} & entry.keys() for entry in record.get("earlier", ()))
    return f"""## Training

- Data: {_data(data)}.{_other_data(record)}
- Terms: {terms}
- Start: {start}.
- Settings: loss `{training["loss"]}`, augmentation `{training["augment"]}`, \
{"" if teacher == "none" else f"teacher `{teacher}`, "}seed {record["seed"]}; all stand in \
`run.json`.{_items(_commands(record))}
- Reached: {record["epochs"]} epochs in {hours:.1f} hours of wall time{", the last" if moved else ""} on \
{record["hardware"]} ({record["versions"]["backend"]} back end, {training["precision"]}). {_kept(record)}, which \
makes its validation score a little kinder than an untouched test set would be.\
{_items(_averages(record))}{_items(_earlier(record))}{_weights(run)}{_items(record.get("notes", ()))}"""


def _items(lines: Iterable[str]) -> str:
    return "".join(f"\n- {line}" for line in lines)


def _commands(record: dict) -> Iterator[str]:
    for entry in record.get("commands", ()):
        begin = f"From epoch {entry['from_epoch']} on" if entry["from_epoch"] > 1 else "Command"
        yield f"{begin}: `{entry['command']}`"


def _kept(record: dict) -> str:
    if any(_is_current(average, record) for average in record.get("averages", ())):
        return "The weights are a mean of those that were each the best of their training on the validation frames"
    return f"The weights are those of epoch {record['best_epoch']}, the best on the validation frames"


def _averages(record: dict) -> Iterator[str]:
    for average in record.get("averages", ()):
        what = "This mean is" if _is_current(average, record) else "The training went on from the mean"
        yield (
            f"{what} of {describe_average(average)}, made by `{average['command']}`; curves, commands and settings up "
            "to there are those of the first."
        )


def _is_current(average: Mapping, record: dict) -> bool:
    return average["weights_sha256"] == record["weights_sha256"]


def _earlier(record: dict) -> Iterator[str]:
    for entry in record.get("earlier", ()):
        told = [", ".join(f"`{key}={value}`" for key, value in entry["settings"].items())]
        if "hardware" in entry:
            told.append(f"on {entry['hardware']}")
        if versions := entry.get("versions"):
            packages = ", ".join(f"{name} {value}" for name, value in versions.items() if name != "backend")
            told.append(f"{versions.get('backend')} back end ({packages})")
        if any(told):
            yield f"Until epoch {entry['to_epoch']}: {', '.join(filter(None, told))}."


def _weights(run: Run) -> str:
    return (
        ""
        if run.has_network
        else "\n- The weights themselves are not kept here; the command makes them again."
    )


def _data(data: Mapping) -> str:
    return f"{describe_data(data)} of {data['frame_size'][1]} x {data['frame_size'][0]} pixels"


def _other_data(record: Mapping) -> str:
    before = (
        f"Until epoch {entry['to_epoch']}, instead: {_data(entry['data'])}."
        for entry in record.get("earlier", ())
        if "data" in entry
    )
    further = (
        f"From epoch {change['from_epoch']} on, further data: {describe_further_data(change['sources'])}."
        for change in record["data"].get("extra", ())
    )
    return _items((*before, *further))


def _seen(scores: Evaluation, record: Mapping) -> str:
    """Say which cities of an evaluation were trained on, as far as it and the record name cities."""
    sources = [record["data"], *(entry["data"] for entry in record.get("earlier", ()) if "data" in entry)]
    sources += (source for change in record["data"].get("extra", ()) for source in change["sources"])
    trained = {city for source in sources for city in source.get("cities") or ()}
    cities = _cities(scores)
    if shared := [city for city in cities if city in trained]:
        return f"Of these cities the training saw frames as well: {', '.join(shared)}.\n\n"
    if cities and all(source.get("cities") for source in sources):
        return "The training saw no frame of these cities.\n\n"
    return ""


def _scores(scores: Evaluation, record: Mapping) -> str:
    categories, latency = scores.categories, scores.latency
    lines = [
        f"## Scores: {data_title(scores)}",
        "",
        f"{_seen(scores, record)}| | |",
        "|---|---|",
        f"| mean IoU, {len(scores.classes)} classes | {_percent(scores.miou)}{_bounds(scores)} |",
    ]
    if categories:
        lines.append(f"| mean IoU, {len(categories)} categories | {_percent(scores.category_miou)} |")
    lines.append(f"| pixel accuracy | {_percent(scores.pixel_accuracy)} |")
    if latency and latency.median is not None:
        where = f" on {latency.hardware}" if latency.hardware else ""
        lines.append(f"| network call, median | {latency.median:.0f} ms{where} |")
    for title, ious in (("class", scores.classes), ("category", categories)):
        if ious:
            lines += ["", f"| {title} | IoU |", "|---|---|"]
            lines += [f"| {name} | {_percent(value)} |" for name, value in ious.items()]
    return "\n".join(lines)


def _bounds(scores: Evaluation) -> str:
    if not scores.per_frame:
        return ""
    interval = bootstrap_interval(scores.per_frame)
    if not interval.is_known:
        return ""
    return f" (95 % interval over frames {_percent(interval.low)} to {_percent(interval.high)})"


def _published(run: Run) -> str:
    rows = "\n".join(
        f"| {name} | {where} | {classes:.1f} | {'' if categories is None else f'{categories:.1f}'} |"
        for name, where, classes, categories in PUBLISHED
    )
    return f"""## Beside published figures

| Model | Where | classes | categories |
|---|---|---|---|
{rows}

They do not compare one to one: those models see 1024 or 2048 columns and all 2,975 frames of the official train
split, often more, and are scored on the official val or test cities; this one was trained on
frames of {run.data["frame_size"][1]:,} columns."""


def _limits(evaluations: Sequence[Evaluation], *, of_cityscapes: bool) -> str:
    lines = ["## Known failures and limits", ""]
    for scores in evaluations:
        present = {name: iou for name, iou in scores.classes.items() if iou is not None}
        worst = sorted(present, key=present.get)[:5]
        named = ", ".join(f"{name} ({_percent(present[name])})" for name in worst)
        lines.append(f"- Weakest classes on {data_title(scores)}: {named}.")
    lines += [
        "- Things a few pixels wide at this resolution (poles, signs, riders far away) are often missed.",
        *([_CITYSCAPES_LIMITS] if of_cityscapes else []),
        "- Not for driving, nor for any use where a wrong pixel can hurt someone.",
    ]
    return "\n".join(lines)
