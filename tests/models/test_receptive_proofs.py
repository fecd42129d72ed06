"""The live proofs hold where they should, and would show what is wrong."""

from dataclasses import replace

import pytest
import torch

from explorer.core.dilation import coverage_steps
from explorer.core.field_graph import Graph, Link, Node, one_layer
from explorer.core.reach import Reach
from explorer.models.architectures import BUILDERS, architecture
from explorer.models.proofs import dilation
from explorer.models.proofs import receptive_field as proofs


@pytest.fixture(scope="module")
def graphs():
    return {name: architecture(name, 224, 224) for name in BUILDERS}


def test_published_sizes_hold_and_a_wrong_one_is_counted(graphs, monkeypatch):
    proof = proofs.prove_published(graphs)
    assert proof.holds
    assert "20 sizes" in proof.note
    wrong = {**proofs.PUBLISHED, "ResNet-50": {"layer4.2": (483, 32)}}  # TF-slim's
    monkeypatch.setattr(proofs, "PUBLISHED", wrong)
    assert proofs.prove_published(graphs).delta == 1


@pytest.mark.parametrize("name", list(BUILDERS))
def test_every_networks_last_map_against_autograd(graphs, name):
    graph = graphs[name]
    last = max(i for i, node in enumerate(graph.nodes) if node.shape != (1, 1))
    rows, cols = graph.nodes[last].shape
    units = [(0, 0), (rows - 1, cols - 1), (rows // 2, cols // 3)]
    assert proofs.prove_boxes(graph, last, units).delta == 0


def enlarging(reach, size):
    """A strided convolution, then an enlarging, then a dilated convolution."""
    conv, dilated = Reach("window", 3, 2, 1, 1), Reach("window", 3, 1, 2, 2)
    nodes = (
        Node("input", "input", (21, 21)),
        Node("conv", "convolution", (11, 11), (Link(0, conv, conv),)),
        Node("up", "enlarging", size, (Link(1, reach, reach),)),
        Node("last", "convolution", size, (Link(2, dilated, dilated),)),
    )
    return Graph(nodes)


@pytest.mark.parametrize(
    ("reach", "side"),
    [
        (Reach("transposed", 4, 2, before=1), 22),
        (Reach("transposed", 3, 2), 23),
        (Reach("transposed", 2, 3), 32),
        (Reach("transposed", 3, 2, 2, 1), 23),
        (Reach("bilinear", size_in=11, size_out=22), 22),
        (Reach("bilinear", size_in=11, size_out=27), 27),
        (Reach("corners", size_in=11, size_out=21), 21),
        (Reach("nearest", size_in=11, size_out=30), 30),
        (Reach("adaptive", size_in=11, size_out=4), 4),
        (Reach("whole", size_in=11), 3),
    ],
)
def test_every_kind_of_enlarging_against_autograd(reach, side):
    graph = enlarging(reach, (side, side))
    units = [(i, side - 1 - i) for i in range(side)]
    assert proofs.prove_boxes(graph, 3, units).delta == 0


def test_a_box_off_by_a_pixel_would_be_seen():
    right = one_layer((9, 9), Reach("window", 3, 1, 1, 1), (9, 9))
    link = right.nodes[1].links[0]
    wrong_reach = replace(link.rows, before=0)
    wrong = Graph(
        (
            right.nodes[0],
            replace(right.nodes[1], links=(replace(link, rows=wrong_reach),)),
        )
    )
    assert proofs.prove_boxes(right, 1, [(4, 4)]).holds
    image = torch.ones((1, 1, 9, 9), dtype=torch.float64, requires_grad=True)
    seen = proofs._twin(right, 1, image)
    assert proofs._off(wrong, 1, (4, 4), image, seen) == 1


@pytest.mark.parametrize(
    ("responses", "wrong"),
    [
        ([[0, 1, 2], [0, 3, 1e-20]], 0),
        ([[1e-9, 1, 2], [0, 3, 1]], 1),
        ([[0, 0, 2], [0, 3, -1]], 2),
        ([[0, float("nan"), 2], [0, 3, 1]], 1),
    ],
)
def test_responses_are_judged(responses, wrong):
    assert proofs.prove_responses(responses).delta == wrong


def test_after_an_unpooling_only_what_is_outside_is_judged():
    assert proofs.prove_responses([[0, 0, 2], [0, 3, 0]], unpooled=True).holds
    assert proofs.prove_responses([[1, 3, 2], [0, 3, 1]], unpooled=True).delta == 1


def test_any_gradient_outside_fails():
    assert proofs.prove_outside(0.0).holds
    assert not proofs.prove_outside(1e-12).holds


STACKS = [(2, 2, 2), (1, 2, 5), (1,), (16, 16, 16, 16), (1, 1, 2, 4, 8, 16, 1)]


@pytest.mark.parametrize("stack", STACKS)
def test_paths_hold_by_gradient_and_one_by_one(stack):
    assert dilation.prove_paths(3, stack).holds
    assert dilation.prove_by_hand(3, stack).holds


def test_wrong_paths_would_be_seen(monkeypatch):
    monkeypatch.setattr(
        dilation, "coverage_steps", lambda k, d: coverage_steps(k, (*d[:-1], d[-1] + 1))
    )
    proof = dilation.prove_paths(3, (1, 2, 4))
    assert not proof.holds


def test_the_rule_is_proved_over_many_stacks_and_a_laxer_one_fails(monkeypatch):
    proof = dilation.prove_rule(3, (1, 2, 5))
    assert proof.holds
    assert "120 stacks that keep it, yours among them" in proof.note
    assert "yours not among them" in dilation.prove_rule(3, (2, 2, 2)).note
    assert "121 stacks" in dilation.prove_rule(3, (1, 2, 3, 2, 1)).note
    true = dilation.hdc_check
    monkeypatch.setattr(
        dilation, "hdc_check", lambda k, d: replace(true(k, d), keeps=True)
    )
    assert not dilation.prove_rule(3, (1, 2, 5)).holds
    alone = dilation.prove_rule(3, (1, 2, 9), most_rate=1)  # yours is judged too
    assert not alone.holds
