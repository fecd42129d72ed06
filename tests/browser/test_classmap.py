"""The classes listed under the pointer are the core's, and a pressed one is sent."""

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.class_map import top_classes

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/classmap_page.py"
STRIDE, ROWS, COLS, CLASSES = 32, 4, 6, 30
LOGITS = np.random.default_rng(3).normal(0, 3, (CLASSES, ROWS, COLS))
READ = """([x, y]) => {
  const s = window.__stage.stages.classes;
  s.pointer = [x, y];
  s.program.move(s);
  return s.own.rows.map(({ row, value }) => [row.place, value.textContent]);
}"""


def opened(page, server, query=""):
    page.goto(f"{server(SCRIPT)}/{query}")
    page.wait_for_function("() => window.__stage?.stages.classes?.own.at")


def test_every_place_lists_the_best_classes_of_its_cell(page, server):
    opened(page, server)
    top = top_classes(LOGITS, 5)
    for x in range(2, STRIDE * (COLS + 6), 41):
        for y in range(5, STRIDE * (ROWS + 6), 37):
            row = min(max((y - 96) // STRIDE, 0), ROWS - 1)
            col = min(max((x - 96) // STRIDE, 0), COLS - 1)
            seen = page.evaluate(READ, [x, y])
            assert [one[0] for one in seen] == top.index[row, col].tolist()
            assert [one[1] for one in seen] == [
                f"{v:.2f}" for v in top.logits[row, col]
            ]


def test_without_a_pointer_the_class_s_best_cell_is_listed_and_a_press_is_sent(
    page, server
):
    opened(page, server)
    head = "Top 5 where “class 4” is strongest: row 1, column 2"
    expect(page.get_by_text(head)).to_be_visible()
    second = int(top_classes(LOGITS, 5).index[1, 2, 1])
    page.get_by_role("button", name=f"class {second} ").click()
    expect(page.get_by_text(f"sent {second}", exact=True)).to_be_visible()


def test_the_panes_add_up_to_the_logit_and_say_each_channel(page, server):
    opened(page, server, "?pick=1")
    x, w = np.random.default_rng(4).normal(size=(2, 80)).astype(np.float32)
    total = (
        f"Sum of all 80 products {x @ w:.3f} + 0.500 bias = logit {x @ w + 0.5:.3f}."
    )
    expect(page.get_by_text(total)).to_be_visible()
    page.get_by_role("img", name="products").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    said = f"Channel 10: {x[10]:.3f} × {w[10]:.4f} = {x[10] * w[10]:.4f}."
    said = said.replace("-", "−")  # as numbers are written on every page
    expect(page.get_by_text(said)).to_be_visible()
