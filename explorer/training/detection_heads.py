"""Train the family of detectors on the frozen backbone, all members at once.

Run as ``python -m explorer.training.detection_heads FOLDER STATE`` after
``explorer.training.detection_backbone``, whose STATE it takes the backbone from. STATE
is a folder: ``backbone.pt`` is read there, ``heads.pt`` kept, and gone on from when
started again. A batch goes through the backbone once, then every member learns from it
by its own loss and its own optimiser.
"""

import argparse
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from explorer.core.anchor_kmeans import anchor_kmeans_steps
from explorer.core.letterbox import Letterbox
from explorer.models.conv_norm import fold
from explorer.models.detections import Detections
from explorer.models.known_places import SIDE_PX
from explorer.models.regions import COUNT as PROPOSALS
from explorer.models.regions import regions
from explorer.models.segmenters import imagenet_trunk
from explorer.models.trunk import Features, Trunk
from explorer.training import detection_data as data
from explorer.training.detection_backbone import as_input, pool_of
from explorer.training.detection_members import (
    SSD,
    Anchors,
    Batch,
    Fast,
    Faster,
    Member,
    YoloAnchored,
    YoloV1,
)
from explorer.training.detection_mix import ODDS, Sample, sample
from explorer.training.detection_pool import Pool
from explorer.training.detection_scores import LEAST_SCORE, Detect, judge, scores_of
from explorer.training.rcnn_settings import CLASSES
from explorer.training.segmentation import schedule
from explorer.training.segmentation_nets import Average

SEED = 0
BATCH = 16
STEPS = 6000
RATES = {"yolo_v1": 5e-4}  # sums of squares: smaller steps
RATE = 2e-3
DECAY = 0.01
KMEANS_PICTURES = 1500  # whose boxes the anchors are clustered from
SAVE_EVERY = 250
REPORT_EVERY = 50
REMEMBERED = 48  # batches, where each is learnt from several times


def boxes_of(pool: Pool, pictures: int = KMEANS_PICTURES) -> np.ndarray:
    """Return widths and heights of the boxes of training pictures: (N, 2) pixels."""
    rng = np.random.default_rng(SEED)
    boxes = np.concatenate([sample(pool, rng).boxes for _ in range(pictures)])
    return np.asarray(boxes[:, 2:] - boxes[:, :2])


def anchors_of(sizes: np.ndarray, count: int) -> Anchors:
    """Cluster box sizes by 1 - IoU; the largest three come first, as their map does."""
    found = anchor_kmeans_steps(sizes, count, SEED)[-1].anchors
    order = np.argsort(-found.prod(axis=1))
    return [(round(float(w), 1), round(float(h), 1)) for w, h in found[order]]


def members(five: Anchors, nine: Anchors) -> dict[str, Member]:
    """Return every member, untrained, by its architecture."""
    count = len(CLASSES)
    return {
        "yolo_v1": YoloV1(count),
        "yolo_v2": YoloAnchored(count, five, 2),
        "yolo_v3": YoloAnchored(count, nine, 3),
        "ssd": SSD(count),
        "fast_rcnn": Fast(count),
        "faster_rcnn": Faster(count, pyramid=False),
        "faster_rcnn_fpn": Faster(count, pyramid=True),
    }


def batch_of(samples: Sequence[Sample], searched: bool = False) -> Batch:
    """Turn training pictures into what the losses need, with regions if searched."""
    known = np.stack([one.known.mean(axis=0) for one in samples])
    return Batch(
        [torch.from_numpy(inside(one.boxes, len(one.image))) for one in samples],
        [torch.from_numpy(one.labels) for one in samples],
        torch.from_numpy(known).float(),
        regions=[regions(one.image) for one in samples] if searched else None,
    )


def inside(boxes: np.ndarray, side_px: int) -> np.ndarray:
    """Hold boxes a little inside the picture, so that every middle has its cell."""
    return np.asarray(np.clip(boxes, 0, side_px - 1e-3), np.float32)


def backbone(state: Path) -> Trunk:
    """Return the fine-tuned backbone's running average; ImageNet's without a file."""
    trunk = imagenet_trunk()
    if state.is_file():
        kept = torch.load(state, weights_only=True)["average"]
        part = {k[6:]: v for k, v in kept.items() if k.startswith("trunk.")}
        trunk.load_state_dict(part, strict=True)
    return fold(trunk.requires_grad_(False).eval())


@torch.no_grad()
def features_of(trunk: Trunk, images: Sequence[np.ndarray]) -> Features:
    """Run square pictures through the backbone, in bfloat16."""
    with torch.autocast("cpu", torch.bfloat16):
        seen = trunk(as_input(images))
    maps = (seen.stride4, seen.stride8, seen.stride16, seen.last)
    return Features(*(one.float() for one in maps))


class Run:
    """One member with its optimiser and the running average of its weights."""

    def __init__(self, name: str, member: Member) -> None:
        self.member = member.to(memory_format=torch.channels_last)
        self.rate = RATES.get(name, RATE)
        self.optimiser = torch.optim.AdamW(member.parameters(), weight_decay=DECAY)
        self.average = Average(self.member)

    def step(self, features: Features, batch: Batch, share: float) -> float:
        """Learn from one batch at a share of the highest rate; return the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * share
        terms = self.member.losses(features, batch)
        loss = torch.stack(list(terms.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.member.parameters(), 10.0)
        self.optimiser.step()
        self.average.update(self.member)
        return float(loss.detach())

    def kept(self) -> dict[str, object]:
        """Return what a later start goes on from."""
        return {
            "member": self.member.state_dict(),
            "average": self.average.net.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def restore(self, kept: dict[str, dict[str, object]], step: int) -> None:
        """Go on from there."""
        self.member.load_state_dict(kept["member"])
        self.average.net.load_state_dict(kept["average"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.average.steps = step


def draw(
    pool: Pool,
    step: int,
    side_px: int = SIDE_PX,
    odds: tuple[float, ...] = ODDS,
    seed: int = SEED,
    count: int = BATCH,
) -> list[Sample]:
    """Return the pictures of a step; what is drawn at random then follows the step."""
    torch.manual_seed(seed * 1000 + step)
    rng = np.random.default_rng((seed, step))
    return [sample(pool, rng, side_px, odds) for _ in range(count)]


def train(
    runs: dict[str, Run],
    trunk: Trunk,
    drawn: Callable[[int], list[Sample]],
    steps: int,
    to: Path,
    again: int = 1,
    options: str = "",
) -> None:
    """Train every member up to ``steps``, from where the file ``to`` left off.

    ``drawn`` gives the pictures of a step. Small heads learn in a tenth of the time
    that the backbone takes: ``again`` is how often a step learns, at first from its own
    pictures and then from some of the last steps' at random. ``options`` of the command
    are written down with the rest.
    """
    first, spent = 0, 0.0
    if to.is_file():
        kept = torch.load(to, weights_only=True)
        first, spent = kept["step"], kept["seconds"]
        for name, run in runs.items():
            run.restore(kept[name], first)
    start, seen = time.perf_counter(), []
    searched = any(isinstance(run.member, Fast) for run in runs.values())
    kept_batches = REMEMBERED if again > 1 else 1
    memory = deque[tuple[Features, Batch]](maxlen=kept_batches)
    for step in range(first, steps):
        samples = drawn(step)
        features = features_of(trunk, [one.image for one in samples])
        memory.append((features, batch_of(samples, searched)))
        share = schedule(step, steps)
        older = np.random.default_rng((SEED, step)).integers(len(memory), size=again)
        for k in (-1, *older[1:]):
            seen.append([run.step(*memory[k], share) for run in runs.values()])
        if (step + 1) % REPORT_EVERY == 0:
            each = (time.perf_counter() - start) / (step + 1 - first)
            mean = zip(runs, np.mean(seen[-200:], axis=0), strict=True)
            said = ", ".join(f"{name} {value:.3f}" for name, value in mean)
            print(f"{step + 1}/{steps} {each:.2f} s: {said}", flush=True)
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            seconds = spent + time.perf_counter() - start
            about = {"step": step + 1, "seconds": seconds, "options": options}
            _save(to, runs, about)


def _save(to: Path, runs: dict[str, Run], about: dict[str, object]) -> None:
    """Write the run down; a stop in the middle leaves the older file whole."""
    made = to.with_suffix(".part")
    whole: dict[str, object] = {name: run.kept() for name, run in runs.items()}
    arguments = {name: arguments_of(run.member) for name, run in runs.items()}
    torch.save(whole | {"arguments": arguments} | about, made)
    made.replace(to)


def arguments_of(member: Member) -> dict[str, object]:
    """Return what a member's record needs beside its weights."""
    if isinstance(member, YoloAnchored):
        return {"anchors": [list(pair) for pair in member.anchors]}
    return {"proposals": PROPOSALS} if isinstance(member, Fast) else {}


def detector(member: Member, trunk: Trunk) -> Detect:
    """Return a member as the scorer asks it: a picture in its square in, boxes out.

    Fast R-CNN's boxes come from selective search, as the paper's do.
    """
    member.eval()

    def detect(box: Letterbox) -> Detections:
        if isinstance(member, Fast):
            member.rois = [regions(box.image)]
        return member.detect(features_of(trunk, [box.image]), LEAST_SCORE)[0]

    return detect


def report(
    runs: dict[str, Run], trunk: Trunk, val: Sequence[data.Scene], side_px: int
) -> None:
    """Print the scores of every member's running average."""
    for name, run in runs.items():
        member = run.average.net
        assert isinstance(member, Member)
        judged = judge(detector(member, trunk), val, side_px)
        print(name, scores_of(*judged), flush=True)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--only", nargs="*", help="members, by their names")
    asked = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_flush_denormal(True)  # numbers near 0 would slow training tenfold
    pool = pool_of(asked.folder)
    sizes = boxes_of(pool)
    made = members(anchors_of(sizes, 5), anchors_of(sizes, 9))
    runs = {n: Run(n, m) for n, m in made.items() if n in (asked.only or made)}
    trunk = backbone(asked.state / "backbone.pt").to(memory_format=torch.channels_last)
    drawn = partial(draw, pool)
    train(runs, trunk, drawn, asked.steps, asked.state / "heads.pt")
    report(runs, trunk, data.coco(asked.folder, "val"), SIDE_PX)


if __name__ == "__main__":
    main()
