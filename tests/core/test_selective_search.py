"""Selective search from edge to ranked box: slow twins, OpenCV, and single steps."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.boxes import box_iou
from explorer.core.graph_segmentation import pixel_graph, segment_graph
from explorer.core.merge_tree import (
    WEIGHTS,
    group_regions,
    largest_share,
    mean_score,
)
from explorer.core.proofs import selective_search as proofs
from explorer.core.proofs.merge_turns import merge_turns
from explorer.core.proposal_recall import (
    best_overlaps,
    first_found,
    mean_best_overlap,
    recall_at,
)
from explorer.core.regions import measure_regions, touching
from explorer.core.samples import load_sample
from explorer.core.selective_search import (
    COLOR_SPACES,
    FAST,
    SIGMA_PX,
    Strategy,
    in_color_space,
    ranked_boxes,
    search_trees,
    selective_search,
    working_image,
)

SEEDS = st.integers(0, 10_000)
K = 60.0


def blobs(seed, height=40, width=56, channels=3):
    """A random picture with regions in it."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (height, width, channels)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    spread = 255 * (smooth - smooth.min()) / (smooth.max() - smooth.min())
    spread = spread.reshape(height, width, channels)
    return (spread if channels > 1 else spread[..., 0]).astype(np.uint8)


def photo(name, longest=220):
    return working_image(load_sample(name).image, longest)


def slow_segments(image, sigma, k, min_size):
    """The paper's algorithm word by word, regions kept as sets of pixels."""
    graph = pixel_graph(image, sigma)
    region = {p: frozenset([p]) for p in range(image.shape[0] * image.shape[1])}
    inside = {region[p]: 0.0 for p in region}
    edges = list(zip(graph.weights, graph.first, graph.second, strict=True))

    def join(a, b, weight):
        both = a | b
        inside[both] = weight
        for p in both:
            region[p] = both

    for weight, p, q in edges:
        a, b = region[p], region[q]
        allowed = min(inside[a] + k / len(a), inside[b] + k / len(b))
        if a != b and weight <= allowed:
            join(a, b, float(weight))
    for weight, p, q in edges:
        a, b = region[p], region[q]
        if a != b and min(len(a), len(b)) < min_size:
            join(a, b, float(weight))
    return region


@settings(max_examples=15)
@given(SEEDS, st.sampled_from([0.0, 15.0, K, 400.0]), st.sampled_from([0, 1, 12]))
def test_start_segmentation_is_the_papers_loop(seed, k, min_size):
    image = blobs(seed, 9, 11)
    labels = segment_graph(pixel_graph(image, 0.8), k, min_size).ravel()
    region = slow_segments(image, 0.8, k, min_size)
    for p in region:
        same = np.flatnonzero(labels == labels[p])
        assert set(same.tolist()) == set(region[p])


@settings(max_examples=15)
@given(SEEDS, st.sampled_from([1, 3]), st.sampled_from([0.5, 0.8, 2.0]))
def test_start_segmentation_equals_opencv(seed, channels, sigma):
    image = blobs(seed, channels=channels)
    labels = segment_graph(pixel_graph(image, sigma), K, 20)
    assert proofs.prove_start(image, labels, sigma, K, 20).delta == 0


@pytest.mark.parametrize("name", ["street", "coffee", "camera"])
@pytest.mark.parametrize("space", COLOR_SPACES)
def test_a_photos_regions_and_boxes_equal_opencvs(name, space):
    planes = in_color_space(photo(name), space)
    labels = segment_graph(pixel_graph(planes, SIGMA_PX), K, 50)
    assert proofs.prove_start(planes, labels, SIGMA_PX, K, 50).delta == 0
    regions = measure_regions(planes, labels)
    for weights in (WEIGHTS, (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.5, 0.25)):
        tree = group_regions(regions, weights)
        proof = proofs.prove_boxes(planes, regions, tree, (SIGMA_PX, K, 50), weights)
        assert proof.holds
        assert ("before the first exact tie" in proof.note) == (tree.ties > 0)
        assert merge_turns(regions, tree.merges, weights).gaps.max() < 1e-6


@pytest.mark.parametrize("name", ["street", "coffee", "camera", "chelsea"])
@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ((0.0, 0.0, 0.25, 1.0), (0.0, 0.0, 1.0, 1.0)),
        ((0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 1.0, 0.25)),
        (WEIGHTS, (1.0, 1.0, 1.0, 2.0)),
    ],
)
def test_a_tree_of_other_weights_is_rejected_even_where_there_are_ties(
    name, asked, made
):
    planes = in_color_space(photo(name), "HSV")
    labels = segment_graph(pixel_graph(planes, SIGMA_PX), K, 50)
    regions = measure_regions(planes, labels)
    start = (SIGMA_PX, K, 50)
    right, wrong = (group_regions(regions, weights) for weights in (asked, made))
    assert proofs.prove_boxes(planes, regions, right, start, asked).holds
    tied = replace(wrong, ties=1)  # a tree can't buy leniency by claiming a tie
    for tree in (wrong, tied):
        assert not proofs.prove_boxes(planes, regions, tree, start, asked).holds


def test_with_ties_the_note_says_what_was_compared_and_numbers_are_whole():
    strategy = Strategy("HSV", 100.0, (0.0, 0.0, 1.0, 0.0))
    image = photo("coffee")
    trees = search_trees(image, [strategy])
    assert trees[0].ties
    proof = proofs.prove_search(image, [strategy], trees, 50)
    assert proof.holds
    assert isinstance(proof.delta, int)
    assert "before the first exact tie" in proof.note
    other = search_trees(image, [Strategy("HSV", 100.0, (0.0, 0.0, 1.0, 0.25))])
    assert not proofs.prove_search(image, [strategy], other, 50).holds


def test_a_wrong_box_or_region_is_seen():
    planes = photo("coffee")
    labels = segment_graph(pixel_graph(planes, SIGMA_PX), K, 50)
    regions = measure_regions(planes, labels)
    other = group_regions(regions, (1, 0, 0, 0))
    assert not proofs.prove_boxes(
        planes, regions, other, (SIGMA_PX, K, 50), (0, 0, 0, 1)
    ).holds
    wrong = labels.copy()
    wrong[0, 0] += 1
    assert proofs.prove_start(planes, wrong, SIGMA_PX, K, 50).delta == 1


def test_a_picture_too_long_for_opencvs_texture_is_compared_without_it():
    planes = blobs(3, 30, 120)
    labels = segment_graph(pixel_graph(planes, SIGMA_PX), K, 20)
    regions = measure_regions(planes, labels)
    tree = group_regions(regions)
    proof = proofs.prove_boxes(planes, regions, tree, (SIGMA_PX, K, 20), WEIGHTS)
    assert proof.holds
    assert "so long a picture" in proof.note
    only = group_regions(regions, (0, 1, 0, 0))
    proof = proofs.prove_boxes(planes, regions, only, (SIGMA_PX, K, 20), (0, 1, 0, 0))
    assert proof.holds


def test_the_predicate_on_both_sides_of_the_border():
    """Two pixels at a distance of 40: joined from k = 40 on."""
    graph = pixel_graph(np.array([[0, 40]], np.uint8), 0.01)
    assert segment_graph(graph, 39.9, 0).tolist() == [[0, 1]]
    assert segment_graph(graph, 40, 0).tolist() == [[0, 0]]


def test_a_region_of_the_least_size_stays():
    row = np.array([[0, 0, 200, 200, 200]], np.uint8)
    graph = pixel_graph(row, 0.01)
    assert segment_graph(graph, 1, 2).max() == 1
    assert segment_graph(graph, 1, 3).max() == 0


@settings(max_examples=10)
@given(SEEDS)
def test_colour_and_texture_are_opencvs(seed):
    image = blobs(seed)
    labels = segment_graph(pixel_graph(image, 0.8), K, 20)
    regions = measure_regions(image, labels)
    sizes = regions.sizes.astype(np.int32).reshape(-1, 1)
    for make, rows in (
        (proofs.reference.createSelectiveSearchSegmentationStrategyColor, "colors"),
        (proofs.reference.createSelectiveSearchSegmentationStrategyTexture, "textures"),
    ):
        strategy, table = make(), getattr(regions, rows)
        strategy.setImage(image, labels, sizes)
        for a, b in regions.neighbors.tolist():
            ours = np.minimum(table[a], table[b]).sum()
            assert ours == pytest.approx(strategy.get(a, b), abs=1e-5)


def test_histograms_add_up_to_one_and_boxes_are_tight():
    image, labels = blobs(1), segment_graph(pixel_graph(blobs(1)), K, 20)
    regions = measure_regions(image, labels)
    assert regions.colors.shape == (len(regions.sizes), 75)
    assert regions.textures.shape == (len(regions.sizes), 240)
    assert np.allclose(regions.colors.sum(1), 1)
    assert np.allclose(regions.textures.sum(1), 1)
    for region, (x1, y1, x2, y2) in enumerate(regions.boxes):
        inside = labels == region
        assert inside.any(0).nonzero()[0][[0, -1]].tolist() == [x1, x2 - 1]
        assert inside.any(1).nonzero()[0][[0, -1]].tolist() == [y1, y2 - 1]


def test_a_flat_picture_has_one_region_and_no_merge():
    flat = np.full((20, 30, 3), 7, np.uint8)
    tree = search_trees(flat, [Strategy()])[0]
    assert tree.start == 1
    assert len(tree.merges) == 0
    assert selective_search(flat).tolist() == [[0, 0, 30, 20]]


def test_pairs_touch_along_sides_and_one_diagonal():
    labels = np.array([[0, 0, 0], [0, 1, 2], [0, 3, 2], [0, 0, 4]], np.int32)
    pairs = {tuple(pair) for pair in touching(labels).tolist()}
    around = {(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4)}
    assert pairs == around
    corner = np.array([[0, 1], [1, 0]], np.int32)
    assert touching(corner).tolist() == [[0, 1]]


def greatest_gap(image, labels, weights, merges):
    """Replay merges; return how far one's score lay under the greatest then.

    By definition: every score from the pixels' own histograms, each time.
    """
    regions = measure_regions(image, labels)
    colors, textures = regions.colors.astype(float), regions.textures.astype(float)
    alive = {i: [i] for i in range(len(regions.sizes))}
    near = {tuple(pair) for pair in regions.neighbors.tolist()}
    gap = 0.0

    def score(a, b):
        def row(table, ids):
            return np.average(table[ids], axis=0, weights=regions.sizes[ids])

        ids = alive[a] + alive[b]
        size = regions.sizes[ids].sum()
        low = regions.boxes[ids, :2].min(0)
        high = regions.boxes[ids, 2:].max(0)
        hole = np.prod(high - low) - size
        parts = [
            np.minimum(row(colors, alive[a]), row(colors, alive[b])).sum(),
            np.minimum(row(textures, alive[a]), row(textures, alive[b])).sum(),
            1 - size / labels.size,
            1 - hole / labels.size,
        ]
        return np.average(parts, weights=weights)

    for step, (a, b) in enumerate(sorted(pair) for pair in merges.tolist()):
        assert (a, b) in near, "only neighbours are joined"
        gap = max(gap, max(score(*pair) for pair in near) - score(a, b))
        new = len(regions.sizes) + step
        alive[new] = alive.pop(a) + alive.pop(b)
        near = {
            tuple(sorted(new if i in (a, b) else i for i in pair))
            for pair in near
            if set(pair) != {a, b}
        }
    assert not near, "neighbours are left"
    return gap


@settings(max_examples=10)
@given(SEEDS, st.sampled_from([WEIGHTS, (1.0, 0.0, 0.0, 0.0), (0.3, 1.0, 2.0, 0.7)]))
def test_grouping_is_the_greedy_rule(seed, weights):
    image = blobs(seed, 24, 30)
    labels = segment_graph(pixel_graph(image, 0.8), 30, 10)
    tree = group_regions(measure_regions(image, labels), weights)
    # The scores are single precision: of two that close, either may go first.
    assert greatest_gap(image, labels, weights, tree.merges) < 1e-5


def test_a_merge_out_of_turn_is_noticed():
    image = blobs(0, 24, 30)
    labels = segment_graph(pixel_graph(image, 0.8), 30, 10)
    tree = group_regions(measure_regions(image, labels), (1.0, 0.0, 0.0, 0.0))
    assert greatest_gap(image, labels, (0.0, 0.0, 1.0, 0.0), tree.merges) > 1e-3


@settings(max_examples=15)
@given(SEEDS)
def test_a_tree_holds_together(seed):
    image = blobs(seed)
    labels = segment_graph(pixel_graph(image, 0.8), K, 20)
    tree = group_regions(measure_regions(image, labels))
    n = tree.start
    assert len(tree.merges) == n - 1
    assert sorted(tree.merges.ravel().tolist()) == list(range(2 * n - 2))
    assert tree.sizes[-1] == labels.size
    for new, (a, b) in enumerate(tree.merges.tolist(), n):
        assert tree.sizes[new] == tree.sizes[a] + tree.sizes[b]
        assert tree.levels[new] == max(tree.levels[a], tree.levels[b]) + 1
        assert (tree.boxes[new, :2] <= tree.boxes[[a, b], :2]).all()
        assert (tree.boxes[new, 2:] >= tree.boxes[[a, b], 2:]).all()
        row = tree.chosen[new - n]
        assert set(tree.pairs[row].tolist()) == {a, b}
    assert ((tree.parts >= 0) & (tree.parts <= 1 + 1e-5)).all()


def test_without_the_size_one_region_swallows_the_others():
    def late(weights):
        tree = search_trees(photo("chelsea", 320), [Strategy("HSV", 100.0, weights)])[0]
        return [largest_share(tree, round(f * len(tree.merges))) for f in (0, 0.8, 1)]

    start, even, whole = late(WEIGHTS)
    _, greedy, _ = late((1.0, 0.0, 0.0, 0.0))
    assert start <= even < 0.5 < greedy
    assert whole == 1
    tree = search_trees(photo("chelsea"), [Strategy()])[0]
    with pytest.raises(ValueError, match="merges must be in"):
        largest_share(tree, len(tree.merges) + 1)


def test_only_the_proportion_of_the_weights_matters():
    image = photo("coffee", 160)
    labels = segment_graph(pixel_graph(image), K, 30)
    regions = measure_regions(image, labels)
    one, two = (group_regions(regions, (w, w, w, w)) for w in (1.0, 2.0))
    assert np.array_equal(one.merges, two.merges)


def test_scores_by_hand():
    parts = np.array([[0.5, 1.0, 0.25, 0.75]], np.float32)
    assert mean_score(parts, np.array([1, 1, 1, 1], np.float32))[0] == 0.625
    assert mean_score(parts, np.array([2, 0, 0, 2], np.float32))[0] == 0.625
    assert mean_score(parts, np.array([0, 0, 1, 0], np.float32))[0] == 0.25


def test_equal_rivals_are_counted():
    """Three equal stripes: either may take the middle one."""
    labels = np.array([[0, 1, 2]] * 3, np.int32)
    tree = group_regions(measure_regions(np.zeros((3, 3), np.uint8), labels))
    assert tree.ties == 1
    assert tree.merges.tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    "weights", [(0, 0, 0, 0), (-1, 1, 1, 1), (np.nan, 1, 1, 1), (1, 1, 1)]
)
def test_weights_that_mean_nothing_are_refused(weights):
    labels = np.array([[0, 1]] * 2, np.int32)
    regions = measure_regions(np.zeros((2, 2), np.uint8), labels)
    with pytest.raises(ValueError, match="weights must be four numbers"):
        group_regions(regions, weights)


def test_proposals_are_unique_inside_the_picture_and_repeatable():
    image = load_sample("coffee").image
    boxes = selective_search(image, FAST[:2], max_side_px=200)
    assert len(np.unique(boxes, axis=0)) == len(boxes) > 50
    height, width = image.shape[:2]
    assert boxes.min() >= 0
    assert boxes[:, 2].max() <= width + 1e-6
    assert boxes[:, 3].max() <= height + 1e-6
    again = selective_search(image, FAST[:2], max_side_px=200)
    assert np.array_equal(boxes, again)
    other = selective_search(image, FAST[:2], max_side_px=200, seed=1)
    assert not np.array_equal(boxes, other)
    trees = search_trees(photo("coffee"), FAST[:2])
    one, two = (ranked_boxes(trees, seed).tolist() for seed in (0, 1))
    assert sorted(one) == sorted(two)


def test_more_strategies_find_all_that_fewer_found():
    image = photo("coffee")
    few, many = (
        {tuple(b) for b in selective_search(image, FAST[:n], near_iou=1).tolist()}
        for n in (1, 4)
    )
    assert few < many


def test_boxes_nearly_equal_to_an_earlier_one_are_left_out():
    image = photo("coffee")
    all_boxes, few = (selective_search(image, FAST[:4], near_iou=t) for t in (1, 0.9))
    ious = box_iou(few, few) - np.eye(len(few))
    assert ious.max() <= 0.9
    assert len(few) < len(all_boxes)
    assert box_iou(all_boxes, few).max(axis=1).min() > 0.9
    places = [all_boxes.tolist().index(box) for box in few.tolist()]
    assert places == sorted(places)


def test_large_regions_tend_to_come_first():
    tree = search_trees(photo("street"), [Strategy()])[0]
    boxes = ranked_boxes([tree])
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    half = len(areas) // 2
    assert areas[:half].mean() > 2 * areas[half:].mean()


def test_a_drawn_object_is_found():
    image = np.full((120, 160, 3), 90, np.uint8)
    image[30:80, 40:110] = (200, 40, 40)
    boxes = selective_search(image, [Strategy()])
    assert box_iou(boxes, [[40, 30, 110, 80]]).max() > 0.95


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: selective_search(np.zeros((5, 5), np.uint8)), "image must be"),
        (lambda: selective_search(np.zeros((5, 5, 3))), "image must be"),
        (lambda: working_image(np.zeros((5, 5, 3), np.uint8), 15), "max_side_px"),
        (lambda: in_color_space(np.zeros((5, 5, 3), np.uint8), "CMYK"), "not one of"),
        (lambda: pixel_graph(np.zeros((0, 5), np.uint8)), "non-empty"),
        (lambda: pixel_graph(np.zeros((5, 5), np.uint8), 0), "sigma_px"),
        (
            lambda: segment_graph(pixel_graph(np.zeros((5, 5), np.uint8)), -1),
            "at least 0",
        ),
        (
            lambda: measure_regions(np.zeros((2, 2), np.uint8), np.zeros((1, 2), int)),
            "labels must be",
        ),
        (
            lambda: measure_regions(np.zeros((1, 2), np.uint8), np.array([[0, 2]])),
            "1 is absent",
        ),
        (lambda: best_overlaps([], [], [-1]), "negative"),
        (lambda: recall_at(np.zeros((3, 0))), "an object at least"),
        (lambda: recall_at([[0.5]], 1.1), "0..1"),
        (lambda: mean_best_overlap([[0.5]], ["a", "b"]), "labels"),
    ],
)
def test_what_cannot_be_is_said(call, says):
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize("shape", [(1, 40), (40, 1), (2, 2), (1, 1)])
def test_pictures_without_room_for_regions(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert len(selective_search(image, [Strategy()])) >= 1


@given(SEEDS)
def test_recall_and_overlap_never_fall_with_more_boxes(seed):
    rng = np.random.default_rng(seed)
    corners = np.sort(rng.random((2, 30, 2)) * 100, axis=0)
    boxes = np.concatenate(corners, axis=1)
    overlaps = best_overlaps(boxes[:25], boxes[25:], range(40))
    assert (np.diff(overlaps, axis=0) >= 0).all()
    assert (np.diff(recall_at(overlaps)) >= 0).all()
    best = box_iou(boxes[:25], boxes[25:]).max(0)
    assert np.array_equal(overlaps[-1], best)
    assert np.array_equal(overlaps[25], best)


@given(SEEDS)
def test_the_first_box_that_finds_an_object_is_where_its_overlap_gets_there(seed):
    rng = np.random.default_rng(seed)
    corners = np.sort(rng.random((2, 24, 2)) * 60, axis=0)
    boxes = np.concatenate(corners, axis=1)
    first = first_found(boxes[:20], boxes[20:], 0.3)
    overlaps = best_overlaps(boxes[:20], boxes[20:], range(21))
    for number, course in zip(first, overlaps.T, strict=True):
        reached = np.flatnonzero(course >= 0.3)
        assert number == (reached[0] if len(reached) else 0)
    assert first_found([], boxes[20:]).tolist() == [0] * 4


@pytest.mark.parametrize("size", [(60, 80), (30, 120)])
def test_several_groupings_are_proved_together(size):
    image = blobs(5, *size)
    trees = search_trees(image, FAST[:3], 20)
    proof = proofs.prove_search(image, FAST[:3], trees, 20)
    assert proof.holds
    assert ("so long a picture" in proof.note) == (size == (30, 120))
    if size == (60, 80):
        wrong = search_trees(image, FAST[4:7], 20)
        assert not proofs.prove_search(image, FAST[:3], wrong, 20).holds


def test_an_iou_at_the_threshold_counts():
    overlaps = best_overlaps([[0, 0, 1, 1]], [[0, 0, 2, 1], [0, 0, 2.01, 1]], [1])
    assert recall_at(overlaps).tolist() == [0.5]
