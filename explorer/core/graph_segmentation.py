"""Felzenszwalb and Huttenlocher's segmentation: pixels joined along the light edges."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.disjoint_sets import DisjointSets

Image = NDArray[np.uint8]
Labels = NDArray[np.int32]
Indices = NDArray[np.int64]

TURNS = 4  # in which the edges are taken; few: before each all roots are looked up
EVERY = slice(None)


@dataclass(frozen=True, eq=False)
class PixelGraph:
    """Neighbouring pixels of a picture, the most alike first.

    Attributes
    ----------
    weights : (E,) float32 array
        Euclidean distance of the two pixels' smoothed values, ascending.
    first, second : (E,) int64 array
        The two pixels, counted row by row.
    shape : (int, int)
        Height and width of the picture.
    """

    weights: NDArray[np.float32]
    first: Indices
    second: Indices
    shape: tuple[int, int]


def pixel_graph(image: Image, sigma_px: float = 0.8) -> PixelGraph:
    """Join every pixel with its right and its lower neighbour.

    Parameters
    ----------
    image : (H, W) or (H, W, C) uint8 array
        In any colour space.
    sigma_px : float
        Of the Gaussian that smooths it first, above 0.

    Raises
    ------
    ValueError
        If the image is not such an array or has no pixel, or sigma is not above 0.

    Notes
    -----
    The paper joins each pixel with eight neighbours; here, as in
    ``cv2.ximgproc.segmentation.createGraphSegmentation``, with four.

    References
    ----------
    Felzenszwalb and Huttenlocher 2004, Efficient graph-based image segmentation,
    section 4.

    Examples
    --------
    >>> graph = pixel_graph(np.array([[0, 0, 90]], np.uint8), 0.01)
    >>> graph.weights.tolist(), graph.first.tolist(), graph.second.tolist()
    ([0.0, 90.0], [0, 1], [1, 2])
    """
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or image.size == 0:
        raise ValueError(
            "image must be a non-empty (H, W) or (H, W, C) uint8 array, got "
            f"{image.dtype} {image.shape}"
        )
    if not sigma_px > 0:
        raise ValueError(f"sigma_px must be above 0, got {sigma_px}")
    height, width = image.shape[:2]
    smooth = cv2.GaussianBlur(image.astype(np.float32), (0, 0), sigma_px)
    smooth = np.asarray(smooth, np.float32).reshape(height, width, -1)
    at = np.arange(height * width).reshape(height, width)
    weights = np.concatenate(
        [
            _distance(smooth[:, :-1], smooth[:, 1:]).ravel(),
            _distance(smooth[:-1], smooth[1:]).ravel(),
        ]
    )
    first = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    second = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    order = np.argsort(weights, kind="stable")
    return PixelGraph(weights[order], first[order], second[order], (height, width))


def _distance(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the pixels' distance, each channel added in single precision."""
    total = np.zeros(one.shape[:2], np.float32)
    for channel in range(one.shape[2]):
        apart = (one[..., channel] - other[..., channel]).astype(np.float64)
        total = (total + apart**2).astype(np.float32)
    return np.sqrt(total)


def graph_segmentation(
    image: Image, sigma_px: float = 0.8, k: float = 100.0, min_size: int = 100
) -> Labels:
    """Segment a picture: ``segment_graph`` of its ``pixel_graph``.

    Examples
    --------
    >>> graph_segmentation(np.full((2, 3), 7, np.uint8)).tolist()
    [[0, 0, 0], [0, 0, 0]]
    """
    return segment_graph(pixel_graph(image, sigma_px), k, min_size)


def segment_graph(graph: PixelGraph, k: float, min_size: int = 100) -> Labels:
    """Join pixels to regions until no border is weaker than the regions allow.

    An edge of weight w, taken in ascending order, joins the regions A and B it leads
    between when w <= Int(A) + k / |A| and w <= Int(B) + k / |B|. Int is the heaviest
    edge that was joined inside a region, |A| its number of pixels: a small region
    asks for little evidence, a large one for much.

    Parameters
    ----------
    graph : PixelGraph
    k : float
        Scale of observation, not negative: the larger, the larger the regions.
    min_size : int
        In pixels. Regions below it are then joined to a neighbour across the lightest
        edge; a region of exactly ``min_size`` stays.

    Returns
    -------
    (H, W) int32 array
        Regions 0..R-1, numbered as they are met row by row.

    Raises
    ------
    ValueError
        If ``k`` or ``min_size`` is negative.

    Notes
    -----
    Edges of equal weight are taken in the order of the graph; the paper leaves their
    order open.

    References
    ----------
    Felzenszwalb and Huttenlocher 2004, sections 3.1 and 3.2.

    Examples
    --------
    >>> row = np.array([[0, 1, 9, 200, 201]], np.uint8)
    >>> segment_graph(pixel_graph(row, 0.01), k=20, min_size=1).tolist()
    [[0, 0, 0, 1, 1]]
    """
    if k < 0 or min_size < 0:
        raise ValueError(f"k and min_size must be at least 0, got {k} and {min_size}")
    sets = _joined(graph, k)
    _absorb_small(sets, graph, min_size)
    return _numbered(sets.roots()).reshape(graph.shape)


def _joined(graph: PixelGraph, k: float) -> DisjointSets:
    """Take the edges one by one, lightest first; ``allowed`` is Int + k / size.

    The ways to the roots are followed here and not by ``find``: a call for each of
    half a million ends would cost more than all the rest. An edge inside one region
    joins nothing, so now and then those are left out all at once.
    """
    sets = DisjointSets(graph.shape[0] * graph.shape[1])
    parent, size = sets.parent, sets.size
    allowed = [float(k)] * len(size)
    for some in np.array_split(np.arange(len(graph.weights)), TURNS):
        for weight, a, b in _borders(sets, graph, some):
            while parent[a] != a:
                parent[a] = a = parent[parent[a]]
            while parent[b] != b:
                parent[b] = b = parent[parent[b]]
            if a != b and weight <= allowed[a] and weight <= allowed[b]:
                a = sets.join(a, b)
                allowed[a] = weight + k / size[a]
    return sets


def _borders(
    sets: DisjointSets, graph: PixelGraph, some: Indices | slice = EVERY
) -> Iterator[tuple[float, int, int]]:
    """Return weight and both roots of the edges that lead from one set to another."""
    roots = sets.roots()
    first, second = roots[graph.first[some]], roots[graph.second[some]]
    border = first != second
    columns = (graph.weights[some], first, second)
    return zip(*(column[border].tolist() for column in columns), strict=True)


def _absorb_small(sets: DisjointSets, graph: PixelGraph, min_size: int) -> None:
    """Join what is too small across its lightest edge."""
    for _, a, b in _borders(sets, graph):
        a, b = sets.find(a), sets.find(b)
        if a != b and min(sets.size[a], sets.size[b]) < min_size:
            sets.join(a, b)


def _numbered(roots: Indices) -> Labels:
    """Number the regions in the order in which they are met."""
    _, met, region = np.unique(roots, return_index=True, return_inverse=True)
    number = np.empty(len(met), np.int32)
    number[np.argsort(met)] = np.arange(len(met))
    return number[region]
