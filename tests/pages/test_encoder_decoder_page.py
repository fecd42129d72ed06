"""The encoder-decoder lesson, part by part, as links reach it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import zoo
from explorer.ui.catalogue import BY_SLUG
from explorer.ui.lessons.encoder_decoder_words import ONLY_UNET, PARTS

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    "street_unet" not in zoo.records(), reason="the networks are not installed"
)


def _open(image="street", **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=120)
    app.query_params["image"] = image
    for name, value in link.items():
        app.query_params[f"encoder_decoder_{name}"] = value
    app.switch_page(str(ROOT / BY_SLUG["encoder_decoder"].path))
    app.run()
    assert not app.exception
    assert not app.error
    return app


def _text(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


def _proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_proves_itself(part: str) -> None:
    proofs = _proofs(_open(part=part))
    assert proofs
    assert all("**matches**" in line for line in proofs), proofs


def test_both_answers_are_costed_and_scored() -> None:
    text = _text(_open())
    assert "times less" in text
    for name in ("street_segnet", "street_unet"):
        score = zoo.record(name).scores["miou"]
        assert f"{score['value']:.3f} ({score['split']},\xa0{score['n']})" in text
    assert "How right is it?" in text
    assert "noted while the street was drawn" in text


def test_each_network_opens_at_the_linked_level() -> None:
    app = _open(part="Inside", network_street="SegNet", level_segnet="5")
    assert len(_proofs(app)) == 3
    assert "The decoder puts its own values there" in _text(app)
    app = _open(part="Inside", level_unet="1", rank="24")
    assert "without skip 1" in _proofs(app)[0]
    assert "24 maps of the encoder and 24 raised from below" in _text(app)


def test_every_switch_is_counted_and_scored_against_the_truth() -> None:
    app = _open(part="Switch off", off_unet="4")
    text = _text(app)
    assert "mIoU with the truth" in text
    assert "**Without skip 4**" in text
    assert "without skip 4" in _proofs(app)[0]
    app = _open(part="Switch off", network_street="SegNet", off_segnet="all")
    assert "**Nearest everywhere**" in _text(app)
    app = _open(part="Switch off", off_unet="none")
    assert "as it was trained" in _text(app)
    assert "without any skip" in _proofs(app)[0]


def test_for_people_there_is_one_network_and_no_truth() -> None:
    for part in PARTS[:3]:
        text = _text(_open("astronaut", part=part))
        assert ONLY_UNET in text
    assert "nobody has written down" in _text(_open("astronaut"))


def test_a_size_that_breaks_gets_its_sentence_and_the_next_is_shown() -> None:
    app = _open(part="Sizes", size="576")
    assert "level 4 as 32" not in app.warning[0].value
    assert "odd" in app.warning[0].value
    assert "572" in app.warning[0].value
    assert "**572 in, 388 out**" in _text(app)
    app = _open(part="Sizes")
    assert not app.warning
    app = _open(part="Sizes", size="256", padded="true")
    assert "256 in, **256** out" in _text(app)


def _clicked(app: AppTest, key: str, **sent: int) -> AppTest:
    """Leave in the session what a click in a diagram commits, and run again."""
    app.session_state[key] = {"program": {"v": sent, "rev": 0}}
    return app.run()


def test_a_click_in_the_diagram_sets_the_toolbar_once() -> None:
    app = _open(part="Inside")
    _clicked(app, "encdec_diagram", net=0, level=4, tick=1)
    assert app.session_state["encoder_decoder_network_street"] == "segnet"
    assert app.session_state["encoder_decoder_level_segnet"] == 4
    assert app.query_params["encoder_decoder_network_street"] == "SegNet"
    assert app.query_params["encoder_decoder_level_segnet"] == "4"
    app.session_state["encoder_decoder_level_segnet"] = 2
    app.run()
    assert app.session_state["encoder_decoder_level_segnet"] == 2


def test_a_click_in_the_strip_sets_the_switch_and_nonsense_sets_nothing() -> None:
    app = _open(part="Switch off")
    _clicked(app, "encdec_strip", net=0, level=3, tick=1)
    assert app.session_state["encoder_decoder_off_unet"] == "3"
    _clicked(app, "encdec_strip", net=0, level=99, tick=2)
    assert app.session_state["encoder_decoder_off_unet"] == "3"
