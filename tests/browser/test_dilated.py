"""What a reader sees while the rate moves and the stack changes is the core's."""

import numpy as np
import pytest

from explorer.core.convolution import conv2d
from explorer.core.dilation import coverage_steps
from explorer.core.kernels import kernel
from explorer.core.samples import load_sample
from explorer.ui.lessons.dilated_convolution import small_grey

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
FRAME_MS = 16
KERNEL, STACK = "dilated_kernel", "dilated_stack"
DO = "([key, body]) => new Function('s', body)(window.__stage.stages[key])"


def do(page, key, body):
    return page.evaluate(DO, [key, body])


def opened(page, url, key, what, **link):
    asked = "&".join(f"dilated_convolution_{k}={v}" for k, v in link.items())
    page.goto(f"{url}/dilated_convolution?image=chelsea&{asked}")
    page.wait_for_function(
        f"() => window.__stage?.stages.{key}?.own.{what} !== undefined", timeout=WAIT_MS
    )
    page.wait_for_timeout(300)


def test_the_filtered_picture_at_every_rate_is_the_cores(page, app_url):
    opened(page, app_url, KERNEL, "out")
    grey, weight = small_grey(load_sample("chelsea").image), kernel("vertical edges", 3)
    for rate in (1, 5, 36):
        do(page, KERNEL, f"s.own.slider.value = {rate}; s.own.slider.oninput()")
        page.wait_for_timeout(80)
        theirs = do(page, KERNEL, "return Array.from(s.own.out)")
        ours = conv2d(grey, weight, padding=rate, dilation=rate)
        np.testing.assert_allclose(theirs, ours.ravel(), atol=1e-9)


def test_releasing_the_slider_puts_the_rate_into_the_link_and_proves_it(page, app_url):
    opened(page, app_url, KERNEL, "out", rate="3")
    slider = page.get_by_role("slider", name="Rate")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_url("**dilated_convolution_rate=7*", timeout=WAIT_MS)
    page.get_by_text("the arithmetic in your browser").wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(500)
    assert do(page, KERNEL, "return s.own.rate") == 7
    times = page.evaluate("() => window.__stage.samples.map((one) => one.ms)")
    assert np.median(times) <= FRAME_MS


def test_pointing_at_a_pixel_sums_its_nine_taps(page, app_url):
    opened(page, app_url, KERNEL, "out", rate="9")
    spot = do(
        page,
        KERNEL,
        "const p = s.params.panes.output, r = s.dom.frame.getBoundingClientRect();"
        "return [r.left + (p[0] + p[2] * 0.37) / s.w * r.width,"
        " r.top + (p[1] + p[3] * 0.61) / s.h * r.height];",
    )
    page.mouse.move(*spot)
    page.wait_for_timeout(150)
    row, column = do(page, KERNEL, "return s.own.cell")
    grey = small_grey(load_sample("chelsea").image)
    wanted = conv2d(grey, kernel("vertical edges", 3), padding=9, dilation=9)
    said = do(page, KERNEL, "return s.own.sum.textContent").replace("\u2212", "-")
    assert f"row {row}, column {column}" in said
    assert float(said.rsplit(" ", 1)[1]) == pytest.approx(wanted[row, column], abs=0.01)


@pytest.mark.parametrize("stack", [(2, 2, 2), (1, 2, 5), (1, 1, 2, 4, 8, 16, 1)])
def test_the_stacks_paths_are_the_cores(page, app_url, stack):
    link = {"part": "A+stack", "rates": ",".join(map(str, stack))}
    opened(page, app_url, STACK, "paths", **link)
    whole = coverage_steps(3, stack)[-1]
    assert do(page, STACK, "return s.own.paths") == whole.paths.tolist()
    assert do(page, STACK, "return s.own.cone.at(-1).size") == whole.reached
    assert do(page, STACK, "return s.own.shared") == pytest.approx(whole.shared_frac)


def test_a_button_changes_the_stack_at_once_and_reaches_the_link(page, app_url):
    opened(page, app_url, STACK, "paths", part="A+stack")
    page.get_by_role("button", name="Layer 1: lower rate").click()
    page.wait_for_timeout(60)
    assert do(page, STACK, "return s.own.rates") == [1, 2, 2]
    assert page.get_by_role("button", name="Layer 1: lower rate").is_disabled()
    page.wait_for_url("**rates=1%2C2%2C2*", timeout=WAIT_MS)
    page.get_by_text("the arithmetic in your browser").wait_for(timeout=WAIT_MS)
    page.reload()
    page.wait_for_function(
        f"() => String(window.__stage?.stages.{STACK}?.own.rates) === '1,2,2'",
        timeout=WAIT_MS,
    )


def test_the_rule_is_broken_by_either_half_and_kept_only_without_holes(page, app_url):
    opened(page, app_url, STACK, "paths", part="A+stack")
    facts = "return s.own.facts.textContent"
    for rates, said in (
        ("2, 2, 2", "HDC rule broken: all rates are multiples of 2."),
        ("1, 2, 9", "HDC rule broken: M₂ = 5 > 3."),
        ("1, 2, 5", "HDC rule kept: M₂ = 2 ≤ 3, no common factor."),
    ):
        page.get_by_role("button", name=f"Rates {rates}", exact=True).click()
        page.wait_for_timeout(100)
        told = do(page, STACK, facts)
        assert said in told
        assert ("No holes" in told) == ("kept" in told)
    names = ("Drop the last layer", "Layer 1: higher rate", "Layer 2: higher rate")
    for name in names:  # from 1, 2, 5 to 2, 3
        page.get_by_role("button", name=name).click()
        page.wait_for_timeout(100)
    assert "wants a first rate of 1" in do(page, STACK, facts)
