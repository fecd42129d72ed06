"""A drawing in a link: there and back, and nothing else gets in."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
