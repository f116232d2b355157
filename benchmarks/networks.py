"""Compare the time of runs' networks for one picture with a TFLite network and with Keras.

    PYTHONPATH=. python benchmarks/networks.py --tflite FILE.tflite [--run NAME ...] [--keras] [--repeats 15]

Each row is the median of the repeats. Every repeat calls all networks once, so that a change of the machine's speed
affects all of them. The ratio is relative to the TFLite file, which LiteRT runs with the same number of threads as ONNX
Runtime. Times are of ``Predictor.classify``: letterbox, network, classes at the size of the picture; "network" is only
the network. The picture is a frame of the demo city, which is usual for all shipped runs, so they do not adapt; in
"fog 5" they do.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from app_in_browser import tell_machine

from segcore.effects.chain import Chain, make_step
from segcore.effects.render import apply
from segcore.frames.cityscapes import find_frames, read_frame
from segcore.frames.demo import DEMO_CITY
from segcore.frames.images import resize_image
from segcore.predict.onnx.network import threads
from segcore.predict.predictor import load_predictor
from segcore.runs.run import Run, find_run, list_runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--tflite", required=True, help="a TFLite network with one uint8 picture as its input"
    )
    parser.add_argument("--run", nargs="+", help="names of runs, by default all that have a network")
    parser.add_argument("--keras", action="store_true", help="also what Keras takes for all views")
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    runs = [find_run(name) for name in arguments.run] if arguments.run else list_runs().runs
    image, _ = read_frame(find_frames(DEMO_CITY, split="val")[0])
    fog, _ = apply(Chain((make_step("fog", severity=5),)), image, None)
    calls: dict[str, Callable[[], float]] = {"TFLite, network": _tflite(arguments.tflite, image)}
    for run in runs:
        if run.has_network and run.starts_quickly:
            calls |= _calls(run, image, fog)
            if arguments.keras and run.kind == "network":
                calls[f"{run.name}, all views, Keras"] = _keras(run, image)
    tell_machine()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for repeat in range(arguments.repeats + 2):
        for name, call in calls.items():
            seconds = call()
            # The first two repeats create sessions and compile.
            if repeat >= 2:
                times[name].append(1000 * seconds)
    base = statistics.median(times["TFLite, network"])
    for name, values in times.items():
        median = statistics.median(values)
        sys.stdout.write(f"{name:52}{median:8.1f} ms{median / base:8.2f} x\n")


def _calls(run: Run, image: np.ndarray, fog: np.ndarray) -> dict[str, Callable[[], float]]:
    views = len(run.inference_sizes)
    named = {f"{run.name}, {views} view{'s' if views > 1 else ''}": load_predictor(run)}
    if run.kind == "network":
        one = replace(run, record=run.record.updated(inference_sizes=[list(run.input_size)], adaptation={}))
        named[f"{run.name}, 1 view of {run.input_size[1]} columns"] = load_predictor(one)
    calls: dict[str, Callable[[], float]] = {}
    for name, predictor in named.items():
        calls[f"{name}, network"] = lambda predictor=predictor: predictor.classify(image)[1]
        calls[name] = lambda predictor=predictor: _timed(lambda: predictor.classify(image))
    if run.adaptation:
        whole = load_predictor(run)
        calls[f"{run.name}, {views} views, fog 5"] = lambda: _timed(lambda: whole.classify(fog))
    return calls


def _keras(run: Run, image: np.ndarray) -> Callable[[], float]:
    from segcore.predict.keras_network import load_network
    from segcore.predict.predictor import NetworkPredictor

    predictor = NetworkPredictor(run, load_network(run))
    return lambda: _timed(lambda: predictor.classify(image))


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _tflite(path: str, image: np.ndarray) -> Callable[[], float]:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        from tensorflow.lite.python.interpreter import Interpreter
    interpreter = Interpreter(path, num_threads=threads())
    interpreter.allocate_tensors()
    (place,) = interpreter.get_input_details()
    interpreter.set_tensor(place["index"], resize_image(image, tuple(place["shape"][1:3]))[np.newaxis])
    return lambda: _timed(interpreter.invoke)


if __name__ == "__main__":
    main()
