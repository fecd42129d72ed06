"""A segmenter without trained weights, for tests of what holds for any weights."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from explorer.models import records
from explorer.models.deeplab import DeepLabV3Plus
from explorer.models.segmenters import Segmenter


@pytest.fixture(scope="session")
def random_deeplab() -> Callable[[int, int], Segmenter]:
    """``random_deeplab(classes, seed)``: a DeepLabv3+ whose norms all do something."""

    def make(classes: int, seed: int) -> Segmenter:
        torch.manual_seed(seed)
        net = DeepLabV3Plus(classes).eval()
        with torch.no_grad():
            for module in net.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.running_mean.normal_(0, 0.2)
                    module.running_var.uniform_(0.1, 0.6)
                    module.bias.normal_(0, 0.3)
        about = {
            "name": "random_deeplab",
            "task": "segmentation",
            "architecture": "deeplabv3plus",
            "arguments": {"classes": classes},
            "data": "camvid",
            "classes": [f"class {i}" for i in range(classes)],
            "preprocessing": {"color": "RGB", "side_px": 160, "mean": 0.5, "std": 0.5},
            "scores": {},
            "parameters": 0,
            "macs": None,
            "bytes": 0,
            "sha256": "0" * 64,
            "licence": "",
            "command": "",
            "seed": 0,
            "commit": None,
            "seconds": None,
            "machine": "",
        }
        return Segmenter(net, records.parse(about, "random"))

    return make
