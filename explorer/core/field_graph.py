"""A network as maps that read maps: all that its receptive fields depend on."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.reach import KINDS, Reach

INPUT = 0  # the node every graph begins with


@dataclass(frozen=True)
class Link:
    """One source of a map, and how it is read along rows and columns."""

    source: int
    rows: Reach
    cols: Reach


@dataclass(frozen=True)
class Node:
    """A map of the network.

    Attributes
    ----------
    name : str
        The module that made it, in the network's own words; "input" for the input.
    op : str
        What made it, in one or two words: "convolution", "max pooling", "sum".
    shape : (int, int)
        Its rows and columns; (1, 1) once the places are gone.
    links : tuple of Link
        Empty for the input alone.
    returned : bool
        Whether the module of that name returns this very map, so that it can be
        caught there while the network runs.
    """

    name: str
    op: str
    shape: tuple[int, int]
    links: tuple[Link, ...] = ()
    returned: bool = False


@dataclass(frozen=True)
class Graph:
    """A network as maps that read maps; node 0 is the input, sources come first."""

    nodes: tuple[Node, ...]

    def find(self, name: str) -> int:
        """Return the last node of that name.

        Raises
        ------
        ValueError
            If there is none; the message lists some there are.
        """
        found = [i for i, node in enumerate(self.nodes) if node.name == name]
        if not found:
            some = ", ".join(node.name for node in self.nodes[1:6])
            raise ValueError(f"There is no layer {name!r}; there is: {some}, ...")
        return found[-1]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Write the graph as plain arrays; ``from_arrays`` reads them."""
        links = [
            (i, link.source, *_code(link.rows), *_code(link.cols))
            for i, node in enumerate(self.nodes)
            for link in node.links
        ]
        return {
            "names": np.array([node.name for node in self.nodes]),
            "ops": np.array([node.op for node in self.nodes]),
            "shapes": np.array([node.shape for node in self.nodes], np.int64),
            "returned": np.array([node.returned for node in self.nodes]),
            "links": np.array(links, np.int64).reshape(len(links), -1),
        }


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Graph:
    """Read what ``Graph.arrays`` wrote.

    Examples
    --------
    >>> graph = one_layer((5, 5), Reach("window", 3, 2), (2, 2))
    >>> from_arrays(graph.arrays()) == graph
    True
    """
    links: list[list[Link]] = [[] for _ in arrays["names"]]
    for node, source, *codes in arrays["links"].tolist():
        half = len(codes) // 2
        reaches = (_reach(codes[:half]), _reach(codes[half:]))
        links[node].append(Link(source, *reaches))
    columns = (arrays[name] for name in ("names", "ops", "shapes", "returned"))
    return Graph(
        tuple(
            Node(
                str(name), str(op), (int(size[0]), int(size[1])), tuple(its), bool(got)
            )
            for name, op, size, got, its in zip(*columns, links, strict=True)
        )
    )


def _code(reach: Reach) -> tuple[int, ...]:
    return KINDS.index(reach.kind), *astuple(reach)[1:]


def _reach(code: Sequence[int]) -> Reach:
    return Reach(KINDS[code[0]], *code[1:])


def one_layer(
    size_in: tuple[int, int], reach: Reach, size_out: tuple[int, int]
) -> Graph:
    """Return a network of one layer that reads rows and columns alike.

    Examples
    --------
    >>> one_layer((5, 5), Reach("window", 3, 2, before=1), (3, 3)).find("layer")
    1
    """
    layer = Node("layer", "layer", size_out, (Link(INPUT, reach, reach),))
    return Graph((Node("input", "input", size_in), layer))
