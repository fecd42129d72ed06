"""The programs haar.js and integral.js: their sums are the core's, to the last bit."""

import cv2
import numpy as np
import pytest

from explorer.core.cascade import opencv_cascade
from explorer.core.cascade_window import window_steps
from explorer.core.cascade_windows import level_picture
from explorer.core.haar import KINDS, feature_value, kind_rects
from explorer.core.integral import box_sum, integral_image
from explorer.core.samples import load_sample

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
HAAR = "body => new Function('s', body)(window.__stage.stages.viola_feature)"
SUMS = "body => new Function('s', body)(window.__stage.stages.viola_sums_photo)"
GREY = np.asarray(cv2.cvtColor(load_sample("astronaut").image, cv2.COLOR_RGB2GRAY))


def opened(page, app_url, link, ready):
    page.goto(f"{app_url}/viola_jones?image=astronaut&viola_jones_{link}")
    page.wait_for_function(
        f"() => window.__stage?.stages.{ready}?.own.now", timeout=WAIT_MS
    )
    page.get_by_text("max |Δ|").first.wait_for(timeout=WAIT_MS)


def drag(page, dx, dy):
    box = page.locator("canvas.over").first.bounding_box()
    x, y = box["x"] + 0.45 * box["width"], box["y"] + 0.25 * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=8)
    page.mouse.up()


@pytest.mark.parametrize("name", ["face", "full body"])
def test_a_dragged_window_is_judged_as_in_the_core(page, app_url, name):
    link = f"part=Feature&viola_jones_cascade={name.replace(' ', '+')}"
    opened(page, app_url, link, "viola_feature")
    drag(page, 37, -16)
    page.get_by_text("arithmetic in your browser").wait_for(timeout=WAIT_MS)
    assert "viola_jones_at=" in page.url
    cascade = opencv_cascade(name)
    scale, at = page.evaluate(HAAR, "return [s.params.scale, s.own.at];")
    steps = window_steps(level_picture(GREY, np.float32(scale)), cascade, tuple(at))
    sums, passed = page.evaluate(HAAR, "return [s.own.now.sums, s.own.now.passed];")
    assert sums == steps.sums.tolist()
    assert passed == steps.passed
    every = page.evaluate(
        HAAR,
        "return s.own.cascade.own.map((_, k) => s.program.vote(s, k))"
        ".map((v) => [v.value, v.normal, v.vote]);",
    )
    ours = np.stack([steps.values, steps.normalised, steps.votes], axis=1)
    assert np.array_equal(np.array(every), ours.astype(float))


def test_a_feature_of_ones_own_is_moved_and_sized(page, app_url):
    opened(page, app_url, "part=Feature&viola_jones_kind=four", "viola_feature")
    before = page.evaluate(HAAR, "return [...s.own.box];")
    x, y, unit = page.evaluate(
        HAAR,
        "const r = s.own.zoom.getBoundingClientRect(), b = s.own.box, u = s.own.unit;"
        "return [r.left + (b[0] + b[2]) * u, r.top + (b[1] + b[3]) * u, u];",
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 4 * unit, y + 2 * unit, steps=6)
    page.mouse.up()
    page.mouse.move(x - 8 * unit, y - 2 * unit)
    page.mouse.down()
    page.mouse.move(x - 7 * unit, y + unit, steps=6)
    page.mouse.up()
    box, at, value, scale = page.evaluate(
        HAAR,
        "s.program.move(s);"
        "return [s.own.box, s.own.at, s.own.now.value, s.params.scale];",
    )
    assert [box[0] - before[0], box[1] - before[1]] == [1, 3]
    assert [box[2] - before[2], box[3] - before[3]] == [-4, 2]
    grey = level_picture(GREY, np.float32(scale))
    rects = kind_rects(KINDS["four"], tuple(box))
    assert value == feature_value(integral_image(grey), rects, tuple(at))
    page.get_by_text("arithmetic in your browser").wait_for(timeout=WAIT_MS)


def test_the_four_corners_of_a_dragged_box_give_its_sum(page, app_url):
    opened(page, app_url, "part=Integral+image", "viola_sums_photo")
    drag(page, 40, 25)
    page.get_by_text("arithmetic in your browser").wait_for(timeout=WAIT_MS)
    now = page.evaluate(SUMS, "return s.own.now;")
    assert now["sum"] == now["direct"] == box_sum(integral_image(GREY), now["box"])


def test_a_late_echo_does_not_move_what_was_dragged_since(page, app_url):
    opened(page, app_url, "part=Feature&viola_jones_kind=four", "viola_feature")
    box, at = page.evaluate(
        HAAR,
        "const late = { ...s.params };"
        "s.own.box = [2, 3, 6, 4]; s.own.at = [5, 7];"
        "s.params = late; s.program.mount(s); return [s.own.box, s.own.at];",
    )
    assert (box, at) == ([2, 3, 6, 4], [5, 7])
