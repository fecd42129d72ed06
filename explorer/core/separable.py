"""What a convolution costs at once, and in two steps: depthwise, then pointwise."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ConvShape:
    """One convolution as it ran.

    Attributes
    ----------
    name : str
        Its place in the network.
    channels_in, channels_out, groups, kernel_size : int
    rows, columns : int
        Of its output.
    """

    name: str
    channels_in: int
    channels_out: int
    groups: int
    kernel_size: int
    rows: int
    columns: int

    @property
    def parameters(self) -> int:
        """Weights, without a bias."""
        per_output = self.channels_in // self.groups * self.kernel_size**2
        return self.channels_out * per_output

    @property
    def macs(self) -> int:
        """Multiply-adds: every weight is used once at every output place."""
        return self.parameters * self.rows * self.columns

    @property
    def depthwise(self) -> bool:
        """Whether each kernel reads one channel only."""
        return self.groups == self.channels_in > 1


@dataclass(frozen=True)
class Separable:
    """A depthwise convolution with the pointwise one after it.

    Attributes
    ----------
    depthwise, pointwise : ConvShape
    """

    depthwise: ConvShape
    pointwise: ConvShape

    @property
    def name(self) -> str:
        """The place both share."""
        return self.depthwise.name.rpartition(".depthwise")[0] or self.depthwise.name

    @property
    def ordinary(self) -> ConvShape:
        """The one convolution that would do both at once: filter and mix."""
        first, second = self.depthwise, self.pointwise
        return ConvShape(
            self.name,
            first.channels_in,
            second.channels_out,
            1,
            first.kernel_size,
            second.rows,
            second.columns,
        )

    @property
    def parameters(self) -> int:
        """Weights of the two together."""
        return self.depthwise.parameters + self.pointwise.parameters

    @property
    def macs(self) -> int:
        """Multiply-adds of the two together."""
        return self.depthwise.macs + self.pointwise.macs


def separable_pairs(convs: Sequence[ConvShape]) -> tuple[Separable, ...]:
    """Find each depthwise convolution and the 1x1 that mixes its channels.

    Parameters
    ----------
    convs : sequence of ConvShape
        In the order in which they ran.

    Returns
    -------
    tuple of Separable
        A depthwise convolution without a fitting 1x1 right after it is left out.

    References
    ----------
    Chen et al. 2018, DeepLabv3+, section 3.1; Howard et al. 2017, MobileNets,
    section 3.1: the cost falls to ``1 / channels_out + 1 / kernel_size**2``.

    Examples
    --------
    >>> first = ConvShape("a.depthwise", 8, 8, 8, 3, 10, 10)
    >>> (pair,) = separable_pairs([first, ConvShape("a.point", 8, 16, 1, 1, 10, 10)])
    >>> pair.parameters, pair.ordinary.parameters
    (200, 1152)
    >>> pair.macs / pair.ordinary.macs == 1 / 16 + 1 / 9
    True
    """
    return tuple(
        Separable(first, second)
        for first, second in zip(convs, convs[1:], strict=False)
        if first.depthwise
        and second.kernel_size == second.groups == 1
        and second.channels_in == first.channels_out
    )
