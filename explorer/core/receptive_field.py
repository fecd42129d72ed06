"""Receptive fields by arithmetic: which input pixels a unit of any layer can use.

A network is a graph of maps (``explorer.core.field_graph``). How a map reads its
sources says which of their cells an interval of its own cells needs; walking that back
to the input gives the field of any unit. Where branches join, the widest counts.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from explorer.core.field_graph import INPUT, Graph
from explorer.core.reach import Marks, Reach

Ints = NDArray[np.int64]
NOTHING = 2**30  # first > last: the interval of no cell


def unit_marks(graph: Graph, node: int, axis: int) -> Marks:
    """Return which input pixels each unit of a map can use, along one axis.

    Parameters
    ----------
    graph : Graph
        The network at one input size.
    node : int
        Which map.
    axis : int
        0 for rows, 1 for columns.

    Returns
    -------
    (units, pixels) bool array
        Exact, gaps of dilated kernels included; what a layer reads of its padding is
        nothing.

    Raises
    ------
    ValueError
        If there is no such map.

    Examples
    --------
    >>> from explorer.core.field_graph import one_layer
    >>> graph = one_layer((5, 5), Reach("window", 3, 2, before=1), (3, 3))
    >>> unit_marks(graph, 1, 0).astype(int)
    array([[1, 1, 0, 0, 0],
           [0, 1, 1, 1, 0],
           [0, 0, 0, 1, 1]])
    """
    marks = {_checked(graph, node): np.eye(graph.nodes[node].shape[axis], dtype=bool)}
    for place in range(node, INPUT, -1):
        if place not in marks:
            continue
        read = marks.pop(place)
        for link in graph.nodes[place].links:
            reach = link.cols if axis else link.rows
            found = reach.marks(read, graph.nodes[link.source].shape[axis])
            known = marks.get(link.source)
            marks[link.source] = found if known is None else found | known
    empty = np.zeros(
        (graph.nodes[node].shape[axis], graph.nodes[INPUT].shape[axis]), bool
    )
    return marks.get(INPUT, empty)


def unit_spans(graph: Graph, node: int, axis: int, inside: bool = True) -> Ints:
    """Return the first and last input pixel that each unit of a map can use.

    Parameters
    ----------
    graph, node, axis
        As for ``unit_marks``.
    inside : bool
        True: only pixels there are. False: as if the input went on for ever, which
        gives the theoretical size.

    Returns
    -------
    (units, 2) int64 array
        Both ends belong to the field. First > last where a unit reads nothing.

    Raises
    ------
    ValueError
        If there is no such map.

    Notes
    -----
    Without border, intervals are followed in place of sets. Both ends are used, except
    where a dilated kernel reads an enlarged map: then the interval may be too wide.

    Examples
    --------
    >>> from explorer.core.field_graph import one_layer
    >>> graph = one_layer((5, 5), Reach("window", 3, 2, before=1), (3, 3))
    >>> unit_spans(graph, 1, 0).tolist(), unit_spans(graph, 1, 0, False)[0].tolist()
    ([[0, 1], [1, 3], [3, 4]], [-1, 1])
    """
    if inside:
        marks = unit_marks(graph, node, axis)
        last = marks.shape[1] - 1 - marks[:, ::-1].argmax(axis=1)
        spans = np.stack([marks.argmax(axis=1), last], axis=1)
        spans[~marks.any(axis=1)] = NOTHING, -NOTHING
        return np.asarray(spans, np.int64)
    units = np.arange(graph.nodes[_checked(graph, node)].shape[axis], dtype=np.int64)
    found = {node: (units, units)}
    for place in range(node, INPUT, -1):
        if place not in found:
            continue
        ends = found.pop(place)
        for link in graph.nodes[place].links:
            low, high = _read(link.cols if axis else link.rows, *ends)
            known = found.get(link.source)
            if known is not None:  # branches join: the widest counts
                low, high = np.minimum(low, known[0]), np.maximum(high, known[1])
            found[link.source] = low, high
    low, high = found.get(INPUT, (units + NOTHING, units - NOTHING))
    return np.stack([low, high], axis=1)


def _checked(graph: Graph, node: int) -> int:
    if not 0 <= node < len(graph.nodes):
        last = len(graph.nodes) - 1
        raise ValueError(f"There is no map {node}; there are 0 to {last}.")
    return node


def _read(reach: Reach, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    low, high = reach.reads(first, last)
    empty = (first > last) | (low > high)
    return np.where(empty, NOTHING, low), np.where(empty, -NOTHING, high)


def unit_box(
    graph: Graph, node: int, row: int, col: int, inside: bool = True
) -> tuple[int, int, int, int]:
    """Return one unit's field as xyxy in input pixels, the far edges outside it.

    Raises
    ------
    ValueError
        If the map has no such unit.

    Examples
    --------
    >>> from explorer.core.field_graph import one_layer
    >>> graph = one_layer((5, 5), Reach("window", 3, 2, before=1), (3, 3))
    >>> unit_box(graph, 1, 0, 2), unit_box(graph, 1, 0, 2, inside=False)
    ((3, 0, 5, 2), (3, -1, 6, 2))
    """
    rows, cols = graph.nodes[node].shape
    if not (0 <= row < rows and 0 <= col < cols):
        raise ValueError(
            f"{graph.nodes[node].name} has {rows} × {cols} units; "
            f"there is no unit ({row}, {col})."
        )
    top, bottom = unit_spans(graph, node, 0, inside)[row].tolist()
    left, right = unit_spans(graph, node, 1, inside)[col].tolist()
    return left, top, right + 1, bottom + 1


def jumps(graph: Graph, axis: int) -> tuple[Fraction, ...]:
    """Return for each map how many input pixels lie between two neighbouring units.

    Where branches join, the finest counts: a global branch has no steps of its own.
    """
    found = [Fraction(1)]
    for node in graph.nodes[1:]:
        steps = [
            found[link.source] * (link.cols if axis else link.rows).step
            for link in node.links
        ]
        found.append(min(steps))
    return tuple(found)
