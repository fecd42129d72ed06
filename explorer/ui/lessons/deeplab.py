"""The lesson on DeepLab: which network, and what every part of it hands to the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.core.separable import ConvShape
from explorer.models.deeplab import RATES as TRAINED
from explorer.models.deeplab import TRAINED_STRIDE
from explorer.models.records import Record
from explorer.ui import live
from explorer.ui.controls import choose, number, select
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import deeplab_words as words
from explorer.ui.lessons import segmentation

STRIDES = (16, 8)
RATES: Mapping[tuple[int, int, int], str] = {
    (1, 1, 1): "neighbours",
    TRAINED: "trained",
    (6, 12, 18): "the paper's",
    (48, 48, 48): "too wide",
}
CHANNELS = 320  # of the last map
# Maps whose values differ most from class to class, on the samples looked at.
FIRST_CHANNEL = {"camvid": 146, "people": 67}


@dataclass(frozen=True)
class Part:
    """What a part showed: for proof and downloads."""

    proof: tuple[Proof, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """How the network is run; its weights stay the same.

    Attributes
    ----------
    stride : int
        16 or 8.
    rates : three ints
        At stride 16; doubled at 8.
    decoder : bool
    """

    stride: int = TRAINED_STRIDE
    rates: tuple[int, int, int] = TRAINED
    decoder: bool = True

    @property
    def used(self) -> tuple[int, ...]:
        """The rates in cells of the map that the ASPP reads."""
        return tuple(rate * TRAINED_STRIDE // self.stride for rate in self.rates)

    def apart(self, other: "Setting") -> str:
        """Say what this setting has that the other has not; "the same" for nothing.

        Examples
        --------
        >>> Setting(8).apart(Setting(16, decoder=False))
        'stride 8, rates 6, 12, 18, decoder'
        >>> Setting(decoder=False).apart(Setting())
        'no decoder'
        """
        said = []
        if self.stride != other.stride:
            said.append(f"stride {self.stride}")
        if self.used != other.used:
            said.append("rates " + ", ".join(str(rate) for rate in self.used))
        if self.decoder != other.decoder:
            said.append("decoder" if self.decoder else "no decoder")
        return ", ".join(said) or "the same"

    def switches(self) -> dict[str, Any]:
        """Give the setting as the engine takes it."""
        rates = ",".join(str(rate) for rate in self.used)
        return {
            "output_stride": self.stride,
            "rates": rates,
            "decoder": self.decoder,
        }


def network(picture: Picture) -> Record | None:
    """Ask for the training data; return the network's record, None without one."""
    data = segmentation.data_choice(picture)
    return segmentation.record(f"{data}_deeplabv3plus")


def stride_control(key: str, label: str = "Output stride") -> int:
    """Ask for the output stride."""
    return choose(label, STRIDES, key=key, help=words.STRIDE_HELP)


def rates_name(rates: tuple[int, int, int]) -> str:
    """Name three rates for the list.

    Examples
    --------
    >>> rates_name((3, 6, 9))
    '3, 6, 9 (trained)'
    """
    return ", ".join(str(rate) for rate in rates) + f" ({RATES[rates]})"


def channel_control(key: str, about: Record) -> int:
    """Ask for a channel of the last map; the first of each network tells objects."""
    first = FIRST_CHANNEL.get(about.data, 0)
    # The default's own key: what is chosen for one network says nothing of another's.
    name = f"{key}_{about.data}"
    channel: int = number(
        "Channel", 0, CHANNELS - 1, first, key=name, help=words.CHANNEL_HELP
    )
    return channel


def rates_control(key: str, label: str = "Rates") -> tuple[int, int, int]:
    """Ask for the rates of the three atrous branches."""
    return select(
        label,
        tuple(RATES),
        TRAINED,
        key=key,
        format_func=rates_name,
        help=words.RATES_HELP,
        width_px=200,
    )


def convs_of(
    name: str, image: NDArray[np.uint8], stride: int, decoder: bool
) -> tuple[tuple[ConvShape, ...], tuple[int, ...]] | None:
    """Return every convolution that runs, and how many weights its tensor holds."""
    answer = live.model(
        name, "convs", image=image, output_stride=stride, decoder=decoder
    )
    if answer is None:
        return None
    rows = zip(answer.arrays["name"], answer.arrays["shape"].tolist(), strict=True)
    convs = tuple(ConvShape(str(one), *shape) for one, shape in rows)
    return convs, tuple(answer.arrays["weights"].tolist())
