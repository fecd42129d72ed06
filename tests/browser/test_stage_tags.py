"""Labels on a picture in a real Chromium: no name is hidden, and all grow in a hall."""

import json

import pytest

from explorer.ui.stage import assets

pytestmark = pytest.mark.browser

DRAW = (assets.FOLDER / "draw.js").read_text("utf-8")
CHALLENGE = (assets.FOLDER / "programs" / "challenge.js").read_text("utf-8")
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


def test_no_bare_score_of_a_layers_boxes_hides_a_label(page):
    """Four names find room, then two scores between them, then nothing."""
    page.goto("about:blank")
    names = [f"person 0.{k}" for k in range(95, 35, -5)]
    boxes = [[x, 20, 295, 38] for x in (5, 5, 200, 200, *[130] * 8)]
    seen = page.evaluate(
        f"""(() => {{
            {NEEDS}{DRAW}
            const at = Float32Array.from({boxes}.flat());
            const layer = {{at, labels: {json.dumps(names)}, width: 2,
                color: ["#009E73"]}};
            Object.assign(s, {{w: 300, frame: Infinity}});
            DRAW.boxes(s, g, layer, 1);
            return {{written, places: g.tags}};
        }})()"""
    )
    assert seen["written"] == [*names[:4], "0.75", "0.70"]
    places = seen["places"]
    for i, (a, b, c, d) in enumerate(places):
        for left, top, wide, high in places[:i]:
            assert a >= left + wide or left >= a + c or b >= top + high or top >= b + d


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("HOG −0.35", "−0.35"),
        ("#3 wrong  IoU 0.45", "IoU 0.45"),
    ],
)
def test_what_is_left_of_a_label_is_still_true(tagged, text, number):
    assert tagged([text] * 4)["written"][2:] == [number] * 2


def test_challenges_names_keep_clear_of_the_yellow_boxs_in_a_hall(page):
    page.goto("about:blank")
    places = page.evaluate(
        f"""(() => {{
            document.documentElement.style.fontSize = "24px";
            const PROGRAMS = {{}}, fixed = (v) => v.toFixed(2);
            {NEEDS}{DRAW}{CHALLENGE}
            const kind = {{name: "right", color: "#009E73"}};
            Object.assign(s, {{w: 600, h: 200, boxes: [[100, 90, 400, 105]]}});
            Object.assign(s, {{own: {{at: null}}, params: {{kinds: [kind]}}}});
            tagPlace(s, g, "true: the longest of names", 100, 87, 1);
            chlTags(s, g, [[210, 20, 300, 55, 0.9, 0, ""]]);
            return g.tags;
        }})()"""
    )
    (_, top, wide, high), (x, y, _, tall) = places
    assert 100 + wide > x > 190  # beside what the usual type takes
    for first, last in ((top, top + high), (100, 110)):  # its name, its lower edge
        assert y + tall <= first or y >= last


def test_a_label_without_a_number_stays_whole(tagged):
    assert tagged(["cat", "dog", "cow"])["written"] == ["cat", "dog", "cow"]


def test_labels_grow_with_the_type_of_the_page(tagged):
    usual, hall = tagged(["person 0.90"]), tagged(["person 0.90"], root_px=24)
    assert hall["fonts"] == [1.5 * usual["fonts"][0]]
    assert hall["places"][0][3] == 1.5 * usual["places"][0][3]
