"""What a reader does on the stage, with a real pointer and real keys."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.stage_cases import WAIT_MS, opened, says

__all__ = ["opened"]

pytestmark = pytest.mark.browser


FRAME_MS = 16


def test_labels_keep_clear_of_each_other_and_of_the_edges(opened):
    stage = opened("boxes", "editor")
    stage.do("s.boxes = [[600, 3, 640, 200], [604, 3, 640, 90]]; s.redraw();")
    stage.page.wait_for_timeout(100)
    tags = stage.do("return s.dom.over.getContext('2d').tags;")
    assert len(tags) == 2
    (x, y, w, h), (a, b, c, d) = tags
    assert x + w <= 640
    assert a + c <= 640
    assert x < a + c
    assert a < x + w
    assert y + h <= b or b + d <= y
    assert min(y, b) >= 0


def test_hover_reads_all_values_of_the_cell(page, opened):
    stage = opened("boxes", "editor")
    values = np.random.default_rng(0)
    corner = values.uniform(0, [560, 400], (500, 2))
    values.uniform(10, 80, corner.shape)
    grid = values.integers(0, 255, (60, 80, 9)).astype(np.uint8)
    page.mouse.move(*stage.at(404, 244))
    page.wait_for_timeout(100)
    read = stage.read()
    assert "row 30, column 50" in read
    expected = [f"{20 * i}° {grid[30, 50, i] * 0.01:.2f}" for i in range(9)]
    for text in expected:
        assert text in read


def test_the_read_out_moves_nothing_else(page, opened):
    stage = opened("boxes", "editor")
    tops = "return s.dom.wrap.getBoundingClientRect().height;"
    before = stage.do(tops)
    page.mouse.move(*stage.at(404, 244))
    page.wait_for_timeout(100)
    assert stage.do(tops) == before


def test_a_click_chooses_a_cell_and_asks_the_live_route(page, opened):
    stage = opened("click", "cells")
    says(page, "cell 2 1")
    page.mouse.click(*stage.at(5.4, 6.6))
    says(page, "cell 5 6")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    says(page, "cell 4 5")


def test_while_dragging_one_request_flies_and_the_last_place_wins(page, opened):
    stage = opened("click", "cells")
    asked, flying = [], []

    def answer(route):
        flying.append(route)
        asked.append(route.request.url.split("?")[1])
        page.wait_for_timeout(30)
        assert len(flying) == 1
        if len(asked) == 2:
            route.fulfill(status=503)
        else:
            route.fulfill(json=f"asked {len(asked)}")
        flying.pop()

    page.route("**/_stcore/health?*", answer)
    stage.drag((1.5, 1.5), (6.5, 4.5), steps=20)
    page.wait_for_timeout(600)
    assert 2 <= len(asked) < 20
    assert asked[-1] == "x=6.50&y=4.50"
    assert len(page.evaluate("() => window.__stage.fetches")) == len(asked) - 1


def test_a_point_is_dragged_and_moved_by_keys(page, opened):
    stage = opened("click", "point")
    stage.drag((320, 240), (100, 60))
    says(page, "point 100 60")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("point 100 60", exact=True)).to_have_count(0)


def test_the_brush_leaves_ink(page, opened):
    stage = opened("brush", "ink")
    stage.drag((20, 20), (90, 90))
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Clear").wait_for()
    text = page.get_by_text("ink ").first
    expect(text).not_to_have_text("ink none", timeout=WAIT_MS)
    assert 10_000 < int(text.inner_text().split()[1]) < 28 * 28 * 255
    page.get_by_role("button", name="Clear").click()
    says(page, "ink none")


def test_the_scrubber_redraws_the_stage_and_python_follows(page, opened):
    stage = opened("frames", "steps")
    says(page, "shown 1")
    page.get_by_role("button", name="Next").first.click()
    assert stage.do("return s.frame;") == 2
    says(page, "shown 2")
    page.mouse.click(*stage.at(300, 100))
    page.keyboard.press("ArrowRight")
    assert stage.do("return s.frame;") == 3
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    says(page, "shown 4")
    expect(page.get_by_text("4 of 4 · end")).to_be_visible()
    expect(page.get_by_text("nothing to step through")).to_be_visible()
    page.get_by_role("button", name="Play").first.click()
    assert stage.do("return s.frame;") == 0
    says(page, "shown 4")


def test_a_scrubber_counts_as_its_page_does(page, opened):
    opened("frames", "steps")
    said = {
        name: page.get_by_role("slider", name=name).get_attribute("aria-valuetext")
        for name in ("Rounds", "Pictures", "Stages")
    }
    assert said == {
        "Rounds": "1 of 4  ·  keep",
        "Pictures": "7 of 13",
        "Stages": "stage 1 of 1",
    }


@pytest.mark.parametrize("width", [1440, 1373, 1280, 1119, 500])
def test_a_steps_whole_name_is_shown_and_no_step_moves_the_page(page, opened, width):
    page.set_viewport_size({"width": width, "height": 800})
    opened("frames", "steps")
    bar = page.get_by_role("group", name="Wide")
    now, slider = bar.locator(".now"), page.get_by_role("slider", name="Wide")
    heights = []
    for frame, said in enumerate(("all", "few", "as the network counts them")):
        slider.fill(str(frame))
        expect(now).to_contain_text(said)
        heights.append(bar.bounding_box()["height"])
        assert now.evaluate(
            "(e) => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight"
            " && getComputedStyle(e).textOverflow !== 'ellipsis'"
        )
    assert max(heights) == min(heights)


def test_canvases_write_in_the_pages_typeface(page, opened):
    stage = opened("frames", "steps")
    face = page.evaluate(
        "getComputedStyle(document.querySelector('.stApp')).fontFamily"
    )
    assert stage.do("return s.font;") == face
    assert "Source Sans" in face


def test_save_png_is_the_picture_with_its_layers(page, opened):
    stage = opened("frames", "steps")
    with page.expect_download() as waiting:
        stage.do("s.dom.save.click();")
    assert waiting.value.suggested_filename == "steps.png"
    raw = waiting.value.path().read_bytes()
    saved = np.asarray(Image.open(io.BytesIO(raw)).convert("RGB")).astype(int)
    assert saved.shape == (960, 1280, 3)
    assert np.abs(saved[20, 1200] - [600 * 255 // 640, 5, (600 + 10) % 256]).max() < 12
    y, x = np.mgrid[0:480, 0:640]
    plain = np.stack([x * 255 // 640, y * 255 // 480, (x + y) % 256], 2)
    inside = saved[260, 160]
    assert np.abs(inside - plain[130, 80]).max() > 20


def p95(page, kind):
    times = page.evaluate(
        "kind => window.__stage.samples.filter((one) => one.kind === kind)"
        ".map((one) => one.ms)",
        kind,
    )
    assert len(times) >= 20
    return float(np.percentile(times, 95))


def test_hover_and_drag_take_less_than_a_frame(page, opened):
    """The best of three rounds: other work on the machine is not the stage's."""
    stage = opened("boxes", "editor")
    rounds = []
    for turn in range(3):
        page.evaluate("() => { window.__stage.samples.length = 0; }")
        page.mouse.move(*stage.at(10, 10))
        page.mouse.move(*stage.at(630, 470), steps=60)
        stage.drag((200 + 5 * turn, 180), (205 + 5 * turn, 180), steps=60)
        rounds.append((p95(page, "hover"), p95(page, "drag")))
    hover, drag = np.min(rounds, axis=0)
    print(f"hover p95 {hover:.2f} ms, drag p95 {drag:.2f} ms")
    assert hover <= FRAME_MS
    assert drag <= FRAME_MS


def test_a_rerun_keeps_the_elements_of_the_stage(page, opened):
    stage = opened("boxes", "editor")
    stage.do("s.dom.frame.dataset.mark = 'same'; s.base.dataset.mark = 'same';")
    stage.drag((200, 180), (240, 200))
    says(page, "boxes [[140, 120, 340, 280]]")
    marks = stage.do("return [s.dom.frame.dataset.mark, s.base.dataset.mark];")
    assert marks == ["same", "same"]
