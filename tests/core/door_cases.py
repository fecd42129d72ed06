"""Pictures as bytes: a scene in many formats, and headers of hollow ones."""

import io

import numpy as np
from PIL import Image

WIDE, HIGH = 100, 60


def scene():
    """Red along the top, blue down the left, the rest black: tells turns apart."""
    image = np.zeros((HIGH, WIDE, 3), np.uint8)
    image[:20] = [255, 0, 0]
    image[:, :10] = [0, 0, 255]
    return image


def saved(image, kind, **options):
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def heic(image, **options):
    import pillow_heif

    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(image)).save(file, quality=95, **options)
    return file.getvalue()


def ramp(low, high, dtype):
    return np.linspace(low, high, HIGH * WIDE).reshape(HIGH, WIDE).astype(dtype)
