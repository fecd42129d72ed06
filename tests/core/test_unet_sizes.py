"""U-Net's sizes: the paper's figure, the padded network, every size that fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.unet_sizes import unet_sizes, valid_sizes


def test_the_papers_figure():
    found = unet_sizes(572)
    assert [x.entering for x in found.levels] == [572, 284, 140, 68, 32]
    assert [x.skip for x in found.levels] == [568, 280, 136, 64, 28]
    assert [x.raised for x in found.levels] == [392, 200, 104, 56, None]
    assert found.output == 388
    assert [x.cut for x in found.levels[:4]] == [(88, 88), (40, 40), (16, 16), (4, 4)]


@given(steps=st.integers(0, 60))
def test_the_paper_loses_184_px_whatever_the_size(steps):
    size = 188 + 16 * steps
    assert unet_sizes(size).output == size - 184


@given(blocks=st.integers(1, 40), depth=st.integers(1, 5), convs=st.integers(1, 3))
def test_padding_keeps_the_size_and_cuts_nothing(blocks, depth, convs):
    found = unet_sizes(blocks * 2**depth, depth, convs, padded=True)
    assert found.output == found.size
    assert all(x.cut == (0, 0) for x in found.levels)


def test_both_sides_of_the_smallest_size():
    assert unet_sizes(188).output == 4
    with pytest.raises(ValueError, match="nothing is left at level 3 on the way up"):
        unet_sizes(172)
    with pytest.raises(ValueError, match="nothing is left at level 1 on the way down"):
        unet_sizes(4)


@pytest.mark.parametrize(
    ("size", "level", "at"), [(571, 1, 567), (574, 2, 281), (580, 4, 65)]
)
def test_an_odd_size_is_told_with_its_level(size, level, at):
    with pytest.raises(ValueError, match=f"level {level} as {at} px, which is odd"):
        unet_sizes(size)


@pytest.mark.parametrize(
    ("kwargs", "said"),
    [
        ({"size": 0}, "size is 0"),
        ({"size": 572, "depth": 0}, "depth is 0"),
        ({"size": 572, "depth": 9}, "1..8"),
        ({"size": 572, "convs": 0}, "convs is 0"),
    ],
)
def test_numbers_out_of_range_are_told(kwargs, said):
    with pytest.raises(ValueError, match=said):
        unet_sizes(**kwargs)


def test_valid_sizes_are_those_that_go_through():
    found = valid_sizes(150, 600)
    assert found[0] == 188
    assert {b - a for a, b in zip(found, found[1:], strict=False)} == {16}
    assert 572 in found
    assert valid_sizes(1, 64, padded=True) == (16, 32, 48, 64)
