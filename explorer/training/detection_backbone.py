"""Fine-tune the backbone that all detectors share, under heads that do not ship.

Run as ``python -m explorer.training.detection_backbone FOLDER STATE``. FOLDER holds
coco.zip, pennfudan.zip, clothing.zip and objects64.zip. STATE is a file: the run writes
itself down there from time to time and goes on from it when started again.
"""

import argparse
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from explorer.core.letterbox import Letterbox
from explorer.models.detections import Detections, finish
from explorer.training import detection_data as data
from explorer.training.detection_mix import Sample, sample
from explorer.training.detection_pool import Pool, make_pool
from explorer.training.detection_scaffold import Scaffold
from explorer.training.detection_scaffold_loss import scaffold_loss
from explorer.training.detection_scores import LEAST_SCORE, judge, scores_of
from explorer.training.rcnn_settings import CLASSES
from explorer.training.resumed import keep, restore
from explorer.training.segmentation import schedule
from explorer.training.segmentation_nets import Average, parts

SEED = 0
BATCH = 16
STEPS = 5000
RATE = 3e-3
DECAY = 0.02
SAVE_EVERY = 250
REPORT_EVERY = 50
SHARES = {"coco": 0.8, "pennfudan": 0.1, "clothing": 0.1}
NMS_IOU = 0.6


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
    average = Average(net)
    first, spent = restore(state, net, average, optimiser)
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
            seconds = spent + time.perf_counter() - start
            keep(state, net, average, optimiser, step + 1, seconds)
    found_net: Scaffold = average.net  # type: ignore[assignment]
    return found_net


def detect(net: nn.Module, box: Letterbox) -> Detections:
    """Return the final boxes of one picture in a square of 320 px."""
    dense = net(as_input([box.image]))
    return finish(dense.boxes[0], dense.logits[0].sigmoid(), LEAST_SCORE, NMS_IOU)


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
    average.eval()
    val = data.coco(asked.folder, "val")
    print(scores_of(*judge(partial(detect, average), val)))


if __name__ == "__main__":
    main()
