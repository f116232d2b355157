"""Work on a Ray cluster of this machine: the same results as without it, also when a node is lost in mid-run."""

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from makers import make_cityscapes
from tiny_runs import SIZE, tiny_run

from segcore.cli import main
from segcore.errors import InputError
from segcore.frames.cityscapes import Frame, find_frames
from segcore.predict import cluster as ours
from segcore.predict.files import plan_jobs, predict_files
from segcore.runs.evaluation import Evaluation, Provenance
from segcore.runs.run import Run
from segcore.scoring import evaluation, robustness
from segcore.scoring.evaluation import evaluate

ray = pytest.importorskip("ray")
from ray.cluster_utils import Cluster  # noqa: E402

NODE = {"num_cpus": 1, "object_store_memory": 100_000_000, "include_log_monitor": False, "no_monitor": True}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One node with one processor; a test may add another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        started = Cluster()
        add_node(started)
        yield started
        started.shutdown()


def add_node(cluster: Cluster):
    for _ in range(5):
        try:
            return cluster.add_node(**NODE)
        # Ray allows a node 30 seconds to start, which a busy machine may take.
        except Exception as error:
            reason = error
    raise reason


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return tiny_run(tmp_path_factory.mktemp("runs"))


@pytest.fixture
def data(tmp_path) -> Path:
    return make_cityscapes(tmp_path / "data", frames=6, size=SIZE)


@pytest.fixture
def frames(data) -> tuple[Frame, ...]:
    return find_frames(data, split="val")


def without_time(result: Evaluation | Provenance) -> dict:
    return {key: value for key, value in result.to_json().items() if key not in ("latency_ms", "date")}


@pytest.mark.slow
def test_a_node_lost_in_mid_run_changes_nothing(cluster, run, frames, tmp_path, monkeypatch):
    expected = evaluate(run, frames, set_name="val")
    doomed = add_node(cluster)
    cluster.wait_for_nodes()
    doomed_id, begun, held = doomed.node_id, tmp_path / "begun", tmp_path / "held"
    score = evaluation._score

    # A function within a function travels to the workers as a whole; they could not import this module.
    def watched(predictor, place, frame, **options):
        here = ray.get_runtime_context().get_node_id()
        with begun.open("a") as file:
            file.write(f"{here} {place}\n")
        if sum(line.startswith(here) for line in begun.read_text().splitlines()) > 1:
            # Each node has done one frame and begun another: the doomed one stays there, and the other waits.
            if here == doomed_id:
                held.touch()
                time.sleep(3600)
            while not held.exists():
                time.sleep(0.05)
        yield from score(predictor, place, frame, **options)

    def kill() -> None:
        while not held.exists():
            time.sleep(0.05)
        cluster.remove_node(doomed, allow_graceful=False)

    monkeypatch.setattr(evaluation, "_score", watched)
    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    told = []
    with ours.connect(cluster.address) as mapper_of:
        result = evaluate(
            run,
            frames,
            set_name="val",
            mapper=mapper_of(run),
            progress=lambda done, total: told.append((done, total)),
        )
    killer.join()

    lines = [line.split() for line in begun.read_text().splitlines()]
    times = Counter(int(place) for _, place in lines)
    lost = [int(place) for node, place in lines if node == doomed_id]
    assert set(times) == set(range(6))
    assert len(lost) == 2, "the lost node had done one frame and was at another"
    assert times[lost[1]] == 2, "and that one was begun again elsewhere"
    assert times.total() == 7, "and no other"
    assert told == [(done, 6) for done in range(7)]
    assert without_time(result) == without_time(expected)
    assert result.latency.repeats == 6
    assert result.latency.hardware.endswith("in a cluster at work")


@pytest.mark.slow
def test_a_sweep_is_the_same(cluster, run, frames):
    arguments = {"set_name": "val", "effects": ["rain", "fog"], "severities": [1, 5], "seed": 3}
    expected = robustness.sweep(run, frames[:3], **arguments)
    told = []
    with ours.connect(cluster.address) as mapper_of:
        result = robustness.sweep(
            run,
            frames[:3],
            mapper=mapper_of(run),
            progress=lambda done, total: told.append((done, total)),
            **arguments,
        )
    pd.testing.assert_frame_equal(result.table, expected.table, check_exact=True)
    assert result.per_frame == expected.per_frame
    assert without_time(result.provenance) == without_time(expected.provenance)
    assert told == [(done, 15) for done in range(16)]


@pytest.mark.slow
def test_the_commands_do_the_same_there(cluster, run, data, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEGCORE_RUNS", str(run.path.parent))
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"x")
    seen = []
    for place in ((), ("--ray", cluster.address)):
        folder = tmp_path / f"out{len(place)}"
        scores = folder / "scores.json"
        given = ["--run", run.name, *place]
        assert main(["evaluate", *given, "--data", str(data), "--json", str(scores)]) == 0
        pictures = ["--input", str(data / "leftImg8bit"), str(broken), "--output", str(folder)]
        assert main(["predict", *given, *pictures, "--format", "overlay"]) == 2
        errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("segcore: error")]
        masks = {path.name: path.read_bytes() for path in folder.glob("*.png")}
        assert len(masks) == 6
        seen.append((json.loads(scores.read_text()), masks, errors))
    assert seen[0] == seen[1]
    assert str(broken) in seen[0][2][0]


@pytest.mark.slow
def test_what_goes_wrong_on_a_worker_is_said_as_here(cluster, run, frames):
    frames[1].image_path.write_bytes(frames[1].image_path.read_bytes()[:200])
    frames[2].truth_path.unlink()
    with ours.connect(cluster.address) as mapper_of:
        mapper = mapper_of(run)
        for some in (frames[1:2], frames[2:3]):
            with pytest.raises(InputError) as here:
                evaluate(run, some, set_name="val")
            with pytest.raises(InputError) as there:
                evaluate(run, some, set_name="val", mapper=mapper)
            assert str(there.value) == str(here.value)


@pytest.mark.slow
def test_a_frame_that_ends_every_worker_ends_the_run(cluster, run, frames, monkeypatch):
    monkeypatch.setattr(ours, "MAXIMUM_LOSSES", 0)

    def fatal(predictor, place, frame):
        os._exit(1)
        yield

    with (
        ours.connect(cluster.address) as mapper_of,
        pytest.raises(InputError, match=r"failed on .*ulm_000000_000019.* after 1 attempts"),
    ):
        list(mapper_of(run)(fatal, frames[:1]))


@pytest.mark.slow
def test_what_is_interrupted_leaves_nothing_behind(cluster, run, data, tmp_path):
    jobs = plan_jobs([data / "leftImg8bit"], tmp_path / "out", kind="color").jobs

    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), ours.connect(cluster.address) as mapper_of:
        predict_files(run, jobs, kind="color", mapper=mapper_of(run), progress=stop)
    assert not ray.is_initialized()
    assert len(list((tmp_path / "out").iterdir())) == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("somewhere", "expected HOST:PORT, ray://HOST:PORT or auto"),
        ("127.0.0.1:x", "expected HOST:PORT"),
        ("127.0.0.1:1", "Nothing answers at 127.0.0.1:1 (Connection refused)"),
        ("ray://127.0.0.1:1", "Nothing answers at ray://127.0.0.1:1"),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "robustness", "predict"])
def test_an_address_without_a_cluster_is_one_sentence(
    run, data, tmp_path, monkeypatch, capsys, command, address, expected
):
    monkeypatch.setenv("SEGCORE_RUNS", str(run.path.parent))
    where = {"predict": ["--input", str(data), "--output", str(tmp_path)]}.get(command, ["--data", str(data)])
    assert main([command, "--run", run.name, *where, "--ray", address]) == 2
    told = capsys.readouterr().err
    assert expected in told and told.count("\n") == 1


def test_without_ray_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match="pip install -r requirements-ray"), ours.connect("auto"):
        pass


def test_a_cluster_without_processors_is_refused():
    nodes = [
        {"Alive": True, "Resources": {"memory": 1.0}},
        {"Alive": False, "Resources": {"CPU": 8.0}},
    ]
    with pytest.raises(InputError, match="has no CPU cores"):
        ours._processors(SimpleNamespace(nodes=lambda: nodes))
    nodes[0]["Resources"]["CPU"] = 4.0
    assert ours._processors(SimpleNamespace(nodes=lambda: nodes)) == [4]


def test_files_go_by_their_path(frames):
    sent = ours._with_content(frames[0])
    assert str(sent.image_path) == str(frames[0].image_path)
    assert sent.truth_path.name == str(frames[0].truth_path)
    assert sent.truth_path.read() == frames[0].truth_path.read_bytes()
    assert ours._with_content(Frame("a", "", "", Path("/nowhere"), None)).image_path == Path("/nowhere")


def test_networks_compute_with_as_many_threads_as_here(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(6)), raising=False)
    for chosen, expected in (("", "6"), ("0", "6"), ("3", "3")):
        monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", chosen)
        assert ours._environment()["env_vars"]["TF_NUM_INTRAOP_THREADS"] == expected
