"""What the Share panel says and warns of, on a page that has nothing else."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
LAN = "10.0.0.7:8501"


@pytest.fixture
def panel(page, server):
    """Open the page with a query, and its panel."""
    url = server("tests/browser/apps/share_page.py")

    def at(query: str = ""):
        page.goto(url + query)
        page.wait_for_selector("h1", timeout=WAIT_MS)
        settle(page)
        turn(page)
        return page

    return at


def turn(page) -> None:
    page.get_by_role("button", name="Share").click()


def carries(page, start: str) -> None:
    """Wait until link and code are of an address that begins so."""
    page.wait_for_function(
        "start => [...document.querySelectorAll('*')].some(e => e.shadowRoot"
        "?.querySelector('.code .qr[src]')?.alt.startsWith('QR code of ' + start)"
        "&& e.shadowRoot.querySelector('.link').value.startsWith(start))",
        arg=start,
        timeout=WAIT_MS,
    )


def alone(page):
    return page.get_by_text("works on this machine alone")


def test_the_networks_address_is_taken_left_and_remembered(panel):
    page = panel("?a=1")
    carries(page, f"http://{LAN}/?a=1")
    box = page.get_by_role("checkbox", name=f"Use {LAN} in the code")
    expect(box).to_be_checked()
    box.uncheck()
    carries(page, "http://127.0.0.1:")
    for _ in range(2):  # shut, and opened again
        turn(page)
    carries(page, "http://127.0.0.1:")
    expect(box).not_to_be_checked()
    box.check()
    carries(page, f"http://{LAN}/")
    for _ in range(2):
        turn(page)
    carries(page, f"http://{LAN}/")
    expect(box).to_be_checked()


def test_in_another_network_a_panel_that_opens_has_the_new_address(panel):
    page = panel()
    carries(page, f"http://{LAN}/")
    turn(page)
    page.get_by_text("Another room").click()
    settle(page)
    turn(page)
    carries(page, "http://10.0.0.9:8501/")


def test_the_large_code_warns_of_an_address_that_no_phone_reaches(panel):
    page = panel()
    carries(page, f"http://{LAN}/")
    large = page.get_by_role("button", name="Show large")
    large.click()
    expect(alone(page)).to_be_hidden()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("checkbox", name=f"Use {LAN} in the code").uncheck()
    carries(page, "http://127.0.0.1:")
    large.click()
    expect(alone(page)).to_be_visible()


def test_a_photo_of_ones_own_is_said_to_stay(panel):
    note = "Your photo stays here"
    page = panel("?image=own&mine=1")
    expect(page.get_by_text(note)).to_be_visible(timeout=WAIT_MS)
    page = panel("?image=own")  # it was lost, and a sample is shown
    carries(page, f"http://{LAN}/?image=own")
    expect(page.get_by_text(note)).to_be_hidden()
    page = panel("?image=coffee")
    carries(page, f"http://{LAN}/?image=coffee")
    expect(page.get_by_text(note)).to_be_hidden()
