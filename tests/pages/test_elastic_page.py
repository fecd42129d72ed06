"""The elastic page as links and the browser reach it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.catalogue import BY_SLUG
from explorer.ui.lessons.elastic_deformation import SLIDERS
from explorer.ui.lessons.elastic_words import KINDS, TERMS

ROOT = Path(__file__).parents[2]


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    image = link.pop("image", None)
    if image:
        app.query_params["image"] = image
    for name, value in link.items():
        app.query_params[f"elastic_deformation_{name}"] = value
    app.switch_page(str(ROOT / BY_SLUG["elastic_deformation"].path))
    app.run()
    assert not app.exception
    assert not app.error
    return app


def proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", [0, 1])
def test_both_ends_of_the_pictures_own_sliders(kind: str, end: int) -> None:
    ends = {name: str(values[end]) for name, values in SLIDERS.items()}
    app = opened(kind=kind, **ends)
    found = proofs(app)
    assert len(found) == 4
    assert all("**matches**" in line for line in found), found


@pytest.mark.parametrize("value", ["nan", "-3", "1e5", "words"])
def test_a_size_out_of_bounds_in_a_link_is_brought_back(value: str) -> None:
    app = opened(alpha=value)
    assert all("**matches**" in line for line in proofs(app))


def test_a_drawing_starts_empty_and_says_so() -> None:
    app = opened(mask="I draw it", image="astronaut")
    assert any("drawn by you" in c.value for c in app.caption)
    assert all("**matches**" in line for line in proofs(app))


def test_the_next_seed_reaches_session_and_link() -> None:
    app = opened(seed="11")
    button = app.button(key="elastic_next")
    assert button.label == "Next seed (now 11)"
    button.click().run()
    assert app.button(key="elastic_next").label == "Next seed (now 12)"
    assert app.query_params["elastic_deformation_seed"] == "12"


def test_where_the_mask_comes_from_is_said() -> None:
    street = " ".join(c.value for c in opened().caption)
    assert "exact" in street
    photo = " ".join(c.value for c in opened(image="coffee").caption)
    assert "exact" not in photo
    assert "The mask is" in photo


@pytest.mark.parametrize("word", ["Mask", "Nearest", "Topology", "σ", "Folded over"])
def test_every_term_has_its_line(word: str) -> None:
    assert f"**{word}**" in TERMS
