"""Depthwise and pointwise against one ordinary convolution."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.core.separable import ConvShape, separable_pairs

SIDES = st.integers(2, 300)


@given(SIDES, SIDES, st.sampled_from([3, 5, 7]), SIDES)
def test_the_saving_is_one_over_channels_plus_one_over_kernel(into, out, k, side):
    (pair,) = separable_pairs(
        [
            ConvShape("x.depthwise.conv", into, into, into, k, side, side),
            ConvShape("x.project.conv", into, out, 1, 1, side, side),
        ]
    )
    assert pair.name == "x"
    expected = 1 / out + 1 / k**2
    assert abs(pair.parameters / pair.ordinary.parameters - expected) < 1e-12
    assert abs(pair.macs / pair.ordinary.macs - expected) < 1e-12


def test_a_hand_worked_aspp_branch():
    (pair,) = separable_pairs(
        [
            ConvShape("rates.0.depthwise", 320, 320, 320, 3, 22, 30),
            ConvShape("rates.0.pointwise.0", 320, 128, 1, 1, 22, 30),
        ]
    )
    assert pair.parameters == 320 * 9 + 320 * 128
    assert pair.ordinary.parameters == 320 * 128 * 9
    assert pair.macs == (320 * 9 + 320 * 128) * 660


def test_only_a_depthwise_with_its_own_1x1_is_a_pair():
    depthwise = ConvShape("a.depthwise", 8, 8, 8, 3, 4, 4)
    point = ConvShape("a.point", 8, 16, 1, 1, 4, 4)
    for second in (
        ConvShape("a.point", 8, 16, 1, 3, 4, 4),  # not 1x1
        ConvShape("a.point", 8, 8, 8, 1, 4, 4),  # does not mix
        ConvShape("a.point", 16, 16, 1, 1, 4, 4),  # reads something else
    ):
        assert separable_pairs([depthwise, second]) == ()
    grey = ConvShape("a.depthwise", 1, 1, 1, 3, 4, 4)  # one channel: plain
    assert separable_pairs([grey, ConvShape("p", 1, 2, 1, 1, 4, 4)]) == ()
    assert len(separable_pairs([point, depthwise, point, point])) == 1
    assert separable_pairs([]) == ()
