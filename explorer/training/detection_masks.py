"""Train Mask R-CNN's third branch on the finished Faster R-CNN with a pyramid.

Run as ``python -m explorer.training.detection_masks FOLDER STATE`` after
``explorer.training.detection_heads``; it writes STATE/masks.pt. Backbone, pyramid and
boxes stay as they are. With ``--refine SIDE_PX`` the branch that ships goes on, on the
Faster R-CNN that ships and pictures of that size, to STATE/refined_masks.pt.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.core.letterbox import GREY
from explorer.models import weights, zoo
from explorer.models.known_places import SIDE_PX
from explorer.models.roi_loss import mask_loss
from explorer.models.segmenters import as_float
from explorer.models.trunk import Trunk
from explorer.models.two_stage import FasterRCNN, MaskBranch
from explorer.training import detection_data as data
from explorer.training.detection_data import Pixels, Scene, outer
from explorer.training.detection_heads import backbone, features_of
from explorer.training.detection_members import near
from explorer.training.detection_refine import backbone as frozen_backbone
from explorer.training.rcnn_settings import CLASSES
from explorer.training.segmentation import schedule
from explorer.training.segmentation_nets import Average

SEED = 0
BATCH = 8
STEPS = 1200
RATE, REFINING_RATE = 1e-3, 5e-4
DECAY = 0.01
MOST = 6  # objects of a picture that learn in a step
LEAST_PX = 12  # shorter side of what they are in the picture
ALL_CLASSES = 0.1  # share of the loss that every class's mask has, not the true alone
SHARES = {"coco": 0.7, "pennfudan": 0.15, "clothing": 0.15}
SPREAD = (0.7, 1.8)  # of the photo's size over the one that fits
REPORT_EVERY = 50


@dataclass(frozen=True, eq=False)
class Cut:
    """A square picture with its objects' silhouettes.

    Attributes
    ----------
    image : (S, S, 3) uint8
    boxes : (G, 4) float32
    labels : (G,) int64
    masks : (G, S, S) uint8, 0 and 1
    """

    image: Pixels
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    masks: Pixels


def drawn(scene: Scene) -> list[int]:
    """Return the rows of a scene whose silhouettes were drawn."""
    return [
        k
        for k, mask in enumerate(scene.masks)
        if mask is not None and scene.labels[k] >= 0
    ]


def silhouette(scene: Scene, row: int) -> Pixels:
    """Return one object's silhouette over the whole photo: (H, W), 0 and 1."""
    height, width = scene.image.shape[:2]
    mask = scene.masks[row]
    assert mask is not None
    x1, y1, _, _ = outer(scene.boxes[row])
    high, wide = min(mask.shape[0], height - y1), min(mask.shape[1], width - x1)
    whole = np.zeros((height, width), np.uint8)
    whole[y1 : y1 + high, x1 : x1 + wide] = mask[:high, :wide]
    return whole


def cut(scene: Scene, rng: np.random.Generator, side_px: int) -> Cut:
    """Lay a photo into the square at some size, an object of it in sight."""
    rows = drawn(scene)
    chosen = rng.permutation(rows)[:MOST]
    height, width = scene.image.shape[:2]
    scale = side_px / max(height, width) * np.exp(rng.uniform(*np.log(SPREAD)))
    x1, y1, x2, y2 = scene.boxes[chosen[0]]
    at = np.array([x1 + x2, y1 + y2]) / 2 * scale
    goal = rng.uniform(0.25, 0.75, 2) * side_px
    sign = rng.choice([-1.0, 1.0])
    move = np.array(
        [[sign * scale, 0, goal[0] - sign * at[0]], [0, scale, goal[1] - at[1]]]
    )
    size = (side_px, side_px)
    image = cv2.warpAffine(scene.image, move, size, borderValue=(GREY,) * 3)
    masks = [
        np.asarray(cv2.warpAffine(silhouette(scene, int(k)), move, size), np.uint8)
        for k in chosen
    ]
    boxes = [_extent(mask) for mask in masks]
    kept = [k for k, box in enumerate(boxes) if (box[2:] - box[:2]).min() >= LEAST_PX]
    return Cut(
        np.asarray(image, np.uint8),
        np.array([boxes[k] for k in kept], np.float32).reshape(-1, 4),
        scene.labels[chosen][kept],
        np.array([masks[k] for k in kept], np.uint8).reshape(-1, *size),
    )


def _extent(mask: Pixels) -> NDArray[np.float32]:
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return np.zeros(4, np.float32)
    return np.array([cols[0], rows[0], cols[-1] + 1, rows[-1] + 1], np.float32)


def pool_of(folder: Path) -> list[tuple[list[Scene], float]]:
    """Read the photos with silhouettes, and how often each archive is drawn from."""
    readers = {
        "coco": data.coco,
        "pennfudan": data.pennfudan,
        "clothing": data.clothing,
    }
    return [
        ([one for one in readers[name](folder) if drawn(one)], share)
        for name, share in SHARES.items()
    ]


def draw(
    pool: Sequence[tuple[list[Scene], float]], rng: np.random.Generator, side_px: int
) -> list[Cut]:
    """Return a batch of pictures with an object each at least."""
    found: list[Cut] = []
    while len(found) < BATCH:
        group = pool[rng.choice(len(pool), p=[share for _, share in pool])][0]
        one = cut(group[rng.integers(len(group))], rng, side_px)
        if len(one.boxes):
            found.append(one)
    return found


def loss_of(
    branch: MaskBranch, maps: dict[int, Tensor], batch: Sequence[Cut]
) -> Tensor:
    """Return the branch's loss on moved copies of the true boxes.

    Notes
    -----
    The paper's loss is of the true class's mask alone. A tenth of it here is of all
    classes' masks: for some classes there are hardly any silhouettes.
    """
    side = len(batch[0].image)
    rois = [near(torch.from_numpy(one.boxes), 2, side_px=side) for one in batch]
    labels = torch.from_numpy(np.concatenate([one.labels for one in batch]))
    masks = torch.from_numpy(np.concatenate([one.masks for one in batch]))
    labels, masks = (one.repeat_interleave(2, 0) for one in (labels, masks))
    logits, every = branch(maps, rois), torch.cat(rois)
    own = mask_loss(logits, every, labels, masks)
    shared = mask_loss(logits.mean(1, keepdim=True), every, labels * 0, masks)
    return (1 - ALL_CLASSES) * own + ALL_CLASSES * shared


def train(
    branch: MaskBranch,
    faster: FasterRCNN,
    trunk: Trunk,
    drawn: Callable[[int], list[Cut]],
    steps: int,
    rate: float = RATE,
) -> MaskBranch:
    """Train the branch; return the running average of its weights.

    ``drawn`` gives the pictures of a step.
    """
    optimiser = torch.optim.AdamW(branch.parameters(), weight_decay=DECAY)
    average, start, seen = Average(branch), time.perf_counter(), list[float]()
    for step in range(steps):
        torch.manual_seed(SEED + step)
        batch = drawn(step)
        features = features_of(trunk, [one.image for one in batch])
        with torch.no_grad():
            maps, _, _ = faster.read(features)
        for group in optimiser.param_groups:
            group["lr"] = rate * schedule(step, steps)
        loss = loss_of(branch, maps, batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(branch.parameters(), 10.0)
        optimiser.step()
        average.update(branch)
        seen.append(float(loss.detach()))
        if (step + 1) % REPORT_EVERY == 0:
            each = (time.perf_counter() - start) / (step + 1)
            print(f"{step + 1}/{steps} {each:.2f} s: {np.mean(seen[-200:]):.3f}")
    found: MaskBranch = average.net  # type: ignore[assignment]
    return found


def finished(state: Path) -> FasterRCNN:
    """Return the trained Faster R-CNN with a pyramid, frozen."""
    kept = torch.load(state / "heads.pt", weights_only=True)
    weights = kept["faster_rcnn_fpn"]["average"]
    own = {k.removeprefix("net."): v for k, v in weights.items()}
    faster = FasterRCNN(len(CLASSES), pyramid=True)
    faster.load_state_dict(own, strict=True)
    return faster.requires_grad_(False).eval()


def shipped() -> tuple[MaskBranch, FasterRCNN]:
    """Return the branch that ships, and the Faster R-CNN it stands on, frozen."""
    own, faster = (
        as_float(load_file(path))
        for path in weights.locate(zoo.record("everyday_mask_rcnn"))[:2]
    )
    branch = MaskBranch(len(CLASSES))
    branch.load_state_dict(own, strict=True)
    below = FasterRCNN(len(CLASSES), pyramid=True)
    below.load_state_dict(faster, strict=True)
    return branch, below.requires_grad_(False).eval()


def main() -> None:
    """Read the command line, train, and write the branch down."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--refine", type=int, metavar="SIDE_PX")
    asked = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_flush_denormal(True)  # numbers near 0 would slow training tenfold
    start, pool = time.perf_counter(), pool_of(asked.folder)
    if asked.refine:
        branch, faster = shipped()
        trunk, name, rate = frozen_backbone(), "refined_masks.pt", REFINING_RATE
    else:
        branch, faster = MaskBranch(len(CLASSES)), finished(asked.state)
        trunk, name, rate = backbone(asked.state / "backbone.pt"), "masks.pt", RATE

    def drawn(step: int) -> list[Cut]:
        rng = np.random.default_rng((SEED, step))
        return draw(pool, rng, asked.refine or SIDE_PX)

    branch = branch.train().to(memory_format=torch.channels_last)
    average = train(branch, faster, trunk, drawn, asked.steps, rate)
    made = {
        "average": average.state_dict(),
        "step": asked.steps,
        "seconds": time.perf_counter() - start,
        "side_px": asked.refine or SIDE_PX,
    }
    torch.save(made, asked.state / name)


if __name__ == "__main__":
    main()
