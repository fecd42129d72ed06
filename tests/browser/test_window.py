"""The program window.js: the window of an output cell and its sum, in the browser."""

import re

import numpy as np
import pytest

from explorer.core.convolution import conv2d
from explorer.core.kernels import integer_kernel
from explorer.ui.lessons.convolution import GRID, GRID_START

pytestmark = pytest.mark.browser
WAIT_MS = 60_000


def do(page, key, body):
    return page.evaluate(
        "([key, body]) => new Function('s', body)(window.__stage.stages[key])",
        [key, body],
    )


@pytest.fixture
def opened(page, app_url):
    def at(key, **link):
        asked = "&".join(f"convolution_{name}={value}" for name, value in link.items())
        page.goto(f"{app_url}/convolution?image=chelsea&{asked}")
        page.wait_for_function(
            f"() => window.__stage?.stages.{key}?.own.total !== undefined",
            timeout=WAIT_MS,
        )
        page.wait_for_timeout(300)
        return page

    return at


def point(page, key, pane, row, column, shape):
    """Return where on the screen the middle of a pane's cell is."""
    do(page, key, "s.dom.frame.scrollIntoView({block: 'center'})")
    return do(
        page,
        key,
        f"const p = s.params.panes.{pane}, r = s.dom.frame.getBoundingClientRect();"
        f"const x = p[0] + ({column} + 0.5) * p[2] / {shape[1]};"
        f"const y = p[1] + ({row} + 0.5) * p[3] / {shape[0]};"
        "return [r.left + x / s.w * r.width, r.top + y / s.h * r.height];",
    )


def test_pointing_at_each_output_gives_the_cores_value(opened):
    page = opened("conv_grid")
    x = np.array(GRID_START, float).reshape(GRID)
    out = conv2d(x, integer_kernel("left to right", 3), stride=2, padding=1)
    calls = do(page, "conv_grid", "return s.calls")
    for row, column in ((0, 0), (1, 2), (3, 3)):
        page.mouse.move(*point(page, "conv_grid", "output", row, column, out.shape))
        page.wait_for_timeout(80)
        assert do(page, "conv_grid", "return s.own.cell") == [row, column]
        assert do(page, "conv_grid", "return s.own.total") == out[row, column]
    assert do(page, "conv_grid", "return s.calls") == calls  # the server was not asked


def test_arrow_keys_move_the_cell_and_stop_at_the_border(opened):
    page = opened("conv_grid")
    do(page, "conv_grid", "s.dom.frame.focus()")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_timeout(80)
    assert do(page, "conv_grid", "return s.own.cell") == [1, 3]
    assert "Output cell: row 1, column 3" in do(
        page, "conv_grid", "return s.panel.textContent"
    )


def test_an_edited_kernel_changes_the_sums_at_once_and_reaches_the_link(opened):
    page = opened("conv_grid")
    page.mouse.click(*point(page, "conv_grid", "kernel", 1, 1, (3, 3)))
    page.wait_for_timeout(100)
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    edited = integer_kernel("left to right", 3)
    edited[1, 1] = 5
    x = np.array(GRID_START, float).reshape(GRID)
    out = conv2d(x, edited, stride=2, padding=1)
    page.mouse.move(*point(page, "conv_grid", "output", 2, 1, out.shape))
    page.wait_for_timeout(80)
    assert do(page, "conv_grid", "return s.own.total") == out[2, 1]
    page.wait_for_url(re.compile("convolution_weights=-1%2C0%2C1%2C-1%2C5"))
    page.reload()
    page.wait_for_function("() => window.__stage?.stages.conv_grid?.own.w?.[4] === 5")


def test_a_live_layers_terms_sum_to_the_networks_own_value(opened):
    page = opened("conv_layer", part="Live+network")
    rows, columns = do(page, "conv_layer", "return [s.params.rows, s.params.cols]")
    for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 2, 3)):
        page.mouse.move(
            *point(page, "conv_layer", "output", row, column, (rows, columns))
        )
        page.wait_for_timeout(80)
        total, own = do(
            page,
            "conv_layer",
            "const [r, c] = s.own.cell; return [s.own.total, "
            "s.own.out[r * s.params.cols + c]];",
        )
        assert total == pytest.approx(own, abs=1e-4)
    said = do(page, "conv_layer", "return s.panel.textContent")
    assert "The 8 heaviest of 27 multiply-adds" in said
    assert "The network itself says" in said


def test_the_photos_window_is_its_pixels(opened):
    page = opened("conv_photo", part="My+photo", kernel="copy", k=3, s=1)
    rows, columns = do(page, "conv_photo", "return [s.params.rows, s.params.cols]")
    page.mouse.move(*point(page, "conv_photo", "output", 40, 50, (rows, columns)))
    page.wait_for_timeout(80)
    row, column = do(page, "conv_photo", "return s.own.cell")
    pixel = do(page, "conv_photo", f"return s.own.x[{row} * s.own.wide + {column}]")
    assert abs(row - 40) <= 1
    assert do(page, "conv_photo", "return s.own.total") == pixel
