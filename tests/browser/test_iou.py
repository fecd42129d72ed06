"""The program iou.js: dragged boxes, numbers beside them, and NMS's verdict, live."""

import numpy as np
import pytest

from explorer.core.boxes import box_iou

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
PAIR = "100,100,200,200,150,150,250,250"  # IoU 2,500 / 17,500 = 1/7
DO = "body => new Function('s', body)(window.__stage.stages.nms_pair)"


@pytest.fixture
def opened(page, app_url):
    def at(**link):
        asked = "&".join(f"nms_{name}={value}" for name, value in link.items())
        page.goto(f"{app_url}/nms?image=coffee&nms_pair_600x400={PAIR}&{asked}")
        page.wait_for_function(
            "() => window.__stage?.stages.nms_pair?.own.now", timeout=WAIT_MS
        )
        page.wait_for_timeout(300)
        return page

    return at


def drag(page, start, end):
    def at(x, y):
        return page.evaluate(
            DO,
            "const r = s.dom.frame.getBoundingClientRect();"
            f"return [r.left + {x} / s.w * r.width, r.top + {y} / s.h * r.height];",
        )

    page.evaluate(DO, "s.dom.frame.scrollIntoView({block: 'center'})")
    page.mouse.move(*at(*start))
    page.mouse.down()
    page.mouse.move(*at(*end), steps=8)


def panel(page):
    return page.evaluate(DO, "return s.panel.textContent")


def test_the_hand_worked_pair_is_written_out(opened):
    page = opened()
    said = panel(page)
    assert "100 × 100 = 10,000 px²" in said
    assert "50 × 50 = 2500 px²" in said
    assert "2500 ÷ 17,500 = 0.143" in said
    assert "Both stay: the IoU 0.143 is not above the threshold 0.50." in said


def test_numbers_follow_the_drag_before_release_and_agree_with_the_core(opened):
    page = opened()
    runs = page.evaluate("() => window.__stage.stages.nms_pair.calls")
    drag(page, (230, 230), (190, 192))
    page.wait_for_timeout(100)
    boxes, iou, said = page.evaluate(
        DO, "return [s.boxes, s.own.now.iou, s.panel.textContent]"
    )
    assert np.abs(np.array(boxes[1]) - [110, 112, 210, 212]).max() < 1.5
    assert iou == pytest.approx(box_iou(boxes[:1], boxes[1:])[0, 0], abs=1e-9)
    assert f"= {iou:.3f}" in said
    assert "B goes: A has the better score (0.90 against 0.75)" in said
    assert page.evaluate("() => window.__stage.stages.nms_pair.calls") == runs
    page.mouse.up()
    page.wait_for_function(
        "() => !location.search.includes('150%2C150')", timeout=WAIT_MS
    )


def test_the_two_boxes_stay_and_the_panel_never_shows_old_numbers(opened):
    page = opened()
    assert page.get_by_role("button", name="Delete box").count() == 0
    page.evaluate(DO, "s.dom.frame.focus()")
    page.keyboard.press("Delete")
    assert len(page.evaluate(DO, "return s.boxes")) == 2
    assert "100 × 100" in panel(page)
    page.evaluate(DO, "s.boxes = [s.boxes[0]]; s.program.move(s)")
    assert not any(character.isdigit() for character in panel(page))
    assert "needs two boxes" in panel(page)
    page.evaluate(DO, "s.boxes.push([150, 150, 250, 250]); s.program.move(s)")
    assert "= 0.143" in panel(page)


@pytest.mark.parametrize("size", [(1280, 720), (1280, 1024), (1440, 900)])
def test_the_panel_stands_beside_the_picture(opened, size):
    page = opened()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(500)
    frame, beside = page.evaluate(
        DO,
        "return [s.dom.frame, s.panel].map((one) => {"
        "const r = one.getBoundingClientRect(); return [r.left, r.right, r.top]; });",
    )
    assert beside[0] >= frame[1]
    assert abs(beside[2] - frame[2]) < 5
    assert beside[1] - beside[0] >= 300


def test_both_sides_of_the_threshold(opened):
    assert "Both stay" in panel(opened(iou="0.15"))
    assert "B goes" in panel(opened(iou="0.1"))


def test_the_weaker_score_goes_and_other_classes_are_not_compared(opened):
    assert "A goes: B has" in panel(opened(iou="0.1", a="0.3"))
    said = panel(opened(iou="0.1", classes="different"))
    assert "never compared" in said
    assert "B goes" in panel(opened(iou="0.1", classes="different", classwise="false"))
