"""A contact sheet of the segmenters: held-out photos and samples, to be looked at.

Run as ``python -m explorer.training.segmentation_sheet FOLDER OUT.jpg [MODEL ...]``.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.samples import load_sample
from explorer.figures.segmentation import labels_image, overlay_image, palette_of
from explorer.models import zoo
from explorer.training.segmentation_record import held_out

HEIGHT_PX = 240
SHOWN = 6  # held-out photos, spread over all
SAMPLES = {
    "street": ("street", "china"),
    "people": ("astronaut", "grace_hopper"),
}


def sheet(models: list[str], folder: Path) -> NDArray[np.uint8]:
    """Return one row a photo: the photo, the truth where known, each model's map."""
    kind = models[0].split("_")[0]
    held = held_out(kind, folder)
    chosen = held[:: max(1, len(held) // SHOWN)][:SHOWN]
    photos: list[tuple[NDArray[np.uint8], NDArray[np.uint8] | None]] = [
        (scene.image, scene.labels) for scene in chosen
    ]
    photos += [(load_sample(name).image, None) for name in SAMPLES[kind]]
    palette = palette_of(zoo.record(models[0]).classes)
    rows = []
    for image, truth in photos:
        tiles = [image]
        tiles.append(image // 4 if truth is None else labels_image(truth, palette))
        for name in models:
            labels = zoo.load(name).methods["segment"](image=image)["labels"]
            tiles.append(overlay_image(image, labels, palette, 0.65))
        rows.append(np.hstack([_fit(tile) for tile in tiles]))
    width = max(row.shape[1] for row in rows)
    return np.vstack(
        [np.pad(row, ((0, 4), (0, width - row.shape[1]), (0, 0))) for row in rows]
    )


def _fit(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    width = round(image.shape[1] * HEIGHT_PX / image.shape[0])
    fitted = cv2.resize(image, (width, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(fitted, np.uint8)


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("models", nargs="+")
    asked = parser.parse_args()
    made = sheet(asked.models, asked.folder)
    cv2.imwrite(str(asked.out), made[..., ::-1])


if __name__ == "__main__":
    main()
