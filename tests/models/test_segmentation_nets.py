"""The four architectures: shapes, shared weights, and switches that switch."""

import pytest
import torch
from torch import Tensor, nn

from explorer.models import deeplab, fcn, segnet, trunk, unet


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def lively(net: nn.Module) -> nn.Module:
    """Give batch norms statistics and gains that are not 0 and 1."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.1)
    return net.eval().requires_grad_(False)


def photo(height: int = 64, width: int = 96) -> Tensor:
    return torch.rand(1, 3, height, width) * 2 - 1


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_a_trunk_has_the_stride_it_was_asked_for(stride: int) -> None:
    seen = lively(trunk.Trunk(stride))(photo())
    assert seen.last.shape[2:] == (64 // stride, 96 // stride)
    assert seen.stride4.shape[2:] == (16, 24)


def test_a_trunk_has_no_other_stride() -> None:
    with pytest.raises(ValueError, match=r"output_stride is 4; .*\(8, 16, 32\)"):
        trunk.Trunk(4)


def test_a_finer_fcn_adds_scores_to_the_doubled_coarser_ones() -> None:
    net = lively(fcn.FCN(5, 8))
    seen = net(photo())
    torch.testing.assert_close(seen.fused[32], seen.scores[32])
    for s in (16, 8):
        torch.testing.assert_close(seen.fused[s], seen.doubled[s] + seen.scores[s])
    assert seen.logits.shape == (1, 5, 64, 96)


def test_doubling_starts_as_bilinear_interpolation() -> None:
    x = torch.rand(1, 3, 5, 6)
    grown = fcn.Double(3).requires_grad_(False)(x)
    wanted = nn.functional.interpolate(x, scale_factor=2.0, mode="bilinear")
    inner = slice(1, -1)  # outside the border the one repeats, the other has zeros
    torch.testing.assert_close(grown[..., inner, inner], wanted[..., inner, inner])


@pytest.mark.parametrize("off", [(16,), (8,), (16, 8)])
def test_a_skip_switched_off_is_a_forward_without_it(off: tuple[int, ...]) -> None:
    net = lively(fcn.FCN(5, 8))
    x = photo()
    switched = net(x, off=off).logits
    for s in off:
        score = net.head.get_submodule(f"score{s}")
        score.weight.zero_()
        score.bias.zero_()
    torch.testing.assert_close(switched, net(x).logits)
    assert not off or not torch.equal(net(x).logits, torch.zeros(()))


def test_fcn_knows_three_strides() -> None:
    with pytest.raises(ValueError, match="stride is 4"):
        fcn.FCNHead(5, 4)


@pytest.mark.parametrize("branch", deeplab.BRANCHES)
def test_a_branch_switched_off_is_a_forward_without_its_columns(branch: str) -> None:
    net = lively(deeplab.DeepLabV3Plus(5))
    x = photo()
    full, switched = net(x), net(x, off=(branch,))
    assert not torch.equal(full.logits, switched.logits)
    place = deeplab.BRANCHES.index(branch)
    columns = slice(place * deeplab.WIDTH, (place + 1) * deeplab.WIDTH)
    net.head.aspp.project[0].weight[:, columns] = 0
    torch.testing.assert_close(net(x).logits, switched.logits)


def test_an_aspp_branch_is_an_atrous_convolution() -> None:
    layer = lively(deeplab.AtrousDepthwise(4))
    x = torch.rand(1, 4, 9, 9)
    got = layer(x, 3)
    wanted = torch.zeros_like(x)
    padded = nn.functional.pad(x, (3, 3, 3, 3))
    for i in range(3):
        for j in range(3):
            weight = layer.weight[:, 0, i, j].view(1, -1, 1, 1)
            wanted += weight * padded[..., 3 * i : 3 * i + 9, 3 * j : 3 * j + 9]
    torch.testing.assert_close(got, wanted)


def test_deeplab_without_decoder_upsamples_the_coarse_scores() -> None:
    net = lively(deeplab.DeepLabV3Plus(5))
    seen = net(photo(), decoder=False)
    assert seen.low is None
    assert seen.decoded is None
    grown = nn.functional.interpolate(seen.coarse, (64, 96), mode="bilinear")
    torch.testing.assert_close(seen.logits, grown)


def test_deeplab_at_stride_8_reaches_equally_far() -> None:
    net = lively(deeplab.DeepLabV3Plus(5))
    x = photo()
    assert net(x, output_stride=8).aspp.shape[2:] == (8, 12)
    same = net(x, output_stride=8, rates=(6, 12, 18)).logits
    torch.testing.assert_close(net(x, output_stride=8).logits, same)


def test_deeplab_counts_its_weights_once_and_keeps_them_tied() -> None:
    net = deeplab.DeepLabV3Plus(5)
    counted = sum(p.numel() for p in net.parameters())
    assert counted == sum(
        p.numel() for part in (net.trunk, net.head) for p in part.parameters()
    )
    assert net.trunk_at(8).stem.conv.weight is net.trunk.stem.conv.weight
    net.double()  # a move replaces tensors: the twin must follow
    assert net.trunk_at(8).stem.conv.weight.dtype == torch.float64


def test_segnet_puts_values_back_where_they_came_from() -> None:
    seen = lively(segnet.SegNet(5))(photo())
    for level in range(5):
        source, places = seen.encoded[level], seen.indices[level]
        found = source.flatten(2).gather(2, places.flatten(2))
        torch.testing.assert_close(
            found.view_as(seen.pooled[level]), seen.pooled[level]
        )
    first = seen.unpooled[0]
    back = first.flatten(2).gather(2, seen.indices[4].flatten(2))
    torch.testing.assert_close(back.view_as(seen.pooled[4]), seen.pooled[4])
    assert int((first != 0).sum()) <= seen.pooled[4].numel()


def test_segnet_with_nearest_copies_to_the_whole_window() -> None:
    net = lively(segnet.SegNet(5))
    seen = net(photo(), nearest=(5,))
    wanted = seen.pooled[4].repeat_interleave(2, 2).repeat_interleave(2, 3)
    torch.testing.assert_close(seen.unpooled[0], wanted)
    assert not torch.equal(seen.logits, net(photo()).logits)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_unet_skip_switched_off_is_a_forward_without_its_columns(level: int) -> None:
    net = lively(unet.UNet(5))
    x = photo()
    full, switched = net(x).logits, net(x, off=(level,)).logits
    assert not torch.equal(full, switched)
    first = net.decoder[len(unet.WIDTHS) - 1 - level][0][0]
    first.weight[:, : unet.WIDTHS[level - 1]] = 0
    torch.testing.assert_close(net(x).logits, switched)
