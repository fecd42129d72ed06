"""The programs latent.js, sliders.js and strip.js: decoded while a hand moves."""

import numpy as np
import pytest

from explorer.core.digit_form import stroke_digit
from explorer.core.latent import lerp, slerp
from explorer.models import zoo
from explorer.models.proofs.latent import plain_code, plain_decode
from explorer.ui.lessons.latent_paths import PICTURES

pytestmark = pytest.mark.browser
WAIT_MS = 120_000
LEVELS = 1  # of 255: half a level of rounding on either side
READ = """canvas => { const d = canvas.getContext('2d').getImageData(0, 0, canvas.width,
canvas.height).data;
return Array.from({length: canvas.width * canvas.height}, (_, i) => d[4 * i]); }"""


class Stage:
    """One stage of an open page."""

    def __init__(self, page, key):
        self.page, self.key = page, key
        self.wait("s.own.shown || s.own.views")

    def do(self, body):
        call = f"body => new Function('s', body)(window.__stage.stages['{self.key}'])"
        return self.page.evaluate(call, body)

    def wait(self, what):
        self.page.wait_for_function(
            f"() => {{ const s = window.__stage?.stages['{self.key}'];"
            f" return s && ({what}); }}",
            timeout=WAIT_MS,
        )

    def at(self, across, down):
        """Return where a place of the picture, 0..1, is on the screen."""
        return self.do(
            "const r = s.dom.frame.getBoundingClientRect();"
            f"return [r.left + {across} * r.width, r.top + {down} * r.height];"
        )


@pytest.fixture
def opened(page, app_url):
    def at(key, link):
        page.goto(f"{app_url}/latent_space?{link}")
        return Stage(page, key)

    return at


def differ(name, z, picture):
    wanted = plain_decode(zoo.record(name), np.atleast_2d(z)).ravel()
    return np.abs(np.array(picture) - wanted).max()


def test_the_decoder_under_the_pointer_equals_a_plain_forward(opened):
    stage = opened("plane_digits_vae_2", "latent_space_dots=false")
    page, runs = stage.page, stage.do("return s.calls")
    page.mouse.move(*stage.at(0.3, 0.3))
    page.mouse.down()
    asked = page.evaluate("() => window.__stage.fetches.length")
    seen = []
    for across, down in ((0.35, 0.4), (0.5, 0.5), (0.8, 0.25)):
        page.mouse.move(*stage.at(across, down), steps=5)
        wanted = [6 * across - 3, 3 - 6 * down]
        stage.wait(
            "!s.own.flying && s.own.shown && Math.hypot("
            f"s.own.shown[0] - {wanted[0]}, s.own.shown[1] - {wanted[1]}) < 0.05"
        )
        z = [float(f"{v:.4f}") for v in stage.do("return s.own.shown")]
        seen.append(stage.do(f"return ({READ})(s.own.canvas)"))
        assert differ("digits_vae_2", z, seen[-1]) <= LEVELS
    assert seen[0] != seen[2], "the picture never changed"
    assert page.evaluate("() => window.__stage.fetches.length") >= asked + 3
    assert stage.do("return s.calls") == runs, "a drag needs no rerun"
    page.mouse.up()
    page.wait_for_function("() => location.search.includes('latent_space_at=')")
    page.get_by_text("the picture beside the plane, against numpy's").wait_for()
    page.goto(page.url)
    again = Stage(page, stage.key)
    page.mouse.move(5, 5)
    x, y = again.do("return [s.selected[0] / s.w, s.selected[1] / s.h]")
    assert (x, y) == (pytest.approx(0.8, abs=0.01), pytest.approx(0.25, abs=0.01))


def test_a_slider_is_decoded_while_it_moves_and_kept_in_the_link(opened):
    stage = opened("sliders", "latent_space_part=Sliders")
    page, runs = stage.page, stage.do("return s.calls")
    first = stage.do("return s.params.order[0]")
    slider = page.get_by_role("slider", name=f"Number {first}", exact=True)
    start = stage.do("return s.own.z")
    mu, _ = plain_code(zoo.record("digits_vae_10"), stroke_digit(5))
    np.testing.assert_allclose(start, mu, atol=1e-3)
    turned = "v => { v.value = -2; v.dispatchEvent(new Event('input')); }"
    slider.evaluate(turned)
    stage.wait(f"!s.own.flying && s.own.shown[{first}] === -2")
    assert stage.do("return s.calls") == runs, "a drag needs no rerun"
    z = [float(f"{v:.4f}") for v in stage.do("return s.own.shown")]
    picture = stage.do(
        "const b = s.own.bitmap, c = document.createElement('canvas');"
        "c.width = b.width; c.height = b.height;"
        f"c.getContext('2d').drawImage(b, 0, 0); return ({READ})(c)"
    )
    assert differ("digits_vae_10", z, picture) <= LEVELS
    assert differ("digits_vae_10", mu, picture) > LEVELS
    slider.dispatch_event("change")
    page.wait_for_function("() => location.search.includes('latent_space_z=')")
    page.goto(page.url)
    again = Stage(page, "sliders")
    np.testing.assert_allclose(again.do("return s.own.z"), z, atol=0.006)
    page.get_by_role("button", name="Back to the encoder's code").click()
    page.wait_for_function("() => !location.search.includes('latent_space_z=')")
    np.testing.assert_allclose(again.do("return s.own.z"), mu, atol=1e-3)


def test_both_ways_between_two_digits_are_enlarged_under_the_pointer(opened):
    stage = opened("path", "latent_space_part=Between+two&latent_space_frame=6")
    stage.wait("s.own.drawn")
    about = zoo.record("digits_vae_20")
    a, b = (plain_code(about, stroke_digit(*one))[0] for one in ((3,), (8, 1)))
    for column in (6, 9):
        stage.wait(f"s.own.place?.[0] === {column} && s.own.drawn")
        for row, way in enumerate((lerp, slerp)):
            picture = stage.do(f"return ({READ})(s.own.views[{row}].canvas)")
            assert differ("digits_vae_20", way(a, b, PICTURES)[column], picture) <= 2
        stage.page.mouse.move(*stage.at(9.5 / PICTURES, 0.5))
