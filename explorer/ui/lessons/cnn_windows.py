"""The lesson on running a CNN on every crop: one crop, and the count."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.boxes import whole_pixels
from explorer.core.class_map import class_probs
from explorer.core.proof import Proof
from explorer.core.resizing import resize
from explorer.core.window_grid import (
    COURSE_PICTURE_PX,
    COURSE_WINDOW_PX,
    WindowGrid,
    window_grid,
)
from explorer.figures.cnn_windows import CROP_COLORS
from explorer.ui import live
from explorer.ui.controls import choose, select
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import cnn_windows_words as words
from explorer.ui.lessons.fully_convolutional_scores import NETWORK, SIDE_PX, names
from explorer.ui.stage import stage

DOGS = range(151, 269)  # ImageNet's labels of its breeds, Chihuahua to Mexican hairless
CATS = range(281, 286)  # tabby, tiger, Persian, Siamese, Egyptian
TOP = 5
LEAST_CROP_PX = 4
ONE_WIDE_PX, ONE_HIGH_PX = 500, 380
COUNT_WIDE_PX, COUNT_HIGH_PX = 330, 330
SIZES = (20, 32, 64, 128, 224)
STRIDES = (1, 2, 4, 8, 16, 32)
SCENES = (f"{COURSE_PICTURE_PX} × {COURSE_PICTURE_PX}", "My photo")
TIMED = 5  # runs of one crop: the median is what the count is multiplied by

Array = NDArray[np.float64]
Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class OneCrop:
    """A crop and what the network says of it."""

    box: tuple[int, int, int, int]
    crop: Image
    logits: NDArray[np.float32]


def start_box(picture: Picture) -> tuple[float, ...]:
    """Return a square in the picture's middle, half as high as the picture."""
    height, width = picture.image.shape[:2]
    side = min(height, width) / 2
    left, top = (width - side) / 2, (height - side) / 2
    return tuple(round(v, 1) for v in (left, top, left + side, top + side))


def first_box(picture: Picture, key: str) -> tuple[float, ...]:
    """Return the box of the link or of before, the start where it doesn't fit."""
    kept: tuple[float, ...] = remember(key, ())
    height, width = picture.image.shape[:2]
    if len(kept) == 4:
        x1, y1, x2, y2 = np.clip(kept, 0, [width, height, width, height]).tolist()
        if x2 - x1 >= LEAST_CROP_PX and y2 - y1 >= LEAST_CROP_PX:
            return x1, y1, x2, y2
    return start_box(picture)


def classify(crop: Image) -> NDArray[np.float32] | None:
    """Run one crop, resized to the network's input; None if it can't."""
    square = resize(crop, SIDE_PX, SIDE_PX)
    answer = live.model(
        NETWORK, "crop_scores", image=square, side_px=SIDE_PX, row=0, col=0
    )
    return None if answer is None else answer.arrays["logits"][0]


def one_part(picture: Picture) -> OneCrop | None:
    """Show the window a reader drags and what the network says of its crop."""
    start = first_box(picture, "box")
    held = _held_box("crop_stage", picture, start)
    height, width = picture.image.shape[:2]
    box = whole_pixels(held, width, height)
    crop = np.ascontiguousarray(picture.image[box[1] : box[3], box[0] : box[2]])
    logits = classify(crop)
    if logits is None:
        return None
    stage(
        picture.image,
        key="crop_stage",
        alt="The picture with a window whose crop is classified",
        mode="boxes",
        boxes=[start],
        box_labels=["window"],
        box_colors=[CROP_COLORS["window"]],
        min_boxes=1,
        program={
            "name": "crop",
            "side": SIDE_PX,
            "box": box,
            "top": _top(logits),
            "groups": groups(logits),
            "colors": {"top": CROP_COLORS["map"], "group": CROP_COLORS["group"]},
        },
        max_width_px=ONE_WIDE_PX,
        max_height_px=ONE_HIGH_PX,
    )
    moved = np.abs(held - start_box(picture)).max() > 0.05
    remember.set("box", tuple(held.tolist()) if moved else (), ())
    st.markdown(words.ONE_SAID.format(side=SIDE_PX, dogs=len(DOGS), cats=len(CATS)))
    return OneCrop(box, crop, logits)


def _held_box(key: str, picture: Picture, start: tuple[float, ...]) -> Array:
    """Return the box as last dropped on this picture, before the stage is shown."""
    from explorer.ui.stage.memory import peek

    seen = f"_{key}_picture"
    new = st.session_state.get(seen) != picture.digest
    st.session_state[seen] = picture.digest
    value = None if new else peek(key, "boxes")
    box = np.asarray(value if value else [start], np.float64)
    return box[0] if box.shape == (1, 4) else np.asarray(start, np.float64)


def _top(logits: NDArray[np.float32]) -> list[tuple[str, float]]:
    probs = class_probs(logits)
    best = np.argsort(-probs, kind="stable")[:TOP].tolist()
    return [(names()[k], float(probs[k])) for k in best]


def groups(logits: NDArray[np.float32]) -> list[tuple[str, float]]:
    """Add the 1,000 probabilities up to three: dog, cat, neither."""
    probs = class_probs(logits)
    dog, cat = (float(probs[list(some)].sum()) for some in (DOGS, CATS))
    return [("dog", dog), ("cat", cat), ("neither", max(0.0, 1 - dog - cat))]


def prove_one(found: OneCrop | None) -> list[Proof]:
    """Compare the crop's scores with those of the map of the crop alone."""
    from explorer.models.proofs.fully_convolutional import prove_whole

    if found is None:
        return []
    square = resize(found.crop, SIDE_PX, SIDE_PX)
    ours = live.model(NETWORK, "class_map", image=square, side_px=SIDE_PX)
    if ours is None:
        return []
    note = "this crop as the whole input of the fully convolutional form: 1 × 1 scores"
    return [prove_whole(ours.arrays["logits"], found.logits, note)]


def count_controls() -> tuple[bool, int, int]:
    """Ask for the picture, the window's size and the stride."""
    course = choose("Picture", SCENES, key="scene", help=words.SCENE_HELP) == SCENES[0]
    size = select(
        "Window",
        SIZES,
        COURSE_WINDOW_PX,
        key="window",
        format_func=lambda n: f"{n:d} × {n:d}",
        width_px=120,
    )
    stride = choose("Stride", STRIDES, key="stride", help=words.STRIDE_HELP)
    return course, size, stride


def count_part(
    picture: Picture, course: bool, size: int, stride: int
) -> WindowGrid | None:
    """Show the places of a window, count them, and say how long they would take."""
    image = _course_picture(picture.image) if course else picture.image
    height, width = image.shape[:2]
    grid = window_grid(height, width, size, stride)
    left, right = st.columns([2.1, 1], gap="medium")
    with left:
        stage(
            image,
            key="slide_stage",
            alt="The picture with the window nearest to the pointer",
            program={
                "name": "slide",
                "size": size,
                "stride": stride,
                "rows": grid.rows,
                "cols": grid.cols,
                "colors": {"window": CROP_COLORS["window"], "grid": "#FFFFFF"},
            },
            max_width_px=COUNT_WIDE_PX,
            max_height_px=COUNT_HIGH_PX,
        )
    with right:
        st.markdown(words.count_said(grid))
        st.caption(words.course_said())
    each = _each_s(picture)
    if each is not None:
        high, wide = picture.image.shape[:2]
        st.markdown(words.count_table(grid, (wide, high), each))
        st.caption(words.EACH_SAID.format(side=SIDE_PX, runs=TIMED))
    return grid


def _course_picture(image: Image) -> Image:
    """Return the picture's middle square at the course's size."""
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = np.ascontiguousarray(image[top : top + side, left : left + side])
    return resize(square, COURSE_PICTURE_PX, COURSE_PICTURE_PX)


def _each_s(picture: Picture) -> float | None:
    """Return the seconds of one crop, the median of a few runs."""
    square = resize(picture.image, SIDE_PX, SIDE_PX)
    answer = live.model(
        NETWORK, "pass_run", image=square, side_px=SIDE_PX, repeats=TIMED
    )
    return None if answer is None else float(np.median(answer.arrays["ms"])) / 1e3


def prove_count(grid: WindowGrid | None) -> list[Proof]:
    """Compare the count with numpy's own windows."""
    from explorer.models.proofs.cnn_windows import prove_counts

    return [] if grid is None else [live.compute("proof", prove_counts, grid)]


def numbers_of(found: OneCrop | WindowGrid | None) -> dict[str, Any]:
    """Return what can be downloaded of the first and the last part."""
    if isinstance(found, OneCrop):
        return {
            "box": np.array(found.box),
            "crop": found.crop,
            "logits": found.logits,
            "probability": class_probs(found.logits),
        }
    if found is None:
        return {}
    return {"rows": found.rows, "cols": found.cols, "windows": found.count}
