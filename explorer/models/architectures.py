"""Published networks as graphs: what their receptive fields are needs no weights."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from torchvision.models import get_model

from explorer.core.field_graph import Graph
from explorer.models.receptive_field import trace

BUILDERS: Mapping[str, str] = {
    "VGG16": "vgg16",
    "ResNet-18": "resnet18",
    "ResNet-34": "resnet34",
    "ResNet-50": "resnet50",
    "ResNet-101": "resnet101",
}


def architecture(name: str, height: int, width: int) -> Graph:
    """Return one of ``BUILDERS`` for an input size, as torchvision builds it.

    Nothing is computed and no weights are made. VGG's layers are named as its paper
    and FCN's name them: conv1_1 ... pool5, fc6.

    Raises
    ------
    ValueError
        If there is no such network.

    Examples
    --------
    >>> graph = architecture("VGG16", 224, 224)
    >>> [node.name for node in graph.nodes[:4]]
    ['input', 'conv1_1', 'conv1_2', 'pool1']
    """
    if name not in BUILDERS:
        raise ValueError(
            f"There is no network {name!r}; there is {', '.join(BUILDERS)}."
        )
    with torch.device("meta"):
        net = get_model(BUILDERS[name], weights=None).eval()
    graph = trace(net, height, width)
    return _vgg_names(graph) if name == "VGG16" else graph


def _vgg_names(graph: Graph) -> Graph:
    """Name VGG's numbered modules by block and place, its first dense layer fc6."""
    block, place, nodes = 1, 0, list(graph.nodes)
    for i, node in enumerate(nodes):
        if node.op == "convolution":
            place += 1
            nodes[i] = replace(node, name=f"conv{block}_{place}")
        elif node.op == "max pooling":
            nodes[i] = replace(node, name=f"pool{block}")
            block, place = block + 1, 0
        elif node.op == "whole map":
            nodes[i] = replace(node, name="fc6")
    return Graph(tuple(nodes))
