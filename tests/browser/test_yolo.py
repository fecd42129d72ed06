"""What a reader sees of YOLO under the pointer is what the core computes."""

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.yolo import encode_anchored, encode_v1
from explorer.core.yolo_read import read_anchored, read_v1
from explorer.core.yolo_terms import yolo_terms

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/yolo_page.py"
SIDE, UNIT, FRAME_MS = 320, 2, 16
ANCHORS = [[40.0 * k, 30.0 * k] for k in range(9, 0, -1)]
EACH = {1: 2, 2: 5, 3: 3}
STAGE = "window.__stage.stages.yolo"


def sides(version):
    return [10, 20, 40] if version == 3 else [10]


def read_of(version):
    rng, each = np.random.default_rng(version), EACH[version]
    depth = each * 5 + 3 if version == 1 else each * 8
    maps = [rng.normal(size=(depth, n, n)).astype(np.float32) for n in sides(version)]
    if version == 1:
        return read_v1(maps[0], SIDE)
    given = ANCHORS[: each * len(maps)]
    return read_anchored(maps, given, version == 3, SIDE)


def opened(page, server, query, ready):
    page.goto(f"{server(SCRIPT)}/?{query}")
    page.wait_for_function(
        f"() => window.__stage?.stages.yolo?.own.{ready}", timeout=60_000
    )
    expect(page.get_by_text("sent random")).to_be_visible(timeout=60_000)


def frame_of(page):
    return page.evaluate(
        f"() => {{ const r = {STAGE}.dom.frame.getBoundingClientRect();"
        f" return [r.left, r.top, r.width / {SIDE * UNIT}]; }}"
    )


@pytest.mark.parametrize("version", [1, 2, 3])
def test_the_browser_reads_the_tensor_as_the_core_reads_it(page, server, version):
    opened(page, server, f"version={version}", "read")
    seen = page.evaluate(
        f"() => {{ const r = {STAGE}.own.read;"
        " return [[...r.boxes], [...r.sure], [...r.probs]]; }"
    )
    read = read_of(version)
    mine = read.level == len(sides(version)) - 1
    ours = (read.boxes, read.confidence, read.classes)
    for theirs, values in zip(seen, ours, strict=True):
        np.testing.assert_allclose(theirs, values[mine].ravel(), atol=1e-9)


def test_a_cell_is_read_under_the_pointer_and_kept_by_a_click(page, server):
    opened(page, server, "version=3&layer=classes", "read")
    left, top, scale = frame_of(page)
    x, y = 26.5 * 16, 7.5 * 16  # the middle of a cell of the 40 x 40 map
    page.mouse.move(left + 10, top + 10)
    page.mouse.move(left + x * scale, top + y * scale, steps=20)
    title = f"return {STAGE}.own.title.textContent"
    assert "Column 26, row 7 of the 40 × 40 map: 24 numbers" in page.evaluate(
        f"() => {{ {title} }}"
    )
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function(
        f"() => String({STAGE}.d.held.program.v?.cell) === '26,7'", timeout=60_000
    )
    page.keyboard.press("ArrowRight")
    page.mouse.move(2, 2)
    page.wait_for_function(f"() => {STAGE}.own.cell === 7 * 40 + 27")
    page.keyboard.press("2")
    said = page.evaluate(f"() => {STAGE}.own.rows.textContent")
    one = read_of(3)
    at = np.flatnonzero((one.level == 2) & (one.row == 7) & (one.col == 27))[1]
    assert f"{one.confidence[at]:.3f}" in said
    assert f"{(one.boxes[at, 0] + one.boxes[at, 2]) / 2:.1f} px" in said
    times = page.evaluate(
        "() => window.__stage.samples.filter((one) => one.kind === 'hover')"
        ".map((one) => one.ms)"
    )
    assert np.median(times) <= FRAME_MS


@pytest.mark.parametrize("version", [1, 2, 3])
def test_the_owner_and_the_loss_follow_a_dragged_truth(page, server, version):
    opened(page, server, f"version={version}&view=truth", "all")
    left, top, scale = frame_of(page)
    page.mouse.move(left + 200 * scale, top + 225 * scale)
    page.mouse.down()
    page.mouse.move(left + 330 * scale, top + 300 * scale, steps=30)
    boxes, seen, rows, terms, said = page.evaluate(
        f"() => [{STAGE}.boxes, {STAGE}.own.all.map((one) =>"
        " [one.row, one.col, one.anchor, ...one.numbers]),"
        f" {STAGE}.own.all.map((one) => one.k), {STAGE}.own.terms,"
        f" {STAGE}.own.loss.textContent]"
    )
    truths = np.array(boxes) / UNIT
    if version == 1:
        wanted = encode_v1(truths, 10, SIDE)
    else:
        cells = sides(version)
        wanted = encode_anchored(
            truths, ANCHORS[: EACH[version] * len(cells)], cells, SIDE
        )
    places = np.stack([wanted.rows, wanted.cols, wanted.anchor], axis=1)
    assert np.array(seen)[:, :3].tolist() == places.tolist()
    np.testing.assert_allclose(np.array(seen)[:, 3:], wanted.numbers, atol=1e-9)
    ours = yolo_terms(
        version, read_of(version), rows, wanted.numbers, truths, [0, 1]
    ).sums()
    assert terms == pytest.approx(ours, abs=2e-3)
    assert float(said.split()[1]) == pytest.approx(sum(ours.values()), abs=0.01)
    page.mouse.up()
    times = page.evaluate(
        "() => window.__stage.samples.filter((one) => one.kind === 'drag')"
        ".map((one) => one.ms)"
    )
    print(f"YOLO truth drag p95 {np.percentile(times, 95):.2f} ms")
    assert np.median(times) <= FRAME_MS


def test_two_middles_in_one_cell_are_told_of_and_the_larger_stays(page, server):
    opened(page, server, "version=1&view=truth", "all")
    said = page.evaluate(
        f"() => {{ const s = {STAGE};"
        " s.boxes = [[100, 100, 300, 300], [150, 150, 248, 248]];"
        " s.program.move(s);"
        " return [s.own.all.map((one) => one.owns), s.own.lines.textContent]; }"
    )
    assert said[0] == [True, False]
    assert "version 1 keeps the larger, 1 cat; nothing is learnt from 2 dog" in said[1]


def test_n_makes_a_second_truth_where_one_fills_the_photo(page, server):
    opened(page, server, "version=1&view=truth", "all")
    page.evaluate(f"() => {{ {STAGE}.boxes = [[20, 20, 636, 636]]; }}")
    said = page.evaluate(f"() => {STAGE}.program.hint({STAGE})")
    assert "N, or a drag on free ground, makes a new one" in said
    page.locator(".frame").first.focus()
    page.keyboard.press("n")
    page.wait_for_function(f"() => {STAGE}.own.all.length === 2", timeout=60_000)
    owns, boxes, lines = page.evaluate(
        f"() => {{ const s = {STAGE}; return [s.own.all.map((one) => one.owns),"
        " s.boxes, s.own.lines.textContent]; }"
    )
    assert owns == [True, False]  # both middles lie in one cell of ten
    assert boxes[1] == [224, 224, 416, 416]
    assert "version 1 keeps the larger" in lines
    page.wait_for_function(
        f"() => {STAGE}.d.held.program.v?.boxes?.length === 2", timeout=60_000
    )


@pytest.mark.parametrize("link", ["projector=1", "yolo_version=v3&yolo_score=0.1"])
def test_no_column_of_the_final_boxes_is_cut(page, app_url, link):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{app_url}/yolo?yolo_part=Final+boxes&{link}")
    table = page.locator(".st-key-yolo_listed [data-testid=stMarkdownContainer]")
    expect(table.locator("td").first).to_be_visible(timeout=60_000)
    shown, whole = table.evaluate("(one) => [one.clientWidth, one.scrollWidth]")
    assert whole <= shown
    rows = table.locator("tbody tr").evaluate_all(
        "(all) => all.map((r) => r.offsetHeight)"
    )
    assert len(set(rows)) == 1  # a line each
