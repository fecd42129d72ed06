"""Folding a norm into its kernel changes no number and takes nothing from training."""

import pytest
import torch

from explorer.models.conv_norm import ConvNorm, fold
from explorer.models.trunk import Trunk


def _measured(net: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """Give every norm statistics and weights that are not the neutral ones."""
    torch.manual_seed(seed)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.2)
            module.running_mean.normal_(std=0.1)
            module.running_var.uniform_(0.5, 1.5)
    return net.eval()


@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (3, 1), (3, 2), (5, 1), (5, 2)])
def test_folded_layer_equals_kernel_then_norm(kernel, stride):
    layer = _measured(ConvNorm(6, 6, kernel, stride, groups=6))
    x = torch.randn(2, 6, 13, 10)
    plain = layer(x)
    torch.testing.assert_close(fold(layer)(x), plain, atol=1e-5, rtol=1e-5)


def test_folded_trunk_has_the_same_gradients():
    trunk = _measured(Trunk(32))
    x = torch.randn(1, 3, 64, 64)
    found = []
    for net in (trunk, fold(trunk)):
        net.zero_grad()
        net(x).last.square().mean().backward()
        found.append([p.grad.clone() for p in net.parameters() if p.grad is not None])
    plain, folded = found
    assert len(plain) == len(folded) > 100
    for a, b in zip(plain, folded, strict=True):
        torch.testing.assert_close(b, a, atol=1e-5, rtol=1e-3)


def test_training_measures_its_batch_still():
    layer = fold(ConvNorm(3, 4, 3)).train()
    before = layer.norm.running_mean.clone()
    layer(torch.rand(4, 3, 8, 8))
    assert not torch.equal(layer.norm.running_mean, before)


def test_every_layer_is_told():
    trunk = fold(Trunk(32))
    layers = [m for m in trunk.modules() if isinstance(m, ConvNorm)]
    assert len(layers) > 40
    assert all(layer.folds for layer in layers)
