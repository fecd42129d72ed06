"""Elastic deformation beside scipy, OpenCV and scikit-image, on the reader's photo."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import measure

from explorer.core.elastic import warp
from explorer.core.elastic_fields import TRUNCATE, Field, cubic_weights, smooth_noise
from explorer.core.proof import Proof
from explorer.core.topology import label_topology

Labels = NDArray[np.uint8]

SINGLE = 1e-5  # the transform is in float32, its outputs are below 1
PLACES = 32  # OpenCV reads at whole 32nds of a pixel
ROUNDED_PX = 3  # pixels that lie midway between two, where float32 decides


def prove_smooth(noise: Field, sigma_px: float) -> Proof:
    """Compare the smoothed noise with ``scipy.ndimage.gaussian_filter``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> prove_smooth(rng.uniform(-1, 1, (2, 9, 12)).astype(np.float32), 2.0).holds
    True
    """
    how = {"mode": "wrap", "truncate": TRUNCATE}
    theirs = [
        ndimage.gaussian_filter(one.astype(float), sigma_px, **how) for one in noise
    ]
    delta = float(np.abs(smooth_noise(noise, sigma_px) - theirs).max())
    note = f"smoothed noise, σ = {sigma_px:g} px, both components at every pixel"
    return Proof("scipy.ndimage.gaussian_filter", delta, SINGLE, note=note)


def prove_coarse(vectors: NDArray[np.float64]) -> Proof:
    """Compare the bicubic interpolation of coarse vectors with ``cv2.remap``.

    Parameters
    ----------
    vectors : (2, n, n) float64 array
        Displacements at the nodes, in pixels.

    Notes
    -----
    OpenCV reads at whole 32nds between two nodes, so those places are compared.

    Examples
    --------
    >>> prove_coarse(np.random.default_rng(0).normal(size=(2, 3, 3))).holds
    True
    """
    nodes = vectors.shape[1]
    weights = cubic_weights(PLACES * (nodes - 1) + 1, nodes)
    ours = weights @ vectors @ weights.T
    at = np.arange(len(weights), dtype=np.float32) / PLACES
    x, y = np.meshgrid(at, at)
    theirs = [
        cv2.remap(
            one.astype(np.float32),
            x,
            y,
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for one in vectors
    ]
    scale = max(1.0, float(np.abs(ours).max()))
    return Proof(
        "cv2.remap, bicubic",
        float(np.abs(ours - theirs).max()),
        SINGLE * scale,
        "px",
        f"the field between {nodes} × {nodes} nodes, at all 32nds of their distance",
    )


def prove_warp(image: NDArray[np.uint8], field: Field) -> Proof:
    """Compare the warped photo with ``scipy.ndimage.map_coordinates``.

    Notes
    -----
    OpenCV rounds the place it reads to 1/32 pixel, so it is off by at most 1/64 of a
    step between neighbours along each axis, and by half a grey level of rounding.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> photo = rng.integers(0, 256, (20, 30, 3), np.uint8)
    >>> prove_warp(photo, rng.normal(size=(2, 20, 30)).astype(np.float32)).holds
    True
    """
    at = _places(field)
    planes = [image[..., k].astype(float) for k in range(image.shape[2])]
    theirs = np.stack(
        [ndimage.map_coordinates(p, at, order=1, mode="mirror") for p in planes], -1
    )
    steps = [
        float(np.abs(np.diff(image.astype(float), axis=axis)).max(initial=0.0))
        for axis in (0, 1)
    ]
    return Proof(
        "scipy.ndimage.map_coordinates",
        float(np.abs(warp(image, field) - theirs).max()),
        0.51 + sum(steps) / (2 * PLACES),
        "grey levels",
        "the photo, bilinear; OpenCV, which is faster, reads at whole 32nds of a pixel",
    )


def prove_mask(mask: Labels, field: Field) -> Proof:
    """Count the mask's pixels that differ from ``map_coordinates(order=0)``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> mask = rng.integers(0, 3, (20, 30), np.uint8)
    >>> prove_mask(mask, rng.normal(size=(2, 20, 30)).astype(np.float32)).holds
    True
    """
    theirs = ndimage.map_coordinates(mask, _places(field), order=0, mode="mirror")
    differ = int((warp(mask, field, nearest=True) != theirs).sum())
    return Proof(
        "scipy.ndimage.map_coordinates",
        differ,
        ROUNDED_PX,
        "px",
        f"the mask, nearest: how many of {mask.size:,} labels differ",
    )


def prove_topology(masks: tuple[Labels, ...], labels: tuple[int, ...]) -> Proof:
    """Compare parts and Euler numbers with scikit-image, label by label.

    Examples
    --------
    >>> prove_topology((np.eye(5, dtype=np.uint8),), (1,)).holds
    True
    """
    reference: Any = measure  # its functions carry no types
    wrong = 0
    for mask in masks:
        for number, ours in label_topology(mask, labels).items():
            region = mask == number
            wrong += abs(
                ours.parts - int(reference.label(region, connectivity=2).max(initial=0))
            )
            wrong += abs(
                ours.euler - int(reference.euler_number(region, connectivity=2))
            )
    return Proof(
        "skimage.measure.label, euler_number",
        wrong,
        0,
        note=f"parts and Euler number of {len(labels)} labels in {len(masks)} masks",
    )


def _places(field: Field) -> NDArray[np.float64]:
    """Return where each pixel is read: (2, H, W), rows and columns."""
    grid = np.indices(field.shape[1:], np.float32)
    return np.asarray(grid + field, np.float64)
