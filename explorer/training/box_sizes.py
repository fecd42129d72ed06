"""Write the table of box sizes that the lessons cluster anchors from.

Run as ``python -m explorer.training.box_sizes FOLDER``; FOLDER holds coco.zip, whose
training photos are read. Numbers alone are kept: no photo and no place in one.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.core.box_sizes import FILE
from explorer.models.known_places import SIDE_PX
from explorer.training import detection_data as data
from explorer.training.rcnn_settings import CLASSES

LEAST_PX = 1.0  # of a side at 320 px: below, nothing is to be seen
SEED = 0


def sizes_of(
    scenes: Sequence[data.Scene],
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return sizes (N, 2) at 320 px and labels (N,) of all single objects, shuffled."""
    sizes, labels = [np.zeros((0, 2))], [np.zeros(0, np.int64)]
    for one in scenes:
        scale = SIDE_PX / max(one.image.shape[:2])
        single = one.labels >= 0
        sizes.append((one.boxes[:, 2:] - one.boxes[:, :2])[single] * scale)
        labels.append(one.labels[single])
    every, classes = np.concatenate(sizes), np.concatenate(labels)
    seen = every.min(axis=1, initial=np.inf) >= LEAST_PX
    # Shuffled: neighbours in the table do not tell which objects shared a photo.
    order = np.random.default_rng(SEED).permutation(np.flatnonzero(seen))
    return every[order].round(1).astype(np.float32), classes[order].astype(np.uint8)


def main() -> None:
    """Read the command line and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    scenes = data.coco(parser.parse_args().folder)
    sizes, labels = sizes_of(scenes)
    names = np.array(CLASSES)
    np.savez_compressed(
        FILE, sizes=sizes, labels=labels, classes=names, photos=len(scenes)
    )
    print(f"{len(sizes)} boxes of {len(scenes)} photos, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
