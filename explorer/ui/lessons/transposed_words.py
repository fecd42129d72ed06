"""What the lesson on transposed convolution says in words and formulas."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.core.overlap import bilinear_size, inner_counts
from explorer.core.transposed import transposed_size
from explorer.core.transposed_line import LineSteps
from explorer.ui.glossary import glossary_box

MAP_STRIDE = 32  # of the network's last map: image pixels a cell
PARTS = ("1-D", "2-D", "Checkerboard")
QUESTION = (
    "A transposed convolution with a 3×3 kernel, stride 2 and padding 1 runs over a "
    "7×7 map. How large is the output?",
    ("14 × 14", "13 × 13", "15 × 15", "4 × 4"),
    1,
    "(7 − 1)·2 − 2·1 + 3 = 13. To get exactly twice the size, output_padding = 1 adds "
    "a row and a column. (4 × 4 is what the ordinary convolution would make.)",
)
SOURCES = (
    "Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*, "
    "arXiv:1603.07285, chapter 4 (the matrix, the inserted zeros, relationships 8–14)",
    "Long, Shelhamer & Darrell 2015, *Fully convolutional networks for semantic "
    "segmentation*, arXiv:1411.4038, section 3.3 (upsampling; bilinear start)",
    "Odena, Dumoulin & Olah 2016, *Deconvolution and checkerboard artifacts*, Distill, "
    "doi:10.23915/distill.00003",
    "Zhang, Lipton, Li & Smola, *Dive into Deep Learning*, section 14.10 "
    "(the example 0, 1, 2, 3)",
    "Shi et al. 2016, *Is the deconvolution layer the same as a convolutional layer?*, "
    "arXiv:1609.07009",
)
OWN_NUMBERS = (
    "This part uses its own numbers: the picture chosen above shows in the third."
)
SAME_THREE = (
    "Three ways to say one thing, and each view here is computed on its own. "
    "**Stamping**: every input lays a copy of the kernel, times its value, one stride "
    "from the next; where copies overlap they add. **Zeros**: put zeros between the "
    "inputs and around them, then run an ordinary stride-1 convolution with the kernel "
    "turned by 180°. **Matrix**: write the ordinary convolution as a matrix C; its "
    "transpose goes the other way."
)
PADDING_HELP = "Cells cut off all around: the padding of the convolution it transposes."
MORE_HELP = (
    "Rows and columns added at the bottom and right; always fewer than the stride."
)
TERMS = """
- **Upsampling**: making a map larger. A segmentation network needs it to get from its
  small last map back to the image.
- **Transposed convolution**: the map that goes the way of a convolution backwards, by
  the transpose of its matrix. The weights are learnt like any others.
- **Other names**: deconvolution, up-convolution, fractionally strided convolution. It
  is no inverse: it brings back a convolution's input *size*, not its values.
- **Stride**: how far apart two neighbouring stamps are laid.
- **Padding**: here it cuts off, because the zeros around the input of the ordinary
  convolution lead nowhere.
- **Output padding**: says which of the sizes that shrink to this one is meant.
- **Checkerboard**: a regular pattern that comes from stamps overlapping unevenly.
- **Bilinear**: weights that fall off like a tent; with them the layer starts as plain
  interpolation between four neighbours, and learns from there.
- **Channels**: a real layer has one kernel for each pair of input and output channel,
  and adds up over the inputs. One pair is enough to see how it works.
"""


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def numbers(values: Sequence[float] | np.ndarray) -> str:
    """Write numbers as a row in parentheses.

    Examples
    --------
    >>> numbers([1.0, -2.5])
    '(1, −2.5)'
    """
    return f"({', '.join(f'{float(v):g}'.replace('-', '−') for v in values)})"


def line_words(steps: LineSteps, stride: int, padding: int) -> str:
    """Say what the matrix and its transpose show, with the present numbers."""
    rows, columns = steps.matrix.shape
    taken = f"Xᵀ takes as many numbers as X has rows: {numbers(steps.entries)}."
    if rows == 1:
        kind = f"{taken} One stamp alone overlaps with nothing."
    elif stride == 1:
        kind = (
            "At stride 1 the full rows of Xᵀ read z, y, x: the transposed convolution "
            "is again a convolution, with the **kernel flipped**."
        )
    else:
        kind = (
            f"{taken} At stride 2 its rows take turns: z and x meet on one, y is alone "
            "on the next. Alternating sums like these are the **checkerboard** of the "
            "third part."
        )
    cut = (
        " The zeros of the padding meet the outer columns of X, so the outer rows of "
        "Xᵀ only write where the padding was: **padding cuts off**."
        if padding
        else ""
    )
    return (
        f"X is {rows} × {columns} (rows × columns), Xᵀ {columns} × {rows}: what "
        f"shrinks one way grows the other. {kind}{cut}"
    )


def return_words(steps: LineSteps, signal: Sequence[float]) -> str:
    """Say that there and back is not the identity, with the present numbers."""
    if np.array_equal(steps.returned, np.asarray(signal, float)):
        back = "here, by luck of these numbers, a itself"
    else:
        back = (
            "as long as a, but other numbers: **the shape comes back, not the values**"
        )
    return (
        f"There and back: a = {numbers(signal)} → Xa = {numbers(steps.output)} → "
        f"XᵀXa = {numbers(steps.returned)}, {back}. That is why the name "
        "“deconvolution” misleads."
    )


def formula(size: int, k: int, stride: int, padding: int, more: int) -> None:
    """Write the size formula with the present numbers, along one axis."""
    made = transposed_size(size, k, stride, padding, more)
    st.latex(
        r"\text{out}=(\text{in}-1)\cdot\text{stride}-2\,\text{padding}+\text{kernel}"
        rf"+\text{{output padding}}=({size}-1)\cdot{stride}-2\cdot{padding}+{k}+{more}"
        rf"=\mathbf{{{made}}}"
    )


def choice_words(size: int, k: int, stride: int, padding: int, more: int) -> str:
    """Say between which sizes the output padding chooses."""
    made = transposed_size(size, k, stride, padding, more)
    if stride == 1:
        return (
            f"At stride 1 only a map of {made} × {made} shrinks to {size} × {size}, so "
            "there is nothing for an output padding to choose."
        )
    first = made - more
    sizes = [n for n in range(first, first + stride) if n >= 1]
    said = " or ".join(f"{n} × {n}" for n in sizes)
    return (
        f"The ordinary convolution with these settings makes {size} × {size} of "
        f"{said}, because it rounds down. Output padding {more} says: back to "
        f"{made} × {made}."
    )


def matrix_words(matrix: np.ndarray) -> str:
    """Say how large C is, how empty, and how few weights it holds."""
    rows, columns = matrix.shape
    filled = int(np.count_nonzero(matrix))
    return (
        f"C has {rows} rows and {columns} columns: it makes {rows} numbers of "
        f"{columns}, and Cᵀ {columns} of {rows}. Of its {matrix.size:,} entries "
        f"{filled} are not zero, all of them copies of the kernel's few weights."
    )


def overlap_words(k: int, stride: int) -> str:
    """Say what overlap this kernel and stride make."""
    counts = inner_counts(k, stride)
    planes = sorted({a * b for a in counts for b in counts})
    if len(counts) == 1:
        return (
            f"**Even.** {k} is a multiple of {stride}: along each axis every pixel "
            f"gets {counts[0]} {_stamps(counts[0])}, in the plane {planes[0]}. Equal "
            "weights leave an even area even; only at the border stamps may be "
            "missing, so it darkens there."
        )
    gaps = " A count of 0 is a gap: no input reaches it." if counts[0] == 0 else ""
    return (
        f"**Uneven.** {k} is no multiple of {stride}: along each axis the count "
        f"changes between {counts[0]} and {counts[1]}, so in the plane the counts are "
        f"{', '.join(str(n) for n in planes[:-1])} and {planes[-1]}: a checkerboard."
        f"{gaps} Training can learn weights that undo it, but it has to."
    )


def _stamps(count: int) -> str:
    return "stamp" if count == 1 else "stamps"


def source_words(shape: tuple[int, int], channel: int | None, stride: int) -> str:
    """Say what is upsampled, and how it is shown."""
    high, wide = shape
    if channel is None:
        return (
            f"The photo is first shrunk to {high} × {wide} pixels (rows × columns), so "
            "that they can be seen. Brightness above white is cut in the picture, not "
            "in the numbers."
        )
    back = (
        " At stride 32 it is back at the image's size: so did FCN-32s."
        if stride == MAP_STRIDE
        else ""
    )
    return (
        f"Channel {channel} of EfficientNet-Lite0's last stage, {high} × {wide} cells "
        f"of {MAP_STRIDE} image pixels a side, dark for low and yellow for high; "
        f"colours end at the map's own least and largest value.{back}"
    )


def bilinear_words(stride: int) -> str:
    """Say what bilinear weights are for this stride."""
    k = bilinear_size(stride)
    return (
        f"**Bilinear start.** A {k} × {k} tent of weights at stride {stride} *is* "
        "bilinear interpolation, wherever no stamp is missing. FCN started its layers "
        "from it (its last one with kernel 64 and stride 32) and went on learning."
    )
