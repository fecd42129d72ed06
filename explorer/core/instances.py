"""Other faces and other people, to stand where the reader's object stands."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.core.cutouts import OBJECTS, Cutout, cut_object, tight
from explorer.core.door import BadImage
from explorer.core.samples import STREET, load_sample
from explorer.core.street import draw_street

Image = NDArray[np.uint8]

FACES: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    # Whose face, the sample it is in, its box there in pixels.
    "Eileen Collins": ("astronaut", (166, 62, 274, 170)),
    "Grace Hopper": ("grace_hopper", (168, 114, 370, 316)),
}
LFW = ("skimage", "data/lfw_subset.npy")
LFW_FACES = 100  # the first hundred of its pictures; the others show no face
MOST = 12
SEEDS = (0, 1, 2)  # of drawn streets; 0 is the sample's
STREETS = 2  # so many are drawn: half a second each
LEAST_PX = 110  # a drawn person smaller than this is too coarse to be enlarged


def other_faces(without: str, most: int = MOST) -> list[tuple[str, Image]]:
    """Return faces other than the one in a sample, each filling its picture.

    Parameters
    ----------
    without : str
        Name of the sample whose own face is left out; any other text for none.
    most : int

    Returns
    -------
    list of (name, (h, w, 3) uint8)
        Those of the other samples, then 25 x 25 px faces of "Labeled Faces in the
        Wild" that come with scikit-image, evenly out of its hundred.

    Raises
    ------
    BadImage
        If an installed package does not bring its file.

    References
    ----------
    Huang et al. 2007, Labeled Faces in the Wild.
    """
    faces = []
    for name, (sample, (x1, y1, x2, y2)) in FACES.items():
        if sample != without:
            face = load_sample(sample).image[y1:y2, x1:x2]
            faces.append((name, np.ascontiguousarray(face)))
    wild = wild_faces()
    rows = np.linspace(0, len(wild) - 1, max(0, most - len(faces))).round().astype(int)
    faces += [(f"face {row + 1} of {len(wild)}", wild[row]) for row in rows.tolist()]
    return faces[:most]


def known_box(sample: str, label: str) -> tuple[int, int, int, int] | None:
    """Return the box of what a sample is known to show, in the sample's pixels.

    Examples
    --------
    >>> known_box("astronaut", "face"), known_box("coffee", "face")
    ((166, 62, 274, 170), None)
    """
    boxes = {(name, "face"): box for name, box in FACES.values()}
    boxes |= {(name, kind): box for name, kind, box in OBJECTS.values()}
    return boxes.get((sample, label))


def wild_faces() -> NDArray[np.uint8]:
    """Return scikit-image's hundred faces: (100, 25, 25, 3) uint8, all grey.

    Raises
    ------
    BadImage
        If the installed scikit-image does not bring them.

    Examples
    --------
    >>> wild_faces().shape
    (100, 25, 25, 3)
    """
    package, path = LFW
    found = find_spec(package)
    for folder in (found.submodule_search_locations or []) if found else []:
        file = Path(folder) / path
        if file.is_file():
            grey = np.load(file, allow_pickle=False)[:LFW_FACES]
            grey = np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8)
            return np.repeat(grey[..., None], 3, axis=3)
    raise BadImage("The installed scikit-image does not bring its faces.")


def other_cats(without: str) -> list[tuple[str, Image]]:
    """Return the samples' one cat's face, unless it is the picture's own."""
    sample, _, (x1, y1, x2, y2) = OBJECTS["cat"]
    if sample == without:
        return []
    face = load_sample(sample).image[y1:y2, x1:x2]
    return [("Chelsea", np.ascontiguousarray(face))]


def other_people(without: str, most: int = MOST) -> list[Cutout]:
    """Return people cut out of the samples: the photographer, and drawn pedestrians.

    Parameters
    ----------
    without : str
        Name of the sample that the reader looks at: its own people are left out.
    most : int

    Raises
    ------
    BadImage
        If an installed package does not bring its photo.
    """
    people = [] if without == "camera" else [cut_object("photographer")]
    seeds = [seed for seed in SEEDS if seed or without != STREET]
    for seed in seeds[:STREETS]:
        street = draw_street(seed)
        order = np.argsort(street.boxes[:, 1] - street.boxes[:, 3], kind="stable")
        for row in order.tolist():
            if street.boxes[row, 3] - street.boxes[row, 1] >= LEAST_PX:
                name = f"pedestrian {row + 1} of drawn street {seed + 1}"
                people.append(tight(name, "person", street.image, street.masks[row]))
    return people[:most]
