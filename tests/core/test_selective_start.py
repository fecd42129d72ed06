"""Selective search's start: the segmentation and what its regions measure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.graph_segmentation import pixel_graph, segment_graph
from explorer.core.proofs import selective_search as proofs
from explorer.core.regions import measure_regions, touching
from explorer.core.selective_search import (
    Strategy,
    search_trees,
    selective_search,
)
from tests.core.selective_cases import SEEDS, K, blobs


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
