"""The report's sections on the two runs and their training."""

from collections.abc import Iterator
from html import escape

from segcore.reports.charts.curves import curves_figure
from segcore.reports.html.markup import format_cell, html_table, join_known
from segcore.reports.html.shell import Chart
from segcore.reports.html.sides import Parts, ReportedRun, readable_history
from segcore.reports.tables import views_in_words
from segcore.reports.words import (
    best_epoch,
    describe_curve,
    describe_data,
    describe_further_data,
    describe_losses,
    loss_title,
)
from segcore.runs.record import ForeignRecord
from segcore.runs.run import Run
from segcore.system.counting import counted

_PANELS = {"Loss": "loss", "Mean IoU": "mean_iou", "Accuracy": "accuracy"}


def the_two_runs(*sides: ReportedRun) -> Parts:
    """Yield the facts of each run and of its training."""
    yield "<h2>The two runs</h2>"
    facts = [dict(_facts(side.run)) for side in sides]
    rows = [
        (name, *(format_cell(fact[name]) for fact in facts))
        for name in facts[0]
        if any(fact[name] not in (None, "") for fact in facts)
    ]
    yield html_table(("", *(side.name for side in sides)), rows, numbers=False)


def _facts(run: Run) -> Iterator[tuple[str, object]]:
    record, training = run.record, run.training
    arguments = ", ".join(f"{key} = {value}" for key, value in run.arguments.items())
    yield "Architecture", f"{run.architecture} ({arguments})" if arguments else run.architecture
    yield "Source", record.source if isinstance(record, ForeignRecord) else None
    yield "Parameters", None if run.parameters is None else f"{run.parameters:,}"
    yield "Input", views_in_words(run.inference_sizes)
    yield "Classes", f"{run.num_classes} ({run.label_space})"
    yield "Training data", describe_data(record.data) if record.data else None
    changes = (
        f"from epoch {change.from_epoch}: {describe_further_data(change.sources)}"
        for change in run.further_data
    )
    yield "Further data", "; ".join(changes)
    yield "Start", training.get("encoder_weights")
    yield "Augmentation", training.get("augment")
    yield "Loss", training.get("loss")
    yield "Budget", _budget(run)
    yield "Hardware", record.hardware
    yield "Seed", record.seed
    yield "Trained", record.date
    yield "Weights, sha256", run.weights_sha256[:12] if run.weights_sha256 else None


def _budget(run: Run) -> str:
    epochs, data = run.record.epochs, run.record.data
    frames = data.frames if data and not run.further_data else None
    seen = None if epochs is None or frames is None else f"{counted(epochs * frames, 'frame')} seen"
    hours = None
    if (history := readable_history(run)) is not None and history["seconds"].notna().any():
        hours = f"{history['seconds'].sum() / 3600:.1f} hours"
    return join_known(None if epochs is None else counted(epochs, "epoch"), seen, hours)


def training_curves(*sides: ReportedRun) -> Parts:
    """Yield the curves of both runs and their description."""
    yield "<h2>Training</h2>"
    histories = {side.name: history for side in sides if (history := readable_history(side.run)) is not None}
    for side in sides:
        if side.name not in histories:
            yield f"<p>{escape(side.name)} has no training curves.</p>"
    if not histories:
        return
    best = {
        side.name: epoch
        for side in sides
        if side.name in histories and (epoch := side.run.best_epoch or best_epoch(histories[side.name]))
    }
    loss = loss_title(side.run.training for side in sides if side.name in histories)
    since = {side.name: side.run.loss_since for side in sides}
    figure = curves_figure(histories, list(_PANELS), best_epochs=best, loss_title=loss, loss_since=since)
    yield Chart(figure, figure, "Loss, mean IoU and accuracy against the epoch.")
    for sentence in describe_losses([side.run for side in sides if side.name in histories]):
        yield f'<p class="quiet">{escape(sentence)}</p>'
    for title, quantity in _PANELS.items():
        readings = "".join(
            f"<li><b>{escape(name)}</b>: "
            f"{escape(describe_curve(history, quantity, loss_since=since[name]))}</li>"
            for name, history in histories.items()
        )
        yield f"<h3>{title}</h3><ul>{readings}</ul>"
