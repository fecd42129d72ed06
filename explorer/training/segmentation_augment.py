"""Crops for training: placed, turned, scaled, bent and recoloured at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.core.elastic import displacement
from explorer.training.segmentation_data import VOID, Scene


@dataclass(frozen=True)
class Crops:
    """What the crops of a run look like.

    Attributes
    ----------
    size : (int, int)
        Height and width in pixels.
    scale : (float, float)
        Least and most enlargement of the photo, drawn evenly in its logarithm.
    elastic_frac : float
        How many of the crops are bent.
    """

    size: tuple[int, int]
    scale: tuple[float, float]
    elastic_frac: float = 0.3
    turn_deg: float = 6.0
    aspect: float = 0.12
    alpha_px: float = 3.0
    sigma_px: float = 16.0


def crop(
    scene: Scene, crops: Crops, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Cut one crop; what lies outside the photo is grey and void."""
    height, width = crops.size
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    scale = np.exp(rng.uniform(*np.log(crops.scale)))
    stretch = np.exp(rng.uniform(-crops.aspect, crops.aspect))
    angle = np.deg2rad(rng.normal(0, crops.turn_deg / 2))
    x = np.arange(width, dtype=np.float32) - (width - 1) / 2
    y = np.arange(height, dtype=np.float32) - (height - 1) / 2
    dx, dy = np.meshgrid(x, y)
    if rng.random() < crops.elastic_frac:
        bend_y, bend_x = displacement(crops.size, crops.alpha_px, crops.sigma_px, rng)
        dx, dy = dx + bend_x, dy + bend_y
    cx, cy = _centre(scene.labels.shape, crops.size, scale, rng)
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    at_x = cx + mirror * (cos * dx - sin * dy) * stretch
    at_y = cy + sin * dx + cos * dy
    maps = at_x.astype(np.float32), at_y.astype(np.float32)
    grey = (128, 128, 128)
    pixels = cv2.remap(scene.image, *maps, cv2.INTER_LINEAR, borderValue=grey)
    labels = cv2.remap(scene.labels, *maps, cv2.INTER_NEAREST, borderValue=VOID)
    return recolour(pixels.astype(np.uint8), rng), labels.astype(np.uint8)


def _centre(
    shape: tuple[int, ...],
    size: tuple[int, int],
    scale: float,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Choose the crop's middle so that it stays inside the photo where it can."""
    places = []
    for extent, length in ((shape[1], size[1]), (shape[0], size[0])):
        reach = min(length / scale, extent) / 2
        places.append(
            rng.uniform(reach, extent - reach) if extent > 2 * reach else extent / 2
        )
    return places[0], places[1]


def recolour(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Change gamma, contrast, brightness and the balance of the three channels."""
    gamma = np.exp(rng.normal(0, 0.25))
    gain = np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.05, 3))
    offset = rng.normal(0, 0.04)
    level = np.linspace(0, 1, 256)[:, None] ** gamma * gain + offset
    table = np.clip(np.round(level * 255), 0, 255).astype(np.uint8)
    if rng.random() < 0.15:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        image = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)
    return np.asarray(cv2.LUT(image, table.reshape(256, 1, 3)), np.uint8)


def batch(
    scenes: Sequence[Scene],
    chosen: Sequence[int],
    crops: Crops,
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor]:
    """Stack crops: ``(N, 3, H, W)`` in [-1, 1], and labels ``(N, H, W)`` int64."""
    made = [crop(scenes[i], crops, rng) for i in chosen]
    images = np.stack([image for image, _ in made]).transpose(0, 3, 1, 2)
    x = torch.from_numpy(images.copy()).float() / 127.5 - 1
    labels = np.stack([labels for _, labels in made]).astype(np.int64)
    return x, torch.from_numpy(labels)
