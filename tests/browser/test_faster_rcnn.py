"""The funnel, the pyramid and the losses, as a reader points, drags and clicks."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.anchors import level_of
from explorer.core.roi_align import roi_align_steps
from explorer.models import zoo
from explorer.ui.stage import assets
from tests.browser.apps.pyramid_page import BINS, MAPS, SAMPLES, SCALE, USUAL

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/pyramid_page.py"
FRAME_MS = 16
PATIENT_MS = 120_000

COMPUTE = """boxes => {
  const s = window.__stage.stages.pyramid;
  return boxes.map((box) => {
    s.boxes = [box];
    s.program.move(s);
    return { level: s.own.roi.level, values: [...s.own.roi.values] };
  });
}"""


def regions(count: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    boxes = rng.uniform(0, [640, 480, 640, 480], (count, 4))
    boxes = np.sort(boxes.reshape(-1, 2, 2), axis=1).reshape(-1, 4)
    boxes[0] = [0, 0, 448, 448]  # 224 px in the square: the first of level 5
    boxes[1] = [0, 0, 448, 447.9]
    return boxes


def opened(page, server):
    page.goto(server(SCRIPT))
    page.wait_for_function(
        "() => window.__stage?.stages.pyramid?.own.roi", timeout=PATIENT_MS
    )


def test_the_browser_reads_boxes_as_the_core_does(page, server):
    opened(page, server)
    boxes = regions(60)
    seen = page.evaluate(COMPUTE, boxes.tolist())
    for box, one in zip(boxes, seen, strict=True):
        inside = box * SCALE
        level = int(level_of(inside[None], 3, 5, USUAL)[0])
        assert one["level"] == level
        features = MAPS["map"][level][None]
        made = roi_align_steps(features, inside, BINS, 1 / 2**level, SAMPLES)
        np.testing.assert_allclose(one["values"], made.values.ravel(), atol=1e-6)


def test_the_addition_at_the_pointer_is_that_of_the_maps(page, server):
    opened(page, server)
    page.get_by_role("button", name="Sum of level 4").click()
    page.get_by_role("button", name="Sum of level 4").hover(position={"x": 20, "y": 30})
    said = page.evaluate("() => window.__stage.stages.pyramid.own.add.textContent")
    found = re.match(
        r"Level 4, row (\d+), column (\d+), channel 7: lateral (\S+) ", said
    )
    assert found, said
    row, column = int(found[1]), int(found[2])
    numbers = [float(v.replace("−", "-")) for v in re.findall(r"−?\d+\.\d{3}", said)]
    wanted = [
        MAPS["lateral"][4][row, column],
        MAPS["sum"][5][row // 2, column // 2],
        MAPS["sum"][4][row, column],
        MAPS["map"][4][row, column],
    ]
    np.testing.assert_allclose(numbers, wanted, atol=6e-4)


def test_dragging_the_box_stays_within_a_frame_and_is_sent_when_dropped(page, server):
    opened(page, server)
    expect(page.get_by_text("sent random level 4")).to_be_visible(timeout=PATIENT_MS)
    left, top, px = page.evaluate(
        "() => { const r = window.__stage.stages.pyramid.dom.frame"
        ".getBoundingClientRect(); return [r.left, r.top, r.width / 640]; }"
    )
    page.mouse.move(left + 250 * px, top + 320 * px)
    page.mouse.down()
    page.mouse.move(left + 630 * px, top + 470 * px, steps=40)
    page.mouse.up()
    expect(page.get_by_text("sent random level 5")).to_be_visible(timeout=PATIENT_MS)
    times = page.evaluate(
        "() => window.__stage.samples.filter((one) => one.kind === 'drag')"
        ".map((one) => one.ms)"
    )
    print(f"pyramid drag p95 {np.percentile(times, 95):.2f} ms of {len(times)} frames")
    assert np.median(times) <= FRAME_MS


def test_the_funnel_is_stepped_and_a_box_is_followed(page, app_url):
    page.goto(f"{app_url}/faster_rcnn?faster_rcnn_score=0.05")
    page.wait_for_function(
        "() => window.__stage?.stages.faster_funnel?.own.rows?.length === 9",
        timeout=PATIENT_MS,
    )
    counts = page.evaluate(
        "() => window.__stage.stages.faster_funnel.own.rows"
        ".map((one) => Number(one.lastChild.textContent.replaceAll(',', '')))"
    )
    side = zoo.record("everyday_faster_rcnn_fpn").side_px
    assert counts[0] == 9 * sum(
        (-(-side // stride)) ** 2 for stride in (8, 16, 32, 64, 128)
    )
    assert counts[:5] == sorted(counts[:5], reverse=True)
    assert counts[5:] == sorted(counts[5:], reverse=True)
    page.get_by_role("button", name="RoIs").first.click()
    page.wait_for_function("() => window.__stage.stages.faster_funnel.frame === 4")
    middle = page.evaluate(
        "() => { const s = window.__stage.stages.faster_funnel, b = s.own.all.rois,"
        " r = s.dom.frame.getBoundingClientRect(), k = s.params.scale * s.px;"
        " return [r.left + (b[0] + b[2]) / 2 / k, r.top + (b[1] + b[3]) / 2 / k]; }"
    )
    page.mouse.click(*middle)
    picked = page.evaluate("() => window.__stage.stages.faster_funnel.own.pick.r")
    page.wait_for_function(
        f"() => location.search.includes('faster_rcnn_roi={picked + 1}')",
        timeout=PATIENT_MS,
    )


@pytest.mark.parametrize(
    ("side", "said"),
    [
        (496, "6.15, floor 6, held at 5 → level 5"),
        (448, "6.00, floor 6, held at 5 → level 5"),
        (447, "6.00 → level 5"),  # 5.997
        (28, "2.00, floor 2, held at 3 → level 3"),
    ],
)
def test_the_funnel_says_where_a_level_is_held(page, side, said):
    panel = (assets.FOLDER / "programs" / "funnel.panel.js").read_text("utf-8")
    page.goto("about:blank")
    lines = page.evaluate(
        f"""(() => {{
            const STYLED = {{}}, fixed = (v, k = 2) => v.toFixed(k);
            const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
            const styled = (node, style) => Object.assign(node.style, style) && node;
            const element = (name, kind, text) => {{
                const made = document.createElement(name);
                made.textContent = text ?? "";
                return made;
            }};
            const fnlBox = (array, k) => array.slice(4 * k, 4 * k + 4);
            const fnlArea = (b) => (b[2] - b[0]) * (b[3] - b[1]);
            {panel}
            const rois = [0, 0, {side}, {side}], none = [0, 0, 0, 0];
            const all = {{rois, probs: [0.9, 0.1], bestDeltas: none, bestBoxes: rois}};
            const params = {{usual: 5, lowest: 3, highest: 5, names: ["cat"],
                weights: [10, 10, 5, 5]}};
            const lines = fnlSecond({{own: {{R: 1, C: 2, all}}, params}},
                {{r: 0, m: -1}});
            return lines.map((one) => one.textContent);
        }})()"""
    )
    assert lines[0] == f"features5 + log2({side} / 224) = {said}"


def test_a_true_box_that_is_drawn_learns(page, app_url):
    page.goto(f"{app_url}/faster_rcnn?faster_rcnn_part=Losses")
    page.wait_for_function(
        "() => window.__stage?.stages.faster_losses?.own.list?.children.length",
        timeout=PATIENT_MS,
    )
    before = page.evaluate("() => window.__stage.stages.faster_losses.params.tag")
    frame = page.locator(".frame").first
    frame.focus()
    page.keyboard.press("n")
    page.wait_for_function(
        f"() => window.__stage.stages.faster_losses.params.tag !== '{before}'",
        timeout=PATIENT_MS,
    )
    assert "faster_rcnn_truth_astronaut" in page.url
    sums = page.evaluate(
        "() => { const o = window.__stage.stages.faster_losses.own;"
        " return [o.first, o.second].map((one) =>"
        " [one.each.reduce((a, b) => a + b, 0) / one.count, one.value]); }"
    )
    for ours, theirs in sums:
        assert ours == pytest.approx(theirs, abs=1e-5)
    page.get_by_role("button", name="RoI boxes").click()
    page.wait_for_function(
        "() => location.search.includes('faster_rcnn_term=boxes')", timeout=PATIENT_MS
    )


def test_a_projected_number_keeps_its_buttons(page, app_url):
    page.goto(f"{app_url}/faster_rcnn?faster_rcnn_part=Pyramid&projector=1")
    up = page.locator(".st-key-controls [data-testid=stNumberInputStepUp]")
    expect(up).to_be_visible(timeout=PATIENT_MS)
    assert page.evaluate(
        "() => parseFloat(getComputedStyle(document.documentElement).fontSize) > 16"
    )


def test_a_projected_overlap_slider_has_its_label_in_one_line(page, app_url):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{app_url}/faster_rcnn?projector=1")
    controls = page.locator(".st-key-controls")
    labels = [
        controls.locator("label", has_text=name)
        for name in ("Score threshold", "IoU threshold of NMS")
    ]
    for one in labels:
        expect(one).to_be_visible(timeout=PATIENT_MS)
    short, long = (one.bounding_box() for one in labels)
    assert (long["y"], long["height"]) == (short["y"], short["height"])


@pytest.mark.parametrize(
    "link",
    [
        "faster_rcnn?",
        "mask_rcnn?",
        "yolo?yolo_part=Final+boxes&",
        "anchors?anchors_part=Objectness&",
    ],
)
def test_a_projected_square_far_down_is_whole_in_sight(page, app_url, link):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{app_url}/{link}image=astronaut&projector=1")
    picture = page.locator("canvas.over").first
    expect(picture).to_be_visible(timeout=PATIENT_MS)
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some(e => e.shadowRoot?."
        "querySelector('canvas.over')?.getBoundingClientRect().bottom <= innerHeight)",
        timeout=PATIENT_MS,
    )
    box = picture.bounding_box()
    assert box["width"] == pytest.approx(box["height"], rel=0.01)
    assert box["height"] > 350


def test_on_a_phone_nothing_lies_on_the_title(page, app_url):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app_url}/faster_rcnn")
    title = page.locator("h1", has_text="Faster R-CNN")
    fold = page.locator("[data-testid=stExpandSidebarButton]")
    expect(fold).to_be_visible(timeout=PATIENT_MS)
    expect(title).to_be_visible(timeout=PATIENT_MS)
    one, other = title.bounding_box(), fold.bounding_box()
    assert other["y"] + other["height"] <= one["y"] + 2


def test_a_slider_moved_fast_leaves_the_page_alive(page, app_url):
    """Streamlit kept long messages in the browser, and lost them between fast runs."""
    page.goto(app_url + "/faster_rcnn")
    slider = page.get_by_role("slider", name="Score threshold").first
    page.locator(".st-key-proof_line").wait_for(timeout=PATIENT_MS)
    page.wait_for_timeout(2000)
    slider.press("ArrowRight")
    page.wait_for_timeout(2000)
    for press in range(40):
        page.keyboard.press("ArrowRight" if press % 10 < 6 else "ArrowLeft")
        page.wait_for_timeout(90)
    page.wait_for_timeout(3000)
    page.keyboard.press("End")
    page.wait_for_url("**faster_rcnn_score=**", timeout=PATIENT_MS)
    page.wait_for_timeout(3000)  # a message that was missed would have come by now
    assert page.get_by_text("Connection error").count() == 0
    expect(slider).to_be_enabled()
