"""The lesson on RoI pooling, part by part."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.core.roi import RoiPool, roi_pool_steps
from explorer.core.roi_align import RoiSamples, roi_align_steps, roi_resize_steps
from explorer.core.roi_shift import WAYS, middle_bin_shifted
from explorer.figures.layers import Heat
from explorer.figures.roi import ROI_COLORS, cells_image, shift_figure
from explorer.ui import live
from explorer.ui.controls import choose, number, select, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import roi_words as words
from explorer.ui.stage import StageEvent, stage

PARTS = ("Photo", "4 × 4")
LEVELS = {8: "stage3", 16: "stage5", 32: "stage7"}
CHANNELS = {8: 40, 16: 112, 32: 320}
FIRST_CHANNEL = {8: 7, 16: 5, 32: 3}
SIZES = (2, 3, 5, 7, 14)
RATIOS = (0, 1, 2, 3, 4)
HAND = (1.0, 3, 2, 1, 4, 6, 5, 0, 7, 2, 9, 8, 3, 1, 4, 5)
HAND_SIDE = 4
HAND_CELL_PX = 40
HAND_BOX = (8.0, 8.0, 136.0, 136.0)
BROWSER_TOLERANCE = 1e-6
SHIFTS = 65

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scene:
    """One channel of features and the picture it lies on.

    Attributes
    ----------
    image : (H * stride, W * stride, 3) uint8
    values : (H, W) float32
    stride : int
    start : tuple of float
        The box to start from.
    by_hand : bool
        Whether the numbers are the reader's own.
    """

    image: NDArray[np.uint8]
    values: NDArray[np.float32]
    stride: int
    start: tuple[float, float, float, float]
    by_hand: bool = False


@dataclass(frozen=True)
class Settings:
    """What the toolbar says about the output."""

    size: int
    ratio: int
    aligned: bool
    gradient: bool


@dataclass(frozen=True, eq=False)
class Pooled:
    """The three ways' working for one box."""

    box: Array
    pool: RoiPool
    align: RoiSamples
    resize: RoiSamples


def level() -> tuple[int, int]:
    """Ask for the map: its stride and its channel."""
    stride = choose(
        "Stride", tuple(LEVELS), default=16, key="stride", help=words.STRIDE_HELP
    )
    most = CHANNELS[stride] - 1
    first = FIRST_CHANNEL[stride]
    return stride, number("Channel", 0, most, first, key=f"channel_{stride}")


def settings(by_hand: bool) -> Settings:
    """Ask for the output: its size, RoIAlign's points, what to show."""
    size = select(
        "Output",
        SIZES,
        2 if by_hand else 7,
        key="hand_size" if by_hand else "size",
        format_func=lambda n: f"{n} × {n}",
        width_px=95,
    )
    ratio = select(
        "Sampling ratio",
        RATIOS,
        2,
        key="ratio",
        help=words.RATIO_HELP,
        format_func=lambda n: f"{n} × {n}" if n else "adaptive",
        width_px=125,
    )
    aligned = toggle("Aligned", True, key="aligned", help=words.ALIGNED_HELP)
    gradient = toggle("Gradient", False, key="gradient", help=words.GRADIENT_HELP)
    return Settings(size, ratio, aligned, gradient)


def photo_scene(picture: Picture, stride: int, channel: int) -> Scene | None:
    """Return one channel of the network's map of the picture, None if it can't run."""
    answer = live.model(
        "efficientnet_lite0",
        "features",
        image=picture.image,
        layers=",".join(LEVELS.values()),
    )
    if answer is None:
        return None
    height, width = (int(v) for v in answer.arrays["input_size"])
    image: NDArray[Any] = picture.image
    if image.shape[:2] != (height, width):
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    values = np.asarray(answer.arrays[LEVELS[stride]][channel], np.float32)
    return Scene(np.asarray(image, np.uint8), values, stride, _start(picture, image))


def _start(picture: Picture, image: NDArray[Any]) -> tuple[float, float, float, float]:
    """Return the largest known box, the picture's middle without one."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = 0.33 * width, 0.11 * height, 0.59 * width, 0.43 * height
    if len(picture.gt_boxes):
        size = picture.gt_boxes[:, 2:] - picture.gt_boxes[:, :2]
        box = picture.gt_boxes[int(size.prod(axis=1).argmax())]
        scale = np.array([width, height]) / picture.image.shape[1::-1]
        x1, y1, x2, y2 = (float(v) for v in box * np.tile(scale, 2))
    return round(x1, 1), round(y1, 1), round(x2, 1), round(y2, 1)


def hand_scene() -> Scene:
    """Return the reader's own 4 x 4 numbers, from an editor beside the picture."""
    given = np.array(remember("numbers", HAND)).reshape(HAND_SIDE, HAND_SIDE)
    st.markdown("**Your 16 numbers** — change any; the box reads them.")
    edited = st.data_editor(given, key="roi_pooling_editor", width="stretch")
    values = np.nan_to_num(np.asarray(edited, np.float64)).reshape(given.shape)
    remember.set("numbers", tuple(float(v) for v in values.ravel()), HAND)
    image = cells_image(values, HAND_CELL_PX)
    return Scene(image, values.astype(np.float32), HAND_CELL_PX, HAND_BOX, True)


def _tag(scene: Scene, asked: Settings) -> str:
    """Return a name for what the browser was given to compute with."""
    return live.digest(
        scene.values, scene.stride, asked.size, asked.ratio, asked.aligned
    )


def show(scene: Scene, asked: Settings) -> tuple[Array | None, StageEvent]:
    """Show the stage; return the box as it was dropped, None without one."""
    key = "hand" if scene.by_hand else "roi"
    limits = Heat(scene.values).limits()
    layers = [] if scene.by_hand else [Heat(scene.values, opacity=0.45)]
    event = stage(
        scene.image,
        key=f"{key}_stage",
        alt="A picture with a region of interest and the feature cells it covers",
        layers=layers,
        mode="boxes",
        boxes=[remember(key, scene.start)],
        box_labels=["RoI"],
        box_colors=[ROI_COLORS["exact"]],
        pixelated=scene.by_hand,
        max_height_px=380,
        program={
            "name": "roi",
            "map": scene.values,
            "stride": scene.stride,
            "size": asked.size,
            "ratio": asked.ratio,
            "aligned": asked.aligned,
            "show": "gradient" if asked.gradient else "values",
            "lo": limits[0],
            "hi": limits[1],
            "numbers": scene.by_hand,
            "colors": ROI_COLORS,
            "tag": _tag(scene, asked),
        },
    )
    if event.boxes is None or not len(event.boxes):
        return None, event
    box = event.boxes[0]
    remember.set(key, tuple(float(v) for v in box), scene.start)
    return box, event


def pooled(scene: Scene, box: Array, asked: Settings) -> Pooled:
    """Compute the three ways for the box where it was dropped."""
    given = (scene.values[None], box, asked.size, 1 / scene.stride)
    ratio, aligned = asked.ratio, asked.aligned
    return Pooled(
        box,
        live.compute("RoIPool", roi_pool_steps, *given),
        live.compute("RoIAlign", roi_align_steps, *given, ratio, aligned),
        live.compute("crop + resize", roi_resize_steps, *given),
    )


def explain(scene: Scene, found: Pooled, asked: Settings) -> None:
    """Write the rounding with this box's numbers, and draw what sliding does."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**RoIPool rounds each edge to a whole cell**")
        st.markdown(words.reading(found.box, found.pool, scene.stride))
        st.caption(words.TERMS)
        st.caption(words.gain())
    shifts = np.linspace(0, 2 * scene.stride, SHIFTS)
    outputs = live.compute(
        "sliding the box",
        middle_bin_shifted,
        scene.values[None],
        found.box,
        asked.size,
        1 / scene.stride,
        shifts,
        asked.ratio,
        asked.aligned,
    )
    with right:
        st.markdown("**Slide the box to the right: does the output follow?**")
        st.plotly_chart(
            shift_figure(shifts, outputs, WAYS, scene.stride),
            width="stretch",
            config={"displayModeBar": False},
            key="roi_pooling_shift",
        )


def prove(
    scene: Scene, found: Pooled, asked: Settings, event: StageEvent
) -> list[Proof]:
    """Compare with torchvision, and the browser's arithmetic with the core's."""
    from explorer.models.proofs.roi import prove_roi_align, prove_roi_pool

    given = (scene.values[None], found.box, asked.size, 1 / scene.stride)
    proofs = [
        prove_roi_pool(*given),
        prove_roi_align(*given, asked.ratio, asked.aligned),
    ]
    sent = event.program or {}
    if sent.get("tag") == _tag(scene, asked):
        delta = browser_delta(sent, found)
        if delta is not None:
            note = "all three ways, as drawn while dragging"
            name = "the arithmetic in your browser"
            proofs.append(Proof(name, delta, BROWSER_TOLERANCE, note=note))
    return proofs


def browser_delta(sent: dict[str, Any], found: Pooled) -> float | None:
    """Return how far the browser's outputs are off, None for another box's."""
    try:
        box = np.asarray(sent["box"], np.float64)
        theirs = [np.asarray(sent[way], np.float64) for way in _WAYS]
    except (KeyError, TypeError, ValueError):
        return None
    ours = [getattr(found, way).values.ravel() for way in _WAYS]
    same = all(a.shape == b.shape for a, b in zip(theirs, ours, strict=True))
    if not same or box.shape != (4,) or np.abs(box - found.box).max() > 1e-9:
        return None
    return max(float(np.abs(a - b).max()) for a, b in zip(theirs, ours, strict=True))


_WAYS = ("pool", "align", "resize")


def numbers(scene: Scene | None, found: Pooled | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if scene is None or found is None:
        return {}
    return {
        "features": scene.values,
        "box": found.box,
        "roi_pool": found.pool.values[0],
        "roi_align": found.align.values[0],
        "crop_resize": found.resize.values[0],
        "argmax": found.pool.argmax[0],
    }
