"""The programs segment.js and fuse.js: what the pointer reads is the network's own."""

import numpy as np
import pytest

from explorer.core.activations import softmax
from explorer.core.fusion import enlarge
from explorer.core.samples import load_sample
from explorer.models import zoo

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        "street_fcn8s" not in zoo.records(), reason="the FCNs are not installed"
    ),
]
WAIT_MS = 120_000
ON_STAGE = "([key, body]) => new Function('s', body)(window.__stage.stages[key])"
READY = """() => {
  const all = window.__stage?.stages;
  return all?.fcn_stage?.own.maps?.slice(1).every((m) => m?.canvas)
    && all.fcn_fusion?.own.now;
}"""


@pytest.fixture
def opened(page, app_url):
    page.goto(f"{app_url}/fcn?image=street")
    page.wait_for_function(READY, timeout=WAIT_MS)
    page.wait_for_timeout(500)
    return page


@pytest.fixture(scope="module")
def network():
    image = load_sample("street").image
    return zoo.load("street_fcn8s").methods["fusion"](image=image)


def on(page, key, body):
    return page.evaluate(ON_STAGE, [key, body])


def point(page, key, tile, u, v):
    """Move the pointer to a share of a tile; return where the browser says it is."""
    on(page, key, "s.dom.frame.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(200)
    boxes = "s.own.tiles" if key == "fcn_fusion" else "s.params.tiles"
    x, y = on(
        page,
        key,
        f"const [x, y, w, h] = {boxes}[{tile}].box;"
        "const r = s.dom.frame.getBoundingClientRect();"
        f"return [r.left + (x + {u} * w) / s.w * r.width,"
        f"        r.top + (y + {v} * h) / s.h * r.height];",
    )
    page.mouse.move(x, y)
    page.wait_for_timeout(200)
    return x, y


def pixel(network, at):
    height, width = network["labels"].shape
    return int(at["v"] * height), int(at["u"] * width)


@pytest.mark.parametrize("where", [(0.21, 0.37), (0.73, 0.66), (0.98, 0.98)])
def test_every_tile_is_read_at_the_pixel_under_the_pointer(opened, network, where):
    point(opened, "fcn_stage", 1, *where)
    now = on(opened, "fcn_stage", "return s.own.now")
    row, col = pixel(network, now["at"])
    assert now["labels"][3] == network["labels"][row, col]
    grown = enlarge(network["fused_8"], *network["labels"].shape)
    assert np.abs(np.array(now["scores"][3]) - grown[row, col]).max() < 1e-3
    best = softmax(grown[row, col]).max()
    said = on(opened, "fcn_stage", "return s.panel.textContent")
    assert f"{100 * best:.{0 if best >= 0.0995 else 1}f} %" in said


def test_the_sum_is_written_out_and_a_click_has_it_proved(opened, network):
    runs = on(opened, "fcn_fusion", "return s.calls")
    at = point(opened, "fcn_fusion", 7, 0.4, 0.6)
    shown = on(
        opened,
        "fcn_fusion",
        "return {at: s.own.place, k: s.params.k, logit: s.own.now.logit,"
        " sums: s.own.now.rows.map((one) => one.sum), said: s.panel.textContent};",
    )
    assert on(opened, "fcn_fusion", "return s.calls") == runs
    for stride, total in zip((16, 8), shown["sums"], strict=True):
        grid = network[f"fused_{stride}"][..., shown["k"]]
        row = int(shown["at"][1] * grid.shape[0])
        col = int(shown["at"][0] * grid.shape[1])
        assert total == pytest.approx(grid[row, col], abs=1e-3)
        assert f"= {total:.2f}".replace("-", "−") in shown["said"]
    step = "window.dispatchEvent(new CustomEvent('explorer:frame', {detail:"
    opened.evaluate(f"() => {{ {step} {{key: 'fcn_steps_bar_8', frame: 3}}}})) }}")
    opened.wait_for_timeout(200)
    early = on(opened, "fcn_fusion", "return s.panel.textContent")
    assert "Stride 32 → 16" in early
    assert "Stride 16 → 8" not in early
    assert "bilinear" not in early
    opened.mouse.click(*at)
    opened.get_by_text("the arithmetic in your browser").wait_for(timeout=WAIT_MS)
    assert "fcn_place=" in opened.url
    assert opened.get_by_text("differs from").count() == 0
