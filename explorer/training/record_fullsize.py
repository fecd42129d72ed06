"""Write the records of torchvision's published networks from torchvision itself.

Run as ``python -m explorer.training.record_fullsize``. Scores, sizes, addresses and
classes are read from the weights' own metadata; nothing is downloaded.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from torchvision.models import Weights, get_weight

from explorer.models import records

# name here, builder, weights, task, title, more arguments of the builder
NETWORKS: tuple[tuple[str, str, str, str, str, Mapping[str, Any]], ...] = (
    (
        "faster_rcnn",
        "fasterrcnn_resnet50_fpn",
        "FasterRCNN_ResNet50_FPN_Weights.COCO_V1",
        "detection",
        "Faster R-CNN, ResNet-50 FPN",
        {},
    ),
    (
        "mask_rcnn",
        "maskrcnn_resnet50_fpn",
        "MaskRCNN_ResNet50_FPN_Weights.COCO_V1",
        "instance",
        "Mask R-CNN, ResNet-50 FPN",
        {},
    ),
    (
        "retinanet",
        "retinanet_resnet50_fpn",
        "RetinaNet_ResNet50_FPN_Weights.COCO_V1",
        "detection",
        "RetinaNet, ResNet-50 FPN",
        {},
    ),
    (
        "fcos",
        "fcos_resnet50_fpn",
        "FCOS_ResNet50_FPN_Weights.COCO_V1",
        "detection",
        "FCOS, ResNet-50 FPN",
        {},
    ),
    (
        "ssd300",
        "ssd300_vgg16",
        "SSD300_VGG16_Weights.COCO_V1",
        "detection",
        "SSD300, VGG-16",
        {},
    ),
    (
        "ssdlite",
        "ssdlite320_mobilenet_v3_large",
        "SSDLite320_MobileNet_V3_Large_Weights.COCO_V1",
        "detection",
        "SSDlite320, MobileNetV3",
        {},
    ),
    (
        "fcn",
        "fcn_resnet50",
        "FCN_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1",
        "segmentation",
        "FCN, ResNet-50",
        {"aux_loss": True},
    ),
    (
        "deeplabv3",
        "deeplabv3_resnet50",
        "DeepLabV3_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1",
        "segmentation",
        "DeepLabv3, ResNet-50",
        {"aux_loss": True},
    ),
    (
        "lraspp",
        "lraspp_mobilenet_v3_large",
        "LRASPP_MobileNet_V3_Large_Weights.COCO_WITH_VOC_LABELS_V1",
        "segmentation",
        "LR-ASPP, MobileNetV3",
        {},
    ),
)
SCORES = {"box_map": "box_ap", "mask_map": "mask_ap", "miou": "miou"}
NO_CLASS = ("__background__", "N/A")  # names in torchvision's list that are no class
COCO_VAL_IMAGES = 5000  # COCO 2017's validation split
SEGMENTATION_SIDE_PX = 520  # torchvision's evaluation size for these weights


def scores(meta: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Turn torchvision's metrics (percent, by data set) into the record's scores."""
    found: dict[str, dict[str, Any]] = {}
    for split, metrics in meta["_metrics"].items():
        n = COCO_VAL_IMAGES if split == "COCO-val2017" else None
        for name, percent in metrics.items():
            if name in SCORES:
                value = round(percent / 100, 4)
                found[SCORES[name]] = {"value": value, "split": split, "n": n}
    return found


def classes(task: str, categories: Sequence[str]) -> dict[str, Any]:
    """List the classes, and for detectors the numbers the network knows them by.

    A segmenter's background is a class like the others: pixels get it. A detector's
    stands for no box, and COCO left numbers free.

    Examples
    --------
    >>> classes("detection", ["__background__", "person", "N/A", "car"])
    {'classes': ['person', 'car'], 'label_ids': [1, 3]}
    """
    if task == "segmentation":
        return {"classes": list(categories)}
    real = {k: name for k, name in enumerate(categories) if name not in NO_CLASS}
    return {"classes": list(real.values()), "label_ids": list(real)}


def published_digits(url: str) -> str:
    """Read the start of the SHA-256 out of the file's name: all torchvision gives."""
    found = re.search(r"-([0-9a-f]{8})\.pth$", url)
    assert found is not None
    return found.group(1)


def values(
    network: tuple[str, str, str, str, str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Make one record."""
    name, builder, weights_name, task, title, more = network
    weights: Weights = get_weight(weights_name)
    meta = weights.meta
    return {
        "name": f"torchvision_{name}",
        "title": title,
        "task": task,
        "architecture": "torchvision",
        "arguments": {
            "builder": builder,
            "num_classes": len(meta["categories"]),
            **more,
        },
        "data": "coco",
        **classes(task, meta["categories"]),
        "preprocessing": {"color": "RGB", "side_px": SEGMENTATION_SIDE_PX}
        if task == "segmentation"
        else {"color": "RGB", "range": [0, 1]},
        "scores": scores(meta),
        "parameters": meta["num_params"],
        "macs": round(meta["_ops"] * 1e9),
        "bytes": round(meta["_file_size"] * 2**20),
        "sha256": published_digits(weights.url),
        "weights": {"url": weights.url, "sha256_prefix": True},
        "licence": "BSD-3-Clause (torchvision); trained on COCO",
        "command": "python -m explorer.training.record_fullsize",
        "seed": None,
        "commit": None,
        "seconds": None,
        "machine": "published by torchvision",
        "note": f"torchvision's {weights_name}; scores as its metadata states them.",
    }


def main() -> None:
    """Write all nine records."""
    for network in NETWORKS:
        print(records.write(values(network)).name)


if __name__ == "__main__":
    main()
