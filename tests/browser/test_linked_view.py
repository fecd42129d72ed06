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


FOLLOWED = "return JSON.stringify(s.own.pick) + s.own.body.innerText"
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
    Case(
        "faster_rcnn?faster_rcnn_part=Pyramid",
        "faster_pyramid",
        "s.own.place",
        "at(s, [0, 0, s.w, s.h], 0.3, 0.7)",
        "return s.own.add.textContent",
        "cell",
    ),
    Case(
        "faster_rcnn?faster_rcnn_step=1",
        "faster_funnel",
        "s.own.shown && s.own.step === 1",
        "at(s, alone(s, s.own.first.boxes, (c) => !s.own.roiOf.has(c)), 0.5, 0.5)",
        FOLLOWED,
        "gone",
    ),
    Case(
        "faster_rcnn?image=chelsea&faster_rcnn_step=6&faster_rcnn_score=0.05",
        "faster_funnel",
        "s.own.shown && s.own.step === 6",
        "at(s, alone(s, s.own.all.boxes, (m) => second(s.own.all, m)), 0.5, 0.5)",
        FOLLOWED,
        "label",
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
// A place where the smallest box is a wanted one, as x, y and no width or height.
const alone = (s, boxes, wanted) => {
  const all = Array.from({ length: boxes.length / 4 }, (_, k) =>
    [...boxes.subarray(4 * k, 4 * k + 4)].map((v) => v / s.params.scale));
  const area = (k) => (all[k][2] - all[k][0]) * (all[k][3] - all[k][1]);
  const order = [...all.keys()].sort((a, b) => area(a) - area(b));
  for (let x = 3.5; x < s.w; x += 7) for (let y = 3.5; y < s.h; y += 7) {
    const over = ([x1, y1, x2, y2]) => x1 < x && x < x2 && y1 < y && y < y2;
    const k = order.find((one) => over(all[one]));
    if (k !== undefined && wanted(k)) return [x, y, 0, 0];
  }
};
// Whether a box is of a class that its region is not followed as by itself.
const second = (all, m) => {
  const mine = (k) => all.rows[k] === all.rows[m];
  const best = [...all.found].find(mine);
  if (best !== undefined) return best !== m;
  return all.scores.some((v, k) => mine(k) && v > all.scores[m]);
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


def test_a_link_opens_the_fold_and_the_tab_that_were_open(page, browser, app_url):
    """Both stand below every lesson; what a reader answered is not in the link."""
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{app_url}/convolution")
    page.get_by_text("The words on this page").click()
    page.wait_for_url("**convolution_terms=true*")
    page.get_by_role("tab", name="Sources").click()
    page.wait_for_url("**convolution_tabs=Sources*")
    other = browser.new_context(viewport={"width": 1280, "height": 720})
    try:
        fresh = other.new_page()
        fresh.set_default_timeout(WAIT_MS)
        fresh.goto(page.url)
        fresh.locator("[data-testid=stMain] details[open]").wait_for()
        fresh.get_by_role("tab", name="Sources", selected=True).wait_for()
        assert fresh.url == page.url
    finally:
        other.close()
