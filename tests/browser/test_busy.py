"""A busy machine, as a reader sees it: the place, moving on, leaving, healing."""

import pytest

pytestmark = pytest.mark.browser

APP = "tests/browser/apps/busy_page.py"


@pytest.fixture
def lesson(server, page):
    """The page, with the machine at rest before and after."""
    page.goto(server(APP))
    press(page, "Hold")
    yield page
    press(page, "Free")


def press(page, name):
    counted = says(page, "page ").inner_text().split(",")[0]
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_text(f"{counted},").wait_for(state="detached")


def says(page, text):
    found = page.get_by_text(text, exact=False).first
    found.wait_for(timeout=20_000)
    return found


def move(page, *keys):
    for key in keys:
        page.get_by_role("slider", name="Level").press(key)


def ran(page):
    """Open the page once more and read what the network has run."""
    return says(page, "ran [").inner_text().split("ran ")[1]


def test_a_full_queue_is_a_sentence_and_the_page_heals_by_itself(lesson):
    press(lesson, "Fill")
    move(lesson, "ArrowRight")
    busy = says(lesson, "requests are before yours. This page tries again by itself.")
    assert "The machine is busy: 6" in busy.inner_text()
    says(lesson, "No answer")
    says(lesson, "Below 1")  # the rest of the page is there
    lesson.get_by_text("Kept").click()
    press(lesson, "Free")
    says(lesson, "Answer for 1")
    busy.wait_for(state="detached")
    assert lesson.get_by_role("checkbox", name="Kept").is_checked()
    counted = says(lesson, "page ").inner_text()
    lesson.wait_for_timeout(1500)  # two retries would have come
    assert says(lesson, "page ").inner_text() == counted


def test_the_place_is_said_and_only_the_last_wish_is_run(lesson):
    before = ran(lesson)
    press(lesson, "Three")
    move(lesson, "End")
    says(lesson, "The machine is at work for others: 4 requests are before yours.")
    move(lesson, "ArrowLeft", "ArrowLeft")
    lesson.wait_for_timeout(600)
    press(lesson, "Free")
    says(lesson, "Answer for 7")
    says(lesson, "Below 7")
    press(lesson, "Hold")
    assert ran(lesson).removeprefix(before.rstrip("]")).strip(", ]") == "7"
    assert "level=7" in lesson.url


def test_who_left_is_not_computed_for(lesson, server, browser):
    before = ran(lesson)
    other = browser.new_page()
    other.goto(server(APP))
    press(other, "Three")
    move(other, "PageUp", "ArrowRight")
    says(other, "requests are before yours")
    other.close()
    lesson.wait_for_timeout(1500)
    press(lesson, "Free")
    lesson.wait_for_timeout(500)
    press(lesson, "Hold")
    assert ran(lesson) == before
