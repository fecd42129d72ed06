"""The program challenge.js: scrubbed without a rerun, its truth drawn and locked."""

import re

import pytest

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
STAGE = (
    "Object.values(window.__stage.stages)"
    ".find((one) => one.params?.name === 'challenge')"
)
DO = f"body => new Function('s', body)({STAGE})"


@pytest.fixture
def opened(page, app_url):
    def at(query="", ready="s.params.frames.length"):
        page.goto(f"{app_url}/detection_challenges?{query}")
        page.wait_for_function(
            f"() => {{ const s = window.__stage && {STAGE}; return s && {ready}; }}",
            timeout=WAIT_MS,
        )
        page.wait_for_timeout(500)
        return page

    return at


def spot(page, x, y):
    return page.evaluate(
        DO,
        "const r = s.dom.frame.getBoundingClientRect();"
        f"return [r.left + {x} / s.w * r.width, r.top + {y} / s.h * r.height];",
    )


def on_chart(page, k):
    return page.evaluate(
        DO,
        "const at = s.own.scale, r = s.own.chart.getBoundingClientRect();"
        f"return [r.left + at.X({k}), r.top + 60];",
    )


def middle_pixel(page):
    return page.evaluate(
        DO,
        "const g = s.dom.over.getContext('2d'), c = s.dom.over;"
        "return [...g.getImageData(c.width * 0.8, c.height * 0.9, 1, 1).data];",
    )


def test_dragging_on_the_curve_shows_frames_without_a_rerun_and_ends_in_the_link(
    opened,
):
    page = opened()
    base, calls = page.evaluate(DO, "return [s.own.now, s.calls]")
    assert base == 9
    bright = sum(middle_pixel(page)[:3])
    page.mouse.move(*on_chart(page, 9))
    page.mouse.down()
    page.mouse.move(*on_chart(page, 3), steps=8)
    page.wait_for_timeout(60)
    assert page.evaluate(DO, "return [s.own.now, s.calls]") == [3, calls]
    assert sum(middle_pixel(page)[:3]) < bright
    said = page.evaluate(DO, "return s.panel.textContent")
    assert "Light, in stops: −6" in said
    assert "no box" in said
    assert "64 times less light" in said
    page.mouse.up()
    page.wait_for_function(
        "() => location.search.includes('illumination=3')", timeout=WAIT_MS
    )
    page.wait_for_timeout(500)
    assert page.evaluate(DO, "return [s.own.now, s.calls]") == [3, calls]


def test_a_link_opens_at_its_position(opened):
    page = opened("detection_challenges_challenge=Pose&detection_challenges_pose=12")
    assert page.evaluate(DO, "return s.own.now") == 12
    assert "+90°" in page.locator(".now").inner_text()


def test_the_truth_goes_with_the_frame_and_is_moved_only_where_nothing_turned(opened):
    page = opened("detection_challenges_challenge=Pose&detection_challenges_pose=9")
    moved = page.evaluate(DO, "return [s.boxes[0], s.params.truths[9][0].slice(0, 4)]")
    assert moved[0] == moved[1]
    assert "go to the unchanged one" in page.locator(".read").first.inner_text()
    x1, y1, x2, y2 = moved[0]
    page.mouse.move(*spot(page, (x1 + x2) / 2, (y1 + y2) / 2))
    page.mouse.down()
    page.mouse.move(*spot(page, x2 + 30, y2 + 30), steps=5)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert page.evaluate(DO, "return s.boxes[0]") == moved[0]
    assert "go to the unchanged one" in page.evaluate(DO, "return s.said")
    page.mouse.move(*on_chart(page, 6))
    page.mouse.down()
    page.mouse.up()
    page.wait_for_timeout(300)
    page.mouse.move(2, 2)
    page.wait_for_timeout(200)
    assert "Drag the box" in page.locator(".read").first.inner_text()
    own = page.evaluate(DO, "return [s.boxes[0], s.params.truths[6][0].slice(0, 4)]")
    assert own[0] == pytest.approx(own[1], abs=0.01)
    assert page.evaluate(DO, "return s.active") == 0


def test_a_truth_drawn_where_none_is_known_runs_the_range(opened):
    page = opened("image=coffee", "!s.params.frames.length")
    assert "Draw a box" in page.evaluate(DO, "return s.panel.textContent")
    hint = "return s.dom.read.textContent"
    assert page.evaluate(DO, hint).startswith("Draw a box")
    page.mouse.move(*spot(page, 80, 20))
    page.mouse.down()
    page.mouse.move(*spot(page, 200, 190), steps=6)
    page.mouse.up()
    page.wait_for_function(
        f"() => {STAGE}.params.frames.length === 13", timeout=WAIT_MS
    )
    page.wait_for_function(
        "() => location.search.includes('box_coffee_person')", timeout=WAIT_MS
    )
    truth = page.evaluate(DO, "return s.params.truths[9][0]")
    assert truth[:4] == pytest.approx([80, 20, 200, 190], abs=1.5)
    assert truth[4] == "person"
    assert page.evaluate(DO, hint).startswith("Drag the box")
    assert not page.evaluate(DO, "return s.own.stale")


def test_scores_that_lie_close_have_a_scale_too(opened):
    page = opened("image=chelsea")
    page.get_by_text("max |Δ|").first.wait_for(timeout=WAIT_MS)
    scores, ticks = page.evaluate(
        DO, "return [[...s.params.object, ...s.params.wrong], s.own.scale.ticks];"
    )
    known = [score for score in scores if score is not None]
    assert max(known) - min(known) < 2
    assert 3 <= len(ticks) <= 7
    assert 0 in ticks


def test_where_there_is_no_other_instance_no_box_is_asked_for(opened):
    link = "image=chelsea&detection_challenges_challenge=Instance"
    page = opened(link, "!s.params.frames.length")
    page.get_by_text("no other cat face").first.wait_for(timeout=WAIT_MS)
    assert page.evaluate(DO, "return [s.boxes.length, s.panel.textContent];") == [1, ""]


def test_a_moved_truth_is_judged_anew_and_comes_back_with_the_link(opened):
    page = opened()
    before = page.evaluate(DO, "return s.params.object")
    x1, y1, x2, y2 = page.evaluate(DO, "return s.boxes[0]")
    page.mouse.move(*spot(page, (x1 + x2) / 2, (y1 + y2) / 2))
    page.mouse.down()
    page.mouse.move(*spot(page, (x1 + x2) / 2 + 90, (y1 + y2) / 2 + 60), steps=5)
    assert page.evaluate(DO, "return s.own.stale")
    page.mouse.up()
    page.wait_for_function(f"() => !{STAGE}.own.stale", timeout=WAIT_MS)
    assert page.evaluate(DO, "return s.params.object") != before
    page.wait_for_timeout(300)
    rows, named = page.evaluate(
        DO,
        "return [[...s.own.list.querySelectorAll('b')].map((row) => row.textContent),"
        " s.params.found[s.own.now].map((box) => s.params.kinds[box[5]].name)];",
    )
    assert "background" in named
    assert [row.rsplit(" ", 1)[0] for row in rows] == named
    link = re.search(r"box_astronaut_face=([^&]+)", page.url)
    assert link
    page.reload()
    page.wait_for_function(
        f"() => window.__stage && {STAGE}?.params.frames.length", timeout=WAIT_MS
    )
    assert page.evaluate(DO, "return s.boxes[0][0]") == pytest.approx(x1 + 90, abs=1.5)


def test_the_curve_is_drawn_anew_where_the_panel_gets_wider(opened):
    page = opened()
    wide = "[s.own.chart.clientWidth, s.own.chart.width / (devicePixelRatio || 1)]"
    before, _ = page.evaluate(DO, f"return {wide};")
    page.evaluate(DO, f"s.own.chart.style.width = '{before - 120}px';")
    page.wait_for_timeout(400)
    now, drawn = page.evaluate(DO, f"return {wide};")
    assert now == before - 120
    assert abs(drawn - now) <= 1


def test_pointing_at_a_box_says_why_it_has_its_name(opened):
    page = opened()
    box = page.evaluate(DO, "return s.params.found[9].find((one) => one[5] === 4)")
    page.mouse.move(*spot(page, (box[0] + box[2]) / 2 + 9, (box[1] + box[3]) / 2))
    page.wait_for_timeout(150)
    assert "overlaps nothing known" in page.evaluate(DO, "return s.said")


@pytest.mark.parametrize("query", ["", "projector=1", "image=street&projector=1"])
def test_slider_picture_and_curve_stand_on_one_screen(opened, query):
    page = opened(query)
    for one in (page.locator("input.range").first, page.locator(".panel canvas").first):
        box = one.bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 720
    letters = page.evaluate(DO, "return s.own.scale.f;")
    assert letters > 1.2 if "projector" in query else letters == 1
    assert 0 in page.evaluate(DO, "return s.own.scale.ticks;")
