"""The program vae.js: a digit drawn with the pointer, its promise, and its draws."""

import base64
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pytest

from explorer.core.digit_form import stroke_digit
from explorer.models import zoo
from explorer.models.proofs.latent import plain_code, plain_decode
from explorer.ui.digitbar import unpack_ink

pytestmark = pytest.mark.browser
WAIT_MS = 120_000
DO = "body => new Function('s', body)(window.__stage.stages.vae)"
READY = "() => window.__stage?.stages.vae?.own.bars"
PIXELS = (
    "const c = s.own.image.canvas, d = c.getContext('2d')"
    ".getImageData(0, 0, c.width, c.height).data;"
    "return Array.from({length: c.width * c.height}, (_, i) => d[4 * i]);"
)


@pytest.fixture
def opened(page, app_url):
    def at(link):
        page.goto(f"{app_url}/vae?vae_size=10+numbers&{link}")
        page.wait_for_function(READY, timeout=WAIT_MS)
        return page

    return at


def shown_digit(page):
    """The picture that the encoder read, out of the page."""
    source = page.evaluate(DO, "return s.d.src")
    data = np.frombuffer(base64.b64decode(source.partition(",")[2]), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def draw_a_seven(page):
    pad = page.locator(".frame[data-mode=brush]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    path = [(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]
    places = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def in_link(page):
    return parse_qs(urlsplit(page.url).query).get("vae_ink", [""])[0]


def test_a_drawn_digit_is_read_and_its_link_brings_it_back(opened):
    page = opened("vae_digit=draw+one")
    np.testing.assert_array_equal(shown_digit(page), stroke_digit(5))
    before = page.evaluate(DO, "return s.d.src")
    draw_a_seven(page)
    page.wait_for_function(
        "old => window.__stage.stages.vae?.d.src !== old", arg=before, timeout=WAIT_MS
    )
    page.wait_for_function("() => location.search.includes('vae_ink')")
    drawn = shown_digit(page)
    np.testing.assert_array_equal(drawn, unpack_ink(in_link(page)))
    rows, columns = np.nonzero(drawn > 100)
    assert np.ptp(rows) + 1 == pytest.approx(20, abs=2)
    upper, lower = columns[rows < rows.min() + 4], columns[rows > rows.max() - 4]
    assert np.ptp(upper) > 2 * np.ptp(lower), "a bar above, a stroke below: a seven"
    mu, _ = plain_code(zoo.record("digits_vae_10"), drawn)
    np.testing.assert_allclose(
        page.evaluate(DO, "return Array.from(s.own.mu)"), mu, atol=1e-3
    )
    page.goto(page.url)
    page.wait_for_function(READY, timeout=WAIT_MS)
    np.testing.assert_array_equal(shown_digit(page), drawn)
    page.get_by_text("The grey drawing is the link's").wait_for()
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("() => !location.search.includes('vae_ink')")
    page.wait_for_function(
        "old => window.__stage.stages.vae.d.src === old", arg=before, timeout=WAIT_MS
    )


def test_every_draw_is_decoded_and_the_promise_stands_alone_before(opened):
    page = opened("vae_draw=2")
    page.wait_for_function("() => window.__stage.stages.vae.frame === 2")
    for draw in (2, 3):
        page.wait_for_function(
            f"() => window.__stage.stages.vae.own.at?.startsWith('{draw - 1},')"
        )
        code = page.evaluate(
            DO,
            f"const k = {draw - 1}, n = s.own.mu.length;"
            "return Array.from(s.own.codes.slice(k * n, (k + 1) * n))",
        )
        wanted = plain_decode(zoo.record("digits_vae_10"), [code])
        gap = np.abs(np.array(page.evaluate(DO, PIXELS)) - wanted.ravel()).max()
        assert gap <= 1
        page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="First", exact=True).click()
    page.wait_for_function(
        "() => window.__stage.stages.vae.own.sums.textContent.includes('…')"
    )
    assert max(page.evaluate(DO, PIXELS)) == 0
