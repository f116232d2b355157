"""Measure the effect of single training settings: further steps from the stored weights with one setting changed.

    PYTHONPATH=. python benchmarks/last_steps.py --run mobilenet_segnet --data ROOT \\
        --extra-data RENDERED --variant loss=ce --variant augment=flip --variant extra_repeats=0

Every variant takes the same number of steps from the same weights, with the run's configuration except for the changes
of the variant, and is scored on val of ROOT and on the demo city. Differences to the first line, which changes nothing,
are in points of mean IoU with 95 % bootstrap intervals over frames. So few steps show the effect of a setting on a
trained network, but not on a whole training.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import keras

from segcore.frames.cityscapes import find_frames
from segcore.models.build import add_to_logits, build_model
from segcore.predict.keras_network import as_predictor
from segcore.runs.run import find_run
from segcore.scoring.bootstrap import bootstrap_difference
from segcore.scoring.evaluation import evaluate
from segcore.training.callbacks import settle_batch_norm
from segcore.training.config import TrainingConfig
from segcore.training.distillation import distilled
from segcore.training.losses import make_loss
from segcore.training.schedule import WarmupStableDecay
from segcore.training.setup import logit_excess, make_batches, measure_class_weights, model_to_train

DEMO_CITY = Path(__file__).parents[1] / "data" / "demo_city"


def main() -> None:
    """Print a table, one line when a variant is finished."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", required=True)
    parser.add_argument(
        "--data", type=Path, required=True, help="Cityscapes root with the splits train and val"
    )
    parser.add_argument("--extra-data", type=Path, help="root with rendered frames in its split train")
    parser.add_argument(
        "--extra-repeats", type=int, default=4, help="how often a pass shows a rendered frame"
    )
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--learning-rate", type=float, default=3e-4, help="peak, after a short warm-up")
    parser.add_argument("--variant", action="append", default=[], metavar="KEY=VALUE[,KEY=VALUE]")
    arguments = parser.parse_args()

    run = find_run(arguments.run)
    first = None
    sys.stdout.write(
        "| Variant | val: classes | categories | difference | demo city: classes | categories | difference |\n"
        "|---|---|---|---|---|---|---|\n"
    )
    for variant in ("", *arguments.variant):
        scores = _scores(run, _changes(variant), arguments)
        first = first or scores
        cells = [f"`{variant}`" if variant else "as configured"]
        for one, reference in zip(scores, first, strict=True):
            difference = bootstrap_difference(one.per_frame, reference.per_frame)
            cells += [f"{100 * one.miou:.1f} %", f"{100 * one.category_miou:.1f} %"]
            cells.append(
                f"{100 * difference.value:+.1f} ({100 * difference.low:+.1f} to {100 * difference.high:+.1f})"
                if variant
                else ""
            )
        sys.stdout.write(f"| {' | '.join(cells)} |\n")
        sys.stdout.flush()


def _changes(variant: str) -> dict:
    # A comma within a value, as in scale=[1,1.2], does not end a pair.
    pairs = (pair.partition("=") for pair in re.split(r",(?=\w+=)", variant) if pair)
    return {key: _value(text) for key, _, text in pairs}


def _value(text: str):
    try:
        return json.loads(text)
    except ValueError:
        return text


def _scores(run, changes: dict, arguments: argparse.Namespace) -> list[dict]:
    repeats = changes.get("extra_repeats", arguments.extra_repeats)
    configured = TrainingConfig.from_dict(run.training | {"encoder_weights": "none"})
    config = TrainingConfig.from_dict(
        configured.to_dict() | {key: value for key, value in changes.items() if key != "extra_repeats"}
    )
    keras.utils.set_random_seed(config.seed)
    train = find_frames(arguments.data, split="train")
    rendered = find_frames(arguments.extra_data, split="train") if arguments.extra_data else ()
    shares = measure_class_weights(configured, train)

    stored = build_model(
        run.architecture, num_classes=run.num_classes, image_size=run.input_size, **run.arguments
    )
    stored.load_weights(run.weights_path)
    add_to_logits(stored, logit_excess(configured, shares))
    model, label_stride = model_to_train(config, num_classes=run.num_classes)
    model.set_weights(stored.get_weights())
    if config.teacher != "none":
        model = distilled(model, config, logit_excess(config, shares))
    model.compile(
        optimizer=keras.optimizers.AdamW(
            WarmupStableDecay(
                arguments.learning_rate,
                warmup_steps=arguments.steps // 10,
                decay_steps=arguments.steps - arguments.steps // 10,
                total_steps=arguments.steps,
            ),
            weight_decay=config.weight_decay,
        ),
        loss=make_loss(config.loss, class_weights=measure_class_weights(config, train)),
    )
    model.fit(
        make_batches(
            config,
            (*train, *rendered * repeats),
            training=True,
            donors=train,
            # Another order and other random numbers than in the run's training.
            epoch=10_000,
            shuffle=True,
            label_stride=label_stride,
        ),
        epochs=1,
        steps_per_epoch=arguments.steps,
        shuffle=False,
        verbose=0,
    )
    stored.set_weights(model.get_weights())
    settle_batch_norm(stored, make_batches(config, train, training=False, shuffle=True))
    add_to_logits(stored, logit_excess(config, shares), factor=-1)
    predictor = as_predictor(run, stored)
    return [
        evaluate(run, find_frames(root, split="val"), set_name="val", predictor=predictor)
        for root in (arguments.data, DEMO_CITY)
    ]


if __name__ == "__main__":
    main()
