"""A saved file shows whole what the page showed, on paper of another width too."""

import pytest

from explorer.ui.plan import Plan, Step, pack_plan
from tests.browser.conftest import opened, settle
from tests.browser.test_share import saved, share

pytestmark = pytest.mark.browser
CUT = """() => [...document.querySelectorAll("body *")].filter((e) =>
  e.clientWidth && getComputedStyle(e).overflowX !== "visible"
  && e.scrollWidth > e.clientWidth + 1).map((e) => e.innerText.slice(0, 60))"""


@pytest.mark.parametrize("view", ["precision_recall", "latent_arithmetic"])
def test_a_file_saved_in_a_hall_is_cut_nowhere(page, app_url, browser, view):
    opened(page, f"{app_url}/{view}?projector=1")
    share(page)
    html = saved(page, "HTML").decode()
    other = browser.new_page(viewport={"width": 1280, "height": 720})
    other.set_content(html)
    for width in (1280, 1024):
        other.set_viewport_size({"width": width, "height": 720})
        other.wait_for_timeout(200)
        assert other.evaluate(CUT) == []
        assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    other.close()


def test_a_notes_icon_is_no_word_of_the_file(page, app_url, browser):
    opened(page, f"{app_url}/hog?hog_part=no+such")
    icon = page.locator("[data-testid=stAlertDynamicIcon]").first.inner_text()
    share(page)
    html = saved(page, "HTML").decode()
    assert "which this page does not offer" in html
    assert icon not in html


def test_the_panel_of_a_plans_view_fits_a_projector(page, app_url):
    plan = Plan("", (Step("nms"), Step("hog")))
    opened(page, f"{app_url}/nms?plan={pack_plan(plan)}&at=1&projector=1")
    share(page)
    settle(page)
    last = page.get_by_role("button", name="Leave the plan").bounding_box()
    assert last["y"] + last["height"] <= 720
    body = page.locator("[data-testid=stPopoverBody]:has(.st-key-_share)")
    box = body.bounding_box()
    assert last["y"] + last["height"] <= box["y"] + box["height"]
