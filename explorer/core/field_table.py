"""The table of receptive fields: size, jump and start of every map of a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from explorer.core.field_graph import INPUT, Graph
from explorer.core.reach import Reach
from explorer.core.receptive_field import jumps, unit_spans


@dataclass(frozen=True)
class LayerField:
    """One line of the table: a map, what made it, and the field of its units.

    Attributes
    ----------
    node : int
        Which map of the graph.
    name, op, shape
        As in ``Node``.
    reach : Reach
        How its rows read its first source.
    size : (int, int)
        Rows and columns of the field of a unit far from every border, in pixels; the
        largest where units differ, as after enlarging.
    jump : (float, float)
        Pixels from one unit to the next.
    start : (float, float)
        Centre of the first unit's field, in pixels from the input's border, so that
        the first pixel's own centre is 0.5.
    whole : bool
        Whether every unit's field covers the whole input.
    """

    node: int
    name: str
    op: str
    shape: tuple[int, int]
    reach: Reach
    size: tuple[int, int]
    jump: tuple[float, float]
    start: tuple[float, float]
    whole: bool


def layer_fields(graph: Graph) -> tuple[LayerField, ...]:
    """Return the field of every map after the input.

    References
    ----------
    Araujo, Norris and Sim 2019, Computing receptive fields of convolutional neural
    networks, Distill, doi:10.23915/distill.00021, sections 2 (one path) and 3
    (several paths).

    Examples
    --------
    >>> from explorer.core.field_graph import one_layer
    >>> graph = one_layer((5, 5), Reach("window", 3, 2, before=1), (3, 3))
    >>> one = layer_fields(graph)[0]
    >>> one.size, one.jump, one.start
    ((3, 3), (2.0, 2.0), (0.5, 0.5))
    """
    steps = (jumps(graph, 0), jumps(graph, 1))
    hulls = (_hulls(graph, steps[0], 0), _hulls(graph, steps[1], 1))
    found = []
    for place, node in enumerate(graph.nodes[1:], 1):
        (high, down, whole_rows), (wide, right, whole_cols) = (
            _summary(graph, place, axis, hulls[axis][place], steps[axis][place])
            for axis in (0, 1)
        )
        jump = (float(steps[0][place]), float(steps[1][place]))
        found.append(
            LayerField(
                place,
                node.name,
                node.op,
                node.shape,
                node.links[0].rows,
                (high, wide),
                jump,
                (down, right),
                whole_rows and whole_cols,
            )
        )
    return tuple(found)


Hull = tuple[Fraction, Fraction]  # first and last pixel of unit 0; others are jumps on


def _hulls(graph: Graph, steps: Sequence[Fraction], axis: int) -> list[Hull | None]:
    """Return unit 0's field without border; None where units differ in more."""
    found: list[Hull | None] = [(Fraction(0), Fraction(0))]
    for node in graph.nodes[1:]:
        ends: list[Hull] = []
        for link in node.links:
            reach, known = link.cols if axis else link.rows, found[link.source]
            if known is not None and reach.kind == "window":
                first = -reach.before * steps[link.source]
                wide = reach.dilation * (reach.kernel_size - 1) * steps[link.source]
                ends.append((known[0] + first, known[1] + first + wide))
        plain = len(ends) == len(node.links)
        hull = (min(a for a, _ in ends), max(b for _, b in ends)) if plain else None
        found.append(hull)
    return found


def _summary(
    graph: Graph, place: int, axis: int, hull: Hull | None, step: Fraction
) -> tuple[int, float, bool]:
    """Return size, centre of the first unit, and whether all see the whole input."""
    units = graph.nodes[place].shape[axis]
    if hull is None:
        spans = unit_spans(graph, place, axis, inside=False)
        size = max(int((spans[:, 1] - spans[:, 0]).max()) + 1, 0)
        hull = Fraction(int(spans[0, 0])), Fraction(int(spans[0, 1]))
        farthest, nearest = int(spans[:, 0].max()), int(spans[:, 1].min())
    else:
        size = int(hull[1] - hull[0]) + 1
        farthest, nearest = int(hull[0] + (units - 1) * step), int(hull[1])
    whole = farthest <= 0 and nearest >= graph.nodes[INPUT].shape[axis] - 1
    return size, float(hull[0] + hull[1] + 1) / 2, whole
