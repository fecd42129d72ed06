"""The generative lessons as links, edits and the browser reach them."""

import numpy as np
import pytest

from explorer.core.digit_form import stroke_digit
from explorer.models import zoo
from explorer.ui.digitbar import OPTIONS, pack_ink
from explorer.ui.lessons import (
    bottleneck_words,
    generative_kinds_words,
    latent_paths,
    latent_plane,
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
    assert f"{about.scores['neg_elbo']['value']:.1f} nats" in text(app)
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


@pytest.mark.parametrize("count", ["5", "21"])
def test_a_path_has_as_many_pictures_as_asked_for(count):
    app = opened("latent_space", part="Between two", count=count)
    assert f"{2 * int(count)} codes" in " ".join(proofs(app))


def test_seeds_draw_other_samples_and_their_ends_hold():
    for slug, part in (("latent_space", "From nothing"), ("vae", "One picture")):
        for seed in ("0", "9999"):
            opened(slug, part=part, seed=seed)
