"""What is trained together, and the average of its weights over time."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from explorer.core.fusion import STRIDES
from explorer.models.deeplab import DeepLabHead
from explorer.models.efficientnet_lite0 import STAGES
from explorer.models.fcn import FCNHead
from explorer.models.segmenters import imagenet_trunk
from explorer.models.segnet import SegNet
from explorer.models.trunk import at_stride
from explorer.models.unet import UNet

Heads = Mapping[str, tuple[Tensor, float]]
FROZEN = ("stem", "stage1", "stage2")  # edges and blobs serve every task as they are
SHARED = 5  # stages that run once for FCN (stride 32) and DeepLab (stride 16)
BACKBONE_SHARE = 0.15  # of the heads' learning rate
DECAY = 0.998  # of the average, a step
COARSE_SHARE = 0.4  # of DeepLab's loss without the decoder
LOSS_STRIDE = 2  # the heads' losses read every second pixel, which saves a fifth


class Lite(nn.Module):
    """One pre-trained backbone under FCN and DeepLabv3+ heads.

    The batch norms of the backbone keep ImageNet's statistics: batches are too small
    to measure better ones.
    """

    def __init__(self, classes: int, fcn_strides: tuple[int, ...]) -> None:
        super().__init__()
        self.trunk = imagenet_trunk()
        self._dense = [at_stride(self.trunk, 16)]
        self.fcn = nn.ModuleDict({str(s): FCNHead(classes, s) for s in fcn_strides})
        self.deeplab = DeepLabHead(classes)
        for name in FROZEN:
            self.trunk.get_submodule(name).requires_grad_(False)
        self.train()

    def train(self, mode: bool = True) -> "Lite":
        """Switch the heads; the backbone stays in evaluation mode."""
        super().train(mode)
        self.trunk.eval()
        return self

    def forward(self, x: Tensor) -> Heads:
        """Return the logits of every head with its share of the loss."""
        y, seen = self.trunk.stem(x), []
        for i in range(1, SHARED + 1):
            y = self.trunk.get_submodule(f"stage{i}")(y)
            seen.append(y)
        sparse, dense = y, y
        for i in range(SHARED + 1, len(STAGES) + 1):
            sparse = self.trunk.get_submodule(f"stage{i}")(sparse)
            dense = self._dense[0].get_submodule(f"stage{i}")(dense)
        size = (x.shape[-2] // LOSS_STRIDE, x.shape[-1] // LOSS_STRIDE)
        maps = {8: seen[2], 16: seen[4], 32: sparse}
        heads = {f"fcn{s}s": (h(maps, size).logits, 1.0) for s, h in self.fcn.items()}
        result = self.deeplab(dense, seen[1], size)
        heads["deeplabv3plus"] = (result.logits, 1.0)
        coarse = nn.functional.interpolate(result.coarse, size, mode="bilinear")
        return {**heads, "coarse": (coarse, COARSE_SHARE)}


class LiteStreet(Lite):
    """FCN-32s, FCN-16s, FCN-8s and DeepLabv3+."""

    def __init__(self, classes: int) -> None:
        super().__init__(classes, STRIDES)


class LitePeople(Lite):
    """FCN-8s and DeepLabv3+."""

    def __init__(self, classes: int) -> None:
        super().__init__(classes, (8,))


class Single(nn.Module):
    """One network from scratch."""

    def __init__(self, name: str, net: nn.Module) -> None:
        super().__init__()
        self.name, self.net = name, net

    @classmethod
    def segnet(cls, classes: int) -> "Single":
        """Make a SegNet."""
        return cls("segnet", SegNet(classes))

    @classmethod
    def unet(cls, classes: int) -> "Single":
        """Make a U-Net."""
        return cls("unet", UNet(classes))

    def forward(self, x: Tensor) -> Heads:
        """Return the network's logits."""
        return {self.name: (self.net(x).logits, 1.0)}


def parts(net: nn.Module, rate: float) -> list[dict[str, Any]]:
    """Return the optimiser's groups: the backbone learns slower than the heads."""
    slow = [
        p
        for n, p in net.named_parameters()
        if n.startswith("trunk.") and p.requires_grad
    ]
    fast = [p for n, p in net.named_parameters() if not n.startswith("trunk.")]
    groups: list[dict[str, Any]] = [{"params": fast, "lr": rate}]
    if slow:
        groups.append({"params": slow, "lr": rate * BACKBONE_SHARE})
    return groups


class Average:
    """The exponential moving average of a network's weights, a network itself."""

    def __init__(self, net: nn.Module) -> None:
        self.net = copy.deepcopy(net).requires_grad_(False)
        self.steps = 0

    @torch.no_grad()
    def update(self, net: nn.Module) -> None:
        """Move towards the present weights; early steps move further."""
        self.steps += 1
        decay = min(DECAY, self.steps / (self.steps + 10))
        now = net.state_dict()
        for name, value in self.net.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(now[name], 1 - decay)
            else:
                value.copy_(now[name])
