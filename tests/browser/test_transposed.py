"""The programs transposed.js and overlap.js: linked views, edits, arithmetic."""

import itertools
import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.overlap import overlap_counts
from explorer.core.transposed import stamp_steps, transposed_size
from explorer.core.transposed_line import line_steps
from explorer.ui.lessons.transposed_convolution import KERNEL, SIGNAL

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
PLANE, LINE, OVERLAP = "transposed_plane", "transposed_line", "transposed_overlap"


def do(page, key, body):
    return page.evaluate(
        "([key, body]) => new Function('s', body)(window.__stage.stages[key])",
        [key, body],
    )


@pytest.fixture
def opened(page, app_url):
    def at(key, **link):
        asked = "&".join(
            f"transposed_convolution_{name}={value}" for name, value in link.items()
        )
        page.goto(f"{app_url}/transposed_convolution?image=astronaut&{asked}")
        page.wait_for_function(
            f"() => window.__stage?.stages.{key}?.base.naturalWidth > 0",
            timeout=WAIT_MS,
        )
        if key != OVERLAP:  # the numbers are sent once, for the proof
            page.get_by_text("the arithmetic in your browser").wait_for(timeout=WAIT_MS)
        page.wait_for_timeout(300)
        return page

    return at


def point(page, key, pane, row, column, shape, dense=1):
    """Return where on the screen the middle of a pane's cell is."""
    do(page, key, "s.dom.frame.scrollIntoView({block: 'center'})")
    return do(
        page,
        key,
        f"const p = s.params.panes['{pane}'], r = s.dom.frame.getBoundingClientRect();"
        f"const x = {dense} * (p[0] + ({column} + 0.5) * p[2] / {shape[1]});"
        f"const y = {dense} * (p[1] + ({row} + 0.5) * p[3] / {shape[0]});"
        "return [r.left + x / s.w * r.width, r.top + y / s.h * r.height];",
    )


def lit(page):
    page.wait_for_timeout(80)
    return do(
        page,
        PLANE,
        "const {out, cell, inputs, taps} = s.own.lit;return {out, cell, inputs, taps}",
    )


def test_one_cell_lights_up_the_same_products_in_every_view(opened):
    page = opened(PLANE, part="2-D")  # 2 x 2 input, 3 x 3 kernel, stride 2: 5 x 5
    calls = do(page, PLANE, "return s.calls")
    seen = {}
    for pane, row, column, shape in (
        ("canvas", 2, 1, (5, 5)),
        ("sums", 2, 1, (5, 5)),
        ("counts", 2, 1, (5, 5)),
        ("spread", 3, 2, (7, 7)),  # the middle of the window that starts at (2, 1)
        ("output", 11, 0, (25, 1)),
        ("matrix", 11, 3, (25, 4)),  # an entry that is zero: the row alone
    ):
        page.mouse.move(*point(page, PLANE, pane, row, column, shape))
        seen[pane] = lit(page)
    expected = {"out": [2, 1], "cell": 11, "inputs": [0, 2], "taps": [7, 1]}
    assert seen == dict.fromkeys(seen, expected)
    page.mouse.move(*point(page, PLANE, "matrix", 11, 2, (25, 4)))
    assert lit(page) == {"out": [2, 1], "cell": 11, "inputs": [2], "taps": [1]}
    page.mouse.move(*point(page, PLANE, "input", 1, 0, (2, 2)))
    assert lit(page)["inputs"] == [2]
    page.mouse.move(*point(page, PLANE, "flipped", 0, 0, (3, 3)))
    assert lit(page)["taps"] == [8]
    assert do(page, PLANE, "return s.calls") == calls  # the server was not asked


def test_the_three_ways_in_the_browser_equal_the_core_over_all_small_settings(opened):
    page = opened(PLANE, part="2-D")
    rng = np.random.default_rng(4)
    settings, expected = [], []
    grid = itertools.product((2, 3), (1, 2, 3, 4), (1, 2, 3), (0, 1, 2))
    for n, k, stride, padding in grid:
        for more in range(stride):
            try:
                out = transposed_size(n, k, stride, padding, more)
            except ValueError:
                continue
            x, w = rng.integers(-9, 10, (n, n)), rng.integers(-9, 10, (k, k))
            how = [n, k, stride, padding, more]
            settings.append([how, out, x.ravel().tolist(), w.ravel().tolist()])
            made = stamp_steps(x, w, stride, padding, more).output
            expected.append(made.ravel().tolist())
    found = do(
        page,
        PLANE,
        "const kept = [s.params, s.own.n];"
        f"const all = {json.dumps(settings)}.map(([how, out, input, kernel]) => {{"
        "  s.params = {...kept[0], how, out: [out, out]}; s.own.n = {input, kernel};"
        "  s.own.sel = null; s.frame = Infinity; s.program.move(s);"
        "  const now = s.own.now;"
        "  return [Array.from(now.stamped.out), now.zeros, now.product];"
        "}); [s.params, s.own.n] = kept; s.own.sel = null; s.program.move(s);"
        "return all;",
    )
    assert len(found) == len(settings) > 100
    for ways, made in zip(found, expected, strict=True):
        for way in ways:
            assert way == made


def test_the_scrubber_lays_one_stamp_at_a_time_in_all_views(opened):
    page = opened(PLANE, part="2-D")
    page.get_by_label("First").click()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_timeout(150)
    x = np.array([[1.0, 2.0], [0.0, 0.0]])
    made = stamp_steps(x, np.arange(1, 10).reshape(3, 3), 2).output.ravel().tolist()
    sums = do(
        page,
        PLANE,
        "const o = s.own.now; return [Array.from(o.stamped.out), o.zeros, o.product]",
    )
    assert sums == [made] * 3
    assert lit(page)["inputs"] == [1]  # the stamp just laid


def test_an_edited_number_changes_all_views_and_reaches_the_link(opened):
    page = opened(PLANE, part="2-D")
    page.mouse.click(*point(page, PLANE, "kernel", 0, 0, (3, 3)))
    field = page.get_by_label("kernel, number 1", exact=True)
    expect(field).to_be_focused(timeout=WAIT_MS)
    page.keyboard.type("-4")
    page.keyboard.press("Tab")  # on to the next number
    field = page.get_by_label("kernel, number 2", exact=True)
    expect(field).to_be_focused(timeout=WAIT_MS)
    page.keyboard.type("0,5")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("_kernel=-4%2C0.5%2C3"), timeout=WAIT_MS)
    w = np.arange(1.0, 10)
    w[:2] = -4, 0.5
    made = stamp_steps([[1, 2], [3, 4]], w.reshape(3, 3), 2).output
    assert do(page, PLANE, "return s.own.now.product") == made.ravel().tolist()
    page.reload()
    page.wait_for_function(
        f"() => window.__stage?.stages.{PLANE}?.own.n?.kernel[0] === -4",
        timeout=WAIT_MS,
    )


def test_a_button_brings_the_books_example(opened):
    page = opened(PLANE, part="2-D", k=2, s=1)
    page.get_by_role("button", name="Dive into Deep Learning").click()
    page.wait_for_timeout(100)
    made = do(page, PLANE, "return s.own.now.zeros")
    assert made == [0, 0, 1, 0, 4, 6, 4, 12, 9]


def test_keys_move_the_output_and_edit_a_number(opened):
    page = opened(PLANE, part="2-D")
    do(page, PLANE, "s.dom.frame.focus()")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert lit(page)["out"] == [1, 1]
    page.keyboard.press("Enter")
    field = page.get_by_label("input, number 1", exact=True)
    expect(field).to_be_focused(timeout=WAIT_MS)
    page.keyboard.type("9")
    page.keyboard.press("Escape")
    page.wait_for_timeout(50)
    assert do(page, PLANE, "return s.own.n.input[0]") == 9
    assert do(page, PLANE, "return s.dom.frame.querySelector('input')") is None


@pytest.mark.parametrize("stride", [1, 2])
def test_the_line_gives_the_cores_numbers_and_links_both_matrices(opened, stride):
    page = opened(LINE, line_s=stride)
    steps = line_steps(KERNEL, SIGNAL, stride, 1)
    rows, columns = steps.matrix.shape
    held = do(page, LINE, "return s.d.held.program.v")
    assert held["there"] == steps.output.tolist()
    assert held["back"] == steps.spread.tolist()
    sel = "return [s.own.sel.i, s.own.sel.j]"
    page.mouse.move(*point(page, LINE, "matrix", 1, 3, (rows, columns)))
    page.wait_for_timeout(80)
    assert do(page, LINE, sel) == [1, 3]
    page.mouse.move(*point(page, LINE, "transpose", 3, 0, (columns, rows)))
    page.wait_for_timeout(80)
    assert do(page, LINE, sel) == [0, 3]
    said = do(page, LINE, "return s.panel.textContent")
    assert "Row 0 of X = column 0 of X" in said
    assert "Column 3 of X = row 3 of X" in said


def test_the_overlap_counts_are_the_cores_and_a_pixel_says_its_stamps(opened):
    page = opened(OVERLAP, part="Checkerboard")
    line = do(page, OVERLAP, "return s.own.map.line")
    assert line == overlap_counts(5, 3, 2).tolist()
    calls = do(page, OVERLAP, "return s.calls")
    counts = overlap_counts(40, 3, 2, 1, 1)
    for row, column in ((0, 0), (31, 40), (32, 41)):
        at = point(page, OVERLAP, "picture 1", row, column, (80, 80), dense=2)
        page.mouse.move(*at)
        page.wait_for_timeout(80)
        assert do(page, OVERLAP, "return s.own.at") == [row, column]
        a, b = counts[row], counts[column]
        said = do(
            page,
            OVERLAP,
            "const texts = [], g = new Proxy({}, {get: (t, name) => t[name] ?? (name "
            "=== 'fillText' ? (text) => texts.push(text) : () => ({})), set: (t, n, v)"
            " => { t[n] = v; return true; }}); s.program.frame(s, g); return texts;",
        )
        stamps = "stamp," if a * b == 1 else "stamps,"
        assert f"{a} × {b} = {a * b} {stamps}" in said
        assert f"weights sum {a * b * 4 / 9:.2f}" in said
    assert do(page, OVERLAP, "return s.calls") == calls
