"""Selective search from edge to ranked box: slow twins, OpenCV, and single steps."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    mean_best_overlap,
    recall_at,
)
from explorer.core.regions import measure_regions
from explorer.core.selective_search import (
    COLOR_SPACES,
    FAST,
    SIGMA_PX,
    Strategy,
    in_color_space,
    search_trees,
    selective_search,
    working_image,
)
from tests.core.selective_cases import SEEDS, K, blobs, photo


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
