"""What the lesson on receptive fields looks at: a network, a layer of it, a photo."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.core.field_graph import Graph, from_arrays
from explorer.core.field_table import LayerField, layer_fields
from explorer.core.resizing import resize
from explorer.ui import live
from explorer.ui.controls import choose, select, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import receptive_words as words

SIDES_PX = (224, 320, 448)
SIDE_PX = 320
REFERENCE_PX = 224  # the input the published sizes are compared at
JOINED = ("sum", "concatenation")  # they explain less than a kernel: not shown first


@dataclass(frozen=True, eq=False)
class Scene:
    """What the toolbar asks for, and the layers of the network.

    Attributes
    ----------
    network : str
        Its label.
    model : str
        Its name in the zoo, empty where it has no weights here.
    graph : Graph
        The network at the size of ``image``.
    fields : tuple of LayerField
        Those layers that change size or jump, or join branches.
    field : LayerField
        The chosen one.
    image : (H, W, 3) uint8
        The photo as the network reads it.
    untrained : bool
        Whether its weights are random.
    """

    network: str
    model: str
    graph: Graph
    fields: tuple[LayerField, ...]
    field: LayerField
    image: NDArray[np.uint8]
    side_px: int
    untrained: bool

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of the picture's part that belongs to a unit."""
        rows, cols = self.field.shape
        return self.image.shape[1] / cols, self.image.shape[0] / rows


def settings(picture: Picture) -> Scene | None:
    """Ask for network, layer, input side; None where the network is not there."""
    from explorer.models.architectures import BUILDERS
    from explorer.models.classifier import fit

    trained = live_networks()
    network = select(
        "Network",
        [*trained, *BUILDERS],
        next(iter(trained)),
        key="network",
        help=words.NETWORK_HELP,
        width_px=190,
    )
    side_px = choose(
        "Input side", SIDES_PX, default=SIDE_PX, key="side", help=words.SIDE_HELP
    )
    height, width = fit(picture.image, side_px)
    model = trained.get(network, "")
    graph = graph_of(network, model, height, width)
    if graph is None:
        return None
    fields = growing(graph, only_returned=bool(model))
    field = _layer(network, fields)
    untrained = bool(model) and toggle(
        "Random weights", False, key="random", help=words.RANDOM_HELP
    )
    image = np.asarray(resize(picture.image, height, width), np.uint8)
    return Scene(network, model, graph, fields, field, image, side_px, untrained)


def live_networks() -> dict[str, str]:
    """Return the networks that run here and can be opened: label to name in the zoo."""
    from explorer.models import zoo
    from explorer.models.fields import ARCHITECTURES

    found = [r for r in zoo.records().values() if r.architecture in ARCHITECTURES]
    found.sort(key=lambda r: ARCHITECTURES.index(r.architecture))
    return {r.label: r.name for r in found if zoo.status(r.name) == "ready"}


def graph_of(network: str, model: str, height: int, width: int) -> Graph | None:
    """Return a network's graph: by the engine where it runs, else torchvision's."""
    from explorer.models.architectures import architecture

    if not model:
        return live.compute(f"{network}: graph", architecture, network, height, width)
    answer = live.model(model, "graph", height=height, width=width)
    return None if answer is None else from_arrays(answer.arrays)


def growing(graph: Graph, only_returned: bool = False) -> tuple[LayerField, ...]:
    """Return the maps that change size or jump, read by kernels, or join branches.

    Parameters
    ----------
    graph : Graph
    only_returned : bool
        Leave out maps that no module returns: a running network can't show them.
    """
    fields = layer_fields(graph)
    known = {field.node: (field.size, field.jump) for field in fields}
    known[0] = ((1, 1), (1.0, 1.0))
    last = {field.name: field.node for field in fields}

    def tells(field: LayerField) -> bool:
        node = graph.nodes[field.node]
        changes = known[node.links[0].source] != (field.size, field.jump)
        return (
            field.shape != (1, 1)
            and last[field.name] == field.node
            and (changes or len(node.links) > 1 or field.reach.kernel_size > 1)
            and (node.returned or not only_returned)
        )

    return tuple(field for field in fields if tells(field))


def _layer(network: str, fields: tuple[LayerField, ...]) -> LayerField:
    """Ask for the layer; first one whose field is a good part of the picture."""
    by_name = {field.name: field for field in fields}
    fits = [f.name for f in fields if f.size[0] <= SIDE_PX / 2 and f.op not in JOINED]
    name = select(
        "Layer",
        list(by_name),
        fits[-1],
        key="layer_" + "".join(c for c in network.lower() if c.isalnum()),
        format_func=lambda name: words.layer_label(by_name[name]),
        width_px=380,
    )
    return by_name[name]


def published() -> dict[str, Graph]:
    """Return the published networks at the size their fields are compared at."""
    from explorer.models.architectures import BUILDERS, architecture

    size = (REFERENCE_PX, REFERENCE_PX)
    return {
        name: live.compute(f"{name}: graph", architecture, name, *size)
        for name in BUILDERS
    }


def published_fields() -> dict[str, tuple[LayerField, ...]]:
    """Return how the published networks' fields grow."""
    return {name: growing(graph) for name, graph in published().items()}
