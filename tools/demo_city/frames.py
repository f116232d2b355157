"""Creation of one frame: from its key to its three files in the layout of Cityscapes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from . import labels
from .cities import City, frame_plan
from .grade import grade
from .render import RenderSettings, new_scene, render_indices, render_picture
from .scene import build_scene


@dataclass(frozen=True)
class FrameJob:
    """The parameters of a frame; equal jobs give equal ground truth."""

    city: City
    split: str
    index: int
    seed: int

    @property
    def key(self) -> str:
        return f"{self.seed}/{self.split}/{self.city.name}/{self.index}"

    @property
    def stem(self) -> str:
        return f"{self.city.name}_{self.index:06d}_000019"

    def image_path(self, root: Path) -> Path:
        return root / "leftImg8bit" / self.split / self.city.name / f"{self.stem}_leftImg8bit.jpg"

    def label_path(self, root: Path) -> Path:
        return root / "gtFine" / self.split / self.city.name / f"{self.stem}_gtFine_labelIds.png"

    def instance_path(self, root: Path) -> Path:
        return root / "gtFine" / self.split / self.city.name / f"{self.stem}_gtFine_instanceIds.png"


def make_frame(
    job: FrameJob, root: Path, settings: RenderSettings, *, picture: bool, rng: random.Random
) -> None:
    """Builds and renders one frame and writes its files below `root`."""
    frame = frame_plan(job.city, job.index, job.split, rng)
    scene = new_scene()
    build, _ = build_scene(scene, job.city, frame, job.key)
    indices, depth = render_indices(scene, settings, hidden=build.hidden, label_only=build.label_only)
    label_ids, numbers = build.table.decode(indices)
    label_ids = labels.fill_foliage(label_ids, numbers)
    for path in (job.label_path(root), job.image_path(root)):
        path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(label_ids).save(job.label_path(root), optimize=True)
    Image.fromarray(labels.instance_ids(label_ids, numbers)).save(job.instance_path(root), optimize=True)
    if not picture:
        return
    linear = render_picture(scene, settings)
    generator = np.random.default_rng([job.seed, job.index, *job.key.encode()])
    brightness = {"clear": 0.34, "overcast": 0.32, "low": 0.30, "dusk": 0.235}[frame.light] * rng.uniform(
        0.92, 1.08
    )
    haze = {"clear": 0.0008, "overcast": 0.0014, "low": 0.0011, "dusk": 0.0015}[frame.light] * rng.uniform(
        0.7, 1.4
    )
    developed = grade(linear, depth, brightness=brightness, haze=haze, generator=generator)
    Image.fromarray(developed).save(job.image_path(root), quality=90, subsampling="4:2:0", optimize=True)
