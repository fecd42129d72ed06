"""Thumbnails of the generative lessons: their decoders in numpy, with no torch."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.bayes import normal_log_density
from explorer.core.digit_form import stroke_digit
from explorer.core.latent_table import latent_table
from explorer.figures.bottleneck import error_image
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import HEIGHT_PX, WIDTH_PX
from explorer.figures.tiles import tiles_image
from explorer.models import zoo
from explorer.models.proofs.face_vae import plain_face_decode
from explorer.models.proofs.latent import plain_code, plain_decode

Image = NDArray[np.uint8]
ACROSS, DOWN = 8, 5
SPAN = 2.2


def latent_space_thumbnail(_: Image) -> Image:
    """The plane of digits."""
    x, y = np.linspace(-SPAN, SPAN, ACROSS), np.linspace(SPAN, -SPAN, DOWN)
    z = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return _filled(_bytes(plain_decode(zoo.record("digits_vae_2"), z)), ACROSS)


def vae_thumbnail(_: Image) -> Image:
    """A digit, and draws from the cloud that the encoder promises for it."""
    about, digit = zoo.record("digits_vae_10"), stroke_digit(5)
    mu, logvar = plain_code(about, digit)
    noise = np.random.default_rng(0).standard_normal((ACROSS * DOWN - 1, len(mu)))
    back = _bytes(plain_decode(about, mu + np.exp(logvar / 2) * noise * 1.5))
    return _filled(np.concatenate([digit[None], back]), ACROSS)


def autoencoder_thumbnail(_: Image) -> Image:
    """A digit, what comes back from eight numbers, and where they differ."""
    about, digit = zoo.record("digits_ae_8"), stroke_digit(8)
    back = _bytes(plain_decode(about, plain_code(about, digit)[0][None]))[0]
    grey = [np.repeat(one[..., None], 3, axis=2) for one in (digit, back)]
    row = np.concatenate([*grey, error_image(digit, back)], axis=1)
    return _laid(row)


def arithmetic_thumbnail(_: Image) -> Image:
    """A drawn face, and what the sum with the vector of glasses makes of it."""
    about = zoo.record("avatars_vae")
    table = latent_table(about.name)
    has = table.columns["glasses"] > 0
    row = int(np.flatnonzero(~has)[0])
    vector = table.mu[has].mean(axis=0) - table.mu[~has].mean(axis=0)
    shown = [
        _bytes(plain_face_decode(about, table.mu[row] + step * vector))
        for step in (0.0, 0.5, 1.0)
    ]
    return _laid(np.concatenate(shown, axis=1))


def kinds_thumbnail(_: Image) -> Image:
    """Two bells, and the share of each below them."""
    canvas = np.full((HEIGHT_PX, WIDTH_PX, 3), 250, np.uint8)
    x = np.linspace(-4, 4, WIDTH_PX)
    bells = [
        np.exp(normal_log_density(x[:, None], [mean], std))
        for mean, std in ((-1.2, 1.0), (1.3, 0.8))
    ]
    share = bells[0] / (bells[0] + bells[1])
    for values, color, base, tall in (
        (bells[0], "first", 118, 190),
        (bells[1], "second", 118, 190),
        (share, "first", 190, 58),
        (1 - share, "second", 190, 58),
    ):
        line = np.stack([np.arange(WIDTH_PX), base - values * tall], axis=1)
        points = line.round().astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [points], False, rgb(COLORS[color]), 3, cv2.LINE_AA)
    return canvas


def _bytes(levels: NDArray[np.float64]) -> Image:
    return np.asarray(np.clip(levels.round(), 0, 255), np.uint8)


def _filled(pictures: Image, across: int) -> Image:
    tiled = tiles_image(pictures, across)
    return _laid(np.repeat(tiled[..., None], 3, axis=2))


def _laid(picture: Image) -> Image:
    """Enlarge a picture to the thumbnail, on black."""
    scale = min(WIDTH_PX / picture.shape[1], HEIGHT_PX / picture.shape[0])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    out = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    top, left = (HEIGHT_PX - size[1]) // 2, (WIDTH_PX - size[0]) // 2
    out[top : top + size[1], left : left + size[0]] = large
    return out
