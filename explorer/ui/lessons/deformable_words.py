"""What the lesson on deformable parts says, with the present person's numbers."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import signed
from explorer.core.people import MATCH_IOU
from explorer.core.star import PART_BLOCKS, StarModel
from explorer.core.star_place import StarPlace
from explorer.models.records import Record
from explorer.ui.glossary import glossary_box

PART_HELP = (
    "Drag a part: the model on the photo, one person to bend. The model: its filters "
    "and springs. Distance transform: how all placements are searched at once."
)
WHICH_HELP = "Which part is followed through the transform; the person stays the same."
SMALL = (
    "This image is {width} × {height} px: smaller than the window, 64 × 128. No root "
    "fits, so nothing can be found. Choose a larger image."
)
NOTHING = (
    "No window reaches the threshold, so the photo's best window is taken apart "
    "instead. The model knows whole people, standing or walking."
)
SEARCHING = "Searching the photo at every size …"
CLICK = "Click a box to bend it."
PARTS_UNREADABLE = (
    "The link moved the parts to where this person has none to move; they are at their "
    "best places instead."
)
PANES = {
    "before": "**Before**: the response of part {part}, at its middle.",
    "after": "**After**: what it brings to a root whose rest for it is here.",
}
QUESTION = (
    "A part is dragged two blocks off its rest, to a place where it fits exactly as "
    "well. A spring costs 0.03 for each squared block and nothing else. What happens "
    "to the score?",
    (
        "Nothing: the part fits as well as before",
        "It falls by 0.06",
        "It falls by 0.12",
    ),
    2,
    "The appearance is the same, so only the deformation counts, and it grows with the "
    "square of the distance: 0.03 × 2 × 2 = 0.12. That is why a small shift is almost "
    "free and a large one is not.",
)
SOURCES = (
    "Felzenszwalb, Girshick, McAllester & Ramanan 2010, Object Detection with "
    "Discriminatively Trained Part-Based Models, sections 3 (the star model and its "
    "score) and 4 (latent SVM)",
    "Felzenszwalb & Huttenlocher 2012, Distance Transforms of Sampled Functions, "
    "section 2 (lower envelope of parabolas)",
    "Fischler & Elschlager 1973, The Representation and Matching of Pictorial "
    "Structures (parts and springs)",
    "Dalal & Triggs 2005, Histograms of Oriented Gradients for Human Detection (the "
    "root filter and its features)",
    "Wang et al. 2007, Penn-Fudan pedestrians (what the model was trained on)",
)
TERMS = """
- **Root filter**: a rigid HOG template of the whole person, as in *Sliding window*.
- **Part filter**: a smaller template, 5 × 5 blocks, on the photo at twice the root's
  resolution: it sees details that the root cannot.
- **Block**: 2 × 2 cells of HOG. On the finer level one block is a step of 8 of its
  pixels; displacements are counted in such steps.
- **Rest** (anchor): where a part hangs in the window when nothing pulls it.
- **Deformation cost**: what a part pays for leaving its rest, a bowl: small steps are
  cheap, large ones dear. Each part has a bowl of its own, learnt like its filter.
- **Star model**: every part hangs on the root alone, so each can look for its best
  place without asking the others.
- **Appearance** (response): how well a part's filter fits at a place.
- **Score** = root + the parts' appearances − their deformation costs + b (one number
  that is always added).
- **Generalised distance transform**: for every rest at once, the best of appearance
  minus cost, in time that grows with the number of places and not with its square.
- **Latent SVM**: training without being told where the parts are. Place them as the
  present model likes best, train as if that were the truth, and again.
"""


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def threshold_help(record: Record) -> str:
    """Say what the threshold does, with the mistakes that the record counted."""
    score = record.scores["recall"]
    return (
        "Windows with this score or more count as people, after non-maximum "
        f"suppression. At {score['score_threshold']:g} the model gave "
        f"{score['false_per_photo']:.1f} false boxes a photo on {score['photos']} "
        "photos held out of training."
    )


def found_words(count: int, best: float, people: int = 0) -> str:
    """Say how many windows were found, and that not all can be right.

    ``people`` is how many the picture is known to hold, 0 where nobody counted.

    Examples
    --------
    >>> found_words(1, 0.5)
    '**1 window** found; the best scores 0.50.'
    >>> found_words(7, 2.7, 5).split(". ")[-1]
    'The picture holds 5 people, so 2 at least are wrong.'
    """
    found = "1 window" if count == 1 else f"{count} windows"
    said = f"**{found}** found; the best scores {signed(best)}."
    wrong = count - people
    if not people or wrong <= 0:
        return said
    held = "1 person" if people == 1 else f"{people} people"
    verb = "is" if wrong == 1 else "are"
    return f"{said} The picture holds {held}, so {wrong} at least {verb} wrong."


def search_words(windows: int, parts: int, levels: int) -> str:
    """Say what was searched."""
    return (
        f"Searched: **{windows:,}** windows on {levels} levels, in each of them "
        f"{parts} parts at every place."
    )


def record_words(dpm: Record, rigid: Record) -> str:
    """Say how the model did on held-out photos beside the rigid template.

    Both numbers are read from the records of the two models.
    """
    ours, theirs = dpm.scores["ap50_person"], rigid.scores["ap50_person"]
    gap = ours["value"] - theirs["value"]
    verdict = (
        f"**{gap:.2f} better**" if gap > 0 else f"**{-gap:.2f} worse, not better**"
    )
    root, still = ours["root_alone"], ours["parts_at_rest"]
    fine, coarse = (r.arguments["scale_step"] for r in (rigid, dpm))
    return (
        f"On {ours['photos']} Penn-Fudan photos held out of training, {ours['n']} "
        f"people, IoU ≥ {MATCH_IOU:g}: average precision **{ours['value']:.3f}** with "
        f"parts, **{theirs['value']:.3f}** for the rigid template of *Sliding window*, "
        f"trained on the same photos: {verdict}. (The template searched in scale "
        f"steps of {fine:g}, this model in steps of {coarse:g}.) With its parts nailed "
        f"to their rests this model reaches {still:.3f}: bending brings at most the "
        f"other {ours['value'] - still:.3f}, for it was not trained to stand still. "
        f"Its root alone, not trained for that either, reaches {root:.3f}."
    )


def model_words(model: StarModel) -> str:
    """Say how large the model is and which springs are stiffest and softest."""
    stiff = model.costs[:, 2:].mean(axis=1)
    hard, soft = int(stiff.argmax()) + 1, int(stiff.argmin()) + 1
    count = model.root.weights.size + model.filters.size + model.costs.size + 1
    return (
        f"{count:,} learnt numbers: the root's {model.root.weights.size:,}, "
        f"{model.parts} parts of {model.filters[0].size}, 4 for each bowl, and b. "
        f"Part **{hard}** has the stiffest bowl, part **{soft}** the softest: a "
        f"squared block costs {stiff.max():.3f} and {stiff.min():.3f}, the mean of its "
        "two directions."
    )


def near_words(model: StarModel) -> str:
    """Say which two parts rest nearest to each other, and how alike they are."""
    gaps = np.abs(model.anchors[:, None] - model.anchors[None])
    shared = np.clip(PART_BLOCKS - gaps, 0, None).prod(axis=2)
    np.fill_diagonal(shared, 0)
    one, other = sorted(int(k) for k in np.unravel_index(shared.argmax(), shared.shape))
    down, across = model.anchors[other] - model.anchors[one]
    ours = _overlap(model.filters[one], int(down), int(across))
    theirs = _overlap(model.filters[other], -int(down), -int(across))
    alike = float(np.corrcoef(ours.ravel(), theirs.ravel())[0, 1])
    stiff = model.costs[[one, other], 2]
    return (
        f"Parts **{one + 1}** and **{other + 1}** nearly coincide: they share "
        f"{int(shared.max())} of {PART_BLOCKS**2} blocks. Training moves each rest to "
        "where the part was mostly found, and nothing keeps two parts apart. They are "
        f"not the same twice: on the shared blocks their filters correlate by "
        f"{signed(alike)}, and a squared block sideways costs {stiff[0]:.3f} and "
        f"{stiff[1]:.3f}."
    )


def _overlap(one: NDArray[np.float32], down: int, across: int) -> NDArray[np.float32]:
    """Return the blocks of a part that another one, so many blocks away, shares."""
    rows = slice(max(down, 0), PART_BLOCKS + min(down, 0))
    cols = slice(max(across, 0), PART_BLOCKS + min(across, 0))
    return one[rows, cols]


def maps_words(place: StarPlace, part: int, before: float) -> str:
    """Say what the transform did to one part at the chosen person."""
    down, right = (int(one) for one in place.moved[part])
    look, cost = float(place.looks[part]), float(place.costs[part])
    if not (down or right):
        return (
            f"Part {part + 1} stays at its rest: nothing near it fits so much better "
            f"that leaving would pay. It adds **{signed(look - cost, 3)}**."
        )
    ways = (_way(right, "right", "left"), _way(down, "down", "up"))
    rest = (
        f"At its rest part {part + 1} would add {signed(before, 3)}. It moves"
        if np.isfinite(before)
        else f"Part {part + 1} rests outside the photo. It moves"
    )
    return (
        f"{rest} {' and '.join(way for way in ways if way)}: appearance "
        f"{signed(look, 3)} − cost {cost:.3f} = **{signed(look - cost, 3)}**."
    )


def _way(steps: int, more: str, less: str) -> str:
    if not steps:
        return ""
    blocks = "block" if abs(steps) == 1 else "blocks"
    return f"{abs(steps)} {blocks} {more if steps > 0 else less}"


def spread_words(places: int, anchors: int) -> str:
    """Count what the distance transform saves."""
    return (
        f"Trying every place for every rest would take {places * anchors:,} "
        f"comparisons for this part on this level; the transform goes over its "
        f"{places:,} places twice, along rows and along columns."
    )
