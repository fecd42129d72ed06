"""The programs merges.js and proposals.js: the tree cut, overlaps while dragging."""

import numpy as np
import pytest

from explorer.core.graph_segmentation import graph_segmentation
from explorer.core.proposal_recall import best_overlaps, first_found
from explorer.core.samples import load_sample
from explorer.core.selective_search import (
    SIGMA_PX,
    Strategy,
    in_color_space,
    search_trees,
    working_image,
)
from explorer.ui.lessons.selective_search import TREE_SIDE_PX

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
TREE = "body => new Function('s', body)(window.__stage.stages.selective_tree)"
BOXES = "body => new Function('s', body)(window.__stage.stages.selective_boxes)"


@pytest.fixture(scope="module")
def known():
    """The same start and tree from the core."""
    small = working_image(load_sample("coffee").image, TREE_SIDE_PX)
    labels = graph_segmentation(in_color_space(small, "HSV"), SIGMA_PX, 100.0, 50)
    return labels, search_trees(small, [Strategy()])[0]


@pytest.fixture
def tree(page, app_url):
    page.goto(f"{app_url}/selective_search?image=coffee")
    page.wait_for_function(
        "() => window.__stage?.stages.selective_tree?.own.now", timeout=WAIT_MS
    )
    page.wait_for_timeout(500)
    return page


def at_step(page, step):
    page.evaluate(TREE, f"s.frame = {step}; s.underStale = true; s.change()")
    page.wait_for_timeout(200)


def alive(tree, step):
    used = set(tree.merges[:step].ravel().tolist())
    return set(range(tree.start + step)) - used


@pytest.mark.parametrize("share", [0, 0.5, 0.9, 1])
def test_the_painted_regions_are_the_trees_cut(tree, known, share):
    labels, merged = known
    step = round(share * len(merged.merges))
    at_step(tree, step)
    now = tree.evaluate(TREE, "return [...s.own.now.subarray(0, s.own.start)]")
    assert set(now) == alive(merged, step)
    sizes = np.bincount(np.array(now)[labels].ravel(), minlength=len(merged.sizes))
    for region in set(now):
        assert sizes[region] == merged.sizes[region]
    left = merged.start - step
    said = tree.evaluate(TREE, "return s.panel.textContent")
    assert f"After {step} of {len(merged.merges)} merges: {left} region" in said


def test_a_step_asks_the_server_for_no_picture(tree):
    runs = tree.evaluate(TREE, "return s.calls")
    tree.locator("button.first").click()
    tree.locator("button.next").click()
    tree.wait_for_timeout(1500)
    assert tree.evaluate(TREE, "return s.own.painted") == 1
    assert tree.evaluate(TREE, "return s.calls") == runs
    assert "selective_search_merges=1" in tree.url


def test_a_region_shows_its_box_and_its_most_similar_neighbours(tree, known):
    labels, merged = known
    step = round(0.8 * len(merged.merges))
    at_step(tree, step)
    region, box, near = tree.evaluate(
        TREE,
        "s.pointer = [300, 200]; s.program.move(s);"
        "const o = s.own, r = o.region;"
        "return [r, [...o.boxes.subarray(4 * r, 4 * r + 4)], o.near];",
    )
    living = alive(merged, step)
    assert region in living
    height, width = labels.shape
    scale = np.array([600 / width, 400 / height] * 2)
    assert np.allclose(box, merged.boxes[region] * scale)
    expected = {
        row
        for row, pair in enumerate(merged.pairs.tolist())
        if region in pair and set(pair) <= living
    }
    assert {row for _, row in near} == expected
    scores = [float(merged.scores[row]) for _, row in near]
    assert scores == sorted(scores, reverse=True)
    said = tree.evaluate(TREE, "return s.panel.textContent")
    assert f"{scores[0]:.3f}" in said


def test_a_kept_place_grows_while_the_steps_go_by(tree, known):
    labels, merged = known
    last = len(merged.merges)
    tree.evaluate(TREE, "s.own.kept = [300, 200]; s.pointer = null; s.change()")
    sizes = []
    for step in (0, last // 2, last - 9, last):
        at_step(tree, step)
        sizes.append(tree.evaluate(TREE, "return s.own.sizes[s.own.region]"))
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] == labels.size


def test_overlaps_follow_the_drag_and_agree_with_the_core(page, app_url):
    page.goto(f"{app_url}/selective_search?image=street&selective_search_part=Boxes")
    page.wait_for_function(
        "() => window.__stage?.stages.selective_boxes?.own.runs", timeout=WAIT_MS
    )
    page.wait_for_timeout(1000)
    page.evaluate(BOXES, "s.dom.frame.scrollIntoView({block: 'center'})")
    x, y = page.evaluate(
        BOXES,
        "const r = s.dom.frame.getBoundingClientRect(), b = s.boxes[0];"
        "return [r.left + (b[0] + b[2]) / 2 / s.w * r.width,"
        " r.top + (b[1] + b[3]) / 2 / s.h * r.height];",
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y + 20, steps=6)
    page.wait_for_timeout(150)
    found, objects, best, said = page.evaluate(
        BOXES,
        "const o = s.own, used = Math.min(s.frame, o.n);"
        "return [[...o.all], s.boxes, o.runs.map((run) => run.value[used - 1]),"
        " s.panel.textContent];",
    )
    proposals = np.array(found).reshape(-1, 4)
    ours = best_overlaps(proposals, objects, [100])[0]
    assert np.allclose(best, ours, atol=1e-6)
    hits = int((ours >= 0.5).sum())
    assert f"find {hits} of {len(objects)} objects" in said
    later = first_found(proposals, objects, 0.5) > 100
    assert said.count("will be found by box") == later.sum() > 0
    page.mouse.up()
    page.get_by_text("the arithmetic in your browser").wait_for(timeout=WAIT_MS)
    line = page.locator("p", has_text="the arithmetic in your browser").inner_text()
    assert "matches" in line
