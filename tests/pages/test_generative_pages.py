"""The generative lessons as links, edits and the browser reach them."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from explorer.core.digit_form import stroke_digit
from explorer.core.latent_table import latent_table, spread
from explorer.core.numerals import signed
from explorer.models import engine, zoo
from explorer.ui import digitbar
from explorer.ui.digitbar import OPTIONS, Digit, pack_ink
from explorer.ui.lessons import (
    bottleneck_words,
    generative_kinds_words,
    latent_paths,
    latent_plane,
    latent_sliders,
    latent_words,
    vae,
    vae_words,
)
from tests.pages.test_pages import open_app, sound

PARTS = [
    (slug, part)
    for slug, words in (
        ("discriminative_generative", generative_kinds_words),
        ("autoencoder", bottleneck_words),
        ("vae", vae_words),
        ("latent_space", latent_words),
    )
    for part in words.PARTS
]


def opened(slug, **link):
    app = open_app(f"pages/{slug}.py", **{f"{slug}_{k}": v for k, v in link.items()})
    sound(app)
    return app


def text(app):
    return " ".join(m.value for m in app.markdown)


def proofs(app):
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize(("slug", "part"), PARTS)
def test_every_part_opens_by_its_link_and_every_proof_holds(slug, part):
    app = opened(slug, part=part)
    assert not app.warning, [w.value for w in app.warning]
    assert all("**matches**" in line for line in proofs(app)), proofs(app)
    if part != "The tree":
        assert proofs(app)


@pytest.mark.parametrize("slug", ["autoencoder", "vae"])
@pytest.mark.parametrize("digit", OPTIONS)
def test_every_digit_can_be_asked_for(slug, digit):
    opened(slug, digit=digit)


def test_a_drawing_comes_back_from_its_link():
    drawn = pack_ink(stroke_digit(7, 3))
    app = opened("vae", digit="draw one", ink=drawn)
    other = opened("vae", digit="draw one", ink=pack_ink(stroke_digit(1)))
    assert text(app) != text(other)
    assert not app.info


def test_a_broken_drawing_in_a_link_is_told():
    app = opened("vae", digit="draw one", ink="no-drawing")
    assert "can't be read" in " ".join(i.value for i in app.info)


@pytest.mark.parametrize("kind", latent_plane.PLANES)
def test_every_plane_is_decoded(kind):
    app = opened("latent_space", kind=kind)
    about = zoo.record(latent_plane.PLANES[kind])
    assert f"{signed(about.scores['neg_elbo']['value'], 1)} nats" in text(app)
    assert proofs(app)


def test_codes_of_the_plane_lie_in_the_middle_of_its_pictures():
    z = latent_plane.codes_of(3, 4)
    assert z.shape == (12, 2)
    np.testing.assert_allclose(z[0], [-2.25, 2.0])
    np.testing.assert_allclose(z[-1], [2.25, -2.0])


@pytest.mark.parametrize("size", vae.NETWORKS)
def test_every_code_size_opens(size):
    opened("vae", part="The bound", size=size)
    opened("latent_space", part="Between two", size=size)
    opened("latent_space", part="Sliders", of=size)


@pytest.mark.parametrize("kind", latent_paths.SAMPLED)
def test_every_network_is_sampled(kind):
    opened("latent_space", part="From nothing", sampled=kind)


def test_both_ways_between_two_drawings_come_from_the_link():
    link = {"part": "Between two", "from": "draw one", "to": "draw one"}
    inks = {"from_ink": pack_ink(stroke_digit(7)), "to_ink": pack_ink(stroke_digit(2))}
    app = opened("latent_space", **link, **inks)
    assert f"{2 * ((latent_paths.PICTURES - 1) * latent_paths.BETWEEN + 1)} codes" in (
        " ".join(proofs(app))
    )
    swapped = dict(zip(inks, reversed(inks.values()), strict=True))
    assert text(opened("latent_space", **link, **swapped)) != text(app)
    assert len([c for c in app.caption if "the link's" in c.value]) == 2


def test_a_way_is_measured_against_the_codes_of_the_test_pictures():
    known = np.array([[3.0, 4.0], [0.0, 1.0], [0.0, 2.0], [6.0, 8.0]])
    said = latent_words.path(np.array([[5.0, 1.5], [5.0, 4.0]]), 1, known)
    assert "codes of 4 test pictures 25\u00a0% lie nearer" in said
    assert "50\u00a0% than the second" in said


def test_sliders_take_the_readers_digit_and_the_links_code():
    drawn = pack_ink(stroke_digit(7, 3))
    app = opened("latent_space", part="Sliders", digit="draw one", ink=drawn)
    assert all("**matches**" in line for line in proofs(app))
    other = opened("latent_space", part="Sliders", z=",".join(["0.5"] * 10))
    assert not other.info
    short = opened("latent_space", part="Sliders", z="9,9")
    assert [i.value for i in short.info] == [latent_words.other_size(2, 10)]
    assert "latent_space_z" not in short.query_params
    wrong = opened("latent_space", part="Sliders", z="far,away")
    assert "can't be read" in " ".join(i.value for i in wrong.info)


def test_the_rows_of_the_strips_have_a_margin_for_their_names(monkeypatch):
    seen = {}
    monkeypatch.setattr(
        latent_sliders, "stage", lambda image, **given: seen.update(given, image=image)
    )
    images = np.full((2 * latent_sliders.STEPS, 4, 6), 9, np.uint8)
    latent_sliders._strip_stage(images, [1, 0], [0.5, 0.25])
    assert seen["program"]["rows"] == ["z1, 0.25 nats", "z0, 0.50 nats"]
    assert seen["program"]["left"] == 6
    assert seen["image"].shape[1] == 6 * (latent_sliders.STEPS + 1)
    assert not seen["image"][:, :6].any()
    assert seen["image"][:, 6:].all()


@pytest.mark.parametrize(("off", "holds"), [(0.0, True), (0.01, False)])
def test_a_wrong_sum_of_the_browser_is_found(off, holds):
    digit = Digit(stroke_digit(5), "our 5")
    answer = engine.run("digits_vae_10", "opened", image=digit.image, samples=2)
    arrays = dict(answer.arrays)
    elbo = float(arrays["reconstruction"][1] - arrays["kl"].sum()) + off
    sent = {"tag": "now", "draw": 1, "elbo": elbo}
    seen = vae.Seen("digits_vae_10", digit, arrays, "now", sent)
    *others, last = vae.prove([seen])
    assert all(one.holds for one in others)
    assert last.holds == holds
    late = vae.Seen("digits_vae_10", digit, arrays, "later", sent)
    assert len(vae.prove([late])) == len(others)


@pytest.mark.parametrize("kind", latent_plane.PLANES)
@pytest.mark.parametrize("at", ["-3,3", "99,-99"])
def test_the_ring_of_a_link_lies_on_the_plane(kind, at):
    app = opened("latent_space", kind=kind, at=at)
    assert not app.info
    assert proofs(app)


@pytest.mark.parametrize("name", latent_plane.PLANES.values())
def test_the_dots_of_a_plane_are_of_every_class(name):
    labels = latent_table(name).columns["label"]
    dots = labels[spread(len(labels), latent_plane.MOST)]
    assert len(dots) <= latent_plane.MOST
    assert set(dots.tolist()) == set(labels.tolist())
    share = [np.bincount(one, minlength=10) / len(one) for one in (dots, labels)]
    np.testing.assert_allclose(*share, atol=0.02)


def test_a_place_and_its_code_belong_together():
    picture = np.zeros((100, 60), np.uint8)
    for z in ((0.0, 0.0), (-3.0, 3.0), (1.25, -2.5)):
        place = latent_plane._place(picture, z)
        assert latent_plane._code(picture, place) == z
    assert latent_plane._place(picture, (3.0, 3.0)) == (60, 0)


@pytest.mark.parametrize("digit", ["draw one", "a photo of one"])
def test_without_a_drawing_the_page_goes_on_and_says_so(digit):
    app = opened("vae", digit=digit)
    assert "our 5" in " ".join(c.value for c in app.caption)


def test_a_reload_says_that_it_forgot_the_photo_of_a_digit():
    said = "own photo of a digit, which never leaves her session"
    after = opened("vae", digit="a photo of one", digit_photo="1")
    assert said in " ".join(note.value for note in (*after.info, *after.warning))
    assert after.query_params["vae_digit_photo"] == "1"  # another reload is told again
    first = opened("vae", digit="a photo of one")
    assert said not in " ".join(note.value for note in (*first.info, *first.warning))


def test_a_photo_of_a_digit_is_read_once_and_stays(monkeypatch):
    reads, made = [], digitbar._opened

    def read(file):
        reads.append(file.name)
        return made(file)

    monkeypatch.setattr(digitbar, "_opened", read)
    app = opened("vae", digit="a photo of one")
    paper = np.full((200, 200), 255, np.uint8)
    paper[60:140, 90:110] = 0  # a one
    held = BytesIO()
    Image.fromarray(paper).save(held, "PNG")
    file = ("one.png", held.getvalue(), "image/png")
    app.file_uploader(key="vae_digit_file").set_value(file).run()
    assert not app.exception
    assert not app.error
    assert "our 5" not in " ".join(c.value for c in app.caption)
    assert reads == ["one.png"]


def test_seeds_draw_other_samples_and_their_ends_hold():
    for slug, part in (("latent_space", "From nothing"), ("vae", "One picture")):
        for seed in ("0", "9999"):
            opened(slug, part=part, seed=seed)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_heavier_kl_makes_more_samples_digits(monkeypatch, seed):
    monkeypatch.setattr(
        vae.live, "model", lambda name, do, **a: engine.run(name, do, **a)
    )
    shares = [vae.samples(name, seed)[1] for name in vae.BETAS.values()]
    assert shares == sorted(shares)
    assert shares[-1] - shares[0] > 0.1


def test_a_cost_below_zero_is_explained_where_it_is_one():
    said = text(opened("latent_space", kind="One face"))
    assert "−ELBO is −" in said
    assert "densities may be above 1" in said
    assert "densities" not in text(opened("latent_space", kind="Digits"))


@pytest.mark.parametrize(
    ("kind", "dots", "named"),
    [
        ("One face", "true", True),
        ("One face", "false", False),
        ("Digits", "true", False),
    ],
)
def test_dots_of_no_class_are_named_where_there_are_any(kind, dots, named):
    said = text(opened("latent_space", kind=kind, dots=dots))
    assert ("dots are test pictures" in said) is named
