"""Train the segmenters that ship, score them on photos never trained on, record them.

Run as ``python -m explorer.training.segmentation FOLDER [RUN ...]``; without a run's
name all are made, one after another. FOLDER holds camvid.zip, clothing.zip,
pennfudan.zip and coco.zip.

The loss is pixel-wise cross-entropy. ``street_lite`` and ``people_lite`` train one
backbone with all the heads that stand on it at once: their losses are added.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.models import segmenters
from explorer.training import segmentation_data as data
from explorer.training.segmentation_augment import Crops, batch
from explorer.training.segmentation_loss import class_weights, segmentation_loss
from explorer.training.segmentation_nets import (
    Average,
    LitePeople,
    LiteStreet,
    Single,
    parts,
)
from explorer.training.segmentation_record import Trained, write

SEED = 0
WARM_FRAC = 0.03  # of the steps, while the learning rate rises
REPORT_STEPS = 25


@dataclass(frozen=True)
class Recipe:
    """How one run is trained.

    Attributes
    ----------
    net : callable
        Makes the module that gives a dict of logits by the name of each head.
    data : str
        ``"street"`` or ``"people"``.
    side_px : int
        Longest side of the network's input when it is used.
    steps, batch : int
    rate : float
        Highest learning rate of what starts from nothing; a pre-trained backbone has
        a fraction of it.
    half_precision : bool
        Whether the forward pass runs in bfloat16.
    before : Recipe, optional
        What the same network is trained by first: smaller photos, cheaper steps.
    """

    net: Callable[[int], nn.Module]
    data: str
    side_px: int
    crops: Crops
    steps: int
    batch: int = 8
    rate: float = 3e-3
    half_precision: bool = False
    before: "Recipe | None" = None


STREET_CROPS = Crops((224, 288), (0.6, 1.5))
SMALL_STREET_CROPS = Crops((128, 192), (0.7, 1.5), alpha_px=2.0, sigma_px=10.0)
FINER_STREET_CROPS = Crops(
    (160, 224), (0.8, 1.35), 0.2, turn_deg=4.0, aspect=0.08, alpha_px=2.0
)
PEOPLE_CROPS = Crops((224, 192), (0.5, 2.2))
SMALL_PEOPLE_CROPS = Crops((160, 128), (0.5, 2.0), alpha_px=2.0, sigma_px=10.0)


def _in_two(net: Callable[[int], nn.Module], coarse: int, fine: int) -> Recipe:
    """Return the recipe of a street network from scratch: first at half the size."""
    first = Recipe(net, "street", 256, SMALL_STREET_CROPS, coarse, half_precision=True)
    return Recipe(
        net, "street", 320, FINER_STREET_CROPS, fine, 8, 2e-3, True, before=first
    )


def _again(recipe: Recipe, steps: int) -> Recipe:
    """Return the same once more, for so many steps, from where it ended."""
    return replace(recipe, steps=steps, rate=recipe.rate * 0.75, before=recipe)


def phases(recipe: Recipe) -> list[Recipe]:
    """Return a recipe and all before it, in the order in which they are trained."""
    return [*(phases(recipe.before) if recipe.before else []), recipe]


SMALL_PEOPLE = Recipe(
    Single.unet, "people", 256, SMALL_PEOPLE_CROPS, 700, half_precision=True
)
RECIPES = {
    "street_lite": Recipe(LiteStreet, "street", 480, STREET_CROPS, 1300, rate=2e-3),
    "street_segnet": _in_two(Single.segnet, 3000, 1400),
    "street_unet": _again(_in_two(Single.unet, 1800, 1500), 900),
    "people_lite": Recipe(LitePeople, "people", 400, PEOPLE_CROPS, 750, rate=2e-3),
    "people_unet": _again(_again(SMALL_PEOPLE, 1500), 2500),
}


def scenes_of(kind: str, folder: Path) -> tuple[list[data.Scene], list[float]]:
    """Return what is trained on, and how often each photo is drawn."""
    if kind == "street":
        street = data.camvid(folder, ("train", "val"))
        return street, [1.0] * len(street)
    groups = (
        (data.clothing(folder, held_out=False), 0.65),
        (data.coco_people(folder), 0.22),
        (data.pennfudan_people(folder), 0.13),
    )
    scenes = [scene for group, _ in groups for scene in group]
    return scenes, [share / len(group) for group, share in groups for _ in group]


def shrink(scenes: Sequence[data.Scene], side_px: int) -> list[data.Scene]:
    """Bring the photos to the size the network will see them at."""
    return [data.resized(scene, side_px) for scene in scenes]


def rounds(
    scenes: Sequence[data.Scene], odds: Sequence[float], recipe: Recipe, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Give the batches of a run, each from a generator of its own."""
    share = np.array(odds) / np.sum(odds)
    for step in range(recipe.steps):
        rng = np.random.default_rng((seed, step))
        chosen = rng.choice(len(scenes), recipe.batch, p=share)
        yield batch(scenes, chosen.tolist(), recipe.crops, rng)


def schedule(step: int, steps: int) -> float:
    """Return the share of the highest learning rate: a short rise, a cosine fall.

    Examples
    --------
    >>> [round(schedule(s, 100), 2) for s in (0, 2, 51, 99)]
    [0.33, 1.0, 0.49, 0.0]
    """
    warm = max(1, round(WARM_FRAC * steps))
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + float(np.cos(np.pi * (step - warm + 1) / (steps - warm))))


def train(
    net: nn.Module, recipe: Recipe, scenes: Sequence[data.Scene], odds: Sequence[float]
) -> nn.Module:
    """Train and return the running average of the weights."""
    groups = parts(net, recipe.rate)
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    peaks = [group["lr"] for group in optimiser.param_groups]
    weights = class_weights(scenes, classes_of(recipe))
    average = Average(net)
    start = time.perf_counter()
    seen: list[float] = []
    for step, (x, labels) in enumerate(rounds(scenes, odds, recipe, SEED)):
        for group, peak in zip(optimiser.param_groups, peaks, strict=True):
            group["lr"] = peak * schedule(step, recipe.steps)
        loss = run_loss(net, recipe, x, labels, weights)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        average.update(net)
        seen.append(float(loss.detach()))
        if (step + 1) % REPORT_STEPS == 0:
            rate = (time.perf_counter() - start) / (step + 1)
            left = rate * (recipe.steps - step - 1) / 60
            mean = np.mean(seen[-100:])
            print(
                f"{step + 1}/{recipe.steps} loss {mean:.3f}, {rate:.2f} s a step, "
                f"{left:.0f} min left",
                flush=True,
            )
    return average.net


def run_loss(
    net: nn.Module, recipe: Recipe, x: Tensor, labels: Tensor, weights: Tensor
) -> Tensor:
    """Add up the losses of all heads of one batch."""
    x = x.contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=recipe.half_precision):
        heads: Mapping[str, tuple[Tensor, float]] = net(x)
    losses = []
    for logits, share in heads.values():
        step = labels.shape[-1] // logits.shape[-1]
        read = labels[:, step // 2 :: step, step // 2 :: step]
        losses.append(share * segmentation_loss(logits.float(), read, weights))
    return torch.stack(losses).sum()


def classes_of(recipe: Recipe) -> tuple[str, ...]:
    """Return the names of a recipe's classes."""
    return data.STREET if recipe.data == "street" else data.PEOPLE


def make(
    run: str, recipe: Recipe, folder: Path, out: Path | None, start: Path | None = None
) -> None:
    """Train one run, score and record each model that comes of it.

    ``start`` holds the weights that ``recipe.before`` led to, which is then left out.
    """
    torch.manual_seed(SEED)
    began = time.perf_counter()
    scenes, odds = scenes_of(recipe.data, folder)
    net = recipe.net(len(classes_of(recipe)))
    if start is not None:
        assert isinstance(net, Single)
        net.net.load_state_dict(segmenters.as_float(load_file(start)))
    net = net.to(memory_format=torch.channels_last)
    for phase in [recipe] if start else phases(recipe):
        net = train(net, phase, shrink(scenes, phase.side_px), odds)
        net.requires_grad_(True)
    about = Trained(
        run,
        recipe.data,
        recipe.side_px,
        tuple(phase.steps for phase in phases(recipe)),
        recipe.batch,
        len(scenes),
        SEED,
        time.perf_counter() - began,
    )
    write(net, about, folder, out)


def main() -> None:
    """Read the command line and make the runs it names."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("run", nargs="*", help=", ".join(RECIPES))
    parser.add_argument("--steps", type=int, help="instead of the recipe's own number")
    parser.add_argument("--start", type=Path, help="weights of all phases but the last")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--out", type=Path, help="instead of assets/checkpoints")
    asked = parser.parse_args()
    if asked.threads:
        torch.set_num_threads(asked.threads)
    for run in asked.run or RECIPES:
        recipe = RECIPES[run]
        if asked.steps:
            recipe = replace(recipe, steps=asked.steps)
        make(run, recipe, asked.folder, asked.out, asked.start)


if __name__ == "__main__":
    main()
