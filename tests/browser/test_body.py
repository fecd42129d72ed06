"""A control reruns the lesson's body and nothing above it; a fault is a sentence."""

import pytest

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/body_page.py"


@pytest.fixture
def opened(page, server):
    page.goto(server(SCRIPT))
    page.get_by_text("page 1, body 1").wait_for()
    return page


def test_a_control_reruns_the_body_alone(opened):
    for turn in (2, 3):
        opened.get_by_text("Once more").click()
        opened.get_by_text(f"page 1, body {turn}").wait_for()


@pytest.mark.parametrize(
    ("button", "said"),
    [("A bad value", "k is 9, but at most 5"), ("A fault", "report the reference")],
)
def test_a_fault_is_a_sentence_and_the_header_stays(opened, button, said):
    opened.get_by_text(button).click()
    opened.get_by_text(said).wait_for()
    assert opened.get_by_role("heading", name="Header").is_visible()
    assert opened.get_by_text("not for the reader").count() == 0
    assert opened.get_by_text("Traceback").count() == 0
    opened.reload()
    opened.get_by_text("page 1, body").wait_for()
