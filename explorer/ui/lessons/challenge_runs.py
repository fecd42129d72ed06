"""The frames of a challenge, with what is cut out for them kept by the process."""

from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core import challenge_frames as making
from explorer.core.challenge_frames import Frames, Start
from explorer.core.cutouts import Cutout, cut_object, grab_mask
from explorer.core.instances import other_cats, other_faces, other_people
from explorer.core.samples import STREET
from explorer.ui.lessons import challenge_making as told

OCCLUDERS = ("flower", "cup", "cat", "coin")
CLUTTER = ("flower", "cup", "cat", "coin", "palace")


def make_frames(
    challenge: str, start: Start, occluder: str, name: str
) -> Frames | None:
    """Return the frames of a challenge; None where there is no other instance."""
    if challenge == told.LIGHT:
        return making.lit_frames(start)
    if challenge == told.ROLL:
        return making.rolled_frames(start)
    if challenge == told.VIEW:
        return making.turned_frames(start)
    if challenge == told.COVER:
        return making.covered_frames(start, cutout(occluder))
    if challenge == told.CLUTTER:
        return making.cluttered_frames(start, [cutout(one) for one in CLUTTER])
    return _instances(start, name)


def _instances(start: Start, name: str) -> Frames | None:
    if start.label == "person":
        with_mask = replace(start, mask=silhouette(start))
        own = name if name in (STREET, "camera") else ""
        return making.replaced_frames(with_mask, people(own))
    faces = other_faces(name) if start.label == "face" else other_cats(name)
    return making.swapped_frames(start, faces) if faces else None


def silhouette(start: Start) -> NDArray[np.bool_]:
    """Return the object's silhouette: the known one, else GrabCut's in its box."""
    if start.mask is not None:
        return start.mask
    x1, y1, x2, y2 = start.box.tolist()
    return grab_mask(start.image, (x1, y1, x2, y2))


@st.cache_resource(max_entries=len(CLUTTER) + 4, show_spinner=False)
def cutout(name: str) -> Cutout:
    """Return a thing cut out of its sample photo, once a process."""
    return cut_object(name)


@st.cache_resource(max_entries=3, show_spinner=False)
def people(name: str) -> list[Cutout]:
    """Return the people that are not in a sample, once a process."""
    return other_people(name)
