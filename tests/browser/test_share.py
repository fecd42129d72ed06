"""Share and lesson plans in a real Chromium: codes are read, files opened offline."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from explorer.ui.plan import Plan, Step, pack_plan
from explorer.ui.stage.scrubber import _ICONS
from tests.browser.conftest import opened, settle

pytestmark = pytest.mark.browser
SLIDER = "[data-testid=stSlider] input[type=range]"
CODE = ".share .code img.qr[src]"
PROJECTOR_PX = 1920


def share(page) -> None:
    page.get_by_role("button", name="Share").click()
    page.wait_for_selector(CODE, timeout=30_000)


def read_code(page) -> str:
    """What a camera reads from the code in its large form.

    OpenCV's older detector misses about one code in thirty; this one, none of 1,350.
    """
    page.get_by_role("button", name="Show the code large").click()
    page.locator("dialog[open] img.qr").wait_for()
    shot = np.frombuffer(page.screenshot(), np.uint8)
    page.get_by_role("button", name="Close").click()
    return cv2.QRCodeDetectorAruco().detectAndDecode(cv2.imdecode(shot, 0))[0]


def saved(page, kind: str) -> bytes:
    with page.expect_download(timeout=60_000) as got:
        page.get_by_role("button", name=f"Save as {kind}").click()
    assert got.value.suggested_filename.endswith(f".{kind.lower()}")
    return got.value.path().read_bytes()


def shares(page, address: str) -> None:
    """Wait until the panel's code is of a link that ends so."""
    page.wait_for_function(
        "end => [...document.querySelectorAll('*')].some(e => e.shadowRoot"
        "?.querySelector('.code .qr')?.alt.endsWith(end))",
        arg=address,
    )


def test_the_code_is_the_views_link_and_follows_it(page, app_url):
    opened(page, f"{app_url}/nms?nms_iou=0.3&projector=1")
    share(page)
    assert read_code(page) == f"{app_url}/nms?nms_iou=0.3"
    page.locator(SLIDER).first.evaluate("e => e.focus()")  # without closing the panel
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**nms_iou=0.35*")
    shares(page, "/nms?nms_iou=0.35")
    assert read_code(page) == f"{app_url}/nms?nms_iou=0.35"
    assert page.get_by_text("can't reach").count() == 1  # 127.0.0.1 is the test's own
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Link copied").wait_for()


# A stage with a scrubber and charts; a grid and formulas; a panel that a program fills;
# pictures side by side with tables.
VIEWS = [
    "mask_rcnn",  # a slider and buttons in its panel, and a scrubber
    "nms?nms_part=A+detector",
    "elastic_deformation",
    "receptive_field",
    "vae",
    "box_regression",
]


# What is about to be painted as a picture, for a look at it.
SHEET = """() => {
  const write = XMLSerializer.prototype.serializeToString;
  XMLSerializer.prototype.serializeToString = function (node) {
    return (window.__sheet = write.call(this, node));
  };
}"""


# No bar to scroll by is painted: each hides what lies under it.
SCROLLING = """() => {
  const host = document.body.appendChild(document.createElement("div"));
  host.attachShadow({ mode: "open" }).innerHTML = window.__sheet;
  const all = [...host.shadowRoot.querySelectorAll("*")];
  const looks = all.map((e) => getComputedStyle(e));
  const found = looks.filter((x) => /auto|scroll/.test(x.overflowX + x.overflowY));
  host.remove();
  return found.length;
}"""


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_is_saved_whole_as_html_and_as_a_picture(page, app_url, view, browser):
    page.emulate_media(color_scheme="dark")
    opened(page, f"{app_url}/{view}")
    share(page)
    html = saved(page, "HTML")
    page.evaluate(SHEET)
    picture = np.array(Image.open(io.BytesIO(saved(page, "PNG"))).convert("RGB"))
    assert page.evaluate("play => !window.__sheet.includes(play)", _ICONS["play"])
    assert page.evaluate(SCROLLING) == 0
    assert picture.shape[1] >= PROJECTOR_PX
    assert picture.shape[0] > 600
    assert picture.std() > 20
    assert np.median(picture) < 60  # as shown: dark
    offline_copy(browser, page, html)


def offline_copy(browser, page, html: bytes) -> None:
    """Open the file without a network: it asks for nothing, and all of it is there."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    other, asked = context.new_page(), []
    other.on("request", lambda r: r.url.startswith("data:") or asked.append(r.url))
    other.set_content(html.decode())
    other.wait_for_timeout(200)
    assert asked == []
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    formulas = page.locator("[data-testid=stMain] .katex:visible").count()
    assert other.locator("[role=math]").count() <= formulas
    assert other.locator("input, select, textarea, button").count() == 0
    assert other.get_by_text("\u203a", exact=True).count() == 0  # a button of a panel
    title = page.locator("h1").inner_text()
    assert other.locator("h1").inner_text() == title
    text = other.locator("body").inner_text()
    assert "max |Δ|" in text
    assert " ms" in text
    assert page.url.split("?")[0] in text
    stages = page.locator("canvas.over").count()
    assert other.locator("img.whole").count() == stages > 0
    assert other.evaluate(
        "[...document.images].every(i => i.complete && i.naturalWidth > 0)"
    )
    charts = page.locator("[data-testid=stPlotlyChart]:visible").count()
    assert other.locator("svg.chart").count() == charts
    ink, ground = other.evaluate(
        "[getComputedStyle(document.body).color, "
        "getComputedStyle(document.body).backgroundColor]"
    )
    assert (ink, ground) == ("rgb(27, 32, 38)", "rgb(255, 255, 255)")
    shot = cv2.imdecode(np.frombuffer(other.screenshot(), np.uint8), 0)
    assert np.median(shot) > 240  # light, though the page was dark
    context.close()


def test_columns_of_a_saved_page_keep_their_shares(page, app_url, browser):
    opened(page, f"{app_url}/roi_pooling?roi_pooling_part=4+%C3%97+4")
    share(page)
    html = saved(page, "HTML").decode()
    other = browser.new_page(viewport={"width": 1280, "height": 900})
    other.set_content(html)
    row = "[...document.querySelector('.row').children].map(e => e.clientWidth)"
    numbers, picture = other.evaluate(row)
    assert numbers < picture / 2
    assert "Part: 4 \u00d7 4" in other.locator(".settings").inner_text()
    assert other.locator(".row table").first.inner_text().split()[4:8] == [*"1321"]
    other.set_viewport_size({"width": 390, "height": 800})
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    other.close()


def test_a_plan_is_followed_through_two_views_of_one_lesson(page, app_url):
    views = ("nms_iou=0.3", "nms_iou=0.8&nms_part=A+detector", "")
    steps = (*(Step("nms", view) for view in views), Step("hog", "hog_part=Glyphs"))
    plan = Plan("Week 3", steps)
    opened(page, f"{app_url}/?plan={pack_plan(plan)}&projector=1")
    page.get_by_role("button", name="Start").click()
    for place, (value, part) in enumerate(
        [(0.3, "Two boxes"), (0.8, "A detector"), (0.5, "Two boxes")]
    ):
        page.wait_for_url(f"**/nms?*at={place + 1}*")
        page.get_by_role("link", name=f"{place + 1} of 4").wait_for()
        at_value(page, value)
        chosen = "[aria-label='Part'] [aria-checked=true]"
        assert page.locator(chosen).inner_text() == part
        if place == 0:  # what is changed on the way gives way to the next view
            page.locator(SLIDER).first.focus()
            page.keyboard.press("ArrowRight")
            page.wait_for_url("**nms_iou=0.35*")
            settle(page)
        page.get_by_role("link", name="Next", exact=True).click()
    page.wait_for_selector("h1:has-text('HOG')")
    page.get_by_role("link", name="4 of 4 · end: back to the plan").wait_for()
    assert "projector=1" in page.url
    page.get_by_role("link", name="Previous", exact=True).click()
    page.wait_for_url("**/nms?*at=3*")
    at_value(page, 0.5)


def at_value(page, value: float) -> None:
    page.wait_for_function(
        "([q, v]) => Math.abs(document.querySelector(q)?.value - v) < 1e-6",
        arg=[SLIDER, value],
        timeout=30_000,
    )
    settle(page)


def test_a_view_is_added_to_the_plan_and_the_plans_code_leads_to_it(page, app_url):
    opened(page, f"{app_url}/nms?nms_iou=0.3")
    share(page)
    page.get_by_role("button", name="Add this view to my plan").click()
    page.get_by_role("link", name="My plan: 1 lesson").click()
    page.get_by_role("button", name="Share the plan").click()
    page.wait_for_selector(CODE, timeout=30_000)
    plan = Plan("", (Step("nms", "nms_iou=0.3"),))
    shares(page, f"/?plan={pack_plan(plan)}")
    assert read_code(page) == f"{app_url}/?plan={pack_plan(plan)}"


@pytest.mark.parametrize("query", ["", "&projector=1"])
def test_the_header_fits_its_screen_in_a_plan(page, app_url, query):
    plan = Plan("", (Step("nms"), Step("fully_convolutional"), Step("vae")))
    opened(page, f"{app_url}/nms?plan={pack_plan(plan)}&at=1{query}")
    share(page)
    for width in (1440, 1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(300)
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
        assert page.locator(".st-key-lesson_way").bounding_box()["height"] < 150
        box = page.locator(".share").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
