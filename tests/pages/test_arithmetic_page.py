"""Latent arithmetic as links, edits and odd photos reach it."""

from io import BytesIO

import pytest
from PIL import Image

from explorer.core.latent import arithmetic
from explorer.core.latent_table import latent_table
from explorer.models import zoo
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


@pytest.mark.parametrize(("plus", "asked"), [("men", True), (slots.PRIOR, False)])
def test_the_size_of_a_set_is_asked_where_there_is_a_set(plus, asked):
    app = opened(way=faces.OWN, plus=plus, minus=slots.DRAWN, base="men")
    assert ("Faces a set" in {c.label for c in app.get("button_group")}) is asked


def test_sets_of_ones_own_are_said_to_hold_everything_and_avatars_to_be_strangers():
    own = text(opened(way=faces.OWN, plus="men", minus="women", base="men"))
    assert words.EVERYTHING in own
    assert words.STRANGER not in own
    assert words.STRANGER in text(opened(base=slots.DRAWN))
    assert words.EVERYTHING not in text(opened())


def test_one_photo_for_both_sets_is_said_to_add_nothing():
    table = latent_table(slots.NETWORK)
    for photo, said in ((0, True), (1, False)):
        found = arithmetic(table.mu[:1], table.mu[photo : photo + 1], table.mu[2], 1)
        words_shown = words.face_sum(zoo.record(slots.NETWORK), found, table, "")
        assert (words_shown == words.NOTHING) is said


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
    for change, (name, on, off, _) in avatars.CHANGES.items():
        plus, minus, base = avatars.sets(change, 3, 5)
        for with_it, without in zip(plus, minus, strict=True):
            assert avatars.with_value(without, name, on) == with_it
        assert getattr(base, name) == off


@pytest.mark.parametrize(
    ("part", "of"), [(words.PARTS[0], ""), (words.PARTS[1], "drawn_")]
)
def test_the_step_of_a_link_holds_in_the_sum_and_what_is_said(part, of):
    app = opened(part=part, **{f"{of}t": "-0.5"})
    assert "t = −0.50" in text(app)
    assert "t = −0.50" not in text(opened(part=part))
    assert all("**matches**" in line for line in proofs(app))


@pytest.mark.parametrize("t", ["nan", "2.6", "-9", "far"])
def test_a_step_beyond_the_slider_is_told(t):
    app = opened(t=t)
    assert f"t = {faces.FAR:.2f}" in text(app)
    assert any("The link asked for t =" in note.value for note in app.info)


def test_a_slot_whose_photo_has_no_face_is_not_filled_in_silence():
    held = BytesIO()
    Image.linear_gradient("L").save(held, "PNG")
    app = opened(way=faces.OWN, plus=slots.MINE)
    file = ("sky.png", held.getvalue(), "image/png")
    app.file_uploader(key=f"{SLUG}_file_plus").set_value(file).run()
    said = " ".join(w.value for w in app.warning)
    assert "No face" in said
    assert words.AGAIN.format(slot="A′") in said
    assert words.INSTEAD not in said
    assert not proofs(app)
