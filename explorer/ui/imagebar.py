"""The image bar: a sample, the reader's own photo, her camera, or one from the web.

A photo lives in its reader's session, re-encoded and bounded; nothing is written to
disk and no other reader can reach it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from explorer.core import door, samples, web
from explorer.ui import link, live, projector, uploads
from explorer.ui.literal import as_written

MAX_SIDE_PX = 640  # working size: what every page's budget is measured at
OWN = "own"
CREDIT = "_image_credit"  # what the bar says of the image, kept for the hall
ORDER = " (width × height)"  # of a map it is rows × columns, so it is said once
DOOR = "_image_door"  # the popover: open while a photo is being chosen
BY_NAME = {sample.name: sample for sample in samples.SAMPLES}


def _no_boxes() -> NDArray[np.float64]:
    return np.zeros((0, 4))


@dataclass(frozen=True)
class Picture:
    """The image a lesson works on.

    Attributes
    ----------
    image : (H, W, 3) uint8 RGB, longest side at most 640 px.
    name : str
        A sample's name, or the file's.
    digest : str
        Fingerprint of the pixels.
    gt_boxes : (N, 4) float
        Known true boxes, xyxy pixels; empty for photos.
    gt_labels : tuple of str
        What each true box holds.
    note : str
        What was done to the file at the door; empty if nothing.
    masks : (N, H, W) bool or None
        Known true silhouettes, one a true box; None for photos.
    full_size : (int, int)
        Width and height of the reader's own file, in pixels; (0, 0) for samples.
    gt_classes : (H, W) uint8 or None
        Each pixel's true class (``street_labels.STREET_CLASSES``), where it is known.
    """

    image: NDArray[np.uint8]
    name: str
    digest: str
    gt_boxes: NDArray[np.float64] = field(default_factory=_no_boxes)
    gt_labels: tuple[str, ...] = ()
    note: str = ""
    masks: NDArray[np.bool_] | None = None
    full_size: tuple[int, int] = (0, 0)
    gt_classes: NDArray[np.uint8] | None = None


def image_bar(default: str = "street", slot: DeltaGenerator | None = None) -> Picture:
    """Show the bar in the lesson's header and return the image to work on.

    A lesson that needs a photo in one of its views alone shows the bar in ``slot``.

    What the reader chose holds for all lessons; until then each lesson shows its
    ``default`` sample. A refused file gets its sentence here, and the page goes on
    with the last good image.
    """
    name = _chosen(default)
    with slot or st.session_state.get("_image_slot") or st.container():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _select(name)
            door_way = st.popover(
                "Your photo", icon=":material/add_a_photo:", key=DOOR, on_change="rerun"
            )
            if door_way.open:
                with door_way:
                    _own()
        picture = _picture(name)
        _credit(picture, name)
    error = st.session_state.get("_image_error")
    if error:
        with st.session_state.get("_notes_slot") or st.container():
            st.error(
                f"{as_written(error)} The page goes on with the image it had.",
                icon=":material/broken_image:",
            )
    return picture


def arrive(slug: str) -> None:
    """Start a run of a lesson: no bar has said anything yet.

    A refused file is told of in the lesson it was given to, and not in the next.
    """
    set_credit("")
    if st.session_state.get("_lesson") != slug:
        st.session_state.pop("_image_error", None)


def _chosen(default: str) -> str:
    """Return the name to show: the reader's choice, the link's, or the default."""
    if "_image" not in st.session_state:
        st.session_state["_image"] = st.query_params.get("image")
    name = st.session_state["_image"]
    if name == OWN and "_own" not in st.session_state:
        link.note(
            "This view was of a reader's own photo, which never leaves her session: no "
            "link carries it, and reloading the page or a restart of the server "
            "forgets it. Choose it again under “Your photo”, or choose a sample."
        )
        # The link keeps saying so: another reload is told again.
        st.session_state["_image_lost"] = True
    elif name not in (None, OWN) and name not in BY_NAME:
        link.note(
            f"The link asked for the image “{name[:40]}”, which is not among the "
            "samples; the lesson shows its own."
        )
    elif name is not None:
        link.write("image", str(name), "")  # a change of lesson clears the URL
        return str(name)
    st.session_state["_image"] = None
    link.write("image", OWN if st.session_state.get("_image_lost") else "", "")
    return default


def _select(name: str) -> None:
    titles = {sample.name: sample.title for sample in samples.SAMPLES}
    if "_own" in st.session_state:
        own: Picture = st.session_state["_own"]
        # The Share panel knows by these words whose photo is shown.
        titles = {OWN: f"Your photo: {own.name[:24]}"} | titles
    st.session_state["_image_select"] = name
    st.selectbox(
        "Image",
        list(titles),
        format_func=titles.__getitem__,
        key="_image_select",
        on_change=lambda: _choose(st.session_state["_image_select"]),
        width=210,
        label_visibility="collapsed",
    )


def _choose(name: str) -> None:
    st.session_state["_image"] = name
    st.session_state.pop("_image_lost", None)
    st.session_state.pop("_image_error", None)
    st.query_params["image"] = name


def _own() -> None:
    """Offer the three doors; only the one in use is mounted (a camera asks first)."""
    way = st.segmented_control(
        "From",
        ("A file", "The camera", "The web"),
        default="A file",
        required=True,
        key="_image_way",
    )
    turn = st.session_state.setdefault("_image_turn", 0)
    if way == "A file":
        key = f"_upload_{turn}"
        st.file_uploader(
            f"{door.READS}, up to {door.MAX_BYTES // 2**20} MB",
            key=key,
            on_change=lambda: _take(st.session_state.get(key)),
        )
        uploads.say_if_refused("image")
    elif way == "The camera":
        key = f"_camera_{turn}"
        st.camera_input(
            "The browser asks for your permission first.",
            key=key,
            on_change=lambda: _take(st.session_state.get(key)),
        )
    else:
        photo = st.selectbox(
            "Needs a network",
            web.WEB_PHOTOS,
            format_func=lambda photo: photo.title,
            key="_image_web",
        )
        st.caption(photo.credit)
        st.button("Fetch it", on_click=lambda: _fetch(photo), key="_image_fetch")
    st.caption(
        "Your photo stays in this session: not stored, not shared. Reloading the page "
        "forgets it."
    )


def _take(file: Any) -> None:
    """Open an uploaded file; forget its bytes, whatever came out."""
    if uploads.arrived(file) is None:
        return
    st.session_state["_image_turn"] += 1  # a new key empties the uploader
    _admit(lambda: door.open_image(file.getvalue(), file.name, MAX_SIDE_PX))
    uploads.forget(file)


def _fetch(photo: web.WebPhoto) -> None:
    _admit(lambda: web.load_web_photo(photo))


def _admit(open_it: Callable[[], door.Opened]) -> None:
    """Make what the door lets in the reader's image, or keep its sentence."""
    st.session_state[DOOR] = False
    try:
        opened = open_it()
    except door.BadImage as error:
        st.session_state["_image_error"] = str(error)
        return
    name = opened.name or "photo"
    st.session_state["_own"] = Picture(
        opened.image,
        # A sample's name stands for what is known to be in that sample.
        f"{name} (yours)" if name in BY_NAME else name,
        live.digest(opened.image),
        note=opened.note,
        full_size=opened.full_size,
    )
    _choose(OWN)


@st.cache_resource(max_entries=32, show_spinner=False)
def _sample(name: str) -> Picture:
    """Load a sample once a process; its arrays are shared and never written."""
    scene = samples.load_sample(name)
    return Picture(
        scene.image,
        name,
        live.digest(scene.image),
        scene.gt_boxes,
        scene.gt_labels,
        masks=scene.masks,
        gt_classes=scene.gt_classes,
    )


def _picture(name: str) -> Picture:
    if name == OWN:
        own: Picture = st.session_state["_own"]
        return own
    return _sample(name)


def _credit(picture: Picture, name: str) -> None:
    source = "" if name == OWN else f" · {BY_NAME[name].credit}"
    note = f" · {picture.note}" if picture.note else ""
    set_credit(f"{_size(picture)}{note}{source}")
    with st.container(key="image_credit"):
        st.caption(st.session_state[CREDIT])


def credit() -> str:
    """Return what the bar said of the image in this run; empty without a bar."""
    said: str = st.session_state.get(CREDIT, "")
    return said


def set_credit(said: str) -> None:
    """Keep what is said of the image for the hall; empty: there is none."""
    st.session_state[CREDIT] = said


def credit_in_hall() -> None:
    """Name the image's source at the end, as the projector's header leaves it out."""
    if projector.on() and credit():
        with st.container(key="image_credit_hall"):
            st.caption(f"The image: {credit()}")


def _size(picture: Picture) -> str:
    """Say how large the image is, and how large it was where it came larger.

    Examples
    --------
    >>> _size(Picture(np.zeros((3, 4, 3), np.uint8), "a", "b", full_size=(40, 30)))
    '40 × 30 px (width × height), shown at 4 × 3'
    """
    height, width = picture.image.shape[:2]
    wide, high = picture.full_size
    if wide > width or high > height:
        return f"{wide} × {high} px{ORDER}, shown at {width} × {height}"
    return f"{width} × {height} px{ORDER}"
