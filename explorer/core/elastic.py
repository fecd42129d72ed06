"""Elastic deformation: an image and its mask warped by one random field.

Output pixel (r, c) reads the input at (r + field[0, r, c], c + field[1, r, c]). So the
picture moves against its arrows, no output pixel is left empty, and where the field
leads out of the image, the image is mirrored at its border pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.elastic_fields import (
    Field,
    check_sizes,
    coarse_displacement,
    displacement,
    root_mean_square,
    smooth_noise,
    white_noise,
)

__all__ = [
    "ElasticSteps",
    "Field",
    "coarse_displacement",
    "displacement",
    "elastic_steps",
    "elastic_variants",
    "warp",
]

Labels = NDArray[np.uint8]
Pixels = TypeVar("Pixels", NDArray[np.uint8], NDArray[np.float32])


@dataclass(frozen=True, eq=False)
class ElasticSteps:
    """The working of one elastic deformation.

    Attributes
    ----------
    noise : (2, H, W) float32 array
        Uniform in -1..1, drawn from the seed: down and right, one number a pixel.
    smooth : (2, H, W) float32 array
        The noise after the Gaussian, not yet scaled.
    gain : float
        What ``smooth`` is multiplied with, so that the field has the asked size.
    field : (2, H, W) float32 array
        Where each pixel is read from, relative to itself, in pixels.
    image : (H, W, 3) uint8 array
        Warped, bilinear.
    mask : (H, W) uint8 array
        Warped by the same field, nearest: no label that was not there before.
    """

    noise: Field
    smooth: Field
    gain: float
    field: Field
    image: NDArray[np.uint8]
    mask: Labels


def elastic_steps(
    image: NDArray[np.uint8],
    mask: Labels,
    alpha_px: float,
    sigma_px: float,
    seed: int,
) -> ElasticSteps:
    """Deform an image and its mask by one smooth random field.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    mask : (H, W) uint8 array
        One label a pixel.
    alpha_px, sigma_px
        As for :func:`displacement`.
    seed : int
        Same seed and shape, same noise, whatever alpha and sigma are.

    Raises
    ------
    ValueError
        If alpha or sigma is out of bounds, or the shapes do not fit.

    References
    ----------
    Simard, Steinkraus and Platt 2003, "Best practices for convolutional neural
    networks applied to visual document analysis", section 2. Ronneberger, Fischer and
    Brox 2015, arXiv:1505.04597, section 3.1, warp images and masks alike.

    Examples
    --------
    >>> photo, mask = np.zeros((24, 32, 3), np.uint8), np.eye(24, 32, dtype=np.uint8)
    >>> steps = elastic_steps(photo, mask, alpha_px=2, sigma_px=4, seed=0)
    >>> steps.field.shape, bool(np.allclose(steps.field, steps.gain * steps.smooth))
    ((2, 24, 32), True)
    """
    shape = (image.shape[0], image.shape[1])
    check_sizes(alpha_px, sigma_px)
    noise = white_noise(shape, np.random.default_rng(seed))
    smooth = smooth_noise(noise, sigma_px)
    gain = alpha_px / root_mean_square(smooth)
    field = smooth * np.float32(gain)
    warped = warp(image, field), warp(mask, field, nearest=True)
    return ElasticSteps(noise, smooth, gain, field, *warped)


def elastic_variants(
    image: NDArray[np.uint8], mask: Labels, fields: Sequence[Field]
) -> tuple[NDArray[np.uint8], Labels]:
    """Make one training pair of each field.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    mask : (H, W) uint8 array
    fields : n arrays (2, H, W) float32

    Returns
    -------
    (n, H, W, 3) uint8 array, (n, H, W) uint8 array

    Examples
    --------
    >>> still = np.zeros((2, 4, 5), np.float32)
    >>> photo, mask = np.ones((4, 5, 3), np.uint8), np.eye(4, 5, dtype=np.uint8)
    >>> images, masks = elastic_variants(photo, mask, [still, still])
    >>> images.shape, bool((masks[1] == mask).all())
    ((2, 4, 5, 3), True)
    """
    images = np.stack([warp(image, field) for field in fields])
    masks = np.stack([warp(mask, field, nearest=True) for field in fields])
    return images, masks


def warp(image: Pixels, field: Field, nearest: bool = False) -> Pixels:
    """Read an image, or a mask, where a field says.

    Parameters
    ----------
    image : (H, W) or (H, W, C) uint8 or float32 array
    field : (2, H, W) float32 array
        Down and right, in pixels.
    nearest : bool
        Take the nearest pixel, as masks need; otherwise mix the four around.

    Returns
    -------
    array of the image's shape and type
        uint8 is rounded to the nearest.

    Raises
    ------
    ValueError
        If the field has not the image's rows and columns.

    Notes
    -----
    Outside, the image is mirrored at its border pixels, which are not repeated.
    OpenCV, several times faster than scipy's ``map_coordinates``, may round where it
    reads to 1/32 pixel.

    Examples
    --------
    >>> ramp = np.arange(12, dtype=np.uint8).reshape(3, 4) * 10
    >>> left = np.stack([np.zeros((3, 4)), np.full((3, 4), 0.5)]).astype(np.float32)
    >>> warp(ramp, left)[0].tolist()
    [5, 15, 25, 25]
    """
    if field.shape != (2, *image.shape[:2]):
        raise ValueError(
            f"The field has shape {field.shape}; this image needs "
            f"(2, {image.shape[0]}, {image.shape[1]})."
        )
    rows, columns = np.indices(image.shape[:2], np.float32)
    at = np.stack([rows + field[0], columns + field[1]])
    how = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    return np.asarray(
        cv2.remap(image, at[1], at[0], how, borderMode=cv2.BORDER_REFLECT_101),
        image.dtype,
    )
