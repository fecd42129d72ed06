"""A digit in a link: a drawing there and back, a photo told of when it is not here."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from explorer.core.digit_form import stroke_digit
from explorer.ui.digitbar import LONGEST, pack_ink, unpack_ink


@pytest.mark.parametrize("digit", range(10))
def test_a_drawing_survives_the_link(digit):
    image = stroke_digit(digit)
    back = unpack_ink(pack_ink(image))
    np.testing.assert_allclose(back, image, atol=8.51)
    assert back.max() == 255
    assert len(pack_ink(image)) < LONGEST


@given(st.text(max_size=900))
def test_what_is_no_drawing_is_refused(text):
    try:
        image = unpack_ink(text)
    except ValueError:
        return
    assert image.shape == (28, 28)


@pytest.mark.parametrize("size", [391, 393, 10_000_000])
def test_another_size_is_refused_and_never_unpacked(size):
    packed = base64.urlsafe_b64encode(zlib.compress(bytes(size), 9)).decode()
    with pytest.raises(ValueError, match="drawing"):
        unpack_ink(packed)
    exact = base64.urlsafe_b64encode(zlib.compress(bytes(392), 9)).decode()
    assert unpack_ink(exact).max() == 0


def page():
    import streamlit as st

    from explorer.ui import digitbar, link

    st.session_state["_lesson"] = "page"
    digitbar.the_digit(digitbar.digit_control())
    for sentence in link.take_notes():
        st.warning(sentence)


def photographed(app: AppTest) -> AppTest:
    app.query_params["page_digit"] = "a photo of one"
    app.run()
    app.file_uploader[0].set_value(("a.jpg", b"any", "image/jpeg")).run()
    assert app.query_params["page_digit_photo"] == "1"
    return app


def test_a_lost_photo_of_a_digit_is_told_at_each_reload():
    app = AppTest.from_function(page, default_timeout=30)
    app.query_params["page_digit"] = "a photo of one"
    app.query_params["page_digit_photo"] = "1"
    assert "own photo of a digit" in app.run().warning[0].value
    assert not app.run().warning  # once a session
    assert app.query_params["page_digit_photo"] == "1"  # what a reload would open


def test_a_photo_of_a_digit_leaves_the_link_with_another_choice():
    app = photographed(AppTest.from_function(page, default_timeout=30))
    app.selectbox[0].set_value("3").run()
    assert "page_digit_photo" not in app.query_params
    app.selectbox[0].set_value("a photo of one").run()
    assert "page_digit_photo" not in app.query_params
    assert not app.warning


def test_a_photo_of_a_digit_that_is_taken_away_leaves_the_link():
    app = photographed(AppTest.from_function(page, default_timeout=30))
    app.file_uploader[0].set_value(None).run()
    assert "page_digit_photo" not in app.query_params
    assert not app.warning
