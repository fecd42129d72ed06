"""What the lesson on DeepLab says of the network, against the network itself."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.atrous import NormNumbers, SeparableWeights, atrous_separable
from explorer.core.proof import Proof
from explorer.core.separable import ConvShape, Separable

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.deeplab import DeepLabHead

Array = NDArray[Any]
SINGLE = 1e-4  # of the largest value: the network sums hundreds of products in float32


def without_branch(
    head: "DeepLabHead",
    last: "Tensor",
    stride4: "Tensor",
    size: tuple[int, int],
    *names: str,
) -> "Tensor":
    """Return the logits of a head that never had some of the ASPP's branches.

    They do not run, and the projection's weights that would read them are cut out;
    nothing is multiplied by zero.

    Parameters
    ----------
    head : DeepLabHead
    last, stride4 : Tensor
        The trunk's maps ``(N, C, h, w)``.
    size : (int, int)
        Of the network's input.
    *names : str
        Of ``explorer.models.deeplab.BRANCHES``.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    from explorer.models.deeplab import BRANCHES, RATES, WIDTH

    aspp, kept = head.aspp, list[torch.Tensor]()
    columns = list[int]()
    for i, branch in enumerate(BRANCHES):
        if branch in names:
            continue
        if branch == "1x1":
            made = aspp.point(last)
        elif branch == "pool":
            mean = aspp.pool(last.mean((2, 3), keepdim=True))
            made = mean.expand(-1, -1, *last.shape[2:])
        else:
            place = int(branch[-1]) - 1
            made = aspp.rates[place](last, RATES[place])
        kept.append(made)
        columns += range(i * WIDTH, (i + 1) * WIDTH)
    conv, norm = aspp.project[0], aspp.project[1]
    assert isinstance(conv, nn.Conv2d)
    if kept:
        mixed = functional.conv2d(torch.cat(kept, 1), conv.weight[:, columns])
    else:
        mixed = last.new_zeros(len(last), WIDTH, *last.shape[2:])
    projected = torch.relu(norm(mixed))
    low = head.low(stride4)
    grown = functional.interpolate(
        projected, low.shape[2:], mode="bilinear", align_corners=False
    )
    decoded = head.mix2(head.mix1(torch.cat([grown, low], 1)))
    return functional.interpolate(
        head.classify(decoded), size, mode="bilinear", align_corners=False
    )


def prove_branches(
    arrays: Mapping[str, Array], places: Sequence[tuple[int, int]]
) -> Proof:
    """Compare the core's atrous separable convolution with the network's own tensors.

    Parameters
    ----------
    arrays : mapping
        What the engine's ``aspp`` gave.
    places : sequence of (row, column)
        Cells of the map.
    """
    apart, largest = 0.0, 1.0
    for i, rate in enumerate(arrays["rates"].tolist(), 1):
        output = arrays[f"rate{i}.output"]
        weights = branch_weights(arrays, f"rate{i}")
        for row, column in places:
            ours = atrous_separable(arrays["input"], weights, row, column, rate)
            apart = max(apart, float(np.abs(ours - output[:, row, column]).max()))
        largest = max(largest, float(np.abs(output).max()))
    count = arrays["rate1.output"].shape[0] * len(places) * len(arrays["rates"])
    return Proof(
        "the network's own ASPP branches",
        apart,
        SINGLE * largest,
        note=f"{count:,} values at {len(places)} places, computed in NumPy",
    )


def branch_weights(arrays: Mapping[str, Array], name: str) -> SeparableWeights:
    """Put one branch's weights, as the engine gave them, into the core's form."""
    norms = [
        NormNumbers(*np.asarray(arrays[f"{name}.{which}"], np.float64))
        for which in ("norm", "mixed_norm")
    ]
    depthwise, pointwise = (
        np.asarray(arrays[f"{name}.{which}"], np.float64)
        for which in ("depthwise", "pointwise")
    )
    return SeparableWeights(depthwise, norms[0], pointwise, norms[1])


def prove_branch_off(arrays: Mapping[str, Array]) -> Proof:
    """Compare each switched-off branch with a network that never had it.

    ``arrays`` is what the engine's ``branch_off`` gave.
    """
    return Proof(
        "a network built without the branch",
        float(np.max(arrays["delta"])),
        1e-3,
        note=f"logits, each of the {len(arrays['delta'])} ASPP branches off in turn; "
        f"switching one off moves a logit by {np.max(arrays['change']):.2g}",
    )


def prove_dense(arrays: Mapping[str, Array]) -> tuple[Proof, ...]:
    """Compare the dense maps, read at the sparse map's places, with the sparse map.

    ``arrays`` is what the engine's ``strides`` gave.
    """
    from explorer.models.trunk import first_shared

    found = []
    sparse = arrays["stride32"]
    for stride in (16, 8):
        ratio, first = 32 // stride, first_shared(32, stride)
        there = arrays[f"stride{stride}"][:, first::ratio, first::ratio]
        same = there.shape == sparse.shape
        delta = float(np.abs(there - sparse).max()) if same else float("nan")
        scale = max(1.0, float(np.abs(sparse).max()))
        note = f"all {sparse.size:,} values, in the map at stride {stride}"
        found.append(Proof("the map at stride 32", delta, SINGLE * scale, note=note))
    shared = Proof(
        "one set of weights",
        float(arrays["apart"]),
        0,
        note=f"{int(arrays['tensors'])} tensors, in memory once for all three strides",
    )
    return (*found, shared)


def prove_costs(
    convs: Sequence[ConvShape],
    weights: Sequence[int],
    pairs: Sequence[Separable],
) -> tuple[Proof, ...]:
    """Compare the counts with the network's tensors and with torch's own layers.

    Parameters
    ----------
    convs : sequence of ConvShape
    weights : sequence of int
        Elements of each one's tensor.
    pairs : sequence of Separable
        Those whose ordinary twin is built, without memory, and counted.
    """
    from torch import nn

    counted = sum(
        abs(conv.parameters - own) for conv, own in zip(convs, weights, strict=True)
    )
    apart = 0
    for one in (pair.ordinary for pair in pairs):
        twin = nn.Conv2d(
            one.channels_in,
            one.channels_out,
            one.kernel_size,
            bias=False,
            device="meta",
        )
        apart += abs(sum(p.numel() for p in twin.parameters()) - one.parameters)
    return (
        Proof(
            "the network's tensors",
            counted,
            0,
            note=f"parameters of {len(convs)} convolutions, counted by formula",
        ),
        Proof(
            "torch.nn.Conv2d",
            apart,
            0,
            note=f"parameters of the {len(pairs)} ordinary convolutions in their place",
        ),
    )
