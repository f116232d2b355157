"""The report on two runs: what they are, how they score on one set, class by class, and how that was measured."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from html import escape

import numpy as np
import pandas as pd

import segcore
from segcore.bootstrap import Interval, bootstrap_classes, bootstrap_difference, bootstrap_interval
from segcore.charts.curves import curves_figure
from segcore.charts.scores import confusion_heatmap, dumbbell, row_shares
from segcore.charts.severity import severity_curves
from segcore.data.effects import EFFECTS
from segcore.errors import InputError
from segcore.history import read_history
from segcore.reading import best_epoch, describe_curve, describe_data, describe_further_data, loss_title
from segcore.report.shell import Chart, document
from segcore.results import evaluation_sets, read_evaluation, read_robustness, robustness_sets
from segcore.robustness import read_provenance, summarize
from segcore.runs import Run
from segcore.tables import color_of, conditions, frame_table, predicts_void, same_classes, score_table

MOST_FRAMES = 8
ABSENT = "–"
_PANELS = {"Loss": "loss", "Mean IoU": "mean_iou", "Accuracy": "accuracy"}

Parts = Iterator[str | Chart]


@dataclass(frozen=True)
class _Side:
    letter: str
    run: Run
    scores: Mapping

    @property
    def name(self) -> str:
        return f"{self.letter}: {self.run.name}"


def pair_report(run_a: Run, run_b: Run, set_name: str) -> str:
    """Return an HTML document, on its own in one file, on two runs that were evaluated on the same set.

    Raises:
        InputError: the runs are the same, or one has no scores on the set or damaged ones.
    """
    if run_a.path == run_b.path:
        raise InputError(f"A and B are both {run_a.name!r}; choose two different runs for a report.")
    sides = tuple(
        _Side(letter, run, _scores(run, set_name)) for letter, run in zip("AB", (run_a, run_b), strict=True)
    )
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    sections = (_runs, _headline, _classes, _confusion, _training, _robustness, _frames)
    parts: list[str | Chart] = [
        f'<p class="quiet">SegCompare {escape(segcore.__version__)}, {made}, '
        f"set {escape(set_name)}. A is {escape(run_a.name)}, B is {escape(run_b.name)}.</p>"
    ]
    for section in sections:
        parts += section(*sides)
    return document(f"{run_a.name} against {run_b.name}", [*parts, _METHOD])


def _scores(run: Run, set_name: str) -> dict:
    scores = read_evaluation(run, set_name)
    if scores is None:
        known = ", ".join(evaluation_sets(run)) or "none"
        raise InputError(
            f"Run {run.name!r} has no scores on {set_name!r}, only on: {known}; choose one of these or evaluate it."
        )
    return scores


def _runs(*sides: _Side) -> Parts:
    yield "<h2>The two runs</h2>"
    facts = [dict(_facts(side.run)) for side in sides]
    rows = [
        (name, *(_cell(fact[name]) for fact in facts))
        for name in facts[0]
        if any(fact[name] not in (None, "") for fact in facts)
    ]
    yield _table(("", *(side.name for side in sides)), rows, numbers=False)


def _facts(run: Run) -> Iterator[tuple[str, object]]:
    record, training, data = run.record, run.training, run.data
    arguments = ", ".join(f"{key} = {value}" for key, value in run.arguments.items())
    yield "Architecture", f"{run.architecture} ({arguments})" if arguments else run.architecture
    yield "Parameters", None if run.parameters is None else f"{run.parameters:,}"
    yield "Input", f"{run.input_size[1]} × {run.input_size[0]} px"
    yield "Classes", f"{run.num_classes} ({run.label_space})"
    yield "Training data", describe_data(data)
    changes = (
        f"from epoch {change['from_epoch']}: {describe_further_data(change['sources'])}"
        for change in data.get("extra", ())
    )
    yield "Further data", "; ".join(changes)
    yield "Start", training.get("encoder_weights")
    yield "Augmentation", training.get("augment")
    yield "Loss", training.get("loss")
    yield "Budget", _budget(run)
    yield "Hardware", record.get("hardware")
    yield "Seed", record.get("seed")
    yield "Trained", record.get("date")
    yield "Weights, sha256", run.weights_sha256[:12] if run.weights_sha256 else None


def _budget(run: Run) -> str:
    epochs = run.record.get("epochs")
    frames = None if run.data.get("extra") else run.data.get("frames")
    seen = f"{epochs * frames:,} frames seen" if isinstance(epochs, int) and isinstance(frames, int) else None
    hours = None
    if (history := _history(run)) is not None and history["seconds"].notna().any():
        hours = f"{history['seconds'].sum() / 3600:.1f} hours"
    return _join(None if epochs is None else f"{epochs} epochs", seen, hours)


def _headline(*sides: _Side) -> Parts:
    yield f"<h2>Scores</h2><p>{escape(_where(sides))}.</p>"
    for side in sides:
        measured = side.scores.get("weights_sha256")
        if None not in (measured, side.run.weights_sha256) and measured != side.run.weights_sha256:
            yield (
                f'<p class="warning">{escape(side.name)} was scored with other weights than it holds now '
                f"({escape(str(measured)[:12])}).</p>"
            )
    frames = [side.scores.get("per_frame", []) for side in sides]
    intervals = [_try(partial(bootstrap_interval, entries)) for entries in frames]
    rows = [("Mean IoU", *map(_share, _column(sides, "miou")), _points(*_column(sides, "miou")))]
    if not any(isinstance(interval, str) for interval in intervals):
        difference = _try(partial(bootstrap_difference, *frames))
        between = "" if isinstance(difference, str) else _range(difference, "+.1f")
        rows.append(("… 95 % interval", *(_range(each, ".1f") for each in intervals), between))
    for key, title in (("category_miou", "Mean IoU of categories"), ("pixel_accuracy", "Pixel accuracy")):
        pair = _column(sides, key)
        rows.append((title, *map(_share, pair), _points(*pair)))
    latencies = [side.scores.get("latency_ms") or {} for side in sides]
    medians = [each.get("median") for each in latencies]
    known = [median if isinstance(median, int | float) else None for median in medians]
    rows.append(("Network call, median", *(_cell(median, "{:.0f} ms") for median in known), ""))
    yield _table(("", "A", "B", "A − B, points"), rows)
    yield f"<p>{escape(_verdict(frames))}</p>"
    machines = dict.fromkeys(str(each["hardware"]) for each in latencies if each.get("hardware"))
    if machines:
        yield f'<p class="quiet">Latency on: {escape("; ".join(machines))}.</p>'


def _verdict(frames: Sequence[Sequence[Mapping]]) -> str:
    difference = _try(partial(bootstrap_difference, *frames))
    if isinstance(difference, str):
        return f"Whether the difference is more than chance is not known. {difference}"
    bounds = f"{100 * difference.low:+.1f} to {100 * difference.high:+.1f} points"
    if difference.low <= 0 <= difference.high:
        return f"With other frames the difference could have either sign ({bounds}): these do not tell which is better."
    better = "A" if difference.low > 0 else "B"
    return (
        f"{better} is ahead by more than the choice of frames explains ({bounds}). It is one training of each: "
        "another seed may move either score."
    )


def _classes(*sides: _Side) -> Parts:
    names = [side.name for side in sides]
    for key, title in (("classes", "Classes"), ("categories", "Categories")):
        table = score_table({side.name: side.scores for side in sides}, key)
        if table.empty:
            continue
        ranges = _class_ranges(sides) if key == "classes" else {}
        rows = []
        for name, row in table.iterrows():
            pair = [row[column] for column in names]
            bounds = (ranges.get(name, ""),) if ranges else ()
            rows.append((_Raw(_swatch(name)), *map(_share, pair), _points(*pair), *bounds))
        yield f"<h2>{title}</h2>"
        header = ("IoU", "A", "B", "A − B, points", *(("95 % interval",) if ranges else ()))
        yield _table(header, rows)
        figure = dumbbell(table)
        yield Chart(
            figure, figure, f"IoU of A and B for each of the {title.lower()}; the numbers stand in the table."
        )
    if (table := score_table({side.name: side.scores for side in sides}, "classes")).isna().any(axis=None):
        yield f'<p class="quiet">{ABSENT}: the class occurs neither in truth nor in prediction.</p>'


def _class_ranges(sides: Sequence[_Side]) -> dict[str, str]:
    if not same_classes(*(side.scores for side in sides)):
        return {}
    found = _try(partial(bootstrap_classes, *(side.scores.get("per_frame", []) for side in sides)))
    if isinstance(found, str):
        return {}
    names = sides[0].scores["class_names"]
    return {name: _range(interval, "+.1f") for name, interval in zip(names, found, strict=True)}


def _confusion(*sides: _Side) -> Parts:
    yield "<h2>What is taken for what</h2>"
    yield "<p>Each row is a class of the ground truth and adds up to 100 %: where its pixels went.</p>"
    keep_void = predicts_void(*(side.scores for side in sides))
    shares = [row_shares(np.asarray(side.scores["confusion"]), keep_void=keep_void) for side in sides]
    views = [(side.name, share, side.scores, False) for side, share in zip(sides, shares, strict=True)]
    if same_classes(*(side.scores for side in sides)):
        views.append(
            (
                "A − B: above 0 on the diagonal, A is right more often",
                shares[0] - shares[1],
                views[0][2],
                True,
            )
        )
    for title, share, scores, is_difference in views:
        draw = partial(confusion_heatmap, share, scores["class_names"], difference=is_difference)
        yield f"<h3>{escape(title)}</h3>"
        yield Chart(
            draw(dark=False), draw(dark=True), f"Confusion matrix, {title}: truth down, prediction across."
        )


def _training(*sides: _Side) -> Parts:
    yield "<h2>Training</h2>"
    histories = {side.name: history for side in sides if (history := _history(side.run)) is not None}
    for side in sides:
        if side.name not in histories:
            yield f"<p>{escape(side.name)} has no curves that can be read.</p>"
    if not histories:
        return
    best = {
        side.name: epoch
        for side in sides
        if side.name in histories and (epoch := side.run.best_epoch or best_epoch(histories[side.name]))
    }
    loss = loss_title(side.run.training for side in sides if side.name in histories)
    figure = curves_figure(histories, list(_PANELS), best_epochs=best, loss_title=loss)
    yield Chart(figure, figure, "Loss, mean IoU and accuracy against the epoch.")
    since = {side.name: side.run.loss_since for side in sides}
    for title, quantity in _PANELS.items():
        readings = "".join(
            f"<li><b>{escape(name)}</b>: "
            f"{escape(describe_curve(history, quantity, loss_since=since[name]))}</li>"
            for name, history in histories.items()
        )
        yield f"<h3>{title}</h3><ul>{readings}</ul>"


def _robustness(*sides: _Side) -> Parts:
    shared = set.intersection(*(set(robustness_sets(side.run)) for side in sides))
    # The set that the report is about, where weather was measured on it.
    for set_name in sorted(shared, key=lambda name: (name != sides[0].scores["set"], name))[:1]:
        found = {side.name: _try(partial(read_robustness, side.run, set_name)) for side in sides}
        tables = {name: table for name, table in found.items() if isinstance(table, pd.DataFrame)}
        effects = [name for name in EFFECTS if all(name in set(table["effect"]) for table in tables.values())]
        if len(tables) < len(sides) or not effects:
            return
        yield "<h2>Under weather</h2>"
        yield (
            "<p>Drops, flakes and fog are painted onto the frames: a stand-in for real weather, no proof of how a "
            "model does in it. Kept is the area under mean IoU against severity 0 to 5, as a share of the clean "
            "score.</p>"
        )
        summaries = {name: summarize(table).set_index("effect") for name, table in tables.items()}
        rows = []
        for effect in effects:
            pair = [summary["kept"][effect] for summary in summaries.values()]
            rows.append((EFFECTS[effect].title, *map(_share, pair), _points(*pair)))
        clean = [summary["clean"].iloc[0] for summary in summaries.values()]
        rows.append(("Clean mean IoU", *map(_share, clean), _points(*clean)))
        yield _table(("Kept under", "A", "B", "A − B, points"), rows)
        highest = max(table["miou"].max() for table in tables.values())
        yield '<div class="cards">'
        for effect in effects:
            curves = {name: table[table["effect"] == effect] for name, table in tables.items()}
            figure = severity_curves(
                curves, value="miou", title="mean IoU", range_to=(0, 1.05 * max(highest, 0.05))
            )
            yield f"<div><h3>{escape(EFFECTS[effect].title)}</h3>"
            yield Chart(
                figure, figure, f"Mean IoU of both runs against the severity of {EFFECTS[effect].title}."
            )
            yield "</div>"
        yield "</div>"
        made = read_provenance(sides[0].run, set_name)
        signs = "A has circles, B diamonds."
        where = f" Measured on {escape(conditions(made))}." if {"split", "frames"} <= set(made) else ""
        yield f'<p class="quiet">{signs}{where}</p>'


def _frames(*sides: _Side) -> Parts:
    tables = [pd.DataFrame(side.scores.get("per_frame", []), columns=["frame", "miou"]) for side in sides]
    table = frame_table(*(each.astype({"miou": "float64"}) for each in tables)).dropna()
    difference = table.columns[-1]
    if table.empty:
        return
    yield "<h2>Frames on which they differ most</h2>"
    yield '<p class="quiet">Mean IoU over the classes of one frame; these do not average to the score of the set.</p>'
    for title, ahead in (
        ("A ahead", table[table[difference] > 0].nlargest(MOST_FRAMES, difference)),
        ("B ahead", table[table[difference] < 0].nsmallest(MOST_FRAMES, difference)),
    ):
        if not ahead.empty:
            rows = [
                (row[0], _share(row[1]), _share(row[2]), _points(*row[1:3]))
                for row in ahead.to_numpy().tolist()
            ]
            yield f"<h3>{title}: {len(ahead)} of {len(table)} frames</h3>"
            yield _table(("Frame", "A", "B", "A − B, points"), rows)


_METHOD = """<h2>How this was measured</h2>
<ul>
<li>Definitions are those of cityscapesScripts, the scorer of the Cityscapes benchmark. One confusion matrix is summed
over all pixels of all frames of the set, at the frames' own size; scores follow from it, and are no means over
frames.</li>
<li>IoU of a class is TP / (TP + FP + FN). Pixels whose true label is void are left out; void predicted on any other
pixel is an error. A class in neither truth nor prediction has no score and does not enter the mean.</li>
<li>A category counts as right when any of its classes is predicted: a car taken for a truck is right as a
vehicle.</li>
<li>Intervals: the frames are drawn again 2,000 times with replacement, the same draws for A and B, and the middle
95 % of the scores are kept. Frames of one drive resemble each other, so that a true interval is rather wider. The
intervals of single classes are not corrected for there being many of them.</li>
<li>Scores of a model chosen by its validation score are a little kind on that same set.</li>
</ul>"""


@dataclass(frozen=True)
class _Raw:
    html: str


def _table(header: Sequence[str], rows: Sequence[Sequence], *, numbers: bool = True) -> str:
    kind = ' class="number"' if numbers else ""
    head = "".join(
        f'<th scope="col"{kind if index else ""}>{escape(cell)}</th>' for index, cell in enumerate(header)
    )
    body = "".join(
        f'<tr><th scope="row">{_escaped(row[0])}</th>'
        + "".join(f"<td{kind}>{_escaped(cell)}</td>" for cell in row[1:])
        + "</tr>\n"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _escaped(cell: str | _Raw) -> str:
    return cell.html if isinstance(cell, _Raw) else escape(cell)


def _swatch(name: str) -> str:
    return f'<span class="swatch" style="background: rgb{color_of(name)}"></span>{escape(name)}'


def _where(sides: Sequence[_Side]) -> str:
    return "; ".join(dict.fromkeys(conditions(side.scores) for side in sides))


def _column(sides: Sequence[_Side], key: str) -> list[float | None]:
    return [side.scores.get(key) for side in sides]


def _history(run: Run) -> pd.DataFrame | None:
    found = _try(partial(read_history, run))
    return None if isinstance(found, str) else found


def _try(read: Callable) -> object:
    """Return what ``read`` gives, or the sentence in which it says why it cannot."""
    try:
        return read()
    except InputError as error:
        return str(error)


def _cell(value: object, form: str = "{}") -> str:
    return ABSENT if value is None or value == "" else form.format(value)


def _join(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)


def _share(value: float | None) -> str:
    return ABSENT if value is None or pd.isna(value) else f"{100 * value:.1f} %"


def _points(a: float | None, b: float | None) -> str:
    return "" if pd.isna(a) or pd.isna(b) else f"{100 * (a - b):+.1f}"


def _range(interval: Interval, form: str) -> str:
    low, high = (100 * bound for bound in (interval.low, interval.high))
    return "" if np.isnan(low) else f"{low:{form}} to {high:{form}}"
