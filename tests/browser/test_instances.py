"""The program instances.js: a mask pasted and cut under the reader's hand."""

import numpy as np
import pytest

from explorer.core.mask_compare import mask_change, pasted_probs, sigmoid
from explorer.core.mask_loss import mask_loss
from tests.ui import mask_cases

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/instances_page.py"
WAIT_MS = 90_000
IMAGE = np.zeros((400, 512, 3), np.uint8)


def own(align: bool = True) -> tuple[np.ndarray, np.ndarray]:
    seen = mask_cases.answer_masks(IMAGE, align)
    return seen["mask_logits"][np.arange(3), mask_cases.ROWS], seen["boxes"]


def asked(page, key: str, body: str, *args):
    script = f"([...a]) => new Function('s', 'a', a[0])(window.__stage.stages.{key}, a)"
    return page.evaluate(script, [body, *args])


def opened(page, server, view: str = "paste") -> str:
    key = "mask_stage" if view == "paste" else "swap_stage"
    page.goto(f"{server(SCRIPT)}/?view={view}")
    page.wait_for_function(
        f"() => window.__stage?.stages.{key}?.own.cuts", timeout=WAIT_MS
    )
    page.get_by_text("max |Δ|").first.wait_for(timeout=WAIT_MS)
    return key


def place(page, key: str, x: float, y: float) -> list[float]:
    return asked(
        page,
        key,
        "const r = s.dom.frame.getBoundingClientRect();"
        "return [r.left + a[1] / s.w * r.width, r.top + a[2] / s.h * r.height];",
        x,
        y,
    )


def test_masks_are_the_cores_at_every_threshold(page, server):
    key = opened(page, server)
    assert page.get_by_text("matches").count() == 1
    probs = pasted_probs(*own(), 400, 512)
    for cut in (0.05, 0.3, 0.5, 0.95):
        counts = asked(
            page,
            key,
            "const r = s.panel.querySelector('input[type=range]');"
            "r.value = a[1]; r.oninput();"
            "s.program.move(s);"
            "return s.own.cuts.map((c) => c.getContext('2d')"
            ".getImageData(0, 0, c.width, c.height).data"
            ".reduce((n, v, k) => n + (k % 4 === 3 && v > 0), 0));",
            cut,
        )
        wanted = (probs >= cut).sum(axis=(1, 2))
        # Pixels of a box beyond the picture are in the canvas and not in the core's.
        assert (np.abs(np.array(counts) - wanted) <= [0, 0, 0]).all()
    asked(page, key, "s.panel.querySelector('input[type=range]').onchange()")
    page.get_by_text("at 0.95").first.wait_for(timeout=WAIT_MS)
    page.wait_for_function(
        "() => document.body.innerText.includes('cut at 0.95')", timeout=WAIT_MS
    )
    assert "differs" not in page.inner_text("body")
    assert "mask_rcnn_cut=0.95" in page.url


def test_a_click_and_the_arrows_choose_and_the_steps_are_drawn(page, server):
    key = opened(page, server)
    _, boxes = own()
    x, y = (boxes[1, :2] + boxes[1, 2:]) / 2
    page.mouse.click(*place(page, key, x, y))
    assert asked(page, key, "return s.own.picked") == 1
    page.get_by_text("chosen 1 at 0.50 class -1").wait_for(timeout=WAIT_MS)
    assert "mask_rcnn_instance=2" in page.url
    page.evaluate(f"() => window.__stage.stages.{key}.dom.frame.focus()")
    page.keyboard.press("ArrowRight")
    assert asked(page, key, "return s.own.picked") == 2
    said = set()
    for frame in range(5):
        page.evaluate(
            "frame => window.dispatchEvent(new CustomEvent('explorer:go',"
            " {detail: {key: 'mask_scrub', frame}}))",
            frame,
        )
        page.wait_for_timeout(300)
        assert asked(page, key, "return s.frame") == frame
        said.add(asked(page, key, "return s.own.facts.innerText"))
    assert len(said) == 5


def test_a_cell_has_the_networks_probability_and_another_class_its_own(page, server):
    key = opened(page, server)
    logits, boxes = own()
    n, (x1, y1, x2, y2) = 28, boxes[0]
    x, y = x1 + 10.5 / n * (x2 - x1), y1 + 14.5 / n * (y2 - y1)
    page.mouse.move(*place(page, key, x, y))
    page.wait_for_timeout(300)
    i, j = asked(page, key, "return s.own.cell")
    assert abs(i - 14) <= 1
    assert abs(j - 10) <= 1
    text = asked(page, key, "return s.own.sum.innerText")
    assert f"= {sigmoid(logits[0, i, j]):.3f}" in text
    every = sigmoid(mask_cases.answer_masks(IMAGE)["mask_logits"][0, :, i, j])
    assert f"add up to {np.rint(255 * every).sum() / 255:.2f}"[:-1] in text
    page.get_by_label("Show the mask of dog").click()
    page.get_by_text("class 10").wait_for(timeout=WAIT_MS)
    facts = asked(page, key, "return s.own.facts.innerText")
    assert "not taken" in facts
    assert "mask_rcnn_class=dog" in page.url


def test_a_painted_masks_loss_is_the_cores(page, server):
    key = opened(page, server)
    logits, _ = own()
    page.get_by_text("Paint the true mask").click()
    start = (sigmoid(logits[0]) >= 0.5).astype(int)
    page.wait_for_timeout(300)
    box = asked(
        page,
        key,
        "const r = s.own.big.getBoundingClientRect(); return [r.left, r.top, r.width]",
    )
    page.mouse.move(box[0] + 2.5 / 28 * box[2], box[1] + 2.5 / 28 * box[2])
    page.mouse.down()
    page.mouse.move(box[0] + 9.5 / 28 * box[2], box[1] + 2.5 / 28 * box[2], steps=12)
    page.mouse.up()
    page.wait_for_timeout(400)
    target = np.array(asked(page, key, "return [...s.own.target]")).reshape(28, 28)
    assert (target != start).sum() >= 8
    facts = asked(page, key, "return s.own.loss.innerText")
    assert f"L = {mask_loss(logits[0], target):.4f}" in facts


def test_both_ways_are_compared_pixel_by_pixel(page, server):
    key = opened(page, server, "swap")
    assert "differs" not in page.inner_text("body")
    logits, boxes = own()
    others, _ = own(align=False)
    seen = mask_change(
        pasted_probs(logits[:1], boxes[:1], 400, 512)[0],
        pasted_probs(others[:1], boxes[:1], 400, 512)[0],
        0.5,
    )
    both, first, second = asked(page, key, "return s.own.apart.counts")
    assert (both + first, both + second) == (seen.pixels, seen.other_pixels)
    assert (first, second) == (seen.lost_px, seen.gained_px)
    assert f"{seen.changed_px:,} px change" in asked(
        page, key, "return s.panel.innerText"
    )


def test_dragging_the_threshold_is_fluid(page, server):
    key = opened(page, server)
    page.evaluate("() => { window.__stage.samples.length = 0; }")
    asked(
        page,
        key,
        "const r = s.panel.querySelector('input[type=range]');"
        "let k = 0; const go = () => { r.value = 0.1 + (k++ % 80) / 100; r.oninput();"
        " if (k < 60) requestAnimationFrame(go); }; go();",
    )
    page.wait_for_timeout(3000)
    times = page.evaluate("() => window.__stage.samples.map((one) => one.ms)")
    assert len(times) >= 5
    assert np.median(times) <= 16
