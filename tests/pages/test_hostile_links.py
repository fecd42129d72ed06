"""Links made by somebody who means ill, on every page and every control."""

import html

import numpy as np
import pytest

from explorer.core import door
from explorer.models import zoo
from explorer.ui import imagebar
from explorer.ui.catalogue import LESSONS
from tests.pages.test_pages import open_app, sound

TAG = "<img src=x onerror=alert(1)>"
LONG = "x" * 10_000
NUMBERS = ("1e999", "-1e30")
WORDS = (TAG, "../../../etc/passwd,٣\u202e\x00😀" + LONG)


def parameters(app, slug: str) -> dict[str, tuple[str, ...]]:
    """Every name this lesson reads from a link, with what is tried on it."""
    numeric = {widget.key for widget in (*app.slider, *app.number_input)}
    names = app.session_state._state._state.filtered_state
    return {
        name: NUMBERS if name in numeric else WORDS
        for name in names
        if name.startswith(f"{slug}_")
    }


def raw(app) -> str:
    """All that the page writes as HTML."""
    return " ".join(element.proto.body for element in app.get("html"))


def said(app) -> str:
    return " ".join(note.value for note in (*app.info, *app.warning))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.slug)
def test_no_link_and_no_photos_name_breaks_a_page_or_becomes_its_markup(lesson):
    usual = open_app(lesson.path)
    tried = parameters(usual, lesson.slug)
    assert tried
    for turn in range(2):
        link = {name: values[turn] for name, values in tried.items()}
        app = open_app(lesson.path, image=WORDS[turn], projector=WORDS[turn], **link)
        sound(app)
        assert TAG not in raw(app)
        assert "The link asked for" in said(app)
        assert LONG[:100] not in said(app)  # quoted briefly
    image = np.full((64, 80, 3), 127, np.uint8)
    usual.session_state["_own"] = imagebar.Picture(image, TAG, "digest of a wall")
    usual.session_state["_image"] = imagebar.OWN
    sound(usual.run())
    assert TAG not in raw(usual)


@pytest.mark.parametrize("asked", ["1e999", "-inf", "nan"])
def test_a_number_without_end_is_said(asked):
    app = open_app("pages/vae.py", vae_seed=asked)
    sound(app)
    assert f"“{asked}”" in said(app)
    assert app.number_input(key="vae_seed").value == 0


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..", "a\x00b", ""]
)
def test_no_name_of_a_model_leads_out_of_the_zoo(name):
    with pytest.raises(zoo.ZooError):
        zoo.record(name)
    with pytest.raises(zoo.ZooError):
        zoo.load(name)


def test_a_files_name_is_a_word_and_never_a_place():
    with pytest.raises(door.BadImage) as refused:
        door.open_image(b"hello", "/etc/passwd")
    assert html.escape(str(refused.value), quote=False) == str(refused.value)
    with pytest.raises(door.BadImage):
        door.open_image(b"", "../../etc/passwd")
