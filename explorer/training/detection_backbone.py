"""Fine-tune the backbone that all detectors share, under heads that do not ship.

Run as ``python -m explorer.training.detection_backbone FOLDER STATE``. FOLDER holds
coco.zip, pennfudan.zip, clothing.zip and objects64.zip. STATE is a file: the run writes
itself down there from time to time and goes on from it when started again.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from explorer.core.coco_eval import CocoScores, coco_scores
from explorer.core.labelled import Labelled, found, truths
from explorer.models.known_places import SIDE_PX
from explorer.training import detection_data as data
from explorer.training.detection_mix import Pool, Sample, make_pool, sample
from explorer.training.detection_scaffold import Scaffold
from explorer.training.detection_scaffold_loss import scaffold_loss
from explorer.training.rcnn_settings import CLASSES, LEAST_BOXES
from explorer.training.segmentation import schedule
from explorer.training.segmentation_nets import Average, parts

SEED = 0
BATCH = 16
STEPS = 5000
RATE = 3e-3
DECAY = 0.02
SAVE_EVERY = 250
REPORT_EVERY = 50
SHARES = {"coco": 0.72, "pennfudan": 0.13, "clothing": 0.15}
NMS_IOU = 0.6
LEAST_SCORE = 0.01
MOST = 100  # boxes a photo


def pool_of(folder: Path) -> Pool:
    """Read all training photos."""
    readers = {
        "coco": data.coco,
        "pennfudan": data.pennfudan,
        "clothing": data.clothing,
    }
    groups = [(readers[name](folder), share) for name, share in SHARES.items()]
    return make_pool(groups, data.objects64(folder))


def as_input(images: Sequence[data.Pixels]) -> Tensor:
    """Stack pictures (H, W, 3) of one size as the network takes them, in [-1, 1]."""
    x = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return x.contiguous(memory_format=torch.channels_last)


def run_loss(net: nn.Module, samples: Sequence[Sample]) -> dict[str, Tensor]:
    """Return the loss of a batch, term by term."""
    dense = net(as_input([one.image for one in samples]))
    return scaffold_loss(
        dense,
        [torch.from_numpy(one.boxes) for one in samples],
        [torch.from_numpy(one.labels) for one in samples],
        torch.from_numpy(np.stack([one.known for one in samples])),
    )


def train(net: Scaffold, pool: Pool, steps: int, state: Path) -> Scaffold:
    """Train up to ``steps``, from where ``state`` left off; return the average."""
    groups = parts(net, RATE)
    optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
    peaks = [group["lr"] for group in optimiser.param_groups]
    average, first = Average(net), 0
    if state.is_file():
        kept = torch.load(state, weights_only=True)
        net.load_state_dict(kept["net"])
        average.net.load_state_dict(kept["average"])
        optimiser.load_state_dict(kept["optimiser"])
        average.steps = first = kept["step"]
    start, seen = time.perf_counter(), []
    for step in range(first, steps):
        for group, peak in zip(optimiser.param_groups, peaks, strict=True):
            group["lr"] = peak * schedule(step, steps)
        rng = np.random.default_rng((SEED, step))
        terms = run_loss(net, [sample(pool, rng) for _ in range(BATCH)])
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(terms.values())).sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimiser.step()
        average.update(net)
        seen.append([float(term.detach()) for term in terms.values()])
        if (step + 1) % REPORT_EVERY == 0:
            each = (time.perf_counter() - start) / (step + 1 - first)
            mean = np.mean(seen[-200:], axis=0)
            said = ", ".join(f"{n} {v:.3f}" for n, v in zip(terms, mean, strict=True))
            left = each * (steps - step - 1) / 60
            print(
                f"{step + 1}/{steps} {said}, {each:.2f} s, {left:.0f} min", flush=True
            )
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            _save(state, net, average, optimiser, step + 1)
    found_net: Scaffold = average.net  # type: ignore[assignment]
    return found_net


def _save(
    state: Path,
    net: nn.Module,
    average: Average,
    optimiser: torch.optim.Optimizer,
    step: int,
) -> None:
    """Write the run down; a stop in the middle leaves the older file whole."""
    made = state.with_suffix(".part")
    kept = {
        "net": net.state_dict(),
        "average": average.net.state_dict(),
        "optimiser": optimiser.state_dict(),
        "step": step,
    }
    torch.save(kept, made)
    made.replace(state)


@torch.inference_mode()
def evaluate(
    net: nn.Module, scenes: Sequence[data.Scene]
) -> tuple[Labelled, CocoScores]:
    """Detect on every scene, longest side 320, and judge as COCO does."""
    from torchvision.ops import batched_nms

    net.eval()
    boxes, scores, labels, photos = [], [], [], []
    for k, scene in enumerate(scenes):
        image, scale = letterboxed(scene.image)
        dense = net(as_input([image]))
        chance = dense.logits[0].sigmoid()
        row, label = torch.where(chance >= LEAST_SCORE)
        box, score = dense.boxes[0, row], chance[row, label]
        kept = batched_nms(box, score, label, NMS_IOU)[:MOST]
        height, width = scene.image.shape[:2]
        box = (box[kept] / scale).clamp(min=0)
        box = torch.minimum(box, torch.tensor([width, height] * 2))
        boxes.append(box.numpy())
        scores.append(score[kept].numpy())
        labels.append(label[kept].numpy())
        photos.append(np.full(len(kept), k))
    counts = [len(scene.boxes) for scene in scenes]
    gt_labels = np.concatenate([scene.labels for scene in scenes])
    labelled = Labelled(
        CLASSES,
        tuple(str(k) for k in range(len(scenes))),
        np.array([scene.image.shape[1::-1] for scene in scenes], float),
        truths(
            np.concatenate([scene.boxes for scene in scenes]),
            np.where(gt_labels < 0, data.PERSON, gt_labels),
            np.repeat(np.arange(len(scenes)), counts),
            ignore=gt_labels < 0,
        ),
        found(*(np.concatenate(part) for part in (boxes, scores, labels, photos))),
    )
    return labelled, coco_scores(labelled)


def letterboxed(
    image: data.Pixels, side_px: int = SIDE_PX
) -> tuple[data.Pixels, float]:
    """Shrink a picture to fit a square, grey beyond it; return the scale too."""
    import cv2

    height, width = image.shape[:2]
    scale = side_px / max(height, width)
    size = (round(width * scale), round(height * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, size, interpolation=kind)
    whole = np.full((side_px, side_px, 3), 114, np.uint8)
    whole[: size[1], : size[0]] = small
    return whole, scale


def report(labelled: Labelled, judged: CocoScores) -> str:
    """Say AP50 of person, the mean over classes with enough boxes, and each."""
    counts = labelled.counted()
    enough = np.flatnonzero(counts >= LEAST_BOXES)
    ap = {CLASSES[k]: judged.ap(0.5, label=int(k)) for k in enough}
    each = ", ".join(f"{name} {value:.3f}" for name, value in ap.items())
    return f"mean AP50 of {len(ap)} classes {np.mean(list(ap.values())):.3f}: {each}"


def main() -> None:
    """Read the command line, train, and score on COCO's validation photos."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    asked = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_flush_denormal(True)  # numbers near 0 would slow training tenfold
    net = Scaffold(len(CLASSES)).to(memory_format=torch.channels_last)
    average = train(net, pool_of(asked.folder), asked.steps, asked.state)
    print(report(*evaluate(average, data.coco(asked.folder, "val"))))


if __name__ == "__main__":
    main()
