"""What the stage sends, what it makes of what comes back, and who wins."""

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from explorer.figures.layers import (
    Arrows,
    Boxes,
    Grid,
    Heat,
    Points,
    Segments,
    Texts,
)
from explorer.figures.packing import pack
from explorer.ui.stage import Click, Hover, scrubber, stage
from explorer.ui.stage.assets import FOLDER, program_names, shorten
from explorer.ui.stage.encode import check_image, data_url
from explorer.ui.stage.event import as_click, read_boxes, read_ink, read_point
from explorer.ui.stage.memory import committed

IMAGE = np.zeros((20, 30, 3), np.uint8)


def stage_app():
    import numpy as np
    import streamlit as st

    from explorer.ui.stage import stage

    event = stage(
        np.zeros((20, 30, 3), np.uint8),
        key="pic",
        alt="Nothing",
        mode=st.session_state.get("mode", "boxes"),
        boxes=st.session_state.get("wish", [[1, 2, 11, 12]]),
        selected=(3.5, 4.5),
        cell=(10, 10),
        min_boxes=st.session_state.get("least", 0),
    )
    st.session_state["seen"] = event


def frame_app():
    import streamlit as st

    from explorer.ui.stage import scrubber

    n = st.session_state.get("n", 5)
    st.session_state["seen"] = scrubber("Rounds", n, key="bar", start=2)


def boxes_after(at):
    at.run()
    assert not at.exception
    return at.session_state["seen"].boxes.tolist()


def test_without_a_browser_the_arguments_hold():
    at = AppTest.from_function(stage_app, default_timeout=60)
    assert boxes_after(at) == [[1, 2, 11, 12]]


def test_what_a_reader_committed_holds():
    at = AppTest.from_function(stage_app, default_timeout=60)
    at.session_state["pic"] = {"boxes": {"v": [[5, 5, 9, 9]], "rev": 0}}
    assert boxes_after(at) == [[5, 5, 9, 9]]


def test_a_new_wish_of_the_page_wins_over_the_reader():
    at = AppTest.from_function(stage_app, default_timeout=60)
    boxes_after(at)
    at.session_state["pic"] = {"boxes": {"v": [[5, 5, 9, 9]], "rev": 0}}
    assert boxes_after(at) == [[5, 5, 9, 9]]
    at.session_state["wish"] = [[20, 1, 25, 6]]
    assert boxes_after(at) == [[20, 1, 25, 6]]


@pytest.mark.parametrize("sent", [[], "nonsense", None])
@pytest.mark.parametrize(("least", "expected"), [(0, []), (1, [[1, 2, 11, 12]])])
def test_a_page_that_needs_its_box_never_gets_fewer(sent, least, expected):
    at = AppTest.from_function(stage_app, default_timeout=60)
    at.session_state["least"] = least
    at.session_state["pic"] = {"boxes": {"v": sent, "rev": 0}}
    assert boxes_after(at) == (expected if sent == [] else [[1, 2, 11, 12]])


def test_a_page_that_lags_one_run_behind_does_not_undo_the_reader():
    at = AppTest.from_function(stage_app, default_timeout=60)
    boxes_after(at)
    at.session_state["pic"] = {"boxes": {"v": [[5, 5, 9, 9]], "rev": 0}}
    assert boxes_after(at) == [[5, 5, 9, 9]]
    at.session_state["wish"] = [[5, 5, 9, 9]]
    at.session_state["pic"] = {"boxes": {"v": [[7, 7, 12, 12]], "rev": 0}}
    assert boxes_after(at) == [[7, 7, 12, 12]]


def test_a_commit_from_before_the_pages_wish_is_late():
    at = AppTest.from_function(stage_app, default_timeout=60)
    boxes_after(at)
    at.session_state["wish"] = [[20, 1, 25, 6]]
    boxes_after(at)
    at.session_state["pic"] = {"boxes": {"v": [[5, 5, 9, 9]], "rev": 0}}
    assert boxes_after(at) == [[20, 1, 25, 6]]


@pytest.mark.parametrize(
    ("mode", "name", "value"),
    [
        ("click", "click", Click(3.5, 4.5, 0, 0)),
        ("drag", "point", (3.5, 4.5)),
        ("brush", "ink", None),
        ("hover", "boxes", None),
    ],
)
def test_each_mode_gives_its_own_value(mode, name, value):
    at = AppTest.from_function(stage_app, default_timeout=60)
    at.session_state["mode"] = mode
    at.run()
    assert not at.exception
    assert getattr(at.session_state["seen"], name) == value


def test_a_scrubber_starts_follows_and_stays_within_its_steps():
    at = AppTest.from_function(frame_app, default_timeout=60)
    at.run()
    assert at.session_state["seen"] == 2
    at.session_state["bar"] = {"frame": {"v": 5, "rev": 0}}
    at.run()
    assert at.session_state["seen"] == 5
    at.session_state["n"] = 3
    at.run()
    assert at.session_state["seen"] == 3
    at.session_state["n"] = 0
    at.run()
    assert at.session_state["seen"] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mode": "fly"}, "mode 'fly'.*hover, click, boxes, brush, drag"),
        ({"alt": " "}, "needs alt"),
        ({"max_boxes": 0}, r"max_boxes must lie in 1..50, got 0"),
        ({"min_boxes": 2}, r"min_boxes must lie in 0..1, got 2"),
        ({"min_boxes": -1}, r"min_boxes must lie in 0..1, got -1"),
        ({"min_boxes": 1}, r"min_boxes=1 starts with .*, got 0"),
        ({"ink_opacity": 0}, r"ink_opacity must lie in 0..1, got 0"),
        ({"ink_opacity": 1.1}, r"ink_opacity must lie in 0..1, got 1.1"),
        ({"max_height_px": 39}, r"max_height_px must lie in 40..2000, got 39"),
        ({"max_width_px": 2001}, r"max_width_px must lie in 40..2000, got 2001"),
        ({"min_width_px": 39}, r"min_width_px must lie in 40..2000, got 39"),
        ({"boxes": [[1, 2, 3]]}, r"boxes .*shape \(N, 4\)"),
        ({"program": {"name": "nothing"}}, "program 'nothing'"),
        ({"live_url": "http://elsewhere"}, "path of this server"),
        ({"box_colors": ["red"]}, "#RRGGBB, got 'red'"),
        ({"hover": Hover(np.zeros((2, 2, 3)), ["a"])}, "1 hover names for 3"),
        ({"hover": Hover(np.full((1, 1), np.nan))}, None),
    ],
)
def test_a_bad_argument_is_named(change, words):
    if words is None:
        change["hover"].data()
        return
    arguments = {"key": "k", "alt": "a"} | change
    with pytest.raises(ValueError, match=words):
        stage(IMAGE, **arguments)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((4, 4)), "uint8, got float64"),
        (np.zeros((4, 4, 4), np.uint8), r"got \(4, 4, 4\)"),
        (np.zeros((0, 4), np.uint8), "not empty"),
    ],
)
def test_a_bad_picture_is_named(image, words):
    with pytest.raises(ValueError, match=words):
        check_image(image)


def test_scrubber_arguments_are_named():
    with pytest.raises(ValueError, match="at least 0, got -1"):
        scrubber("R", -1, key="r")
    with pytest.raises(ValueError, match="3 names for 5 steps: give 5 or 6"):
        scrubber("R", 5, key="r", names=["a", "b", "c"])
    with pytest.raises(ValueError, match="without numbers needs a name for each"):
        scrubber("R", 5, key="r", first=None)


def test_no_program_names_a_typeface_of_its_own():
    # One page, one typeface: s.font is the page's, on every canvas.
    named = re.compile(r"px (system-ui|sans-serif|Arial|Helvetica)")
    files = [*FOLDER.glob("*.js"), *FOLDER.glob("programs/*.js")]
    assert files
    assert not [path.name for path in files if named.search(path.read_text())]


LAYERS = [
    Boxes([[1, 2, 3, 4]], "#009E73", labels=["a"], first=[0], last=[3]),
    Grid((8, 8), shape=(2, 3)),
    Points([[1, 2]], "#009E73"),
    Arrows([[1, 2]], [[3, 4]], "#009E73"),
    Segments([[1, 2, 3, 4]], ["#009E73"], [0.5]),
    Texts([[1, 2]], ["word"]),
    Heat(np.eye(3)),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda one: type(one).__name__)
def test_every_layer_is_json_and_is_drawn(layer):
    data = json.loads(json.dumps(layer.data(), allow_nan=False))
    draw = (FOLDER / "draw.js").read_text()
    assert f"  {data['kind']}(s, g, layer" in draw


def test_heat_limits_are_symmetric_when_diverging():
    heat = Heat(np.array([[-1.0, 3.0]]), palette="diverging")
    assert heat.limits() == (-3.0, 3.0)
    assert Heat(np.zeros((2, 2))).limits() == (0.0, 1.0)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Boxes([[1, 2, 3]], "#009E73"), r"shape \(N, 4\), got \(1, 3\)"),
        (Boxes([[1, 2, 3, np.nan]], "#009E73"), "finite"),
        (Boxes([[1, 2, 3, 4]], ["#009E73"] * 2), "2 colours for 1 items"),
        (Boxes([[1, 2, 3, 4]], "#009E73", fill_frac=2), "fill_frac"),
        (Boxes([[1, 2, 3, 4]], "#009E73", first=[1, 2]), "one frame number an item"),
        (Points([[1, 2]], "#009E73", labels=[]), "0 labels for 1"),
        (Arrows([[1, 2]], [], "#009E73"), "1 tails for 0 heads"),
        (Segments([[1, 2, 3, 4]], "#009E73", [1, 2]), "opacities"),
        (Heat(np.zeros(3)), r"shape \(h, w\)"),
        (Grid((0, 8)), "above 0"),
    ],
)
def test_a_bad_layer_is_named(layer, words):
    with pytest.raises(ValueError, match=words):
        layer.data()


def test_packing_keeps_types_and_refuses_words():
    assert pack(np.array([1.5]))["dtype"] == "f4"
    assert pack(np.array([70_000], np.uint32))["dtype"] == "i4"
    assert pack(np.array([True]))["dtype"] == "u1"
    with pytest.raises(ValueError, match="only numbers"):
        pack(np.array(["a"]))


def test_small_pictures_are_exact_and_photos_are_jpeg():
    noise = np.random.default_rng(0).integers(0, 255, (97, 97, 3)).astype(np.uint8)
    assert data_url(noise[:20, :20], False).startswith("data:image/png")
    assert data_url(noise, False).startswith("data:image/jpeg")
    assert data_url(noise, True).startswith("data:image/png")


numbers = st.floats(allow_nan=True) | st.text() | st.none() | st.integers()
nested = st.recursive(numbers, st.lists, max_leaves=12) | st.dictionaries(
    st.text(), numbers
)


@given(nested)
def test_nothing_a_browser_sends_breaks_the_page(value):
    boxes = read_boxes(value, 30, 20, 3)
    if boxes is not None:
        assert (boxes >= 0).all()
        assert (boxes <= [30, 20, 30, 20]).all()
        assert (boxes[:, :2] <= boxes[:, 2:]).all()
        assert len(boxes) <= 3
    place = as_click(read_point(value, 30, 20), (8, 8), 30, 20)
    assert place is None or (place.col in range(4) and place.row in range(3))
    assert read_ink(value, 2) is None or read_ink(value, 2).shape == (2, 2)
    committed(value)


def test_the_joined_script_has_no_comments_and_all_programs_register():
    for name in program_names():
        script = (FOLDER / "programs" / f"{name}.js").read_text()
        assert f"PROGRAMS.{name} = " in script
    for path in FOLDER.glob("**/*.js"):
        short = shorten(path.read_text())
        assert not any(line.startswith("//") for line in short.splitlines())
        assert len(path.read_text().splitlines()) <= 300
