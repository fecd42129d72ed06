"""The transposed convolution lesson, part by part, as links and edits reach it."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.samples import load_sample
from explorer.core.transposed_line import line_steps
from explorer.ui.catalogue import BY_SLUG
from explorer.ui.lessons import transposed_convolution as lesson
from explorer.ui.lessons import transposed_overlap as overlap
from explorer.ui.lessons import transposed_words as words

ROOT = Path(__file__).parents[2]
SLUG = "transposed_convolution"


def _open(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[f"{SLUG}_{name}"] = value
    app.switch_page(str(ROOT / BY_SLUG[SLUG].path))
    app.run()
    assert not app.exception
    return app


def _proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


def _text(app: AppTest) -> str:
    return " ".join(m.value for m in app.markdown)


@pytest.mark.parametrize("part", words.PARTS)
def test_every_part_proves_itself_and_explains_its_words(part: str) -> None:
    app = _open(part=part)
    proofs = _proofs(app)
    assert len(proofs) >= 2
    assert all("**matches**" in line for line in proofs)
    assert any("conv_transpose" in line for line in proofs)
    said = [caption.value for caption in app.caption]
    assert (words.OWN_NUMBERS in said) == (part != words.PARTS[2])
    assert "The words on this page" in [box.label for box in app.expander]


@pytest.mark.parametrize(
    "word",
    ["Upsampling", "Transposed convolution", "Other names", "Stride", "Padding"]
    + ["Output padding", "Checkerboard", "Bilinear", "Channels"],
)
def test_every_term_has_its_line(word: str) -> None:
    assert f"**{word}**" in words.TERMS


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 1), (2, 0), (2, 1)])
def test_the_line_says_its_own_sizes_and_numbers(stride: int, padding: int) -> None:
    app = _open(line_s=str(stride), line_p=str(padding))
    steps = line_steps(lesson.KERNEL, lesson.SIGNAL, stride, padding)
    rows, columns = steps.matrix.shape
    text = _text(app)
    assert f"X is {rows} × {columns}" in text
    assert f"XᵀXa = {words.numbers(steps.returned)}" in text
    assert ("padding cuts off" in text) == bool(padding)
    assert rf"=({rows}-1)\cdot{stride}-2\cdot{padding}+3" in app.latex[0].value
    assert r"\mathbf{4}" in app.latex[0].value  # back to the signal's length
    assert ("kernel flipped" in text) == (stride == 1)
    assert ("take turns" in text) == (stride == 2 and rows > 1)


def test_a_kernel_that_returns_the_signal_is_said_to() -> None:
    assert "by luck" in words.return_words(line_steps([0, 1, 0], [1, 2], 1, 1), [1, 2])


def test_every_setting_of_the_plane_is_shown_or_refused_in_a_sentence() -> None:
    app = _open(part="2-D")
    refused = 0
    for k, s, p in itertools.product((1, 4), (1, 3), (0, 2)):
        for name, value in (("k", k), ("s", s), ("p", p)):
            app.button_group(key=f"{SLUG}_{name}").set_value(value)
        app.run()
        assert not app.exception
        assert not app.error
        assert all("**matches**" in line for line in _proofs(app))
        nothing = lesson.Setting(2, k, s, p, 0)
        left = (nothing.size - 1) * s - 2 * p + k
        assert bool(app.warning) == (left < 1)
        refused += left < 1
    assert refused == 2


def test_a_stride_of_1_has_no_output_padding_to_offer() -> None:
    keys = [group.key for group in _open(part="2-D", s="1").button_group]
    assert not any("_op" in str(key) for key in keys)
    keys = [group.key for group in _open(part="2-D", s="3").button_group]
    assert f"{SLUG}_op3" in keys


def test_the_formula_and_what_the_output_padding_chooses() -> None:
    app = _open(part="2-D", n="3", p="1", op2="1")
    assert r"(3-1)\cdot2-2\cdot1+3+1=\mathbf{6}" in app.latex[0].value
    assert "5 × 5 or 6 × 6" in _text(app)
    assert "back to 6 × 6" in _text(app)
    assert "C has 9 rows and 36 columns" in _text(app)
    assert "nothing for an output padding" in words.choice_words(2, 3, 1, 0, 0)


def test_a_size_below_1_is_no_choice() -> None:
    assert "makes 1 × 1 of 1 × 1," in words.choice_words(1, 1, 3, 1, 2)
    assert "makes 2 × 2 of 1 × 1 or 2 × 2," in words.choice_words(2, 1, 2, 1, 1)


def test_a_link_brings_edited_numbers_back() -> None:
    app = _open(part="2-D", kernel="0,0,0,0,5,0,0,0,0")
    assert app.session_state[f"{SLUG}_kernel"] == (0, 0, 0, 0, 5, 0, 0, 0, 0)
    assert "**matches**" in _proofs(app)[0]
    app = _open(line_signal="1,0,0,0")
    assert "a = (1, 0, 0, 0)" in _text(app)


def test_numbers_of_another_size_fall_back() -> None:
    app = _open(part="2-D", kernel="1,2,3,4", k="3")
    assert "all 25 outputs" in _proofs(app)[0]


HOW, GIVEN = [2, 1, 1, 0, 0], {"input": (1.0, 2.0), "kernel": (3.0,)}
SENT = {"how": HOW, "input": [1, 2], "kernel": [3], "a": [4, 5], "b": [4, 5]}
OURS = {"a": np.array([4.0, 5.0]), "b": np.array([[4.0, 5.0]])}


def test_the_browsers_arrays_are_compared() -> None:
    (proof,) = lesson.browser_proof(SENT, HOW, GIVEN, OURS)
    assert proof.holds
    (proof,) = lesson.browser_proof({**SENT, "b": [4, 5.1]}, HOW, GIVEN, OURS)
    assert not proof.holds


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        {**SENT, "how": [3, 1, 1, 0, 0]},
        {**SENT, "input": [1, 7]},
        {**SENT, "input": "12"},
        {**SENT, "a": ["x", 5]},
        {**SENT, "a": [1, 2, 3]},
    ],
)
def test_what_is_not_of_these_numbers_is_no_proof(sent: object) -> None:
    assert lesson.browser_proof(sent, HOW, GIVEN, OURS) == ()


@pytest.mark.parametrize(
    "values", [None, "12", [1], [1, "x"], [1, float("nan")], [1, 1e9], [1, None]]
)
def test_only_numbers_come_in_from_the_browser(values: object) -> None:
    assert lesson.row(values, 2) == ()
    assert lesson.row([1, -2], 2) == (1.0, -2.0)


def test_presets_fit_every_size() -> None:
    for size, k in itertools.product((2, 3), (1, 2, 3, 4)):
        for numbers in lesson.presets(size, k).values():
            assert len(numbers["input"]) == size**2
            assert len(numbers["kernel"]) == k**2
    d2l = lesson.presets(2, 2)["0, 1, 2, … (Dive into Deep Learning)"]
    assert d2l == {"input": (0, 1, 2, 3), "kernel": (0, 1, 2, 3)}


@pytest.mark.parametrize("stride", overlap.STRIDES)
@pytest.mark.parametrize("k", overlap.KERNEL_SIZES)
def test_one_way_is_even_one_uneven_one_bilinear(k: int, stride: int) -> None:
    chosen, other, tent = overlap.ways(k, stride)
    assert chosen.how.kernel_size == k
    assert chosen.how.even != other.how.even
    assert tent.bilinear
    text = words.overlap_words(k, stride)
    assert text.startswith("**Even.**" if chosen.how.even else "**Uneven.**")
    assert ("gap" in text) == (k < stride)


def test_the_published_counts_are_said() -> None:
    assert "between 1 and 2" in words.overlap_words(3, 2)
    assert "1, 2 and 4" in words.overlap_words(3, 2)
    assert "gets 2 stamps, in the plane 4" in words.overlap_words(64, 32)


@pytest.mark.parametrize("source", overlap.SOURCES)
def test_photo_and_map_are_upsampled_at_the_largest_stride(source: str) -> None:
    app = _open(part="Checkerboard", over_s="32", over_k="64", over_of=source)
    proofs = _proofs(app)
    assert len(proofs) == 2
    assert all("**matches**" in line for line in proofs)
    assert any("interpolate" in line for line in proofs)
    said = " ".join(caption.value for caption in app.caption)
    assert ("FCN-32s" in said) == (source == overlap.SOURCES[1])


def test_the_photo_is_small_and_keeps_two_pixels_a_side() -> None:
    image = load_sample("astronaut").image
    assert max(overlap.shrunk(image, 2).shape[1:]) == overlap.LOW_PX
    assert max(overlap.shrunk(image, 32).shape[1:]) == overlap.OUT_PX // 32
    strip = np.zeros((4, 640, 3), np.uint8)
    assert overlap.shrunk(strip, 2).shape == (3, 2, 40)
