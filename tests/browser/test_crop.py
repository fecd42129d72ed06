"""The programs crop.js and slide.js: the crop while dragging, the window counted."""

import numpy as np
import pytest

from explorer.core.window_grid import coverage, window_grid

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
CROP = "body => new Function('s', body)(window.__stage.stages.crop_stage)"
SLIDE = "body => new Function('s', body)(window.__stage.stages.slide_stage)"


def test_the_crop_follows_the_drag_and_a_pause_asks_the_network(page, app_url):
    page.goto(f"{app_url}/cnn_windows?image=chelsea")
    page.wait_for_function(
        "() => window.__stage?.stages.crop_stage?.own.picture", timeout=WAIT_MS
    )
    page.get_by_text("max |Δ|").first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(500)
    first = page.evaluate(CROP, "return String(s.params.box)")
    x, y = page.evaluate(
        CROP,
        "const r = s.dom.frame.getBoundingClientRect(), b = s.boxes[0];"
        "return [r.left + (b[0] + b[2]) / 2 / s.w * r.width,"
        " r.top + (b[1] + b[3]) / 2 / s.h * r.height];",
    )
    ink = "return s.own.picture.toDataURL()"
    before = page.evaluate(CROP, ink)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=5)
    page.wait_for_timeout(60)
    assert page.evaluate(CROP, ink) != before
    pale, dragging = page.evaluate(
        CROP, "return [s.own.answer.style.opacity, s.dragging]"
    )
    assert (pale, dragging) == ("0.4", True)
    # The button is still held: the pause alone brings the answer.
    page.wait_for_function(
        "first => { const s = window.__stage.stages.crop_stage;"
        " return s.dragging && String(s.params.box) !== first"
        " && s.own.answer.style.opacity === '1'; }",
        arg=first,
        timeout=WAIT_MS,
    )
    page.mouse.up()
    page.wait_for_timeout(800)
    box, asked = page.evaluate(CROP, "return [s.boxes[0], s.params.box]")
    assert np.rint(box).astype(int).tolist() == asked
    assert "cnn_windows_box=" in page.url


def test_a_box_just_below_half_a_pixel_is_the_one_that_was_asked_for(page, app_url):
    page.goto(f"{app_url}/cnn_windows?image=chelsea")
    page.wait_for_function(
        "() => window.__stage?.stages.crop_stage?.own.picture", timeout=WAIT_MS
    )
    box, pale = page.evaluate(
        CROP,
        "s.boxes = [s.boxes[0].map((v) => v - 2e-5)]; s.program.move(s);"
        "return [s.boxes[0], s.own.answer.style.opacity];",
    )
    assert box[0] % 1 == pytest.approx(0.5, abs=1e-4)
    assert pale == "1"


@pytest.mark.parametrize(("size", "stride"), [("20", "1"), ("64", "16"), ("128", "32")])
def test_the_window_under_the_pointer_is_numbered_as_in_the_core(
    page, app_url, size, stride
):
    page.goto(
        f"{app_url}/cnn_windows?image=chelsea&cnn_windows_part=The+count"
        f"&cnn_windows_scene=My+photo&cnn_windows_stride={stride}"
        f"&cnn_windows_window={size}+%C3%97+{size}"
    )
    page.wait_for_function(
        "() => window.__stage?.stages.slide_stage?.own.at", timeout=WAIT_MS
    )
    grid = window_grid(300, 451, int(size), int(stride))
    xs, ys = (np.arange(n) * grid.stride for n in (grid.cols, grid.rows))
    boxes = np.array([[x, y, x + grid.size, y + grid.size] for y in ys for x in xs])
    counts = coverage(boxes, 300, 451)
    for x, y in ((0, 0), (450, 299), (225, 150), (7, 290)):
        row, col, held = page.evaluate(
            SLIDE,
            f"s.pointer = [{x + 0.5}, {y + 0.5}]; s.program.move(s);"
            "return [...s.own.at, s.own.held];",
        )
        assert held == counts[y, x]
        middles = boxes[:, :2] + grid.size / 2
        nearest = int(np.abs(middles - [x + 0.5, y + 0.5]).sum(1).argmin())
        far = np.abs(middles[row * grid.cols + col] - [x + 0.5, y + 0.5]).sum()
        assert far <= np.abs(middles[nearest] - [x + 0.5, y + 0.5]).sum() + 1e-9
