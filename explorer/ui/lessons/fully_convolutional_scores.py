"""What the lesson on fully convolutional classifiers asks the network, and shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.class_map import (
    TopClasses,
    class_prob,
    map_box,
    top_classes,
)
from explorer.core.proof import Proof
from explorer.core.resizing import resize
from explorer.figures.class_map import MAP_COLORS
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.stage import Hover

NETWORK = "efficientnet_lite0"
STRIDE = 32
SIDE_PX = 224  # of the input the classifier was trained on
TOP = 5
WINDOW = 7  # feature cells on a side that the classifier averages
FACTOR = 8  # of the bilinear map: new cells a cell on a side, 4 px each
GUESS = -1  # in place of a class: the network's own first

Array = NDArray[np.float64]
Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Settings:
    """What the toolbar says."""

    side_px: int
    option: int
    window: int = WINDOW
    percent: bool = True
    bilinear: bool = False
    sizes: bool = False


@dataclass(frozen=True, eq=False)
class Scored:
    """One class's map of the image.

    Attributes
    ----------
    image : (H, W, 3) uint8
        As large as the network's input.
    label : int
        The class shown.
    head : (channels, H / 32, W / 32) float32
    logits, fc_logits : (classes, h, w) float32
    probs : (h, w) float64
        Of the class shown.
    window : (int, int)
        Rows, columns of features for one score.
    box : (x1, y1, x2, y2)
        Where the map lies on the image.
    """

    image: Image
    label: int
    head: NDArray[np.float32]
    logits: NDArray[np.float32]
    fc_logits: NDArray[np.float32]
    probs: Array
    window: tuple[int, int]
    box: tuple[float, float, float, float]

    def values(self, percent: bool) -> Array:
        """Return the map shown, ``(h, w)``."""
        return self.probs if percent else self.logits[self.label].astype(np.float64)

    @property
    def shape(self) -> tuple[int, int]:
        """Return the map's rows and columns."""
        return self.probs.shape[0], self.probs.shape[1]

    def best(self, percent: bool) -> tuple[int, int]:
        """Row and column of the highest value of the map shown."""
        row, col = np.unravel_index(int(self.values(percent).argmax()), self.shape)
        return int(row), int(col)


def names() -> tuple[str, ...]:
    """Return the 1,000 classes."""
    return tuple(zoo.record(NETWORK).classes)


def label_of(picture: Picture, option: int) -> int | None:
    """Return the class to show; None if the network cannot be asked for its guess."""
    if option != GUESS:
        return option
    answer = live.model(NETWORK, "classify", image=picture.image)
    return None if answer is None else int(answer.arrays["logits"].argmax())


def scored(picture: Picture, side_px: int, window: int, label: int) -> Scored | None:
    """Run the whole image once; None and a sentence on the page if it can't."""
    answer = live.model(
        NETWORK, "class_map", image=picture.image, side_px=side_px, window=window
    )
    if answer is None:
        return None
    a = answer.arrays
    rows, cols = (int(v) for v in a["window"])
    probs = live.compute("softmax", class_prob, a["logits"], label)
    return Scored(
        resize(picture.image, *a["input_size"].tolist()),
        label,
        a["head"],
        a["logits"],
        a["fc_logits"],
        probs,
        (rows, cols),
        map_box((probs.shape[0], probs.shape[1]), (rows, cols), STRIDE),
    )


def ends(values: Array, percent: bool) -> tuple[float, float]:
    """Return the palette's ends: probabilities start at 0, and none fills it falsely.

    A class that is nowhere likelier than 1 % leaves the map dark.
    """
    if percent:
        return 0.0, max(float(values.max()), 0.01)
    low, high = float(values.min()), float(values.max())
    return low, high if high > low else low + 1.0


def readout(found: Scored, percent: bool) -> Hover:
    """Return what is read under the pointer: the cell and the class's score."""
    return Hover(
        found.values(percent),
        (names()[found.label],),
        (STRIDE, STRIDE),
        (found.box[0], found.box[1]),
        digits=1 if percent else 2,
        unit=" %" if percent else "",
        scale=100.0 if percent else 1.0,
    )


def map_program(found: Scored, percent: bool, **more: Any) -> Mapping[str, Any]:
    """Return the parameters of the stage's program ``classmap.js``."""
    top: TopClasses = live.compute("top classes", top_classes, found.logits, TOP)
    labels, places = np.unique(top.index, return_inverse=True)
    known = names()
    values = found.values(percent)
    lo, hi = ends(values, percent)
    return {
        "name": "classmap",
        "index": places.reshape(top.index.shape).astype(np.int32),
        "scores": top.probs if percent else top.logits,
        "values": values,
        "names": [known[k] for k in labels.tolist()],
        "labels": labels.tolist(),
        "chosen": labels.tolist().index(found.label) if found.label in labels else -1,
        "label": known[found.label],
        "percent": percent,
        "lo": lo,
        "hi": hi,
        "box": found.box,
        "window": found.window,
        "stride": STRIDE,
        "best": found.best(percent),
        "colors": MAP_COLORS,
        **more,
    }


def proofs(
    picture: Picture, found: Scored | None, asked: Settings | None = None
) -> list[Proof]:
    """Compare the map with the fully connected layer, and a crop end to end.

    The enlarged map too, where ``asked`` shows one.
    """
    from explorer.models.proofs import fully_convolutional as prove

    made: list[Proof] = []
    if found is not None:
        made.append(
            live.compute("proof", prove.prove_windows, found.logits, found.fc_logits)
        )
    if found is not None and asked is not None and asked.bilinear:
        values = found.values(asked.percent)
        made.append(
            live.compute("proof of bilinear", prove.prove_upsampled, values, FACTOR)
        )
    middle = _middle(picture.image)
    ours = live.model(NETWORK, "class_map", image=middle, side_px=SIDE_PX)
    theirs = live.model(
        NETWORK, "crop_scores", image=middle, side_px=SIDE_PX, row=0, col=0
    )
    if ours is not None and theirs is not None:
        one, other = ours.arrays["logits"], theirs.arrays["logits"][0]
        made.append(prove.prove_whole(one, other))
    return made


def _middle(image: Image) -> Image:
    """Return the image's central square, as the classifier is given it."""
    frac = float(zoo.record(NETWORK).preprocessing["crop_frac"])
    height, width = image.shape[:2]
    side = max(1, round(frac * min(height, width)))
    top, left = (height - side) // 2, (width - side) // 2
    return image[top : top + side, left : left + side]


def numbers(found: Scored | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if found is None:
        return {}
    return {
        "probability": found.probs,
        "logit": found.logits[found.label],
        "all_logits": found.logits,
        "features": found.head,
    }
