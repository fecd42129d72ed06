"""Train the convolutional VAE on photographed or on drawn faces.

Run as ``python -m explorer.training.colour_vae NAME FOLDER STATE [--steps N]``. NAME is
``faces`` or ``avatars``; FOLDER holds faces.zip (the avatars need nothing). STATE is a
file: the run writes itself down there and goes on from it when started again.

A Gaussian likelihood of pixels alone gives blurred faces: it has no word for glasses.
So what the ImageNet backbone sees in picture and reconstruction is compared too (Hou et
al. 2017, "Deep feature consistent VAE", arXiv:1610.00291). Every comparison is a
Gaussian with its own best variance (Rybkin et al. 2021, arXiv:2006.13202, equation 7).
"""

import argparse
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from explorer.models.conv_norm import fold
from explorer.models.face_vae import FaceVAE
from explorer.models.segmenters import imagenet_trunk
from explorer.training.colour_data import Colours, avatar_pictures, face_pictures
from explorer.training.resumed import keep, restore
from explorer.training.segmentation import schedule
from explorer.training.segmentation_nets import Average

SEED = 0
BATCH = 64
RATE = 1e-3
DECAY = 1e-4
SAVE_EVERY, REPORT_EVERY = 250, 100
SEEN = ("stem", "stage1", "stage2", "stage3")  # of the backbone, that are compared
SHARE_SEEN = 0.5  # of the likelihood that the backbone's view has
LEAST_ERROR = 1e-5

READERS: Mapping[str, Callable[[Path], Colours]] = {
    "faces": face_pictures,
    "avatars": avatar_pictures,
}
CODE = {"faces": 96, "avatars": 24}
STEPS = {"faces": 9000, "avatars": 3000}
BETA = {"faces": 1.0, "avatars": 1.0}


class Eyes(nn.Module):
    """The first stages of the ImageNet backbone, which never learn here."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = fold(imagenet_trunk().requires_grad_(False))

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the maps of pictures in [0, 1]."""
        y, seen = x * 2 - 1, []
        for name in SEEN:
            y = self.trunk.get_submodule(name)(y)
            seen.append(y)
        return seen


def losses(
    net: FaceVAE, eyes: Eyes | None, x: Tensor, beta: float
) -> dict[str, Tensor]:
    """Return the terms of a batch, each a mean over its pictures, in nats."""
    seen = net.encode(x)
    back = net.decode(seen.sample(torch.randn_like(seen.mu)))
    numbers = x[0].numel()
    apart = (x - back).square().mean()
    # Of the likelihood's own parameter; it does not reach the rest of the network.
    fitted = -net.log_likelihood(x, back.detach()).flatten(1).sum(1).mean()
    share = SHARE_SEEN if eyes is not None else 0.0
    terms = {
        "pixels": (1 - share) * numbers / 2 * (apart + LEAST_ERROR).log(),
        "kl": beta * seen.kl().sum(1).mean(),
        "fitted": fitted / numbers,
    }
    if eyes is not None:
        with torch.no_grad():
            wanted = eyes(x)
        unlike = [
            ((a - b).square().mean() / a.square().mean() + LEAST_ERROR).log()
            for a, b in zip(wanted, eyes(back), strict=True)
        ]
        terms["seen"] = share * numbers / 2 * torch.stack(unlike).mean()
    return terms


def train(name: str, data: Colours, steps: int, state: Path) -> FaceVAE:
    """Train up to ``steps``, from where ``state`` left off; return the average."""
    torch.manual_seed(SEED)
    net = FaceVAE(CODE[name]).to(memory_format=torch.channels_last)
    eyes = Eyes().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY)
    average = Average(net)
    first, spent = restore(state, net, average, optimiser)
    start, told = time.perf_counter(), []
    for step in range(first, steps):
        optimiser.param_groups[0]["lr"] = RATE * schedule(step, steps)
        terms = losses(net, eyes, batch(data.train, step), BETA[name])
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(terms.values())).sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 2000.0)
        optimiser.step()
        average.update(net)
        told.append([float(term.detach()) for term in terms.values()])
        if (step + 1) % REPORT_EVERY == 0:
            mean = np.mean(told[-REPORT_EVERY:], axis=0)
            said = ", ".join(f"{n} {v:.1f}" for n, v in zip(terms, mean, strict=True))
            each = (time.perf_counter() - start) / (step + 1 - first)
            print(f"{step + 1}/{steps} {said}, {each:.2f} s", flush=True)
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            seconds = spent + time.perf_counter() - start
            keep(state, net, average, optimiser, step + 1, seconds)
    found: FaceVAE = average.net  # type: ignore[assignment]
    return found


def batch(images: np.ndarray, step: int) -> Tensor:
    """Draw a batch, each picture mirrored by half; in [0, 1]."""
    rng = np.random.default_rng((SEED, step))
    drawn = images[rng.integers(len(images), size=BATCH)]
    turned = rng.random(BATCH) < 0.5
    drawn[turned] = drawn[turned, :, ::-1]
    x = torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 255
    return x.contiguous(memory_format=torch.channels_last)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", choices=list(READERS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("--steps", type=int)
    asked = parser.parse_args()
    torch.set_flush_denormal(True)
    steps = asked.steps or STEPS[asked.name]
    train(asked.name, READERS[asked.name](asked.folder), steps, asked.state)


if __name__ == "__main__":
    main()
