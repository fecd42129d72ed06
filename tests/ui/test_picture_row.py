"""A row of pictures as HTML."""

import numpy as np
import pytest

from explorer.ui.picture_row import row_html

PICTURES = np.zeros((3, 4, 8, 3), np.uint8)


def test_every_text_is_escaped():
    made = row_html(PICTURES, 'a "b" <i>', ["<b>", "&", "c"], 64)
    assert 'alt="a &quot;b&quot; &lt;i&gt;"' in made
    assert "<span>&lt;b&gt;</span><span>&amp;</span><span>c</span>" in made


def test_the_row_is_as_wide_as_its_pictures():
    assert "min(384px,100%)" in row_html(PICTURES, "", (), 64)


def test_labels_are_one_a_picture():
    with pytest.raises(ValueError, match="2 labels for 3 pictures"):
        row_html(PICTURES, "", ["a", "b"], 64)
