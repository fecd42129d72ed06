"""What the lesson on FCN says."""

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.core.fusion import LONG_2015_FIELD_PX, LONG_2015_MIOU, STRIDES
from explorer.models.records import Record
from explorer.ui.glossary import glossary_box

COARSEST = STRIDES[0]
OPEN_HELP = (
    "The network whose skips can be switched off, whose loss is drawn and whose sum is "
    "written out below."
)
SKIP_HELP = (
    "On: the scores of this stride are added, as in training. Off: the map that "
    "comes from the coarser stride goes on alone, with the same weights."
)
READ_HELP = (
    "What the panel beside the picture shows of the pixel under the pointer: the class "
    "scores as they are, or turned into probabilities by softmax."
)
FIRST_HELP = (
    "What stands in the first tile: the photo, its true classes, or the loss of each "
    "pixel in the network opened up."
)
CLASS_HELP = "“Under the mark”: the class that the network gives the marked pixel."
ONE_ONLY = (
    "On people this project trained FCN-8s alone. Beside it stands the same network "
    "with its skips switched off: not what an FCN-32s trained for itself would give, "
    "but what the skips add."
)
POINT = (
    "Point at any tile: the panel reads the same pixel in all of them. Click to mark "
    "a pixel: its sum is written out below."
)
FUSION_SAID = (
    "**From coarse to fine, for one class.** A 1 × 1 convolution turns each "
    "map of the backbone into class scores. The coarsest is doubled by a learned "
    "transposed convolution ({side} × {side} weights, from every class to every "
    "class), the "
    "scores of the finer stride are added, and so on; the last sum is enlarged "
    "bilinearly. Orange is for the class, blue against it."
)
NO_FUSION = (
    f"**FCN-{COARSEST}s adds nothing up.** Its scores of stride {COARSEST} are "
    f"enlarged bilinearly, {COARSEST} times; open FCN-16s or FCN-8s to see a sum."
)
LOSS = (
    "Pixel-wise cross-entropy: minus the logarithm of the probability that {title} "
    "gives a pixel's true class; 0 is perfect, {even:.2f} is guessing among {count} "
    "classes. Training makes its mean small; here the mean is **{mean:.2f}**."
)
FIELDS = (
    "Computed from the layers of this backbone. A coarse score can use {coarse} px on "
    "a side, {part}; a fine one {fine} px. The coarse ones know what, the fine ones "
    "where."
)
PAPER = (
    "The paper's models read VGG-16, know 21 classes and are scored on photos of "
    "PASCAL VOC 2011: compare the steps, not the heights."
)
QUESTION = (
    "FCN-32s and FCN-8s read the same backbone. Where do their maps differ most?",
    (
        "In the middle of large regions, such as the sky or a coat",
        "Along borders and on thin or small things",
        "Everywhere alike: one map is a sharper copy of the other",
    ),
    1,
    f"At stride {COARSEST} one score stands for {COARSEST} × {COARSEST} pixels: enough "
    "to say what is there, too coarse to say where it ends. Finer scores move the "
    "borders; inside a large region there is nothing to move. Switch the skips off and "
    "look at the outlines.",
)
SOURCES = (
    "Long, Shelhamer and Darrell 2015, Fully Convolutional Networks for Semantic "
    "Segmentation, CVPR, arXiv:1411.4038, section 4.2 (the skips), table 2",
    "Long, Shelhamer and Darrell, fcn.berkeleyvision.org: mIoU of the reference models "
    f"on seg11valid, {' / '.join(f'{score:.1f}' for score in LONG_2015_MIOU.values())}",
    "Brostow, Fauqueur and Cipolla 2009, Semantic object classes in video (CamVid): "
    "the street photos",
    "Yang, Luo and Lin 2014, Clothing Co-Parsing by Joint Image Segmentation and "
    "Labeling: the photos of people",
    "Tan and Le 2019, EfficientNet, arXiv:1905.11946 (the backbone, Lite0)",
)
TERMS = """
- **Class score**: what the network gives a class at a place, before softmax; also
  called logit. Any number; only differences between classes count.
- **Stride**: pixels to one cell of a map, on a side.
- **Receptive field**: the square of pixels that can influence one cell at all.
- **Backbone**: the layers that turn the photo into feature maps; here
  EfficientNet-Lite0, trained on ImageNet first.
- **Skip**: a way around the coarse layers: the scores of an earlier, finer map.
- **Transposed convolution**: each cell stamps its weights, times its value, onto a
  finer map; overlapping stamps add up.
- **Softmax**: turns scores into probabilities that add up to 1.
- **Cross-entropy**: minus the logarithm of the true class's probability.
- **IoU**: overlap of truth and prediction over their union; **mIoU**: its mean over
  classes.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def fusion(side: int) -> str:
    """Explain the sum; ``side`` of the doubling kernel, in cells."""
    return FUSION_SAID.format(side=side)


def loss(title: str, count: int, mean: float) -> str:
    """Explain the loss map of a network of ``count`` classes, with its mean."""
    return LOSS.format(title=title, even=math.log(count), count=count, mean=mean)


def records_table(records: Mapping[int, Record]) -> str:
    """Write what was measured on the test photos, beside the paper's models."""
    lines = [
        "| | mIoU here | mIoU, Long et al. | parameters |",
        "|---|---:|---:|---:|",
    ]
    for stride, about in records.items():
        found = about.scores.get("miou")
        ours = f"{100 * found['value']:.1f} %" if found else "not measured"
        lines.append(
            f"| FCN-{stride}s | {ours} | {LONG_2015_MIOU[stride]:.1f} % | "
            f"{about.parameters / 1e6:.2f} M |"
        )
    return "\n".join(lines)


def order(records: Mapping[int, Record]) -> str:
    """Say whether finer skips were better on the test photos, as it was measured."""
    scores = {s: r.scores.get("miou") for s, r in records.items()}
    known = {s: x for s, x in scores.items() if x}
    if len(known) < 2:
        return ""
    first = next(iter(known.values()))
    values = [known[s]["value"] for s in sorted(known, reverse=True)]
    rising = all(a < b for a, b in zip(values, values[1:], strict=False))
    where = f"on {first['n']} {first['split']} photos"
    if rising:
        return f"Measured {where}: each skip made it better, as in the paper."
    names = " < ".join(f"{s}s" for s in sorted(known, key=lambda s: known[s]["value"]))
    return (
        f"Measured {where}, the order is {names}, unlike the paper's 32s < 16s < 8s: "
        "with this backbone and this training the finer skips did not pay in mIoU, "
        "which counts large and small things by their pixels."
    )


def fields(found: Mapping[int, int], size: Sequence[int]) -> str:
    """Say how much of this picture the coarsest and the finest scores can use."""
    coarse, fine = found[max(found)], found[min(found)]
    share = coarse / max(size)
    whole = (
        "more than the whole picture" if share >= 1 else f"{share:.0%} of its length"
    )
    if len(found) < 2:
        return f"Computed from the layers of this backbone: {coarse} px are {whole}."
    return FIELDS.format(coarse=coarse, fine=fine, part=whole)


def steps(strides: Sequence[int]) -> list[str]:
    """Name the steps of a fusion down to these strides, coarsest first."""
    names = [f"1 × 1 convolution: the scores of stride {COARSEST}"]
    for stride in strides:
        names += [
            f"doubled, from stride {2 * stride} to {stride}",
            f"the scores of stride {stride}",
            f"added: the sum at stride {stride}",
        ]
    last = strides[-1] if strides else COARSEST
    return [*names, f"enlarged {last} times: the pixel's class score"]


def layers_table(fields: Mapping[int, int], size: Sequence[int]) -> str:
    """Write stride, cells and receptive field of each scoring layer."""
    lines = [
        "| scores at | cells | receptive field | in the paper (VGG-16) |",
        "|---|---:|---:|---:|",
    ]
    for stride, field in fields.items():
        cells = f"{size[1] // stride} × {size[0] // stride}"
        lines.append(
            f"| stride {stride} | {cells} | {field} px | "
            f"{LONG_2015_FIELD_PX[stride]} px |"
        )
    return "\n".join(lines)
