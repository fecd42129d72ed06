"""The way through nginx in a real Chromium: its policy, and a process that dies."""

import os
import re
import signal

import numpy as np
import pytest

from tests.browser.test_app import jpeg, numbers, opened, settle, upload

pytestmark = pytest.mark.browser
AWAY_MS = 60_000


@pytest.fixture
def told(page):
    """What the browser reports: a breach of the policy is an error it prints."""
    lines: list[str] = []
    page.on("console", lambda said: lines.append(said.text))
    return lines


def breaches(told: list[str]) -> list[str]:
    return [line for line in told if "Content Security Policy" in line]


def test_pages_work_under_the_policy(page, course, told, browser):
    opened(page, f"{course.url}/precision_recall")  # a stage and plotly's curves
    page.locator(".js-plotly-plot").first.wait_for()
    assert numbers(page)  # its download
    grey = np.full((240, 320, 3), 90, np.uint8)
    opened(page, f"{course.url}/hog")
    upload(page, "wall.jpg", jpeg(grey))
    page.get_by_text("320 × 240 px").wait_for()
    page.emulate_media(color_scheme="dark")
    opened(page, f"{course.url}/nms?projector=1")
    page.get_by_role("tab", name="Code").first.click()  # highlighted in its colours
    settle(page)
    assert breaches(told) == []


def test_the_picture_follows_a_drag_under_the_policy(page, course, told):
    opened(page, f"{course.url}/latent_space")
    stages = "Object.values(window.__stage.stages)"
    page.wait_for_function(
        f"() => {stages}.some(s => s.own.shown || s.own.views)", timeout=AWAY_MS
    )
    frame = page.locator(".frame").first.bounding_box()
    page.mouse.move(frame["x"] + 60, frame["y"] + 60)
    page.mouse.down()
    page.mouse.move(frame["x"] + 160, frame["y"] + 120, steps=8)
    page.wait_for_function("() => window.__stage.fetches.length > 0", timeout=AWAY_MS)
    page.mouse.up()
    assert breaches(told) == []


def test_a_strange_script_is_not_run(page, course, told):
    opened(page, f"{course.url}/nms")
    page.evaluate(
        "() => { const s = document.createElement('script');"
        " s.textContent = 'window.strange = 1'; document.body.append(s); }"
    )
    assert page.evaluate("() => window.strange") is None
    assert breaches(told)


def test_a_page_whose_process_dies_comes_back_with_the_same_view(page, course):
    opened(page, f"{course.url}/nms?nms_iou=0.3&image=astronaut")
    cookies = {c["name"]: c["value"] for c in page.context.cookies()}
    (home,) = course.served(cookies[course.cookie("reader")])
    with page.expect_websocket(timeout=AWAY_MS) as again:
        os.kill(course.fronts()[home], signal.SIGKILL)
    assert again.value.url.endswith("/_stcore/stream")
    group = "[role=radiogroup][aria-label='Part']"
    part = page.locator(f"{group} button[aria-checked=false]").last
    settle(page)
    part.click()  # the new process answers her
    settle(page)
    page.wait_for_url(re.compile("nms_part="), timeout=AWAY_MS)
    assert "nms_iou=0.3" in page.url
    assert page.locator("[data-testid=stMain] h1").inner_text().startswith("Non-max")
    course.wait()  # the first one is back, and her session stays where it is
    upload(page, "wall.jpg", jpeg(np.full((240, 320, 3), 90, np.uint8)))
    page.get_by_text("320 × 240 px").wait_for()
    page.get_by_test_id("stSidebarNav").get_by_text("Road map").click()
    settle(page)
    pictures = "[...document.querySelectorAll('img[src*=\"/media/\"]')]"
    page.wait_for_function(
        f"() => {pictures}.length > 9 && {pictures}.every(i => i.complete)"
    )
    assert page.evaluate(f"() => {pictures}.filter(i => !i.naturalWidth).length") == 0
