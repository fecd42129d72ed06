"""The program arith.js: the decoder answers the slider while it is dragged."""

import numpy as np
import pytest

from explorer.core.latent_table import latent_table
from explorer.models import engine
from explorer.ui.lessons.arithmetic_slots import NETWORK

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
READY = (
    "() => { const o = window.__stage?.stages?.sum?.own;"
    " return o?.bitmap && !o.flying; }"
)


def stage(page, body):
    return page.evaluate(
        "body => new Function('s', body)(window.__stage.stages.sum)", body
    )


def mean(page):
    """Return the mean of the picture that the stage shows."""
    return stage(
        page,
        "const b = s.own.bitmap, c = new OffscreenCanvas(b.width, b.height)"
        ".getContext('2d'); c.drawImage(b, 0, 0);"
        "const d = c.getImageData(0, 0, b.width, b.height).data;"
        "let t = 0; for (let i = 0; i < d.length; i++) if (i % 4 < 3) t += d[i];"
        "return t / (3 * b.width * b.height);",
    )


@pytest.fixture
def opened(page, app_url):
    page.goto(f"{app_url}/latent_arithmetic?image=astronaut")
    page.wait_for_function(READY, timeout=WAIT_MS)
    page.get_by_text("scipy.spatial.distance.cdist").wait_for(timeout=WAIT_MS)
    return page


def test_a_dragged_step_is_decoded_without_a_rerun_and_proved(opened):
    page = opened
    page.wait_for_timeout(800)
    calls = stage(page, "return s.calls")
    asked = page.evaluate("() => window.__stage.fetches.length")
    stage(
        page,
        "const i = s.panel.querySelector('input');"
        "for (const v of [0.2, -0.5, -1, -1.5]) { i.value = v;"
        " i.dispatchEvent(new Event('input')); }",
    )
    page.wait_for_function(
        "() => { const o = window.__stage.stages.sum.own;"
        " return !o.flying && o.shown === -1.5; }",
        timeout=WAIT_MS,
    )
    # One request in flight: of the four steps the first and the last are asked for.
    assert page.evaluate("() => window.__stage.fetches.length") - asked <= 3
    assert stage(page, "return s.calls") == calls
    base, vector = (
        np.array(stage(page, f"return s.params.{k}")) for k in ("base", "vector")
    )
    z = np.clip(base - 1.5 * vector, -8, 8).astype(np.float32)[None]
    ours = engine.run(NETWORK, "decode", z=z).arrays["images"][0].mean()
    assert mean(page) == pytest.approx(ours, abs=1.5)
    stage(page, "s.panel.querySelector('input').dispatchEvent(new Event('change'))")
    page.get_by_text("step -1.50").wait_for(timeout=WAIT_MS)
    assert page.get_by_text("differs from").count() == 0
    assert "latent_arithmetic_t=-1.5" in page.url
    page.reload()
    page.wait_for_function(READY, timeout=WAIT_MS)
    assert stage(page, "return [s.own.t, s.own.shown]") == [-1.5, -1.5]


def test_the_vector_is_the_stored_direction(opened):
    sent = np.array(stage(opened, "return s.params.vector"))
    stored = latent_table(NETWORK).directions["glasses"]
    np.testing.assert_allclose(sent, stored, atol=1e-4)


def test_a_busy_server_is_asked_again_by_itself(opened):
    page, refused = opened, []

    def busy(route):
        refused.append(route.request.url)
        route.fulfill(status=503, json="The server is busy; move again.")

    page.route("**/live/decode?*", busy, times=2)
    stage(
        page,
        "const i = s.panel.querySelector('input'); i.value = 1.5;"
        "i.dispatchEvent(new Event('input')); i.dispatchEvent(new Event('change'));",
    )
    page.get_by_text("step 1.50").wait_for(timeout=WAIT_MS)
    assert len(refused) == 2


def test_a_server_that_stays_silent_is_let_be_and_the_reader_is_told(opened):
    page, refused = opened, []

    def silent(route):
        refused.append(route.request.url)
        route.abort()

    page.route("**/live/decode?*", silent)
    stage(
        page,
        "const i = s.panel.querySelector('input'); i.value = 1.5;"
        "i.dispatchEvent(new Event('input')); i.dispatchEvent(new Event('change'));",
    )
    page.get_by_text("does not answer").first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(500)
    count = len(refused)
    page.wait_for_timeout(1000)
    assert len(refused) == count
    assert stage(page, "return s.own.flying") is False


def test_the_question_stands_clear_of_the_controls_on_a_wide_screen(opened):
    opened.set_viewport_size({"width": 1440, "height": 900})
    question = opened.locator(".st-key-lesson_header p strong").first
    opened.wait_for_function("() => innerWidth === 1440")
    words, controls = (
        one.bounding_box() for one in (question, opened.locator(".st-key-controls"))
    )
    assert controls["y"] - (words["y"] + words["height"]) > 6
