"""Dragging a part works out the core's own score, in the browser alone."""

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.star import deformation
from tests.browser.apps.star_page import COSTS, LOOKS, PROGRAM, REACH

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/star_page.py"
AT = "() => window.__stage.stages.star.own"


def net(part, place):
    look = LOOKS[part, place[0] + REACH, place[1] + REACH]
    return float(look) - float(deformation(COSTS[part], place[1], place[0]))


def score(places):
    return 0.75 - 0.5 + sum(net(part, place) for part, place in enumerate(places))


def best():
    every = [(dy, dx) for dy in range(-5, 6) for dx in range(-5, 6)]
    return [
        max(every, key=lambda at, part=part: np.nan_to_num(net(part, at), nan=-9))
        for part in range(3)
    ]


@pytest.fixture
def opened(page, server):
    page.goto(server(SCRIPT))
    page.wait_for_function("() => window.__stage?.stages.star?.own.places")
    page.get_by_text("Score").first.wait_for()
    return page


def places(page):
    return [tuple(one) for one in page.evaluate(f"({AT})().places")]


def screen(page, part, place):
    """Return where on the screen the middle of a part is."""
    left, top, scale = page.evaluate(
        "() => { const { frame } = window.__stage.stages.star.dom;"
        " const r = frame.getBoundingClientRect();"
        " return [r.left, r.top, r.width / 448]; }"
    )
    row, col = np.array(PROGRAM["rest"])[part] + place
    return left + scale * (96 + 16 * col + 48), top + scale * (96 + 16 * row + 48)


def told(page):
    return float(
        page.evaluate(f"({AT})().head.textContent").split()[1].replace("−", "-")
    )


def test_it_starts_at_the_best_places_and_writes_their_score(opened):
    assert places(opened) == best()
    assert told(opened) == pytest.approx(score(best()), abs=0.006)
    expect(opened.get_by_text("the best there is")).to_be_visible()


def test_a_dragged_part_is_scored_where_it_is(opened):
    at = best()
    opened.mouse.move(*screen(opened, 0, at[0]))
    opened.mouse.down()
    opened.mouse.move(*screen(opened, 0, (3, -2)), steps=6)
    opened.mouse.up()
    moved = [(3, -2), *at[1:]]
    opened.wait_for_function(f"() => ({AT})().places[0][0] === 3")
    assert places(opened) == moved
    assert told(opened) == pytest.approx(score(moved), abs=0.006)
    opened.get_by_role("button", name="All at their best").click()
    opened.wait_for_function(f"() => ({AT})().head.textContent.includes('best')")
    assert places(opened) == best()


def test_keys_choose_a_part_and_move_it(opened):
    opened.locator(".frame").focus()
    for key in ("2", "Backspace", "ArrowRight", "ArrowUp"):
        opened.keyboard.press(key)
    opened.wait_for_function(f"() => ({AT})().places[1][1] === 1")
    assert places(opened)[1] == (-1, 1)
    opened.keyboard.press("Home")
    opened.wait_for_function(f"() => ({AT})().head.textContent.includes('the best')")
    assert places(opened) == best()


def test_a_part_can_not_be_dragged_off_the_photo(opened):
    opened.mouse.move(*screen(opened, 2, best()[2]))
    opened.mouse.down()
    opened.mouse.move(*screen(opened, 2, (-9, 0)), steps=4)
    opened.mouse.up()
    opened.wait_for_function(f"() => ({AT})().places[2][0] === -2")
    assert np.isfinite(told(opened))
