"""The shipped network on a photo: through the engine, beside its bare forward."""

import time
from typing import Any

import numpy as np

from explorer.core.samples import load_sample

RUNS = 15
MODEL_MS = 1000
OVERHEAD_FRAC = 0.15


def run() -> list[dict[str, Any]]:
    """Time classification of a photo and what the engine adds to the forward."""
    from explorer.models import engine

    image = load_sample("astronaut").image
    times, forward = [], []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        answer = engine.run("efficientnet_lite0", "classify", image=image)
        times.append((time.perf_counter() - start) * 1e3)
        forward.append(sum(answer.stages.values()))
    median, bare = float(np.median(times[1:])), float(np.median(forward[1:]))
    p95 = float(np.percentile(times[1:], 95))
    return [
        {
            "what": "EfficientNet-Lite0 on a photo, through the engine",
            "median_ms": median,
            "p95_ms": p95,
            "reference": "its own stages",
            "reference_ms": bare,
            "ratio": median / bare,
            "budget": f"≤ {MODEL_MS} ms, ratio ≤ {1 + OVERHEAD_FRAC}",
            "met": p95 <= MODEL_MS and median / bare <= 1 + OVERHEAD_FRAC,
        }
    ]
