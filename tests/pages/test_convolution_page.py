"""The convolution lesson, part by part, as a reader's links and edits reach it."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.samples import load_sample
from explorer.ui.catalogue import BY_SLUG
from explorer.ui.lessons import convolution, convolution_layer
from explorer.ui.lessons.convolution_words import (
    NOT_FLIPPED,
    OWN_NUMBERS,
    PARTS,
    TERMS,
    border_words,
    layer_label,
    same_words,
)

ROOT = Path(__file__).parents[2]


def _open(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[f"convolution_{name}"] = value
    app.switch_page(str(ROOT / BY_SLUG["convolution"].path))
    app.run()
    assert not app.exception
    return app


def _proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


def _captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_proves_itself_and_explains_its_words(part: str) -> None:
    app = _open(part=part)
    proofs = _proofs(app)
    assert proofs
    assert all("matches" in line for line in proofs)
    assert NOT_FLIPPED in _captions(app)
    assert (OWN_NUMBERS in _captions(app)) == (part == PARTS[0])
    assert "The words on this page" in [box.label for box in app.expander]
    assert len(app.latex) == 1


@pytest.mark.parametrize(
    "word",
    "Kernel Stride Padding Dilation Channel Stem Depthwise ReLU6".split()
    + ["Feature map", "Batch norm"],
)
def test_every_term_has_its_line(word: str) -> None:
    assert f"**{word}**" in TERMS


def test_the_live_layer_has_its_own_size_formula() -> None:
    app = _open(part=PARTS[2])  # the stem: 3x3, stride 2, on 224 px of width
    told = app.latex[0].value
    assert r"\text{before}+\text{after}" in told
    assert r"224+0+1-1\cdot(3-1)-1" in told
    assert r"\mathbf{112}" in told
    assert any("Padding is 0 before and 1 after" in m.value for m in app.markdown)


def test_a_layer_padded_alike_needs_no_word_for_it() -> None:
    assert same_words(1, 1, 1) == ""
    assert "1 before and 2 after" in same_words(1, 2, 2)


def test_the_photos_border_strips_are_explained_only_where_there_are_some() -> None:
    assert border_words(0, True) == ""
    assert "orange and blue strips" in border_words(1, True)
    assert "orange" not in border_words(1, False)
    app = _open(part=PARTS[1])
    assert any("padding is zeros" in m.value for m in app.markdown)
    app = _open(part=PARTS[1], p="0")
    assert not any("padding is zeros" in m.value for m in app.markdown)


def test_the_first_example_is_3x3_stride_2_padding_1() -> None:
    app = _open()
    assert r"\mathbf{4}" in app.latex[0].value
    assert "all 16 outputs" in _proofs(app)[0]


def test_a_link_brings_an_edited_kernel_back() -> None:
    app = _open(weights="0,0,0,0,5,0,0,0,0")
    assert app.session_state["convolution_weights"] == (0, 0, 0, 0, 5, 0, 0, 0, 0)
    assert "matches" in _proofs(app)[0]


def test_a_kernel_that_is_too_long_gets_a_sentence_and_the_page_stays() -> None:
    app = _open(grid_k="5", grid_d="3", grid_p="0")
    told = [w.value for w in app.warning]
    assert any("reaches over 13 cells and the padded input has 7" in t for t in told)
    assert "matches" in _proofs(app)[0]


@pytest.mark.parametrize(
    ("value", "count"),
    [(None, 2), ([1], 2), ([1, "x"], 2), ([1, float("nan")], 2), ([1, 1e9], 2)],
)
def test_only_numbers_come_in_from_the_browser(value: object, count: int) -> None:
    assert convolution._row(value, count) == ()
    assert convolution._row([1, -2], 2) == (1.0, -2.0)


def test_the_photo_is_bounded_and_not_enlarged() -> None:
    assert max(convolution.shrunk_grey(load_sample("astronaut").image).shape) == 480
    small = np.zeros((20, 30, 3), np.uint8)
    assert convolution.shrunk_grey(small).shape == (20, 30)


def test_the_strongest_map_is_the_one_that_weighs_most() -> None:
    x = np.stack([np.full((2, 2), 3.0), np.ones((2, 2))])
    assert convolution_layer.strongest(x, np.array([[[1.0]], [[-2.0]]])) == 0
    assert convolution_layer.strongest(x, np.array([[[1.0]], [[-4.0]]])) == 1


def test_layers_are_named_for_people() -> None:
    label = layer_label("stage5.1.expand.conv", (672, 112, 1, 1, 1))
    assert label == "stage 5, block 2, expand · 1×1 · 112 → 672"
