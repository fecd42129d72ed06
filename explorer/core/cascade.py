"""A cascade of boosted Haar features, read from OpenCV's own file."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.haar import corner_weights

SLACK = np.float32(1e-5)  # OpenCV lowers each stage's threshold by it
RECTS = 3  # a feature has two or three rectangles
FILES = {
    "face": "haarcascade_frontalface_default.xml",
    "eye": "haarcascade_eye.xml",
    "full body": "haarcascade_fullbody.xml",
    "cat face": "haarcascade_frontalcatface.xml",
}

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Cascade:
    """Stages of weak classifiers; each looks at one feature of the window.

    A weak classifier votes ``left`` when its feature's value, divided by the window's
    contrast, is below ``thresholds``, else ``right``. A stage lets the window pass when
    its votes add up to ``stage_thresholds`` or more.

    Attributes
    ----------
    name : str
    window_px : (w, h)
        Size of the window it was trained at.
    rects : (M, 3, 5) float64
        Each weak classifier's rectangles: x, y, w, h, weight; weight 0 for none.
    tilted : (M,) bool
        Whether they stand on a corner.
    thresholds, left, right : (M,) float32
    stage_thresholds : (S,) float32
        Already lowered by ``SLACK``.
    starts : (S + 1,) int64
        Stage k has the weak classifiers starts[k] to starts[k + 1].
    features : int
        Different features; several weak classifiers may share one.
    corners : (M, K, 3) int32
        The entries of the integral image that each feature adds up: row, column and
        weight. Weight 0: none.
    """

    name: str
    window_px: tuple[int, int]
    rects: NDArray[np.float64]
    tilted: NDArray[np.bool_]
    thresholds: Float32
    left: Float32
    right: Float32
    stage_thresholds: Float32
    starts: NDArray[np.int64]
    features: int
    corners: NDArray[np.int32]

    @property
    def stages(self) -> int:
        """How many stages there are."""
        return len(self.stage_thresholds)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many weak classifiers each stage has: (S,)."""
        return np.diff(self.starts)

    def members(self, stage: int) -> range:
        """Return the weak classifiers of a stage, counted from 0."""
        return range(int(self.starts[stage]), int(self.starts[stage + 1]))


def opencv_cascade(name: str) -> Cascade:
    """Return one of the cascades that OpenCV brings, by its name in ``FILES``.

    Raises
    ------
    ValueError
        For another name.

    Examples
    --------
    >>> face = opencv_cascade("face")
    >>> face.window_px, face.stages, len(face.thresholds), int(face.sizes[0])
    ((24, 24), 25, 2913, 9)
    """
    return read_cascade(cascade_path(name), name)


def cascade_path(name: str) -> Path:
    """Return where OpenCV's own package keeps a cascade's file.

    Raises
    ------
    ValueError
        For a name that is not in ``FILES``.

    Examples
    --------
    >>> cascade_path("eye").name
    'haarcascade_eye.xml'
    """
    if name not in FILES:
        raise ValueError(f"a cascade is one of {', '.join(FILES)}; got {name!r}")
    return Path(cv2.__file__).parent / "data" / FILES[name]


def read_cascade(path: Path, name: str = "") -> Cascade:
    """Read a cascade of one-feature classifiers (stumps) from OpenCV's XML.

    Parameters
    ----------
    path : Path
    name : str
        What it finds; the file's name without one.

    Raises
    ------
    ValueError
        A sentence: if the file is no such XML, holds other features or larger trees.

    Notes
    -----
    The file names a node's children: a number of 0 or less is a leaf, counted
    negatively. For a stump these are 0 and -1: its two leaves in order.
    """
    try:
        root = ElementTree.parse(path).getroot().find("cascade")
    except (OSError, ElementTree.ParseError) as error:
        raise ValueError(f"{path.name} can't be read as XML: {error}.") from None
    if root is None or _text(root, "featureType", path) != "HAAR":
        raise ValueError(f"{path.name} holds no cascade of Haar features.")
    table, slanted = _features(root, path)
    nodes, leaves, ends, limits = _stages(root, path)
    index = nodes[:, 2].astype(int)
    if len(index) and (index.min() < 0 or index.max() >= len(table)):
        raise ValueError(f"{path.name} asks for a feature it does not hold.")
    rects, tilted = table[index], slanted[index]
    return Cascade(
        name or path.stem,
        (int(_text(root, "width", path)), int(_text(root, "height", path))),
        rects,
        tilted,
        nodes[:, 3].astype(np.float32),
        leaves[:, 0].astype(np.float32),
        leaves[:, 1].astype(np.float32),
        limits.astype(np.float32) - SLACK,
        np.concatenate([[0], np.cumsum(ends)]).astype(np.int64),
        len(table),
        _corners(rects, tilted),
    )


def _corners(
    rects: NDArray[np.float64], tilted: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Return every feature's corners, filled up with corners of weight 0."""
    each = [corner_weights(*one) for one in zip(rects, tilted, strict=True)]
    table = np.zeros((len(each), max(map(len, each)), 3), np.int32)
    for row, found in zip(table, each, strict=True):
        row[: len(found)] = found
    return table


def _text(node: ElementTree.Element, tag: str, path: Path) -> str:
    found = node.find(tag)
    if found is None or not (found.text or "").strip():
        raise ValueError(f"{path.name} lacks <{tag}>.")
    return str(found.text).strip()


def _numbers(
    node: ElementTree.Element, tag: str, count: int, path: Path
) -> list[float]:
    """Return the finite numbers of a tag.

    Raises
    ------
    ValueError
        If there are not ``count`` of them.
    """
    words = _text(node, tag, path).split()
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = []
    if len(values) != count or not np.isfinite(values).all():
        raise ValueError(
            f"{path.name}: <{tag}> must hold {count} numbers, it has “{words[:6]}”."
        )
    return values


def _features(
    root: ElementTree.Element, path: Path
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return all features' rectangles (F, 3, 5) and whether they are tilted (F,)."""
    nodes = root.findall("features/_")
    table = np.zeros((len(nodes), RECTS, 5))
    tilted = np.zeros(len(nodes), bool)
    for k, node in enumerate(nodes):
        rows = [(one.text or "").split() for one in node.findall("rects/_")]
        if not 1 <= len(rows) <= RECTS or any(len(row) != 5 for row in rows):
            raise ValueError(f"{path.name}: feature {k} has no 1 to 3 rectangles.")
        table[k, : len(rows)] = np.array(rows, np.float64)
        tilted[k] = (node.findtext("tilted") or "0").strip() != "0"
    return table, tilted


def _stages(
    root: ElementTree.Element, path: Path
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[int], NDArray[np.float64]]:
    """Return all stumps (M, 4), leaves (M, 2), stumps a stage, stage thresholds."""
    nodes, leaves, sizes, limits = [], [], [], []
    for stage in root.findall("stages/_"):
        weak = stage.findall("weakClassifiers/_")
        for one in weak:
            node = _numbers(one, "internalNodes", 4, path)
            if node[0] != 0 or node[1] != -1:
                raise ValueError(f"{path.name} holds trees larger than a stump.")
            nodes.append(node)
            leaves.append(_numbers(one, "leafValues", 2, path))
        sizes.append(len(weak))
        limits += _numbers(stage, "stageThreshold", 1, path)
    if not nodes:
        raise ValueError(f"{path.name} holds no stages.")
    return np.array(nodes), np.array(leaves), sizes, np.array(limits)
