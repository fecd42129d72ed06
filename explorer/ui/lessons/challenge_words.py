"""What the lesson on challenges says: terms, names of mistakes, what came of it."""

from html import escape

import numpy as np
import streamlit as st

from explorer.core.challenge_frames import Frames
from explorer.core.challenge_scores import MATCH_IOU, Scored
from explorer.core.detection_errors import NEAR_IOU
from explorer.core.numerals import signed
from explorer.core.samples import STREET, sample
from explorer.figures.challenges import KIND_COLORS
from explorer.ui.glossary import glossary_box
from explorer.ui.lessons.challenge_making import positions

AUTO = "By the image"
# Samples on which the detector of AUTO finds its object in the unchanged picture.
FOUND_SAMPLES = ("astronaut", "grace_hopper", STREET)
CHALLENGE_HELP = (
    "What makes the object hard to find: the light, its turn in the picture, the side "
    "it is seen from, what hides it, what stands around it, and that no two are alike."
)
DETECTOR_HELP = (
    f"{AUTO}: frontal faces (a Haar cascade) for samples with a face and for your "
    "own photo, cat faces for the cat, people (a HOG template and a linear SVM) "
    "elsewhere. All run live, here."
)
THRESHOLD_HELP = (
    "Boxes from this score on count as detections. Scores of a Haar cascade add up the "
    "votes of its last stage; those of the people detectors are distances from the "
    "SVM's border, 0 its own decision."
)
OCCLUDER_HELP = "What is raised in front of the object; cut out of a sample photo."
KIND_NAMES = {
    "right": "true",
    "localisation": "bad localisation",
    "similar": "similar class",
    "other": "other class",
    "background": "background",
    "ignored": "not counted",
}
KIND_LINES = {
    "right": f"overlaps a true box by at least {MATCH_IOU:g}; each is found once",
    "localisation": f"on the right object, but misplaced (IoU {NEAR_IOU:g} to "
    f"{MATCH_IOU:g}), or a second box on it",
    "similar": "on a thing that looks or counts alike: a cat's face for a face",
    "other": "on a thing of any other known class: a cup, a flower",
    "background": f"overlaps nothing known by {NEAR_IOU:g}: a pattern fooled it",
}
QUESTION = (
    "The detector was trained on upright faces. You turn the face in the picture by "
    "30°. What happens to its score?",
    (
        "It falls a little: most of the face still looks the same",
        "There is no box any more: the face is lost",
        "Nothing: a face is a face",
    ),
    1,
    "A window's features stand at fixed places, so a turn moves eyes and mouth out of "
    "them all at once. Choose “Pose” and slide: the cascade holds for 15° or so and "
    "then loses the face. In the light it holds for many stops, because it divides by "
    "the window's contrast. Each challenge is answered, or not, by something in the "
    "detector's design; none is answered by all.",
)
SOURCES = (
    "Hoiem, Chodpathumwan & Dai 2012, Diagnosing Error in Object Detectors, ECCV: "
    "section 2 (the types of false positives)",
    "Everingham et al. 2010, The Pascal VOC Challenge, IJCV 88(2): section 4.2 (right "
    "from an overlap of 0.5 on)",
    "Rother, Kolmogorov & Blake 2004, “GrabCut”, SIGGRAPH: how the things are cut out",
    "Telea 2004, An image inpainting technique based on the fast marching method: what "
    "is behind a person who is taken out",
    "Hartley & Zisserman 2003, Multiple View Geometry, section 2.3 (a flat thing seen "
    "from another side)",
    "Huang et al. 2007, Labeled Faces in the Wild: the small faces under “Instance”, "
    "from scikit-image",
)
TERMS = """
- **Detection**: a box with a score. It counts from the score threshold on.
- **IoU**: intersection over union of two boxes, 0 apart to 1 equal.
- **True box**: what should be found, drawn in yellow. You may move it or draw another.
- **Stop**: twice the light, or half of it.
- **Homography**: the map between two views of the same flat thing.
- **Intra-class variation**: how different two things of one class can be.
- **Occluder, clutter**: what stands in front of the object; what stands around it.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def legend() -> str:
    """Return the five names with their colours, a line each."""
    rows = "".join(
        f"<div><i style='background:{KIND_COLORS[kind]}'></i>"
        f"<b>{escape(KIND_NAMES[kind])}</b> — {escape(line)}</div>"
        for kind, line in KIND_LINES.items()
    )
    return (
        "<style>.kinds{font-size:.88rem;line-height:1.55;display:grid;gap:0 1.4rem;"
        "grid-template-columns:repeat(auto-fit,minmax(21rem,1fr))}"
        ".kinds i{display:inline-block;width:.8rem;height:.8rem;margin-right:.45rem;"
        "border:1px solid #0006;vertical-align:-1px}</style>"
        f"<div class='kinds'>{rows}</div>"
    )


def truth_said(source: str, label: str) -> str:
    """Say where the yellow box comes from."""
    return {
        "known": f"The yellow box is the {label} that this sample is known to show.",
        "detector": f"Nobody told where the {label} is, so the yellow box is the "
        "detector's own best on the unchanged picture: there it is right by "
        "definition.",
        "reader": f"The yellow box is yours: what you call the {label}.",
    }[source] + " Move it, or draw another on free ground."


def nothing(label: str, others: list[str], packaged: bool) -> str:
    """Say what to do where no truth is known; ``others`` are detectors to try."""
    why = (
        f"This sample is not known to show a {label}."
        if packaged
        else f"Nobody told where the {label} is, and the detector finds none with a "
        "score of 0 or more."
    )
    other = f"another detector ({'; '.join(others)})" if others else _found_samples()
    return (
        f"{why} Draw a box on the picture around what should be found, or choose "
        f"{other}."
    )


def _found_samples() -> str:
    *most, last = (sample(name).title for name in FOUND_SAMPLES)
    return f"the sample {', '.join(most)} or {last} and the detector “{AUTO}”"


def no_others(label: str) -> str:
    """Say that the samples hold no other object of a class."""
    return (
        f"The samples hold no other {label} than this one, so there is nothing to put "
        "in its place. Choose another challenge, or a photo of your own."
    )


def summary(
    challenge: str, frames: Frames, scored: Scored, label: str, threshold: float
) -> str:
    """Say what came of it: where the object is found, and what a threshold can do."""
    names = positions(challenge, frames)
    score, wrong = scored.object_scores, scored.wrong_scores
    with np.errstate(invalid="ignore"):
        found, fooled = score >= threshold, wrong >= threshold
    first = _first(frames, scored, label, threshold)
    missed = [names[k] for k in np.flatnonzero(~found)]
    lost = f" Lost at {_listed(missed)}." if len(missed) else ""
    return (
        f"{first} It is found at **{int(found.sum())} of {len(frames)}** positions of "
        f"the slider.{lost} A wrong box reaches the threshold at "
        f"**{int(fooled.sum())}** of them. {_parted(scored)}"
    )


def _first(frames: Frames, scored: Scored, label: str, threshold: float) -> str:
    own = scored.object_scores[frames.base]
    rule = (
        f"The {label} counts as found while a box with IoU ≥ {MATCH_IOU:g} scores at "
        f"least {signed(threshold)}."
    )
    if np.isnan(own):
        return " ".join(
            part
            for part in (
                rule,
                "On the unchanged picture there is no such box at any score.",
                cut_off(frames, scored, label),
                "To start from one that is found, move the yellow box, or choose "
                f"{_found_samples()}.",
            )
            if part
        )
    verb = "is found" if own >= threshold else "is missed"
    return f"{rule} Unchanged it {verb}: {signed(own)}."


def cut_off(frames: Frames, scored: Scored, label: str) -> str:
    """Say why an object at the border is hard; empty where that isn't the case."""
    height, width = frames.images.shape[1:3]
    x1, y1, x2, y2 = frames.objects[frames.base]
    room = min(x1, y1, width - x2, height - y2)
    if room >= 1 or not np.isnan(scored.object_scores[frames.base]):
        return ""
    return (
        f"The {label} reaches the picture's border, so a part is cut off; the detector "
        "was trained on whole ones."
    )


def _listed(names: list[str], most: int = 5) -> str:
    if len(names) <= most:
        return ", ".join(names)
    return ", ".join(names[: most - 1]) + f" and {len(names) - most + 1} more"


def _parted(scored: Scored) -> str:
    """Say whether one threshold would part the object from all that is wrong."""
    if np.isnan(scored.object_scores).any():
        return (
            "No threshold helps where there is no box on the object: a lower one only "
            "lets more wrong boxes in."
        )
    least = float(scored.object_scores.min())
    worst = float(np.nanmax(np.append(scored.wrong_scores, -np.inf)))
    if worst < least:
        most = (
            "nothing wrong has a box"
            if np.isinf(worst)
            else f"nothing wrong more than {signed(worst)}"
        )
        return (
            f"One threshold parts them all: the object has {signed(least)} or more, "
            f"{most}."
        )
    return (
        "No threshold is right at all positions: the object falls to "
        f"{signed(least)}, a wrong box rises to {signed(worst)}."
    )
