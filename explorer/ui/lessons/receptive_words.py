"""What the lesson on receptive fields says."""

import streamlit as st

from explorer.core.effective_field import MassProfile
from explorer.core.field_graph import Graph
from explorer.core.field_table import LayerField
from explorer.core.reach import Reach
from explorer.ui.glossary import glossary_box

NETWORK_HELP = (
    "Those before VGG16 run here, with their trained weights. The others are known by "
    "their layers alone: enough for the box, not for a gradient."
)
SIDE_HELP = (
    "Longest side the photo is resized to. The box keeps its size in pixels, so a "
    "larger input is seen in smaller parts."
)
RANDOM_HELP = (
    "On: the same layers with random weights, as before training (He et al. 2015). "
    "The box stays; the gradient does not."
)
QUESTION = (
    "Which has the larger receptive field at its last layer, ResNet-34 or ResNet-50?",
    (
        "ResNet-50: it has more layers",
        "ResNet-34: it has more 3 × 3 convolutions",
        "Both the same: both reach stride 32",
    ),
    1,
    "Only layers with a kernel above 1 × 1 make the field grow. ResNet-34 has 32 of "
    "3 × 3 in its blocks; ResNet-50's blocks are 1 × 1, 3 × 3, 1 × 1, so 16 of its 48 "
    "count. Choose both above and read the last line of the table: 899 against 427 px.",
)
SOURCES = (
    "Luo, Li, Urtasun & Zemel 2016, *Understanding the effective receptive field in "
    "deep convolutional neural networks*, arXiv:1701.04128, sections 2 and 3 (the "
    "gradient, its size)",
    "Araujo, Norris & Sim 2019, *Computing receptive fields of convolutional neural "
    "networks*, Distill, doi:10.23915/distill.00021 (size, jump, start; several paths)",
    "Long, Shelhamer & Darrell 2015, *Fully convolutional networks for semantic "
    "segmentation*, arXiv:1411.4038, section 4.1 (VGG16's field of 404 at stride 32)",
    "Simonyan & Zisserman 2015, *VGG*, arXiv:1409.1556, table 1; He et al. 2016, "
    "*ResNet*, arXiv:1512.03385, table 1; Tan & Le 2019, *EfficientNet*, "
    "arXiv:1905.11946, table 1",
)
TERMS = """
- **Unit**: one place of a layer's map, all channels at that place together.
- **Receptive field**: the box of input pixels that a unit can use at all.
- **Size**: the side of that box for a unit far from the border.
- **Jump**: how many input pixels lie between two neighbouring units. Every stride
  multiplies it.
- **Start**: where the first unit's box has its middle; the first pixel's own is 0.5.
- **Gradient**: how much the unit changes when a pixel does. Here absolute values, the
  three colours added up.
- **Effective field**: the pixels whose gradient counts. Luo et al. take those above
  4.55 % of the centre's; here of the largest, because one photo's centre may be weak.
- **Residual**: a layer's input added to its output. Two paths lead on; the wider one
  gives the box.
- **Dilated**: a kernel with gaps, so that it reaches further; its own lesson is next
  door.
- **Depthwise**: a kernel that reads one channel only. For the box it is a kernel like
  any other.
"""
NO_WEIGHTS = (
    "No gradient here: a box needs no weights, and this network's are not on this "
    "machine. Those at the top of the list run here and have both."
)
HOW_MEASURED = (
    "In colour: how much the unit, all its channels added up, changes with each pixel "
    "of this photo; its square root, so that weak pixels show too."
)
BELL = (
    "With random weights the middle weighs most because most paths lead there: Luo et "
    "al. show that it tends to a Gaussian. Switch it off to see what training made."
)
LIES = "**How much of the gradient lies how far inside the box**"
GROWS = "**How the field grows from layer to layer**"
ALL_HELP = "Off: the chosen layer and those next to it. On: the whole network."
LEFT_OUT = (
    "1 × 1 convolutions, norms and activations change neither size nor jump and are "
    "left out. ▸ marks the layer chosen above."
)
ENLARGED = (
    "Enlarging repeats: neighbouring units then differ in their box, and the largest "
    "is listed."
)


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def layer_label(field: LayerField) -> str:
    """Name a layer for the list, with the size of its field.

    Examples
    --------
    >>> from explorer.core.field_table import LayerField
    >>> one = LayerField(1, "stage2.0.depthwise.conv", "convolution", (80, 80),
    ...     Reach("window", 3, 2), (11, 11), (4.0, 4.0), (3.5, 3.5), False)
    >>> layer_label(one)
    'stage2.0.depthwise · convolution 3 × 3 · 11 px'
    """
    name = field.name.removesuffix(".conv")
    made = f"{field.op} {kernel_text(field.reach)}".strip()
    named = made if name == field.op else f"{name} · {made}"
    return f"{named} · {field.size[0]} px"


def kernel_text(reach: Reach) -> str:
    """Write a kernel's sides, and its dilation where it has one."""
    if reach.kind not in ("window", "transposed") or reach.kernel_size == 1:
        return ""
    k, d = reach.kernel_size, reach.dilation
    return f"{k} × {k}" + (f" rate {d}" if d > 1 else "")


def stride_text(reach: Reach) -> str:
    """Write how many source cells lie between two outputs: 2, or ÷ 2 enlarging.

    Examples
    --------
    >>> stride_text(Reach("window", 3, 2)), stride_text(Reach("transposed", 4, 2))
    ('2', '÷ 2')
    """
    step = reach.step
    if reach.kind == "whole":
        return "all"
    if step >= 1:
        return f"{float(step):g}"
    return f"÷ {float(1 / step):g}"


def growth(graph: Graph, fields: dict[int, LayerField], field: LayerField) -> str:
    """Write the recurrence with the chosen layer's numbers, in LaTeX."""
    links, reach = graph.nodes[field.node].links, field.reach
    source = fields.get(links[0].source)
    size, jump = (source.size[0], source.jump[0]) if source else (1, 1.0)
    if len(links) > 1:
        sizes = ", ".join(str(_size(fields, link.source)) for link in links)
        return rf"\text{{size}}=\max({sizes})=\mathbf{{{field.size[0]}}}"
    if reach.kind != "window":
        return rf"\text{{size}}=\mathbf{{{field.size[0]}}}"
    k, d, s = reach.kernel_size, reach.dilation, reach.stride
    return (
        r"\begin{aligned}\text{size}&=\text{size}_{\text{before}}+\text{dilation}\,"
        r"(\text{kernel}-1)\,\text{jump}_{\text{before}}="
        rf"{size}+{d}\cdot({k}-1)\cdot{jump:g}=\mathbf{{{field.size[0]}}}\\"
        r"\text{jump}&=\text{jump}_{\text{before}}\cdot\text{stride}="
        rf"{jump:g}\cdot{s}=\mathbf{{{field.jump[0]:g}}}\end{{aligned}}"
    )


def _size(fields: dict[int, LayerField], node: int) -> int:
    return fields[node].size[0] if node in fields else 1


def reading(
    field: LayerField, profile: MassProfile | None, untrained: bool
) -> list[str]:
    """Say how the picture is to be read."""
    said = [] if profile is None else [HOW_MEASURED]
    said += [BELL] if untrained else []
    away = field.start[0] - field.jump[0] / 2
    if abs(away) >= 1:
        where = "below and right of" if away > 0 else "above and left of"
        said.append(
            f"The box's middle lies {abs(away):g} px {where} the middle of the unit's "
            "own cell (the small square): this network's layers do not pad both sides "
            "alike."
        )
    return said


def own_cell(cell: tuple[float, float]) -> str:
    """Say what the small square is, from the cell's width and height in pixels.

    Examples
    --------
    >>> own_cell((16.0, 15.5))
    "The small square is the unit's own cell: 15.5 × 16 px."
    """
    width, height = cell
    return f"The small square is the unit's own cell: {height:.3g} × {width:.3g} px."


def measured(profile: MassProfile, size_px: int) -> list[str]:
    """Say where the gradient lies, for the panel."""
    if profile.mass[-1] == 0:
        return ["No pixel changes this unit: every path to it ends in a 0 of ReLU6."]
    return [
        f"Half of its gradient lies in the middle {100 * profile.half:.0f} % of the "
        f"box's side (dashed): {profile.half * size_px:.0f} px.",
        f"Effective size after Luo et al.: {profile.effective_px:.0f} px of {size_px}.",
    ]
