"""The lessons on kinds of models and on autoencoders, as links and edits reach them."""

import pytest

from explorer.core.latent_table import evidence
from explorer.core.model_tree import KINDS
from explorer.core.numerals import percent
from explorer.models import zoo
from explorer.ui.lessons import bottleneck, bottleneck_probe
from explorer.ui.lessons import generative_kinds as kinds
from explorer.ui.lessons import generative_kinds_words as words
from explorer.ui.lessons.generative_reject import threshold_range
from tests.pages.test_generative_pages import opened, proofs, text

SLUG = "discriminative_generative"
BY_HAND, DIGITS, REJECT, TREE = words.PARTS


@pytest.mark.parametrize("shown", words.SOURCES_OF)
@pytest.mark.parametrize("part", [DIGITS, REJECT])
def test_anything_is_shown_to_both_networks(shown, part):
    app = opened(SLUG, part=part, shown=shown)
    assert "generative" in text(app)
    assert all("**matches**" in line for line in proofs(app))


@pytest.mark.parametrize("shown", [words.A_SHIRT, words.NOISE])
def test_another_seed_is_another_picture(shown):
    first, second = (
        text(opened(SLUG, part=DIGITS, shown=shown, seed=seed)) for seed in ("0", "99")
    )
    assert first != second


@pytest.mark.parametrize("part", [BY_HAND, TREE])
def test_the_image_bar_stands_only_where_a_photo_is_shown(part):
    assert not [
        s for s in opened(SLUG, part=part).selectbox if s.key == "_image_select"
    ]


def test_the_image_bar_changes_the_picture():
    app = opened(SLUG, part=DIGITS, shown=words.A_PHOTO)
    before = text(app)
    app.selectbox(key="_image_select").set_value("street").run()
    assert not app.exception
    assert text(app) != before


@pytest.mark.parametrize("end", [0, 1])
def test_the_threshold_at_both_ends(end):
    cut = threshold_range(evidence(kinds.TELLER))[end]
    app = opened(SLUG, part=REJECT, shown=words.NOISE, cut=str(cut))
    share = float((evidence(kinds.TELLER)["digits"] >= cut).mean())
    assert f"At this threshold {percent(share, 1)} of test digits" in text(app)
    if end == 1:
        assert "rejected: no digit" in text(app)


def test_the_areas_of_the_record_are_proved_where_they_are_recorded():
    scores = zoo.record(kinds.TELLER).scores
    recorded = sum(f"auc_{kind}" in scores for kind in ("fashion", "noise"))
    lines = [p for p in proofs(opened(SLUG, part=REJECT)) if "record" in p]
    assert len(lines) == recorded


def test_a_playground_on_the_plane_is_proved_too():
    app = opened(SLUG, ground="a plane", bells="0.9,-1,2,1,-2,0.5,2,0,1")
    assert "scipy.stats.norm" in " ".join(proofs(app))
    assert not app.info


@pytest.mark.parametrize("bells", ["0.9", "2,0,0,0,0,1,1,0,0", "what"])
def test_bells_that_are_none_are_told(bells):
    app = opened(SLUG, bells=bells)
    assert "can't be read" in " ".join(i.value for i in app.info)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_the_tree_opens_by_its_link(kind):
    app = opened(SLUG, part=TREE, kind=kind.name)
    assert kind.said in text(app)


def test_a_kind_that_is_none_is_told():
    app = opened(SLUG, part=TREE, kind="oracle")
    assert "can't be read" in " ".join(i.value for i in app.info)


@pytest.mark.parametrize("size", [str(k) for k in bottleneck.SIZES])
def test_every_bottleneck_opens(size):
    for link in (
        {"size": size},
        {"part": "Few labels", "size": size},
        {"part": "From nothing", "drawn_size": size},
    ):
        app = opened("autoencoder", **link)
        assert all("**matches**" in line for line in proofs(app)), proofs(app)


@pytest.mark.parametrize("size", [2, 32])
def test_where_two_numbers_let_digits_through_the_page_says_so(size):
    said = text(opened("autoencoder", part="From nothing", drawn_size=str(size)))
    assert ("the islands touch" in said) == (size == 2)
    assert ("The ratio below says little" in said) == (size == 2)
    assert "For the VAE it is" in said


@pytest.mark.parametrize("labels", bottleneck_probe.LABELS)
def test_the_accuracies_are_those_of_the_record(labels):
    app = opened("autoencoder", part="Few labels", size="32", labels=str(labels))
    scores = zoo.record(bottleneck.SIZES[32]).scores
    for kind in ("code", "pixels"):
        assert (
            f"**{percent(scores[f'accuracy_{kind}_{labels}']['value'], 1)}**"
            in text(app)
        )
    best = zoo.record(bottleneck.SIZES[8]).scores[f"accuracy_code_{labels}"]["value"]
    assert (
        f"the code of 8 numbers tells digits apart best ({percent(best, 1)})"
        in text(app)
    )
