"""Train the networks of small grey pictures: classifier, autoencoders and VAEs.

Run as ``python -m explorer.training.generative FOLDER STATE [NAME ...]``. FOLDER holds
digits.npz, fashion.npz and frey.npz; a file a network is written into STATE, and one
that is there already is not trained again. ``generative_record`` scores them.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.models.autoencoder import Autoencoder
from explorer.models.digit_classifier import DigitClassifier
from explorer.models.vae import VAE, bound
from explorer.training.generative_data import Pictures, pictures
from explorer.training.generative_settings import CLASSES, MEMBERS, Member

SEED = 0
BATCH = 256
RATE = 1e-3
TURN_DEG, SHIFT_PX, SCALE_FRAC = 12.0, 2.0, 0.12  # the classifier's small changes

Loss = Callable[[nn.Module, Tensor, Tensor], Tensor]


def build(member: Member, shape: tuple[int, int]) -> nn.Module:
    """Make a member's network."""
    if member.architecture == "classifier":
        return DigitClassifier(len(CLASSES[member.data]))
    if member.architecture == "autoencoder":
        return Autoencoder(shape, **member.arguments)
    classes = len(CLASSES[member.data]) if member.architecture == "cvae" else 0
    return VAE(shape, classes=classes, **member.arguments)


def loss_of(member: Member) -> Loss:
    """Return what a member learns by, a mean over the batch."""
    if member.architecture == "classifier":
        return _classifying
    if member.architecture == "autoencoder":
        return _reconstructing
    return lambda net, x, labels: _bounding(net, x, labels, member.beta)


def _classifying(net: nn.Module, x: Tensor, labels: Tensor) -> Tensor:
    return functional.cross_entropy(net(jittered(x)), labels)


def _reconstructing(net: nn.Module, x: Tensor, labels: Tensor) -> Tensor:
    assert isinstance(net, Autoencoder)
    told = net.decode(net.encode(x))
    loss = functional.binary_cross_entropy_with_logits(told, x, reduction="sum")
    return loss / len(x)


def _bounding(net: nn.Module, x: Tensor, labels: Tensor, beta: float) -> Tensor:
    assert isinstance(net, VAE)
    told = labels if net.classes else None
    found = bound(net, x, torch.randn(len(x), net.z), told)
    return (beta * found.kl.sum(1) - found.reconstruction).mean()


def jittered(x: Tensor) -> Tensor:
    """Turn, move and scale pictures (N, H, W) a little, each in its own way."""
    angle = torch.deg2rad((torch.rand(len(x)) * 2 - 1) * TURN_DEG)
    size = 1 + (torch.rand(len(x)) * 2 - 1) * SCALE_FRAC
    move = (torch.rand(len(x), 2) * 2 - 1) * SHIFT_PX * 2 / x.shape[-1]
    cos, sin = angle.cos() * size, angle.sin() * size
    rows = torch.stack([cos, -sin, move[:, 0], sin, cos, move[:, 1]], 1)
    grid = functional.affine_grid(
        rows.reshape(-1, 2, 3), [len(x), 1, *x.shape[1:]], align_corners=False
    )
    return functional.grid_sample(x[:, None], grid, align_corners=False)[:, 0]


def batches(data: Pictures, epochs: int) -> Iterator[tuple[float, Tensor, Tensor]]:
    """Yield the share of the run that is over, pictures in [0, 1], and labels."""
    images = torch.from_numpy(data.train)
    labels = torch.from_numpy(data.train_labels)
    size = min(BATCH, len(images))
    each = len(images) // size
    for epoch in range(epochs):
        order = torch.randperm(len(images))
        for k in range(each):
            rows = order[k * size : (k + 1) * size]
            x = images[rows].float() / 255
            yield (epoch * each + k) / (epochs * each), x, labels[rows]


def train(member: Member, data: Pictures) -> tuple[nn.Module, float]:
    """Train a member; return it and the seconds it took."""
    torch.manual_seed(SEED)
    shape = (int(data.train.shape[1]), int(data.train.shape[2]))
    net, loss_function = build(member, shape), loss_of(member)
    optimiser = torch.optim.Adam(net.parameters(), RATE)
    start, told = time.perf_counter(), -1
    for share, x, labels in batches(data, member.epochs):
        optimiser.param_groups[0]["lr"] = RATE * 0.5 * (1 + np.cos(np.pi * share))
        loss = loss_function(net, x, labels)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if int(share * 10) > told:
            told = int(share * 10)
            spent = time.perf_counter() - start
            print(
                f"  {share:.0%} loss {float(loss.detach()):.3f}, {spent:.0f} s",
                flush=True,
            )
    return net.eval(), time.perf_counter() - start


def main() -> None:
    """Read the command line and train what is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("names", nargs="*", choices=[*MEMBERS, []], default=[])
    asked = parser.parse_args()
    torch.set_flush_denormal(True)
    asked.state.mkdir(parents=True, exist_ok=True)
    for name in asked.names or MEMBERS:
        path = asked.state / f"{name}.pt"
        if path.is_file():
            continue
        member = MEMBERS[name]
        print(name, flush=True)
        net, seconds = train(member, pictures(asked.folder, member.data))
        torch.save({"net": net.state_dict(), "seconds": seconds}, path)


if __name__ == "__main__":
    main()
