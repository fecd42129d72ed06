"""Elastic deformation beside scipy and scikit-image, on the reader's photo."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import measure

from explorer.core.elastic import warp
from explorer.core.elastic_fields import TRUNCATE, Field, smooth_noise
from explorer.core.proof import Proof
from explorer.core.topology import label_topology

Labels = NDArray[np.uint8]

SINGLE = 1e-5  # the transform is in float32, its outputs are below 1
PLACES = 32  # OpenCV reads at whole 32nds of a pixel
ROUNDED_LEVEL = 0.51  # grey levels: rounding to whole ones
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


def prove_warp(image: NDArray[np.uint8], field: Field) -> Proof:
    """Compare the warped photo with ``scipy.ndimage.map_coordinates``.

    Returns
    -------
    Proof
        The largest difference, each as a share of what is allowed in its own pixel.

    Notes
    -----
    OpenCV rounds the place it reads to 1/32 pixel, so it is off by at most 1/64 of the
    step between neighbours there, along each axis, and by half a grey level of
    rounding. In flat sky that is next to nothing, at an edge a few grey levels.

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
    slack = np.stack(
        [
            ndimage.map_coordinates(_steps(p), at, order=0, mode="mirror")
            for p in planes
        ],
        -1,
    )
    off = np.abs(warp(image, field) - theirs)
    share = off / (ROUNDED_LEVEL + slack / (2 * PLACES))
    return Proof(
        "scipy.ndimage.map_coordinates",
        float(share.max()),
        1.0,
        note="the photo, bilinear, as a share of what each pixel's neighbours allow: "
        "OpenCV, which is faster, reads at whole 32nds of a pixel (here at most "
        f"{off.max():.1f} grey levels off)",
    )


def _steps(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the steepest step between neighbours around each pixel, both axes added.

    Of the pixels within two, because the cell a place lies in reaches one further, and
    the rounded place may lie in the next cell.
    """
    found = np.zeros_like(plane)
    for axis in (0, 1):
        step = np.zeros_like(plane)
        rise = np.abs(np.diff(plane, axis=axis))
        step[: rise.shape[0], : rise.shape[1]] = rise
        found += ndimage.maximum_filter(step, size=5, mode="mirror")
    return found


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
