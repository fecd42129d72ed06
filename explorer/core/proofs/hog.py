"""Our descriptor beside OpenCV's and scikit-image's, on the reader's own window."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.feature import hog as skimage_hog

from explorer.core.hog import HYS_CLIP, OPENCV, SKIMAGE, HogSettings, hog_descriptor
from explorer.core.proof import Proof

TOLERANCE = 1e-4
SKIMAGE_NORMS = {"l1": "L1", "l1sqrt": "L1-sqrt", "l2": "L2", "l2hys": "L2-Hys"}


def opencv_descriptor(
    window: NDArray[np.uint8], settings: HogSettings
) -> NDArray[np.float32]:
    """Return what `cv2.HOGDescriptor` computes; it knows one mask and one norm."""
    block, cell = (settings.block_px,) * 2, (settings.cell_px,) * 2
    size = (window.shape[1], window.shape[0])
    reference = cv2.HOGDescriptor(
        size,
        block,
        cell,
        cell,
        settings.orientations,
        1,
        -1,
        cv2.HOGDescriptor_L2Hys,
        HYS_CLIP,
        settings.gamma,
        cv2.HOGDescriptor_DEFAULT_NLEVELS,
        settings.signed,
    )
    return np.asarray(reference.compute(window), np.float32).reshape(-1)


def prove_opencv(window: NDArray[np.uint8], settings: HogSettings = OPENCV) -> Proof:
    """Compare with `cv2.HOGDescriptor.compute`.

    Mask and norm are set to the ones OpenCV has, the rest is as in `settings`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> prove_opencv(rng.integers(0, 256, (128, 64, 3), np.uint8)).holds
    True
    """
    comparable = replace(settings, convention="opencv", mask="centred", norm="l2hys")
    ours = hog_descriptor(window, comparable)
    theirs = opencv_descriptor(window, comparable)
    return Proof(
        "cv2.HOGDescriptor.compute",
        float(np.abs(ours - theirs).max()),
        TOLERANCE,
        note=_note(window, ours.size, comparable),
    )


def prove_skimage(window: NDArray[np.uint8], settings: HogSettings = SKIMAGE) -> Proof:
    """Compare with `skimage.feature.hog`.

    Mask and sign are set to the ones scikit-image has, and L2-Hys stands in where
    `settings` has no normalisation at all; the rest is as in `settings`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> prove_skimage(rng.integers(0, 256, (128, 64), np.uint8)).holds
    True
    """
    norm = settings.norm if settings.norm in SKIMAGE_NORMS else "l2hys"
    comparable = replace(
        settings, convention="skimage", mask="centred", norm=norm, signed=False
    )
    ours = hog_descriptor(window, comparable)
    theirs = skimage_hog(
        window,
        orientations=settings.orientations,
        pixels_per_cell=(settings.cell_px,) * 2,
        cells_per_block=(settings.block_cells,) * 2,
        block_norm=SKIMAGE_NORMS[norm],
        transform_sqrt=settings.gamma,
        channel_axis=2 if window.ndim == 3 else None,
    )
    return Proof(
        "skimage.feature.hog",
        float(np.abs(ours - theirs).max()),
        TOLERANCE,
        note=_note(window, ours.size, comparable),
    )


def _note(window: NDArray[np.uint8], size: int, settings: HogSettings) -> str:
    height, width = window.shape[:2]
    root = "square root first" if settings.gamma else "no square root"
    how = "shared votes" if settings.convention == "opencv" else "whole votes"
    return (
        f"this {width}x{height} window, {size:,} numbers, centred mask, {how}, "
        f"{SKIMAGE_NORMS[settings.norm]}, {root}"
    )
