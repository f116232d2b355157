"""Prediction of picture files: finding pictures in folders, and writing masks without overwriting other files."""

import io
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from segcore.errors import InputError
from segcore.frames.cityscapes import ANNOTATIONS, Frame
from segcore.frames.images import read_image
from segcore.frames.pictures import overlay
from segcore.labels import LabelSpace, colorize
from segcore.predict.prediction import Predictor
from segcore.predict.work import Mapper, map_here
from segcore.runs.run import Run
from segcore.system.files import not_writable, replace_file

FORMATS = {"label-ids": "labelIds", "color": "color", "overlay": "overlay"}
"""From format to the ending of its file names, as in cityscapesScripts."""

PICTURE_SUFFIXES = frozenset(
    (".png", ".jpg", ".jpeg", ".webp", ".avif", ".bmp", ".tif", ".tiff", ".gif", ".ppm")
)


@dataclass(frozen=True)
class FileJob:
    """One picture to read and the file to write."""

    source: Path
    target: Path


@dataclass(frozen=True)
class Failure:
    """A picture or a folder that could not be read, and the reason in one sentence."""

    source: Path
    reason: str


@dataclass(frozen=True)
class Plan:
    """The pictures to predict, and files that are left out.

    Attributes:
        jobs: one per picture, at least one.
        unread: folders that cannot be read.
        skipped: number of files that were left out, by kind, such as "hidden".
    """

    jobs: tuple[FileJob, ...]
    unread: tuple[Failure, ...]
    skipped: Mapping[str, int]


def plan_jobs(inputs: Sequence[Path], output: Path, *, kind: str, replace: bool = False) -> Plan:
    """Find the pictures and name their results, before any prediction.

    Folders are searched recursively for pictures; hidden files, ground truth and earlier results in ``output`` are
    skipped. Files in ``inputs`` are always used. The result of ``ulm_000000_000019_leftImg8bit.png`` is
    ``ulm_000000_000019_labelIds.png``.

    Args:
        inputs: files and folders.
        output: folder of the results.
        kind: a key of ``FORMATS``.
        replace: allow results to replace files in the folders of the pictures. In other folders, files of the same
            name are earlier results and are always replaced.

    Raises:
        InputError: an input is missing, there is no picture, two results would have the same name, or a result would
            replace an input picture or, without ``replace``, a file beside the pictures.
    """
    if kind not in FORMATS:
        raise InputError(f"There is no format {kind!r}; choose one of {', '.join(FORMATS)}.")
    output = Path(output)
    skipped: Counter[str] = Counter()
    unread: dict[Path, Failure] = {}
    # A file may be given twice: itself and with its folder.
    found = (path for given in inputs for path in _pictures(Path(given), output, skipped, unread))
    sources = list(dict.fromkeys(found))
    if not sources:
        why = f" ({next(iter(unread.values())).reason})" if unread else ""
        raise InputError(
            f"There are no pictures in {', '.join(map(str, inputs))}{why}; give picture files or a folder of pictures."
        )
    jobs = tuple(FileJob(path, output / f"{frame_name(path)}_{FORMATS[kind]}.png") for path in sources)
    _refuse_collisions(jobs, replace=replace)
    return Plan(jobs, tuple(unread.values()), skipped)


def predict_files(
    run: Run,
    jobs: Sequence[FileJob],
    *,
    kind: str,
    opacity: float = 0.5,
    predictor: Predictor | None = None,
    mapper: Mapper | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Failure, ...]:
    """Predict the pictures and write 8-bit PNG files at their own size.

    Args:
        run: the run.
        jobs: from ``plan_jobs``.
        kind: ``label-ids``, the format that cityscapesScripts scores; ``color``, the colours of the classes;
            ``overlay``, these colours over the picture.
        opacity: of the colours in an overlay, 0..1.
        predictor: the run, if it is already loaded.
        mapper: works on the pictures elsewhere, such as on a cluster; this process still writes the files.
        progress: called with (pictures done, all pictures) before the first picture and after each one.

    Returns:
        The pictures that could not be read; the others are still predicted.

    Raises:
        InputError: a result cannot be written; earlier results are complete.
    """
    each = mapper or map_here(run, predictor)
    report = progress or (lambda done, total: None)
    report(0, len(jobs))
    work = partial(_predict, space=run.space, kind=kind, opacity=opacity)
    frames = [Frame(job.source.name, "", "", job.source, truth_path=None) for job in jobs]
    failures: dict[int, Failure] = {}
    for done, (place, result) in enumerate(each(work, frames), start=1):
        if isinstance(result, InputError):
            failures[place] = Failure(jobs[place].source, str(result))
        else:
            _write(jobs[place].target, result)
        report(done, len(jobs))
    return tuple(failures[place] for place in sorted(failures))


def frame_name(path: Path) -> str:
    """Return the file name of a frame without its endings: ``ulm_000000_000019`` in Cityscapes."""
    return Path(path).stem.removesuffix("_leftImg8bit")


def label_ids_of(class_map: np.ndarray, space: LabelSpace) -> np.ndarray:
    """Return a predicted class map, uint8 (h, w), as Cityscapes label ids, uint8 (h, w); one id for each class."""
    return space.to_label_ids[class_map]


def _predict(
    predictor: Predictor, _place: int, frame: Frame, *, space: LabelSpace, kind: str, opacity: float
) -> Iterator[bytes | InputError]:
    """Yield the content of the PNG file of one picture, or the error if the picture cannot be read."""
    try:
        image = read_image(frame.image_path)
    except InputError as error:
        yield error
        return
    class_map, _ = predictor.classify(image)
    file = io.BytesIO()
    Image.fromarray(_rendered(image, class_map, space, kind=kind, opacity=opacity)).save(file, format="PNG")
    yield file.getvalue()


def _rendered(
    image: np.ndarray, class_map: np.ndarray, space: LabelSpace, *, kind: str, opacity: float
) -> np.ndarray:
    if kind == "label-ids":
        return label_ids_of(class_map, space)
    colors = colorize(class_map, space)
    return colors if kind == "color" else overlay(image, colors, opacity=opacity)


def _write(path: Path, content: bytes) -> None:
    try:
        with replace_file(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise not_writable(path, error, remedy="choose another --output") from error


def _pictures(
    given: Path, output: Path, skipped: Counter[str], unread: dict[Path, Failure]
) -> Iterator[Path]:
    """Yield the pictures of a folder, or the file itself, and take note of what is left out."""

    def note(error: OSError) -> None:
        folder = Path(error.filename)
        unread[folder] = Failure(folder, f"The folder {folder} cannot be read ({error.strerror}).")

    if given.is_file():
        yield given
        return
    if not given.is_dir():
        raise InputError(f"{given} does not exist; give a picture or a folder of pictures.")
    visited: set[Path] = set()
    for folder, folders, names in os.walk(given, followlinks=True, onerror=note):
        here = Path(folder)
        if here.resolve() in visited:  # a circular link
            folders.clear()
            continue
        visited.add(here.resolve())
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        is_output = here.resolve() == output.resolve()
        for name in sorted(names):
            if what := _left_out(name, is_output=is_output):
                skipped[what] += 1
            else:
                yield here / name


def _left_out(name: str, *, is_output: bool) -> str:
    """Return what a file is that is not predicted, empty for a picture."""
    stem, suffix = Path(name).stem, Path(name).suffix
    if name.startswith("."):
        return "hidden"
    if suffix.lower() not in PICTURE_SUFFIXES:
        return "of other kinds"
    if any(f"_{annotation}_" in name for annotation in ANNOTATIONS):
        return "ground truth"
    is_result = is_output and stem.endswith(tuple(f"_{ending}" for ending in FORMATS.values()))
    return "earlier results" if is_result else ""


def _refuse_collisions(jobs: Sequence[FileJob], *, replace: bool) -> None:
    # Many file systems ignore the case of names.
    counts = Counter(str(job.target).lower() for job in jobs)
    twice = [job for job in jobs if counts[str(job.target).lower()] > 1]
    if twice:
        first = [job.source for job in twice if str(job.target).lower() == str(twice[0].target).lower()]
        raise InputError(
            f"{first[0]} and {first[1]} would both be written to {twice[0].target.name}; predict them into "
            "different folders."
        )
    sources = {_identity(job.source) for job in jobs}
    # In a folder of pictures a file of this name may be the user's own, such as ground truth.
    beside = {_identity(job.source.parent) for job in jobs}
    for job in jobs:
        if not job.target.exists():
            continue
        if _identity(job.target) in sources:
            raise InputError(
                f"The result of {job.source} would replace the input picture {job.target}; choose another --output."
            )
        if not replace and _identity(job.target.parent) in beside:
            raise InputError(
                f"{job.target} already exists beside the pictures; choose another --output or give --replace."
            )


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
