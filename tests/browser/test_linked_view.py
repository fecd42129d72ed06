"""What a reader chose in a stage's panel or pinned on it comes back with the link."""

from typing import NamedTuple

import pytest

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
STAGE = "window.__stage?.stages.{}"
ON = "([key, body]) => new Function('s', body)(window.__stage.stages[key])"


class Case(NamedTuple):
    """A view, what is done on it, and what is then read from it.

    ``press`` is a place of the picture, in shares of its sides, or words of the panel's
    buttons; ``name`` is what the address says of it.
    """

    page: str
    stage: str
    ready: str
    press: str
    read: str
    name: str


CELL = "return s.own.cell.join() + s.panel.innerText"
CASES = (
    Case(
        "convolution?convolution_part=Live+network",
        "conv_layer",
        "s.own.total !== undefined",
        "at(s, s.params.panes.output, 0.3, 0.7)",
        CELL,
        "cell",
    ),
    Case(
        "convolution?convolution_part=Small+grid",
        "conv_grid",
        "s.own.total !== undefined",
        "at(s, s.params.panes.input, 0.3, 0.7)",
        "return s.own.edits.innerText + (s.own.edit?.cell ?? '').toString()",
        "edit",
    ),
    Case(
        "dilated_convolution",
        "dilated_kernel",
        "s.own.out",
        "at(s, s.params.panes.output, 0.3, 0.7)",
        CELL,
        "cell",
    ),
    Case(
        "deeplab?deeplab_part=Where+the+taps+land",
        "deeplab_taps",
        "s.own.now",
        "at(s, [0, 0, s.w, s.h], 0.3, 0.7)",
        CELL,
        "cell",
    ),
    Case(
        "deeplab",
        "deeplab_curtain",
        "s.own.change && s.own.view",
        "at(s, [0, 0, s.w, s.h], 0.3, 0.7)",
        "return [s.own.split.toFixed(3), ...s.own.at.map(Math.floor)].join()",
        "split",
    ),
    Case(
        "deeplab",
        "deeplab_curtain",
        "s.own.change && s.own.view",
        "s.panel.querySelector('[type=checkbox]').click(),"
        "slide(s.panel.querySelector('[type=range]'), 96)",
        "return s.own.marked + s.own.sized.textContent",
        "marked",
    ),
    Case(
        "deeplab",
        "deeplab_curtain",
        "s.own.change && s.own.view",
        "slide(s.dom.opacity.querySelector('input'), 20)",
        "return s.opacity + s.dom.opacity.querySelector('input').value",
        "opacity",
    ),
    Case(
        "yolo",
        "yolo_tensor",
        "s.own.read && s.selected",
        "key(s, '2')",
        "return s.own.k % s.params.each + s.panel.innerText",
        "slot",
    ),
    Case(
        "nms",
        "nms_pair",
        "s.own.now",
        "at(s, s.boxes[1], 0.9, 0.6, true)",
        "return s.active + s.boxes.join()",
        "active",
    ),
    Case(
        "pyramid_pooling",
        "spp",
        "s.own.text",
        "s.own.grids[0].title.click()",
        "return s.own.level + s.own.text.textContent",
        "level",
    ),
    Case(
        "viola_jones",
        "viola_cascade",
        "s.own.list",
        "choose(s.own.select, 3)",
        "return s.own.level + s.own.detail.textContent",
        "level",
    ),
    Case(
        "deformable_parts",
        "deformable_parts_bend",
        "s.own.places",
        "s.own.table.querySelectorAll('button')[4].click()",
        "return s.own.active + s.own.note.textContent",
        "part",
    ),
    Case(
        "faster_rcnn?faster_rcnn_part=Losses",
        "faster_losses",
        "s.own.list?.children.length > 2",
        "s.own.list.children[2].click()",
        "return s.own.item + s.own.list.innerText",
        "item",
    ),
)
DO = """
const slide = (input, v) => { input.value = v; for (const name of ["input", "change"])
  input.dispatchEvent(new Event(name)); };
const choose = (select, v) => { select.value = v; select.dispatchEvent(new Event(
  "change")); };
const key = (s, name) => s.dom.frame.dispatchEvent(new KeyboardEvent("keydown",
  { key: name, bubbles: true }));
const at = (s, [x, y, w, h], u, v, corners) => {
  const r = s.dom.frame.getBoundingClientRect(), k = r.width / s.w;
  const wide = corners ? w - x : w, high = corners ? h - y : h;
  return [r.left + (x + u * wide) * k, r.top + (y + v * high) * k];
};
"""


def opened(page, address, case):
    page.goto(address)
    found = STAGE.format(case.stage)
    page.wait_for_function(
        f"() => {{ const s = {found}; return s && ({case.ready}); }}", timeout=WAIT_MS
    )
    page.wait_for_timeout(700)  # what the script sends back once it is drawn


def read(page, case):
    return page.evaluate(ON, [case.stage, case.read])


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.stage}-{one.name}")
def test_a_link_brings_back_what_was_chosen(page, browser, app_url, case):
    opened(page, f"{app_url}/{case.page}", case)
    before = read(page, case)
    page.evaluate(ON, [case.stage, "s.dom.frame.scrollIntoView({ block: 'center' })"])
    place = page.evaluate(ON, [case.stage, DO + f"return [{case.press}].flat()"])
    if case.press.startswith("at("):
        page.mouse.click(*place)
        page.mouse.move(2, 2)
    page.wait_for_url(f"**{case.stage}_view=*{case.name}*", timeout=WAIT_MS)
    page.wait_for_timeout(700)
    chosen = read(page, case)
    assert chosen != before
    other = browser.new_context(viewport={"width": 1280, "height": 720})
    try:
        fresh = other.new_page()
        opened(fresh, page.url, case)
        assert read(fresh, case) == chosen
        assert fresh.url == page.url
    finally:
        other.close()


def test_pointing_alone_changes_no_address(page, app_url):
    case = CASES[2]
    opened(page, f"{app_url}/{case.page}", case)
    x, y = page.evaluate(ON, [case.stage, DO + f"return {case.press}"])
    page.mouse.move(x, y)
    page.mouse.move(x + 20, y + 20)
    page.wait_for_timeout(700)
    assert "_view" not in page.url


@pytest.mark.parametrize(
    "text", ["cell:9999,9999", "cell:-5,0.5", "cell:nan,1", "cell:1,2,3", "x", "%3B:,"]
)
def test_a_link_that_no_reader_made_shows_a_usual_view(page, app_url, text):
    case = CASES[2]
    address = f"{app_url}/{case.page}?dilated_convolution_{case.stage}_view={text}"
    opened(page, address, case)
    row, col = page.evaluate(ON, [case.stage, "return s.own.cell"])
    height, width = page.evaluate(ON, [case.stage, "return [s.own.h, s.own.w]"])
    assert row in range(height)
    assert col in range(width)
