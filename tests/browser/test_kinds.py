"""Bayes by hand, the tree, and a drawn digit, in a real browser."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.bayes import normal_log_density, posterior
from explorer.core.model_tree import KINDS
from explorer.models import zoo
from explorer.models.proofs.latent import plain_code, plain_decode
from explorer.ui.digitbar import unpack_ink
from explorer.ui.lessons.generative_bayes import SPAN, START

pytestmark = pytest.mark.browser
SLUG = "discriminative_generative"
SLOW_MS = 90_000  # a loaded machine's first page
OWN = "({ prior, means, widths, at }) => ({ prior, means, widths, at })"
PIXELS = """key => {
  const image = window.__stage.stages[key].base;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 28, height: 28 });
  const g = canvas.getContext("2d");
  g.drawImage(image, 0, 0);
  return [...g.getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0);
}"""

# How far down the picture the curve of B, and no handle, begins: a share of its height.
HIGHEST_OF_B = """() => {
  const canvas = window.__stage.stages.bayes_line.dom.over;
  const { width, height } = canvas;
  const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  for (let at = 0; at < data.length; at += 4)
    if (data[at] > 220 && Math.abs(data[at + 1] - 160) < 9 && data[at + 2] < 12)
      return Math.floor(at / 4 / width) / height;
}"""


def opened(page, url, stage, query=""):
    page.set_default_timeout(SLOW_MS)
    page.goto(f"{url}/{query}")
    page.wait_for_function(f"() => window.__stage?.stages.{stage}?.base.naturalWidth")


def own(page, tag):
    return page.evaluate(f"() => ({OWN})(window.__stage.stages.bayes_{tag}.own)")


def rule(page):
    """Return P(A|x) as the page writes it."""
    text = page.get_by_text(re.compile(r"P\(A\|x\) = [01]")).first.text_content()
    return float(re.search(r"P\(A\|x\) = ([\d.]+)", text)[1])


def wanted(state, dims):
    log = [
        float(normal_log_density(state["at"][:dims], mean[:dims], width))
        for mean, width in zip(state["means"], state["widths"], strict=True)
    ]
    return float(posterior(log, [state["prior"], 1 - state["prior"]])[0])


def frame(page, stage):
    """Return where a stage's picture is, once it is there: left, top, width, height."""
    page.wait_for_function(f"() => window.__stage?.stages.{stage}?.dom?.frame")
    return page.evaluate(
        f"() => {{ const r = window.__stage.stages.{stage}.dom.frame"
        ".getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; }"
    )


def asked(page, name):
    return parse_qs(urlsplit(page.url).query).get(f"{SLUG}_{name}", [""])[0]


def test_a_dragged_bell_is_worked_out_here_and_kept_in_the_link(page, app_url):
    opened(page, app_url, "bayes_plane", f"{SLUG}?{SLUG}_ground=a+plane")
    before = own(page, "plane")
    left, top, wide, high = frame(page, "bayes_plane")
    x = left + (START[1] / SPAN + 1) / 2 * wide
    y = top + (1 - START[2] / (SPAN * high / wide)) / 2 * high
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y + 40, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile("_bells="))
    state = own(page, "plane")
    moved = np.array(state["means"]) - before["means"]
    unit = 2 * SPAN / wide
    np.testing.assert_allclose(moved, [[-60 * unit, -40 * unit], [0, 0]], atol=0.02)
    assert rule(page) == pytest.approx(wanted(state, 2), abs=6e-4)
    line = page.get_by_text("the arithmetic in your browser")
    expect(line.locator("xpath=..")).to_contain_text("matches", timeout=SLOW_MS)
    page.reload()
    page.wait_for_function("() => window.__stage?.stages.bayes_plane?.own.means")
    np.testing.assert_allclose(own(page, "plane")["means"], state["means"], atol=1e-3)


def test_the_sum_of_bells_on_one_place_is_still_in_the_picture(page, app_url):
    opened(page, app_url, "bayes_line", f"{SLUG}?{SLUG}_bells=0.5,1,0,1,0,0.5,0.5,-3,0")
    page.wait_for_function("() => window.__stage.stages.bayes_line.own.rule")
    share = page.evaluate(HIGHEST_OF_B)
    base, words = 0.56, 28 / frame(page, "bayes_line")[3]  # shares of the height
    assert share == pytest.approx(base - (base - words) / 2, abs=0.02)


def test_the_words_on_the_picture_grow_as_soon_as_the_projector_is_on(page, app_url):
    opened(page, app_url, "bayes_line", f"{SLUG}?{SLUG}_bells=0.5,1,0,1,0,0.5,0.5,-3,0")
    page.wait_for_function("() => window.__stage.stages.bayes_line.own.rule")
    page.evaluate(
        "() => { const s = window.__stage.stages.bayes_line, g = "
        "s.dom.over.getContext('2d'), fill = g.fillText.bind(g); g.fillText = "
        "(...of) => { if (of[0].startsWith('P(')) s.seen = parseFloat(g.font) / s.px; "
        "fill(...of); }; s.redraw(); }"
    )
    drawn = "() => window.__stage.stages.bayes_line.seen"
    page.wait_for_function(drawn)
    usual = page.evaluate(drawn)
    proved = page.get_by_text("the arithmetic in your browser")
    expect(proved).to_be_visible(timeout=SLOW_MS)
    page.wait_for_timeout(1000)  # nothing else is drawn any more
    page.get_by_text("Projector").click()
    page.wait_for_function(f"usual => ({drawn})() > usual * 1.1", arg=usual)


def test_keys_move_a_bell_or_the_place_and_a_slider_the_prior(page, app_url):
    opened(page, app_url, "bayes_line", SLUG)
    page.locator(".frame").first.focus()
    before = own(page, "line")
    for key in ("ArrowRight", "2", "ArrowLeft", "3", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    state = own(page, "line")
    np.testing.assert_allclose(
        [mean[0] for mean in state["means"]],
        [before["means"][0][0] + 0.1, before["means"][1][0] - 0.1],
    )
    assert state["at"][0] == pytest.approx(before["at"][0] - 0.2)
    page.get_by_role("slider", name="P(A), the prior").fill("0.9")
    state = own(page, "line")
    assert state["prior"] == 0.9
    assert rule(page) == pytest.approx(wanted(state, 1), abs=6e-4)


def test_a_click_keeps_the_place_that_the_rule_is_worked_out_for(page, app_url):
    opened(page, app_url, "bayes_plane", f"{SLUG}?{SLUG}_ground=a+plane")
    left, top, wide, high = frame(page, "bayes_plane")
    page.mouse.click(left + 0.8 * wide, top + 0.8 * high)
    page.mouse.move(left + 0.5 * wide, top + 0.2 * high)
    page.mouse.move(left + 0.5 * wide, top - 60)  # and away, as to the button "Share"
    page.wait_for_url(re.compile("_bells="))
    unit = 2 * SPAN / wide
    kept = [0.3 * wide * unit, -0.3 * high * unit]
    np.testing.assert_allclose(own(page, "plane")["at"], kept, atol=0.03)
    page.goto(page.url)
    page.wait_for_function("() => window.__stage?.stages.bayes_plane?.own.means")
    np.testing.assert_allclose(own(page, "plane")["at"], kept, atol=0.03)


def test_keys_keep_a_bell_in_sight_and_no_density_is_nought(page, app_url):
    bells = "0.5,-1.2,2.7,1.3,2.7,0.5,0.5,0,-2.7"
    link = f"{SLUG}?{SLUG}_ground=a+plane&{SLUG}_bells={bells}"
    opened(page, app_url, "bayes_plane", link)
    page.locator(".frame").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    _, _, wide, high = frame(page, "bayes_plane")
    state = own(page, "plane")
    assert state["means"][0][1] == pytest.approx(SPAN * high / wide, abs=0.02)
    said = page.get_by_text(re.compile(r"p\(x\) = their sum")).first.text_content()
    assert re.search(r"p\(x\|A\) P\(A\) = [\d.]+e\u2212\d+ ", said), said


def test_a_finger_moves_a_bell_upwards_and_not_the_page(page, app_url):
    opened(page, app_url, "bayes_plane", f"{SLUG}?{SLUG}_ground=a+plane")
    before = own(page, "plane")["means"][1]
    left, top, wide, high = frame(page, "bayes_plane")
    x = left + (before[0] / SPAN + 1) / 2 * wide
    y = top + (1 - before[1] / (SPAN * high / wide)) / 2 * high
    touch = page.context.new_cdp_session(page)
    for kind, up in (("touchStart", 0), ("touchMove", 30), ("touchMove", 60)):
        points = [{"x": x, "y": y - up}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_url(re.compile("_bells="))
    risen = own(page, "plane")["means"][1][1] - before[1]
    assert risen == pytest.approx(60 * 2 * SPAN / wide, abs=0.05)


def test_a_row_of_the_tree_says_what_its_model_is(page, app_url):
    opened(page, app_url, "kinds_tree", f"{SLUG}?{SLUG}_part=The+tree")
    kinds = [kind.name for kind in KINDS]
    rows = page.evaluate("() => window.__stage.stages.kinds_tree.params.rows")
    left, top, wide, _ = frame(page, "kinds_tree")
    scale = wide / page.evaluate("() => window.__stage.stages.kinds_tree.w")
    x, y, w, h = rows[kinds.index("GAN")]["rect"]
    page.mouse.click(left + scale * (x + w / 2), top + scale * (y + h / 2))
    expect(page.get_by_text(KINDS[kinds.index("GAN")].said)).to_be_visible()
    page.mouse.move(0, 0)
    page.wait_for_function(
        f"() => window.__stage.stages.kinds_tree.params.chosen === {kinds.index('GAN')}"
    )
    page.locator(".frame").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text(KINDS[kinds.index("autoencoder")].said)).to_be_visible()
    assert asked(page, "kind") == "autoencoder"


def test_a_drawing_becomes_the_digit_of_the_networks_and_of_the_link(page, app_url):
    link = f"{SLUG}?{SLUG}_part=Digits&{SLUG}_digit=draw+one"
    opened(page, app_url, "given", link)
    before = page.evaluate(PIXELS, "given")
    left, top, wide, high = frame(page, f"{SLUG}_digit_pad")
    page.mouse.move(left + 0.3 * wide, top + 0.2 * high)
    page.mouse.down()
    page.mouse.move(left + 0.7 * wide, top + 0.2 * high, steps=4)
    page.mouse.move(left + 0.45 * wide, top + 0.8 * high, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile("_ink="))
    wanted = unpack_ink(asked(page, "ink"))
    page.wait_for_function(
        f"before => `${{({PIXELS})('given')}}` !== `${{before}}`", arg=before
    )
    seen = np.array(page.evaluate(PIXELS, "given")).reshape(28, 28)
    np.testing.assert_array_equal(seen, wanted)
    rows = np.flatnonzero(wanted.any(axis=1))
    top, bottom = (int((wanted[row] > 128).sum()) for row in rows[[1, -2]])
    assert top > 2 * bottom > 0  # a seven stands on one leg


def test_a_drawing_comes_back_from_the_bottleneck_as_numpy_has_it(page, app_url):
    link = "autoencoder?autoencoder_digit=draw+one&autoencoder_size=2"
    opened(page, app_url, "ae_after", link)
    before = page.evaluate(PIXELS, "ae_after")
    left, top, wide, high = frame(page, "autoencoder_digit_pad")
    page.mouse.move(left + 0.5 * wide, top + 0.15 * high)
    page.mouse.down()
    page.mouse.move(left + 0.45 * wide, top + 0.85 * high, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile("autoencoder_ink="))
    ink = parse_qs(urlsplit(page.url).query)["autoencoder_ink"][0]
    page.wait_for_function(
        f"before => `${{({PIXELS})('ae_after')}}` !== `${{before}}`", arg=before
    )
    about = zoo.record("digits_ae_2")
    code, _ = plain_code(about, unpack_ink(ink))
    wanted = plain_decode(about, code[None])[0]
    seen = np.array(page.evaluate(PIXELS, "ae_after")).reshape(28, 28)
    np.testing.assert_allclose(seen, wanted, atol=1.0)
