"""The shipped networks on a photo: through the engine, beside their bare forward."""

import time
from typing import Any

import numpy as np

from explorer.core.samples import load_sample

RUNS = 15
MODEL_MS = 1000
OVERHEAD_FRAC = 0.15
NETWORKS = {
    "EfficientNet-Lite0": ("efficientnet_lite0", "classify"),
    "FCN-8s, people": ("people_fcn8s", "segment"),
    "SegNet, street": ("street_segnet", "segment"),
    "U-Net, street": ("street_unet", "segment"),
    "DeepLabv3+, people": ("people_deeplabv3plus", "segment"),
}
ONE_STAGE_MS, TWO_STAGE_MS = 80, 250  # of the everyday detectors, on two cores
DETECTORS = {
    "YOLO v1": ("everyday_yolo_v1", ONE_STAGE_MS),
    "YOLO v2": ("everyday_yolo_v2", ONE_STAGE_MS),
    "YOLO v3": ("everyday_yolo_v3", ONE_STAGE_MS),
    "SSD": ("everyday_ssd", ONE_STAGE_MS),
    "Fast R-CNN, selective search included": ("everyday_fast_rcnn", TWO_STAGE_MS),
    "Faster R-CNN, one map": ("everyday_faster_rcnn", TWO_STAGE_MS),
    "Faster R-CNN + FPN": ("everyday_faster_rcnn_fpn", TWO_STAGE_MS),
    "Mask R-CNN, boxes": ("everyday_mask_rcnn", TWO_STAGE_MS),
}


def run() -> list[dict[str, Any]]:
    """Time each network on a photo and what the engine adds to its own stages."""
    rows = [measure(what, *asked) for what, asked in NETWORKS.items()]
    return rows + [
        measure(what, name, "detect", budget_ms)
        for what, (name, budget_ms) in DETECTORS.items()
    ]


def measure(
    what: str, name: str, method: str, budget_ms: float = MODEL_MS
) -> dict[str, Any]:
    """Time one network; its first run, which loads the weights, does not count."""
    from explorer.models import engine

    image = load_sample("astronaut").image
    times, forward = [], []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        answer = engine.run(name, method, image=image)
        times.append((time.perf_counter() - start) * 1e3)
        forward.append(sum(answer.stages.values()))
    median, bare = float(np.median(times[1:])), float(np.median(forward[1:]))
    p95 = float(np.percentile(times[1:], 95))
    return {
        "what": f"{what} on a photo, through the engine",
        "median_ms": median,
        "p95_ms": p95,
        "reference": "its own stages",
        "reference_ms": bare,
        "ratio": median / bare,
        "budget": f"≤ {budget_ms} ms, ratio ≤ {1 + OVERHEAD_FRAC}",
        "met": p95 <= budget_ms and median / bare <= 1 + OVERHEAD_FRAC,
    }
