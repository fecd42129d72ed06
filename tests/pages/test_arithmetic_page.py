"""Latent arithmetic as links, edits and odd photos reach it."""

import pytest

from explorer.ui.lessons import arithmetic_avatars as avatars
from explorer.ui.lessons import arithmetic_faces as faces
from explorer.ui.lessons import arithmetic_slots as slots
from explorer.ui.lessons import arithmetic_words as words
from tests.pages.test_pages import open_app, sound

SLUG = "latent_arithmetic"


def opened(image="", **link):
    view = {f"{SLUG}_{k}": v for k, v in link.items()}
    if image:
        view["image"] = image
    app = open_app(f"pages/{SLUG}.py", **view)
    sound(app)
    return app


def text(app):
    return " ".join(m.value for m in app.markdown)


def proofs(app):
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize("way", faces.PRESETS)
def test_every_preset_says_how_well_it_tells_faces_apart(way):
    app = opened(way=way)
    assert "held-out faces" in text(app)
    assert len(proofs(app)) == 2
    assert all("**matches**" in line for line in proofs(app))
    assert not app.warning


@pytest.mark.parametrize("source", slots.SOURCES[:-1])
def test_every_source_fills_both_sets(source):
    app = opened(way=faces.OWN, plus=source, minus="an avatar", base="men")
    assert "held-out faces" not in text(app)
    assert proofs(app)


@pytest.mark.parametrize("base", slots.BASES)
def test_every_b(base):
    assert proofs(opened(base=base))


@pytest.mark.parametrize("image", ["coffee", "flower", "street"])
def test_a_photo_without_a_face_gets_a_sentence_and_the_page_goes_on(image):
    app = opened(image=image)
    said = " ".join(w.value for w in app.warning)
    assert "No face" in said
    assert "stands in its place" in said
    assert proofs(app)


def test_a_slot_waits_for_its_photo():
    app = opened(way=faces.OWN, plus=slots.MINE)
    assert words.WAITING in " ".join(c.value for c in app.caption)
    assert not proofs(app)


def test_another_seed_draws_other_faces():
    assert text(opened(base="men", seed="1")) != text(opened(base="men", seed="2"))


@pytest.mark.parametrize("change", avatars.CHANGES)
@pytest.mark.parametrize(
    "pairs", [str(p) for p in (avatars.PAIRS[0], avatars.PAIRS[-1])]
)
def test_every_change_of_a_drawn_face(change, pairs):
    app = opened(part=words.PARTS[1], change=change, pairs=pairs)
    assert "mean squared" in text(app)
    assert all("**matches**" in line for line in proofs(app))


def test_the_sets_of_drawn_faces_differ_in_one_thing():
    for change, (name, on, off) in avatars.CHANGES.items():
        plus, minus, base = avatars.sets(change, 3, 5)
        for with_it, without in zip(plus, minus, strict=True):
            assert avatars.with_value(without, name, on) == with_it
        assert getattr(base, name) == off
