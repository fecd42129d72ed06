"""What is bent in the browser while a slider is dragged is what the core bends."""

import base64

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.elastic import coarse_displacement, displacement, warp
from explorer.core.elastic_mask import folded, mix_labels
from explorer.core.topology import label_topology

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/elastic_page.py"
SHAPE = (54, 77)
RNG = np.random.default_rng(7)
MASK = RNG.choice(np.array([0, 0, 1, 2, 5], np.uint8), (9, 11))
MASK = MASK.repeat(6, axis=0).repeat(7, axis=1)
LABELS = (1, 2, 5)
FRAME_MS = 16

COMPUTE = """asked => {
  const s = window.__stage.stages.elastic, o = s.own;
  return asked.map(([alpha, sigma, mixed]) => {
    Object.assign(o, { alpha, sigma, mixed });
    elasticFor(s);
    const gain = alpha / o.smooth.rms;
    return { down: Array.from(o.smooth.y, (v) => v * gain),
      right: Array.from(o.smooth.x, (v) => v * gain), mask: Array.from(o.warped),
      kind: Array.from(o.kind), strange: o.strange, folded: o.folded,
      counts: o.counts.map(([, after]) => [after.area, after.parts, after.holes]) };
  });
}"""
# The functions of a stage's module are not global; a slider's own handler is its door.
SLIDE = """const elasticFor = (s) => {
  const { input } = s.own.sliders.alpha, value = s.own.alpha;
  Object.assign(input, { min: 0, max: 1000, step: "any", value });
  input.oninput();
};"""


def opened(page, server, query=""):
    page.goto(f"{server(SCRIPT)}/?{query}")
    page.wait_for_function(
        "() => window.__stage?.stages.elastic?.own.pixels", timeout=15_000
    )


def computed(page, asked):
    return page.evaluate(COMPUTE.replace("=> {", "=> {" + SLIDE, 1), asked)


def check(seen, field, mixed):
    np.testing.assert_allclose(
        np.reshape([seen["down"], seen["right"]], field.shape), field, atol=2e-4
    )
    theirs = mix_labels(MASK, field)
    apart = abs(seen["strange"]["between"] - int(theirs.between.sum()))
    assert apart <= 2
    assert abs(seen["strange"]["invented"] - int(theirs.invented.sum())) <= 2
    assert abs(seen["folded"] - int(folded(field).sum())) <= 3
    if mixed:
        expected = np.floor(theirs.values + 0.5).astype(np.uint8)
    else:
        expected = warp(MASK, field, nearest=True)
    assert (np.reshape(seen["mask"], SHAPE) != expected).sum() <= 2
    if (np.reshape(seen["mask"], SHAPE) == expected).all():
        found = label_topology(expected, LABELS).values()
        assert seen["counts"] == [[t.area_px, t.parts, t.holes] for t in found]


def test_the_smooth_field_narrow_and_wide_is_the_cores(page, server):
    opened(page, server, "seed=3")
    asked = [
        [alpha, sigma, mixed]
        for sigma in (1.0, 2.5, 7.5, 8.0, 8.5, 20.0, 40.0)
        for alpha, mixed in ((0.0, False), (4.0, False), (4.0, True), (25.0, False))
    ]
    for (alpha, sigma, mixed), seen in zip(asked, computed(page, asked), strict=True):
        field = displacement(SHAPE, alpha, sigma, np.random.default_rng(3))
        check(seen, field, mixed)


@pytest.mark.parametrize("nodes", [2, 3, 6])
def test_the_coarse_field_is_the_cores(page, server, nodes):
    opened(page, server, f"seed=5&nodes={nodes}")
    asked = [[size, 6.0, False] for size in (0.0, 5.0, 20.0)]
    for (size, _, mixed), seen in zip(asked, computed(page, asked), strict=True):
        rng = np.random.default_rng(5)
        check(seen, coarse_displacement(SHAPE, size, nodes, rng), mixed)


def test_sliding_redraws_without_the_server_and_is_sent_when_let_go(page, server):
    opened(page, server)
    expect(page.get_by_text("sent 3 6 drawn 0")).to_be_visible(timeout=15_000)
    calls = page.evaluate("() => window.__stage.stages.elastic.calls")
    rect = page.get_by_label("α, size").bounding_box()
    middle = rect["y"] + rect["height"] / 2
    page.evaluate("() => { window.__stage.samples.length = 0; }")
    page.mouse.move(rect["x"] + 0.1 * rect["width"], middle)
    page.mouse.down()
    page.mouse.move(rect["x"] + 0.5 * rect["width"], middle, steps=30)
    assert page.evaluate("() => window.__stage.stages.elastic.own.alpha") == 20
    assert page.evaluate("() => window.__stage.stages.elastic.calls") == calls
    times = page.evaluate(
        "() => window.__stage.samples.filter((one) => one.kind === 'drag')"
        ".map((one) => one.ms)"
    )
    assert len(times) > 5
    assert np.median(times) <= FRAME_MS  # a busy machine now and then takes longer
    page.mouse.up()
    expect(page.get_by_text("sent 20 6 drawn 0")).to_be_visible(timeout=15_000)


def test_a_stroke_becomes_the_mask_and_is_sent(page, server):
    opened(page, server, "brush=8")
    before = page.evaluate("() => Array.from(window.__stage.stages.elastic.own.mask)")
    page.get_by_role("button", name="Clear").click()
    rect = page.evaluate(
        "() => { const s = window.__stage.stages.elastic, p = s.params.panes.photo,"
        " r = s.dom.frame.getBoundingClientRect(), k = r.width / s.w;"
        " return [r.left + p[0] * k, r.top + p[1] * k, k]; }"
    )
    page.mouse.move(rect[0] + 20 * rect[2], rect[1] + 20 * rect[2])
    page.mouse.down()
    page.mouse.move(rect[0] + 50 * rect[2], rect[1] + 20 * rect[2], steps=5)
    page.mouse.up()
    mask = page.evaluate("() => Array.from(window.__stage.stages.elastic.own.mask)")
    drawn = np.reshape(mask, SHAPE)
    assert sum(before) != sum(mask)
    assert drawn[20, 22:48].all()
    assert not drawn[30:].any()
    assert drawn.sum() == pytest.approx(30 * 8 + np.pi * 16, abs=25)
    size = len(base64.b64encode(np.packbits(drawn).tobytes()))
    expect(page.get_by_text(f"drawn {size}")).to_be_visible(timeout=15_000)


def test_the_switches_show_at_once_and_are_sent(page, server):
    opened(page, server)
    for name in ("Bilinear", "Mesh"):
        page.get_by_role("button", name=name).click()
    own = "window.__stage.stages.elastic.own"
    assert page.evaluate(f"() => [{own}.mixed, {own}.mesh]") == [True, False]
    expect(page.get_by_text("mixed True meshed False")).to_be_visible(timeout=15_000)
    assert page.evaluate(f"() => [{own}.mixed, {own}.mesh]") == [True, False]
