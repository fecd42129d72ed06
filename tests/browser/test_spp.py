"""What the browser says of a bin is the core's: its cells, its maximum, its place."""

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.spp import spp_steps, vector_place

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/spp_page.py"
CHANNEL, LEVELS = 2, (1, 3, 4)
FEATURES = np.random.default_rng(8).normal(size=(5, 11, 14)).astype(np.float32)
ALL = """levels => {
  const s = window.__stage.stages.spp, said = [];
  levels.forEach((n, k) => {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
      s.own.level = k;
      s.own.bin = [i, j];
      s.program.mount(s);
      said.push(s.own.text.textContent);
    }
  });
  return said;
}"""


def opened(page, server, query=""):
    page.goto(f"{server(SCRIPT)}/{query}")
    page.wait_for_function("() => window.__stage?.stages.spp?.own.text")


def shown(page, text):
    expect(page.get_by_text(text).first).to_be_visible()


def sentence(step, place, i, j, mean=False):
    (top, bottom), (left, right) = step.rows[i], step.cols[j]
    row, col = divmod(int(step.argmax[CHANNEL, i, j]), FEATURES.shape[2])
    source = "their mean" if mean else f"the largest, at row {row}, column {col}"
    n = step.bins
    value = f"{step.values[CHANNEL, i, j]:.3f}".replace("-", "−")
    return (
        f"Level {n} × {n}, bin in row {i}, column {j}: rows {top} to "
        f"{bottom - 1} and columns {left} to {right - 1} of the map, "
        f"{(bottom - top) * (right - left)} cells. "
        f"{value} is {source}. It is number {place} of the "
        "vector, counted from 0."
    )


@pytest.mark.parametrize("mean", [False, True])
def test_every_bin_says_its_cells_its_source_and_its_place(page, server, mean):
    opened(page, server, "?mean=1" if mean else "")
    said = iter(page.evaluate(ALL, list(LEVELS)))
    for k, step in enumerate(spp_steps(FEATURES, LEVELS, "mean" if mean else "max")):
        for i in range(step.bins):
            for j in range(step.bins):
                place = vector_place(LEVELS, 5, k, CHANNEL, i, j)
                assert next(said) == sentence(step, place, i, j, mean)


def test_pointing_at_the_picture_and_walking_the_row_choose_bins(page, server):
    opened(page, server)
    box = page.locator(".frame").bounding_box()
    page.mouse.move(box["x"] + 0.95 * box["width"], box["y"] + 0.05 * box["height"])
    shown(page, "Level 4 × 4, bin in row 0, column 3:")
    page.get_by_role("button", name="3 × 3").click()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.9 * box["height"])
    shown(page, "Level 3 × 3, bin in row 2, column 0:")
    page.mouse.move(0, 0)
    page.get_by_role("img", name="The outputs of this channel in a row").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    shown(page, "Level 3 × 3, bin in row 0, column 1:")
