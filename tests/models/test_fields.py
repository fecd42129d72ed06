"""Gradients of single units, and the engine's methods on the shipped network."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.core.field_graph import from_arrays
from explorer.core.receptive_field import unit_box
from explorer.core.samples import load_sample
from explorer.models import engine, zoo
from explorer.models.fields import positive, unit_gradient, untrained
from explorer.models.proofs.receptive_field import prove_responses

NAME = "efficientnet_lite0"


def _net():
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 3, stride=2)
    ).eval()


def test_a_gradient_is_the_difference_quotient():
    net, x = _net().double(), torch.rand(1, 3, 7, 7, dtype=torch.float64)
    ours = unit_gradient(net, x, "2", 1, 2)
    step, wanted = 1e-6, torch.zeros(7, 7, dtype=torch.float64)
    with torch.no_grad():
        for c in range(3):
            for row in range(7):
                for col in range(7):
                    more = x.clone()
                    more[0, c, row, col] += step
                    change = (net(more) - net(x))[0, :, 1, 2].sum() / step
                    wanted[row, col] += change.abs()
    assert torch.allclose(ours, wanted, atol=1e-5)


def test_the_shared_network_gets_no_gradients_and_no_hooks():
    net = _net()
    unit_gradient(net, torch.rand(1, 3, 9, 9), "0", 4, 4)
    assert all(p.grad is None for p in net.parameters())
    assert not any(len(m._forward_hooks) for m in net.modules())


def test_what_is_asked_wrongly_is_named():
    net, x = _net(), torch.rand(1, 3, 9, 9)
    with pytest.raises(ValueError, match=r"4 × 4 units; there is no unit \(4, 0\)"):
        unit_gradient(net, x, "2", 4, 0)
    with pytest.raises(ValueError, match="no layer 'nine'"):
        unit_gradient(net, x, "nine", 0, 0)
    flat = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    with pytest.raises(ValueError, match="no map with rows and columns"):
        unit_gradient(flat, torch.rand(1, 3, 2, 2), "1", 0, 0)


def test_weights_of_the_twins():
    weight = torch.randn(6, 4, 3, 3)
    assert float(positive("a.weight", weight).sum()) == pytest.approx(6 * 9)
    assert positive("norm.weight", torch.zeros(3)).tolist() == [1, 1, 1]
    assert positive("norm.running_var", torch.zeros(3)).tolist() == [1, 1, 1]
    assert positive("norm.bias", torch.ones(3)).tolist() == [0, 0, 0]
    drawn = [
        untrained(torch.Generator().manual_seed(0), "a.weight", weight) for _ in "ab"
    ]
    assert torch.equal(*drawn)
    assert drawn[0].std() == pytest.approx((2 / 36) ** 0.5, rel=0.1)


@pytest.fixture(scope="module")
def graph():
    return from_arrays(engine.run(NAME, "graph", height=160, width=224).arrays)


@pytest.mark.parametrize("layer", ["stem.conv", "stage3.1", "stage5.0.depthwise.conv"])
@pytest.mark.parametrize("untrained", [False, True])
def test_the_photos_gradient_lies_inside_the_box(graph, layer, untrained):
    node = graph.find(layer)
    rows, cols = graph.nodes[node].shape
    image = load_sample("coffee").image[:400, :560]
    for row, col in ((0, 0), (rows // 2, cols // 3), (rows - 1, cols - 1)):
        seen = engine.run(
            NAME,
            "field",
            image=image,
            layer=layer,
            row=row,
            col=col,
            side_px=224,
            untrained=untrained,
        ).arrays["gradient"]
        assert seen.shape == (160, 224)
        x1, y1, x2, y2 = unit_box(graph, node, row, col)
        outside = seen.copy()
        outside[y1:y2, x1:x2] = 0
        assert outside.max() == 0
        assert seen.max() > 0


def test_the_networks_own_answers_show_a_box_that_is_wrong(graph):
    node = graph.find("stage4.1.depthwise.conv")
    box = unit_box(graph, node, 5, 7)

    def judged(box):
        places = dict(zip(("x1", "y1", "x2", "y2"), box, strict=True))
        answer = engine.run(
            NAME,
            "field_check",
            layer="stage4.1.depthwise.conv",
            row=5,
            col=7,
            height=160,
            width=224,
            **places,
        )
        return prove_responses(answer.arrays["responses"])

    assert judged(box).holds
    for edge in range(4):
        for by in (-1, 1):
            wrong = list(box)
            wrong[edge] += by
            if 0 <= min(wrong) and wrong[2] <= 224 and wrong[3] <= 160:
                assert not judged(wrong).holds, (edge, by)


def test_reading_fields_leaves_the_classifier_as_it_was():
    image = load_sample("coffee").image
    before = engine.run(NAME, "classify", image=image).arrays["logits"]
    engine.run(NAME, "field", image=image, layer="stage2.0", row=0, col=0, side_px=96)
    after = engine.run(NAME, "classify", image=image).arrays["logits"]
    assert np.array_equal(before, after)
    net = zoo.load(NAME).net
    assert not any(len(m._forward_hooks) for m in net.modules())
