"""Labels on a picture in a real Chromium: none vanishes, and all grow in a hall."""

import json

import pytest

from explorer.ui.stage import assets

pytestmark = pytest.mark.browser

DRAW = (assets.FOLDER / "draw.js").read_text("utf-8")
NEEDS = """
const clamp = (v, lo, hi) => Math.min(hi, Math.max(lo, v));
const s = {w: 200, h: 40, px: 1, font: "sans-serif"};
const written = [], fonts = [];
const g = document.createElement("canvas").getContext("2d");
const fill = g.fillText.bind(g);
g.fillText = (text, ...at) => {
  written.push(text);
  fonts.push(parseFloat(g.font.match(/[\\d.]+px/)));
  fill(text, ...at);
};
"""


@pytest.fixture
def tagged(page):
    """Write labels at one place of a picture 200 by 40; what stands, and where."""

    def of(texts, root_px=16):
        page.goto("about:blank")
        calls = "".join(
            f"tag(s, g, {json.dumps(text)}, 5, 20, '#009E73');" for text in texts
        )
        return page.evaluate(
            f"(() => {{ document.documentElement.style.fontSize = '{root_px}px';"
            f"{NEEDS}{DRAW}{calls} return {{written, fonts, places: g.tags}}; }})()"
        )

    return of


def test_each_detection_keeps_a_label_where_there_is_no_room_for_all(tagged):
    seen = tagged([f"person 0.{k}0" for k in range(9, 4, -1)])
    assert seen["written"] == [
        *("person 0.90", "person 0.80"),
        *("0.70", "0.60", "0.50"),  # two rows of 17 px stand in 40
    ]
    assert max(seen["fonts"][2:]) < min(seen["fonts"][:2])


def test_a_label_without_a_number_stays_whole(tagged):
    assert tagged(["cat", "dog", "cow"])["written"] == ["cat", "dog", "cow"]


def test_labels_grow_with_the_type_of_the_page(tagged):
    usual, hall = tagged(["person 0.90"]), tagged(["person 0.90"], root_px=24)
    assert hall["fonts"] == [1.5 * usual["fonts"][0]]
    assert hall["places"][0][3] == 1.5 * usual["places"][0][3]
