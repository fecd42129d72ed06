"""The lesson on pyramid pooling, as a reader's links reach it."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.catalogue import BY_SLUG
from explorer.ui.lessons.pyramid_aspp import BRANCHES
from explorer.ui.lessons.pyramid_pooling import cosine, cut
from explorer.ui.lessons.pyramid_words import (
    BRANCH_HELP,
    BRANCH_LABELS,
    PARTS,
    aspp_said,
    edges_said,
)

ROOT = Path(__file__).parents[2]


def _open(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params["image" if name == "image" else f"pyramid_pooling_{name}"] = (
            value
        )
    app.switch_page(str(ROOT / BY_SLUG["pyramid_pooling"].path))
    app.run()
    assert not app.exception
    return app


def _proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


def _text(app: AppTest) -> str:
    return " ".join(m.value for m in app.markdown)


def _cards(app: AppTest) -> list[str]:
    (cards,) = [h.proto.body for h in app.get("html") if "spp-cards" in h.proto.body]
    return re.findall(r"<p>(.*?)</p>", cards)


def _length(app: AppTest) -> str:
    (length,) = re.findall(r"Every vector has \*\*(.*?) numbers\*\*", _text(app))
    return length


@pytest.mark.parametrize(
    ("link", "length"),
    [
        ({}, "2,352"),
        ({"stride": "32"}, "6,720"),
        ({"levels": "1,2,3,6", "pool": "mean"}, "5,600"),
        ({"shape": "Tall", "size": "160 px", "levels": "16"}, "28,672"),
    ],
)
def test_every_input_gives_a_vector_of_one_length(link, length):
    app = _open(**link)
    assert _length(app) == length
    (proof,) = _proofs(app)
    assert "matches" in proof
    assert f"all {length} numbers" in proof


@pytest.mark.parametrize("typed", ["x", "0", "99", "1,1,1,1,1,1,1"])
def test_levels_that_cannot_be_read_get_a_sentence_and_the_usual_ones(typed):
    app = _open(levels=typed)
    assert "The page goes on with 1, 2, 4." in app.info[0].value
    assert _length(app) == "2,352"


@pytest.mark.parametrize(("image", "others"), [("china", 4), ("astronaut", 3)])
def test_no_input_is_shown_twice(image, others):
    """The whole stands above; of a square photo it is the middle square too."""
    cards = _cards(_open(image=image))
    assert len(cards) == len(set(cards)) == others
    assert all(re.search(r"px → \d+ rows, \d+ columns; cosine", one) for one in cards)


@pytest.mark.parametrize("image", ["china", "astronaut"])
def test_the_aspp_part_proves_that_its_branches_add_up(image):
    app = _open(part=PARTS[1], image=image)
    (proof,) = _proofs(app)
    assert "matches**] `the network's joint map`" in proof
    assert "All five branches are on" in _text(app)


@pytest.mark.parametrize("off", [("1x1",), ("rate3", "pool"), BRANCHES])
def test_a_branch_switched_off_is_one_never_built_and_its_change_is_told(off):
    app = _open(part=PARTS[1], **{f"aspp_{name}": "false" for name in off})
    proofs = _proofs(app)
    assert len(proofs) == 2
    assert all("matches" in line for line in proofs)
    assert "a network that never had these branches" in proofs[1]
    assert "of the pixels get another class." in _text(app)


def test_the_rates_and_reaches_told_are_the_network_s():
    from explorer.models.deeplab import BRANCHES as OWN

    assert OWN == BRANCHES == tuple(BRANCH_HELP)
    assert BRANCH_LABELS[1:4] == ("Rate 3", "Rate 6", "Rate 9")
    for name, said in (("rate1", "7 cells wide, 112 px"), ("rate3", "19 cells wide")):
        assert said in BRANCH_HELP[name]


def test_what_is_said_of_the_branches():
    assert "**Without Rate 3, Image mean**: 4.0 %" in aspp_said(
        ["Rate 3", "Image mean"], 0.04
    )
    assert "only the fine map" in aspp_said(["a"] * 5, 0.5)
    assert "only the fine map" not in aspp_said(["a"] * 4, 0.5)


def test_a_middle_part_has_the_shape_asked_for_and_stays_in_the_image():
    image = np.arange(90 * 200 * 3, dtype=np.uint32).astype(np.uint8)
    image = image.reshape(90, 200, 3)
    assert cut(image, None) is image
    assert cut(image, 1.0).shape == (90, 90, 3)
    assert cut(image, 2.0).shape == (90, 180, 3)
    assert cut(image, 0.5).shape == (90, 45, 3)
    np.testing.assert_array_equal(cut(image, 1.0), image[:, 55:145])
    assert cut(image[:1, :1], 2.0).shape == (1, 1, 3)


def test_overlaps_are_told_and_their_absence_too():
    said = edges_said((18, 28), (1, 4), [(0, 0), (2, 0)])
    assert "⌊i·18/n⌋" in said
    assert "4 × 4: 2 rows, 0 columns." in said
    assert "1 × 1" not in said
    assert "no bins overlap" in edges_said((16, 28), (1, 4), [(0, 0), (0, 0)])
    assert "2 × 2: 1 row, 1 column" in edges_said((3, 3), (2,), [(1, 1)])


def test_cosine_by_hand():
    assert cosine(np.array([1.0, 0]), np.array([0, 2.0])) == 0
    assert cosine(np.array([1.0, 1]), np.array([2.0, 2.0])) == pytest.approx(1)
    assert cosine(np.zeros(2), np.ones(2)) == 0


def test_a_refused_list_of_levels_is_told_no_more_after_another_part():
    app = _open()
    levels = next(one for one in app.text_input if one.label == "Levels")
    levels.set_value("abc").run()
    assert "abc" in " ".join(note.value for note in app.info)
    for part in (PARTS[1], PARTS[0]):
        next(x for x in app.get("button_group") if x.label == "Part").set_value(part)
        app.run()
    assert "abc" not in " ".join(note.value for note in app.info)
