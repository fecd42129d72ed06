"""Hooks live for one call, whatever happens in it."""

import pytest
import torch
from torch import nn

from explorer.models import probe
from tests.models.threads import at_once


def _net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1, dilation=1),
        nn.ReLU(),
        nn.Conv2d(4, 4, 3, padding=(0, 2), groups=2, bias=False),
    ).eval()


def _hooks(net: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in net.modules())


def test_activations_are_those_of_the_modules() -> None:
    net, x = _net(), torch.rand(1, 3, 9, 9)
    with torch.inference_mode():
        seen = probe.activations(net, x, ["1", "2"])
        assert torch.equal(seen["2"], net(x))
        assert torch.equal(seen["1"], net[1](net[0](x)))
    assert _hooks(net) == 0


def test_a_conv_layer_with_its_geometry() -> None:
    net, x = _net(), torch.rand(1, 3, 9, 9)
    with torch.inference_mode():
        first = probe.conv_layer(net, x, "0")
        second = probe.conv_layer(net, x, "2")
    assert torch.equal(first.input, x)
    assert first.padding == (1, 1, 1, 1)
    assert (first.stride, first.groups) == ((2, 2), 1)
    assert first.bias is not None
    assert second.padding == (0, 0, 2, 2)
    assert second.bias is None
    assert second.groups == 2
    assert _hooks(net) == 0


def test_hooks_go_when_the_network_fails() -> None:
    net = _net()
    with pytest.raises(RuntimeError, match="channels"):
        probe.activations(net, torch.rand(1, 5, 9, 9), ["0", "2"])
    assert _hooks(net) == 0


def test_hooks_go_when_a_name_is_wrong() -> None:
    net = _net()
    with pytest.raises(ValueError, match="no layer 'nine'; there is: 0, 1, 2"):
        probe.activations(net, torch.rand(1, 3, 9, 9), ["0", "nine"])
    with pytest.raises(ValueError, match="'1' is not a convolution"):
        probe.conv_layer(net, torch.rand(1, 3, 9, 9), "1")
    assert _hooks(net) == 0


def test_six_threads_see_their_own_activations() -> None:
    net = _net()
    inputs = [torch.rand(1, 3, 9, 9) for _ in range(6)]
    with torch.inference_mode():
        alone = [probe.activations(net, x, ["1"])["1"] for x in inputs]
    wrong: list[int] = []

    def reader(i: int) -> None:
        with torch.inference_mode():
            for _ in range(30):
                seen = probe.activations(net, inputs[i], ["1"])["1"]
                if not torch.equal(seen, alone[i]):
                    wrong.append(i)

    at_once(reader)
    assert wrong == []
    assert _hooks(net) == 0


def test_count_by_hand() -> None:
    with torch.inference_mode():
        parameters, macs = probe.count(_net(), torch.zeros(1, 3, 9, 9))
    assert parameters == (3 * 9 * 4 + 4) + 2 * 9 * 4
    assert macs == 5 * 5 * 4 * 27 + 3 * 7 * 4 * 18
