"""One set of weights at three output strides: what is shared, and what is equal."""

import pytest
import torch
from torch import nn

from explorer.models.trunk import OUTPUT_STRIDES, Trunk, at_stride, first_shared

PAIRS = [(32, 16), (32, 8), (16, 8)]


@pytest.fixture(scope="module")
def trunk() -> Trunk:
    """Random weights, and norms that shift: zeros alone would hide a wrong cell."""
    torch.manual_seed(0)
    made = Trunk(32).eval().requires_grad_(False)
    for module in made.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_var.uniform_(0.05, 0.2)
            module.bias.normal_(0, 0.5)
    return made


@pytest.fixture(scope="module")
def maps(trunk: Trunk) -> dict[int, torch.Tensor]:
    x = torch.rand(1, 3, 96, 160) * 2 - 1
    with torch.inference_mode():
        return {s: at_stride(trunk, s)(x).last for s in OUTPUT_STRIDES}


@pytest.mark.parametrize(("sparse", "dense"), PAIRS)
def test_the_dense_map_holds_every_cell_of_the_sparse_one(maps, sparse, dense) -> None:
    ratio, first = sparse // dense, first_shared(sparse, dense)
    there = maps[dense][..., first::ratio, first::ratio]
    assert there.shape == maps[sparse].shape
    assert maps[sparse].std() > 0.1
    # Sums of another order: with some 320 terms a cell, 2e-4 was seen on values of 1.
    torch.testing.assert_close(there, maps[sparse], atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize(("sparse", "dense"), PAIRS)
def test_no_other_cells_of_the_dense_map_do(maps, sparse, dense) -> None:
    ratio, first = sparse // dense, first_shared(sparse, dense)
    for row in range(ratio):
        for column in range(ratio):
            if (row, column) != (first, first):
                there = maps[dense][..., row::ratio, column::ratio]
                assert (there - maps[sparse]).abs().max() > 0.05


def test_dilation_grows_after_the_block_whose_stride_is_taken_out() -> None:
    def dilations(stride: int) -> list[list[int]]:
        made = Trunk(stride)
        blocks = (made.get_submodule(f"stage{i}") for i in range(4, 8))
        return [[b.depthwise.conv.dilation[0] for b in stage] for stage in blocks]

    assert dilations(32) == [[1] * 3, [1] * 3, [1] * 4, [1]]
    assert dilations(16) == [[1] * 3, [1] * 3, [1, 2, 2, 2], [2]]
    assert dilations(8) == [[1, 2, 2], [2] * 3, [2, 4, 4, 4], [4]]


@pytest.mark.parametrize("stride", OUTPUT_STRIDES)
def test_every_stride_shares_every_tensor(trunk: Trunk, stride: int) -> None:
    twin = at_stride(trunk, stride)
    own, other = (dict(t.state_dict(keep_vars=True)) for t in (trunk, twin))
    assert own.keys() == other.keys()
    assert all(own[name] is other[name] for name in own)


@pytest.mark.parametrize("stride", [4, 64])
def test_another_stride_is_refused(trunk: Trunk, stride: int) -> None:
    with pytest.raises(ValueError, match=f"{stride}; it must be one of"):
        at_stride(trunk, stride)
