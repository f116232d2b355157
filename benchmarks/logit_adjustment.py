"""Measure the effect of logit adjustment (subtracting a share of the class weights' logarithm) on the shipped runs.

    PYTHONPATH=. python benchmarks/logit_adjustment.py --data ROOT    # a Cityscapes root; some minutes

For each run and share: mean IoU of classes and categories on the split val. The class weights are those of the run's
training, measured on the split train. The share that is already in the stored weights is first undone.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from segcore.frames.cityscapes import find_frames
from segcore.models.build import add_to_logits, build_model
from segcore.predict.keras_network import as_predictor
from segcore.runs.run import find_run
from segcore.scoring.evaluation import evaluate
from segcore.training.config import TrainingConfig
from segcore.training.setup import logit_excess, measure_class_weights

SHARES = (0.0, 0.5, 0.75, 1.0)


def main() -> None:
    """Print one line for each run and share."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--data", type=Path, required=True, help="Cityscapes root with the splits train and val"
    )
    parser.add_argument("--run", nargs="+", default=["mobilenet_segnet", "unet_xception"])
    arguments = parser.parse_args()
    train, val = (find_frames(arguments.data, split=split) for split in ("train", "val"))
    for name in arguments.run:
        run = find_run(name)
        config = TrainingConfig.from_dict(run.training)
        model = build_model(
            run.architecture, num_classes=run.num_classes, image_size=run.input_size, **run.arguments
        )
        model.load_weights(run.weights_path)
        weights = measure_class_weights(config, train)
        add_to_logits(model, logit_excess(config, weights))
        for share in SHARES:
            excess = logit_excess(replace(config, logit_adjustment=share), weights)
            add_to_logits(model, excess, factor=-1)
            scores = evaluate(run, val, set_name="val", predictor=as_predictor(run, model))
            sys.stdout.write(
                f"{name}, share {share}: {100 * scores.miou:.1f} % classes, "
                f"{100 * scores.category_miou:.1f} % categories, {scores.provenance.frames} frames\n"
            )
            sys.stdout.flush()
            add_to_logits(model, excess)


if __name__ == "__main__":
    main()
