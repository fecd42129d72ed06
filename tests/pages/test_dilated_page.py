"""The lesson on dilated convolution as links, edits and the browser reach it."""

import numpy as np
import pytest

from explorer.core.dilation import coverage_steps, hdc_check
from explorer.ui.lessons import dilated_convolution as lesson
from explorer.ui.lessons import dilated_words as words
from tests.pages.test_pages import open_app, sound

PATH = "pages/dilated_convolution.py"
RATES = "dilated_convolution_rates"


def opened(**link):
    app = open_app(PATH, **{f"dilated_convolution_{k}": v for k, v in link.items()})
    sound(app)
    return app


def text(app):
    return " ".join(m.value for m in app.markdown)


def proofs(app):
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


def test_one_kernel_shows_the_published_shares_and_spans():
    said = text(opened())
    for cell in ("100 %", "36 %", "18.4 %", "11.1 %", "13 × 13", "25 × 25", "37 × 37"):
        assert cell in said
    assert "| **6** | **13 × 13** |" in said  # the rate it opens with


def test_a_link_brings_its_rate_and_the_whole_photo_is_proved():
    app = opened(rate="17", kernel="blur")
    assert "| **17** | **35 × 35** |" in text(app)
    assert len(proofs(app)) == 1
    assert "matches" in proofs(app)[0]
    assert "outputs, float64" in proofs(app)[0]


@pytest.mark.parametrize("asked", ["0", "37", "-3"])
def test_a_rate_beyond_the_slider_stops_at_its_end(asked):
    end = {"0": "1", "37": "36", "-3": "1"}[asked]
    assert f"| **{end}** |" in text(opened(rate=asked))


def test_the_stack_opens_gridded_and_proves_itself():
    app = opened(part="A stack")
    assert "gridding" in text(app)
    assert "7 of 13 in a row" in text(app)
    assert len(proofs(app)) == 3
    assert all("matches" in line for line in proofs(app))


def test_yu_and_koltuns_stack_from_a_link():
    app = opened(part="A stack", rates="1,1,2,4,8,16,1")
    said = text(app)
    for side in (3, 5, 9, 17, 33, 65, 67):
        assert f"| **{side}** |" in said
    assert "read all 67 pixels of a row, with 63 weights in place of 4,489" in said


@pytest.mark.parametrize("bad", ["0,2", "17", "x", "1,1,1,1,1,1,1,1", "16,16,16,16,16"])
def test_rates_that_cannot_be_get_a_note_and_the_usual_stack(bad):
    app = opened(part="A stack", rates=bad)
    assert "7 of 13 in a row" in text(app)
    assert any("rates" in note.value for note in app.info)


def test_what_the_browser_sends_is_compared_and_a_wrong_one_is_red():
    whole = coverage_steps(3, (1, 2, 5))[-1]
    good = lesson._browser_proof(whole.paths.tolist(), whole)
    assert good.holds
    off = whole.paths.tolist()
    off[3] += 1
    assert not lesson._browser_proof(off, whole).holds
    assert not lesson._browser_proof(off[:-1], whole).holds
    assert not lesson._browser_proof("nonsense", whole).holds


def test_the_browsers_sample_must_be_of_the_same_photo():
    output = np.arange(1000.0).reshape(20, 50)
    sample = output.ravel()[:: lesson.EVERY]
    assert lesson.browser_delta(sample.tolist(), output) == 0
    assert lesson.browser_delta((sample + 0.5).tolist(), output) == 0.5
    assert lesson.browser_delta(sample[:-1].tolist(), output) is None


@pytest.mark.parametrize(
    ("values", "rates"),
    [
        ([1, 2, 5], (1, 2, 5)),
        ((16.0,) * 4, (16,) * 4),  # a field of 129
        ((16.0, 16, 16, 16, 3), (16, 16, 16, 16, 3)),  # 135, the most
        ((16.0, 16, 16, 16, 4), None),  # 137
        ([17], None),
        ([16], (16,)),
        ([], None),
        ([1] * 8, None),
        ([None], None),
        ("1,2", None),
    ],
)
def test_only_rates_come_in(values, rates):
    assert lesson.read_rates(values) == rates


def test_the_photo_is_bounded_and_not_enlarged():
    assert lesson.small_grey(np.zeros((600, 300, 3), np.uint8)).shape == (320, 160)
    assert lesson.shrunk(np.zeros((9, 5, 3), np.uint8), 80).shape == (9, 5, 3)


def test_the_verdict_names_what_is_wrong():
    def said(rates):
        return words.verdict(coverage_steps(3, rates)[-1], hdc_check(3, rates))

    assert "multiples of 2" in said((2, 4, 8))
    assert "leave 4 holes in a row of 25" in said((1, 2, 9))
    assert "read all 17 pixels" in said((1, 2, 5))
    assert "multiples of 4" in said((4,))


def test_the_rules_formula_ends_in_the_stacks_own_numbers():
    assert r"M_{2}=5\;>\;3" in words.rule(hdc_check(3, (1, 2, 9)))
    broken = words.rule(hdc_check(3, (2, 2, 2)))
    assert r"M_{2}=2\;\le\;3" in broken
    assert "multiples of }2" in broken
    assert r"r_1=1\text{, not }2" in words.rule(hdc_check(3, (2, 3)))
    assert words.rule(hdc_check(3, (1, 2, 5))).endswith(r"\le\;3")
    assert r"\ldots" in words.rule(hdc_check(3, (1, 1, 2, 4, 8)))
    assert "kernel" in words.rule(hdc_check(3, (4,)))


@pytest.mark.parametrize("word", "Rate Stack Path Gridding HDC ASPP".split())
def test_every_term_has_its_line(word):
    assert f"**{word}**" in words.TERMS
