"""Our descriptor beside OpenCV's and scikit-image's, on the reader's own window."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate
from skimage.feature import hog as skimage_hog

from explorer.core.hog import (
    HYS_CLIP,
    MASKS,
    OPENCV,
    SKIMAGE,
    HogSettings,
    gradients,
    hog_descriptor,
)
from explorer.core.proof import Proof

TOLERANCE = 1e-4
EXACT = 1e-9  # whole numbers: nothing to round
SKIMAGE_NORMS = {"l1": "L1", "l1sqrt": "L1-sqrt", "l2": "L2", "l2hys": "L2-Hys"}
NORM_NAMES = {"none": "raw ones", **SKIMAGE_NORMS}


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
        note=_note(window, ours.size, comparable) + _departure(settings, comparable),
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
        note=_note(window, ours.size, comparable) + _departure(settings, comparable),
    )


def prove_gradient(image: NDArray[np.uint8], mask: str = "centred") -> Proof:
    """Compare an image's gradient with `scipy.ndimage.correlate`, for any mask.

    SciPy filters every channel in float64, mirrored about the border's pixel centres
    as ours; its strongest channel is compared, dx and dy.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> prove_gradient(rng.integers(0, 256, (9, 7, 3), np.uint8), "sobel").holds
    True
    """
    ours = gradients(image, mask)
    theirs = _scipy_gradient(image, mask)
    height, width = image.shape[:2]
    return Proof(
        "scipy.ndimage.correlate",
        float(np.abs(np.stack([ours.dx, ours.dy]) - theirs).max()),
        EXACT,
        note=f"dx and dy at all {width} × {height} pixels, {MASKS[mask].title} mask, "
        "border mirrored",
    )


def _scipy_gradient(image: NDArray[np.uint8], mask: str) -> NDArray[np.float64]:
    """Return dx and dy of each pixel's strongest channel, (2, H, W)."""
    channels = np.atleast_3d(image).astype(np.float64)
    answers = []
    for kernel in MASKS[mask].kernels(np.float64):
        # SciPy centres a mask of even size on its second pixel, ours on its first.
        origin = [-1 if side % 2 == 0 else 0 for side in kernel.shape]
        planes = [
            correlate(channels[..., k], kernel, mode="mirror", origin=origin)
            for k in range(channels.shape[2])
        ]
        answers.append(np.stack(planes))
    first, second = answers
    if MASKS[mask].diagonal:
        first, second = first + second, second - first
    best = np.argmax(first**2 + second**2, axis=0)[None]
    return np.concatenate(
        [np.take_along_axis(answer, best, axis=0) for answer in (first, second)]
    )


def _departure(asked: HogSettings, compared: HogSettings) -> str:
    """Say where the reference has no such choice, so that another is compared."""
    known, instead = [], []
    if asked.mask != compared.mask:
        known.append(f"the {MASKS[compared.mask].title.split()[-1]} mask")
        instead.append(MASKS[asked.mask].title)
    if asked.norm != compared.norm:
        some = "L2-Hys" if compared.convention == "opencv" else "normalised blocks"
        known.append(some)
        instead.append(NORM_NAMES[asked.norm])
    if asked.signed != compared.signed:
        known.append("unsigned directions")
        instead.append("signed ones")
    if not known:
        return ""
    library = "OpenCV" if compared.convention == "opencv" else "scikit-image"
    return (
        f"; {library} knows only {' and '.join(known)}: this is compared, "
        f"not {' and '.join(instead)}"
    )


def _note(window: NDArray[np.uint8], size: int, settings: HogSettings) -> str:
    height, width = window.shape[:2]
    root = "square root first" if settings.gamma else "no square root"
    how = "shared votes" if settings.convention == "opencv" else "whole votes"
    return (
        f"this {width} × {height} window, {size:,} numbers, centred mask, {how}, "
        f"{SKIMAGE_NORMS[settings.norm]}, {root}"
    )
