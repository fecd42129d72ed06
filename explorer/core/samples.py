"""Pictures to start from: photos inside installed packages and a drawn street.

The photos are read straight from the packages' own folders, without importing the
packages and without a network; each carries its credit. Photos on the web, fetched
only when a reader asks for one, stand in ``web`` and are offered here too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.core.door import BadImage, open_image
from explorer.core.web import WEB_PHOTOS, WebPhoto, load_web_photo

__all__ = [
    "FIRST_TRUTHS",
    "HAND_DRAWN",
    "SAMPLES",
    "STREET",
    "WEB_PHOTOS",
    "Sample",
    "Scene",
    "WebPhoto",
    "load_sample",
    "load_web_photo",
    "sample",
    "sample_path",
]

STREET = "street"


@dataclass(frozen=True)
class Sample:
    """A picture that is always there.

    Attributes
    ----------
    name : str
        Stands in links.
    title : str
        Stands in menus.
    shows : tuple of str
        What can be found in it, for lessons that need a person or a face.
    package : str
        Where it is read from; empty for what is drawn here.
    path : str
        Inside the package's folder.
    credit : str
        Who made it and on what terms.
    """

    name: str
    title: str
    shows: tuple[str, ...]
    package: str
    path: str
    credit: str


@dataclass(frozen=True)
class Scene:
    """A picture, and what is known to be in it.

    Attributes
    ----------
    image : (H, W, 3) uint8 array
    gt_boxes : (N, 4) float64 array
        ``(x1, y1, x2, y2)`` in pixels; no rows where no truth is known.
    gt_labels : tuple of str
        One a box.
    masks : (N, H, W) bool array or None
        Exact silhouettes, of drawn scenes only.
    gt_classes : (H, W) uint8 array or None
        Each pixel's class, of ``street_labels.STREET_CLASSES``; drawn scenes only.
    """

    image: NDArray[np.uint8]
    gt_boxes: NDArray[np.float64]
    gt_labels: tuple[str, ...]
    masks: NDArray[np.bool_] | None = None
    gt_classes: NDArray[np.uint8] | None = None


def _skimage(
    name: str, title: str, shows: tuple[str, ...], file: str, credit: str
) -> Sample:
    return Sample(name, title, shows, "skimage", f"data/{file}", credit)


def _sklearn(name: str, title: str, shows: tuple[str, ...], author: str) -> Sample:
    credit = f"{author} on Flickr, Creative Commons Attribution 2.0 (scikit-learn)"
    return Sample(name, title, shows, "sklearn", f"datasets/images/{name}.jpg", credit)


SAMPLES: tuple[Sample, ...] = (
    Sample(
        STREET,
        "Drawn street",
        ("person",),
        "",
        "",
        "Drawn by this program from a seed; its boxes and masks are exact",
    ),
    _skimage(
        "astronaut",
        "Astronaut",
        ("face", "person"),
        "astronaut.png",
        "Eileen Collins, NASA; no known copyright restrictions (scikit-image)",
    ),
    Sample(
        "grace_hopper",
        "Grace Hopper",
        ("face", "person"),
        "matplotlib",
        "mpl-data/sample_data/grace_hopper.jpg",
        "US Navy portrait, public domain (matplotlib)",
    ),
    _skimage(
        "camera",
        "Photographer",
        ("person",),
        "camera.png",
        "Lav Varshney, CC0 (scikit-image)",
    ),
    _skimage(
        "chelsea",
        "Cat",
        ("cat",),
        "chelsea.png",
        "Stéfan van der Walt, CC0 (scikit-image)",
    ),
    _skimage(
        "coffee",
        "Coffee",
        ("cup",),
        "coffee.png",
        "Rachel Michetti for Pikolo Espresso Bar, CC0 (scikit-image)",
    ),
    _skimage(
        "motorcycle",
        "Motorcycle",
        ("motorcycle",),
        "motorcycle_left.png",
        "Middlebury stereo benchmark 2014, Scharstein et al. (scikit-image)",
    ),
    _skimage(
        "rocket",
        "Rocket",
        ("missile",),
        "rocket.jpg",
        "SpaceX, public domain (scikit-image)",
    ),
    _sklearn("china", "Palace", ("building",), "danielbuechele"),
    _sklearn("flower", "Flower", ("flower",), "vultilion"),
    _skimage(
        "coins",
        "Greek coins",
        ("coin",),
        "coins.png",
        "Brooklyn Museum, no known copyright restrictions (scikit-image)",
    ),
)


# Boxes xyxy drawn by hand on photos that have no other truth: a start for a reader's
# own drawing, not for judging a detector. The cup with its handle, without the saucer.
HAND_DRAWN: Mapping[str, tuple[tuple[str, tuple[int, int, int, int]], ...]] = {
    "coffee": (("cup", (172, 18, 409, 308)),)
}
# With those of whole people and animals, for lessons that need a class with the box.
FIRST_TRUTHS: Mapping[str, tuple[tuple[str, tuple[int, int, int, int]], ...]] = {
    **HAND_DRAWN,
    "astronaut": (("person", (70, 6, 438, 510)),),
    "chelsea": (("cat", (62, 8, 440, 298)),),
    "grace_hopper": (("person", (4, 32, 510, 598)),),
    "motorcycle": (("motorcycle", (12, 18, 626, 420)),),
}


def sample(name: str) -> Sample:
    """Return the sample of a name.

    Raises
    ------
    KeyError
        With the names there are.

    Examples
    --------
    >>> sample("chelsea").title
    'Cat'
    """
    for one in SAMPLES:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in SAMPLES)
    raise KeyError(f"no sample is called {name!r}; there are {names}")


def sample_path(one: Sample) -> Path:
    """Return where a packaged photo lies; nothing of the package is imported.

    Raises
    ------
    BadImage
        If the package does not bring the file.
    """
    found = find_spec(one.package)
    folders = (found.submodule_search_locations or []) if found else []
    for folder in folders:
        path = Path(folder) / one.path
        if path.is_file():
            return path
    raise BadImage(
        f"{one.title}: the installed {one.package} does not bring this photo, "
        "so choose another."
    )


def load_sample(name: str) -> Scene:
    """Read or draw a sample, at most 640 pixels long.

    Parameters
    ----------
    name : str
        One of ``SAMPLES``.

    Returns
    -------
    Scene
        A new array each time: the caller may write into it.

    Raises
    ------
    KeyError
        For an unknown name.
    BadImage
        If the installed package does not bring the file.

    Examples
    --------
    >>> load_sample("astronaut").image.shape
    (512, 512, 3)
    """
    one = sample(name)
    if not one.package:
        return _street()
    opened = open_image(sample_path(one).read_bytes(), one.title)
    return Scene(opened.image, np.empty((0, 4)), ())


def _street() -> Scene:
    from explorer.core.street import draw_street  # only who asks for it pays for it

    street = draw_street()
    return Scene(
        street.image,
        street.boxes,
        ("person",) * len(street.boxes),
        street.masks,
        street.labels,
    )
