"""The road map's small picture of selective search."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.graph_segmentation import graph_segmentation
from explorer.core.merge_tree import group_regions
from explorer.core.regions import measure_regions
from explorer.core.selective_search import in_color_space
from explorer.figures.proposals import mean_colors
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import WIDTH_PX, framed

Image = NDArray[np.uint8]
MIN_SIZE = 30
BOXES = 7  # of the last merges but the very last, whose box is the picture


def selective_search_thumbnail(image: Image) -> Image:
    """Left the photo, right the start's regions; boxes of late merges over both."""
    small = framed(image).copy()
    planes = in_color_space(small, "HSV")
    labels = graph_segmentation(planes, k=150, min_size=MIN_SIZE)
    tree = group_regions(measure_regions(planes, labels))
    flat = mean_colors(small, labels)[labels]
    edge = np.zeros(labels.shape, bool)
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[1:] |= labels[1:] != labels[:-1]
    flat[edge] = 255
    half = WIDTH_PX // 2
    small[:, half:] = flat[:, half:]
    for x1, y1, x2, y2 in tree.boxes[-1 - BOXES : -1].tolist():
        color = rgb(COLORS["proposal"])
        cv2.rectangle(small, (x1, y1), (x2 - 1, y2 - 1), color, 2)
    return small
