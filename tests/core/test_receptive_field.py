"""Fields by arithmetic: chains, joins, each way of reading, both ends of each axis."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.core.field_graph import Graph, Link, Node, from_arrays, one_layer
from explorer.core.field_table import layer_fields
from explorer.core.reach import KINDS, Reach
from explorer.core.receptive_field import jumps, unit_box, unit_spans

layer = st.tuples(
    st.integers(1, 5), st.integers(1, 3), st.integers(0, 3), st.integers(1, 3)
)


def recurrence(layers):
    """Size, jump and start by Araujo et al. 2019, section 2, layer by layer."""
    size, jump, start = 1, 1, 0.5
    for kernel_size, stride, padding, dilation in layers:
        wide = dilation * (kernel_size - 1)
        size += wide * jump
        start += (wide / 2 - padding) * jump
        jump *= stride
        yield size, jump, start


def chain(size, layers):
    """A plain chain of windows as a graph; sizes as convolutions have them."""
    nodes = [Node("input", "input", (size, size))]
    for i, (k, s, p, d) in enumerate(layers):
        side = (nodes[-1].shape[0] + 2 * p - d * (k - 1) - 1) // s + 1
        reach = Reach("window", k, s, d, p)
        nodes.append(
            Node(f"l{i}", "convolution", (side, side), (Link(i, reach, reach),))
        )
    return Graph(tuple(nodes))


@given(st.lists(layer, min_size=1, max_size=5))
def test_a_chain_is_the_textbook_recurrence(layers):
    graph = chain(900, layers)
    for field, wanted in zip(layer_fields(graph), recurrence(layers), strict=True):
        size, jump, start = wanted
        assert field.size == (size, size)
        assert field.jump == (jump, jump)
        assert field.start == (start, start)


@given(st.lists(layer, min_size=1, max_size=4), st.data())
def test_spans_are_what_following_every_tap_gives(layers, data):
    graph = chain(60, layers)
    node = len(layers)
    units = graph.nodes[node].shape[0]
    assume(units > 0 and all(n.shape[0] > 0 for n in graph.nodes))
    unit = data.draw(st.integers(0, units - 1))
    reached = {unit}
    for (k, s, p, d), before in zip(
        reversed(layers), reversed(graph.nodes[:-1]), strict=True
    ):
        taps = {o * s - p + d * i for o in reached for i in range(k)}
        reached = {t for t in taps if 0 <= t < before.shape[0]}
    first, last = unit_spans(graph, node, 0)[unit].tolist()
    if reached:
        assert (first, last) == (min(reached), max(reached))
    else:
        assert first > last


def test_a_unit_of_padding_alone_reads_nothing():
    graph = one_layer((4, 4), Reach("window", 1, 1, before=2), (8, 8))
    assert (unit_spans(graph, 1, 0)[0] > 4).tolist() == [True, False]
    assert unit_spans(graph, 1, 0)[2].tolist() == [0, 0]
    assert unit_spans(graph, 1, 0, inside=False)[0].tolist() == [-2, -2]


def test_the_widest_branch_counts():
    small, wide = Reach("window", 3, 1, 1, 1), Reach("window", 3, 1, 6, 6)
    nodes = (
        Node("input", "input", (40, 40)),
        Node("a", "convolution", (40, 40), (Link(0, small, small),)),
        Node("b", "convolution", (40, 40), (Link(0, wide, wide),)),
        Node(
            "sum",
            "sum",
            (40, 40),
            (Link(1, Reach(), Reach()), Link(2, Reach(), Reach())),
        ),
    )
    assert layer_fields(Graph(nodes))[-1].size == (13, 13)
    # Column 2: the wide branch reads 2 and 8, the narrow one 1, 2, 3.
    assert unit_box(Graph(nodes), 3, 20, 2) == (1, 14, 9, 27)


def test_a_branch_of_the_whole_map_covers_the_input():
    whole = Reach("whole", size_in=9)
    back = Reach("bilinear", size_in=1, size_out=9)
    nodes = (
        Node("input", "input", (9, 9)),
        Node("pool", "mean", (1, 1), (Link(0, whole, whole),)),
        Node("up", "enlarging", (9, 9), (Link(1, back, back),)),
        Node(
            "cat",
            "concatenation",
            (9, 9),
            (Link(0, Reach(), Reach()), Link(2, Reach(), Reach())),
        ),
    )
    fields = layer_fields(Graph(nodes))
    assert fields[-1].whole
    assert not layer_fields(
        Graph(nodes[:1] + (Node("x", "x", (9, 9), (Link(0, Reach(), Reach()),)),))
    )[0].whole
    assert fields[-1].jump == (1.0, 1.0)  # of the finest branch


@pytest.mark.parametrize(
    ("reach", "unit", "reads"),
    [
        (Reach("transposed", 4, 2, before=1), 0, (-1, 0)),
        (Reach("transposed", 4, 2, before=1), 1, (0, 1)),
        (Reach("transposed", 3, 2, before=1), 2, (1, 1)),
        (Reach("transposed", 3, 2, before=1), 3, (1, 2)),
        (Reach("transposed", 3, 1, 2), 4, (0, 4)),
        (Reach("bilinear", size_in=4, size_out=8), 1, (0, 1)),
        (Reach("bilinear", size_in=4, size_out=12), 1, (0, 0)),  # on the cell's middle
        (Reach("corners", size_in=4, size_out=7), 2, (1, 1)),
        (Reach("corners", size_in=4, size_out=7), 3, (1, 2)),
        (Reach("corners", size_in=4, size_out=1), 0, (0, 0)),
        (Reach("nearest", size_in=4, size_out=8), 5, (2, 2)),
        (Reach("adaptive", size_in=5, size_out=2), 0, (0, 2)),
        (Reach("adaptive", size_in=5, size_out=2), 1, (2, 4)),
        (Reach("whole", size_in=5), 0, (0, 4)),
    ],
)
def test_each_way_of_reading_by_hand(reach, unit, reads):
    low, high = reach.reads(np.array([unit]), np.array([unit]))
    assert (int(low[0]), int(high[0])) == reads


def test_a_transposed_kernel_below_its_stride_leaves_gaps():
    graph = one_layer((3, 3), Reach("transposed", 1, 2), (5, 5))
    spans = unit_spans(graph, 1, 0)
    assert spans[[0, 2, 4]].tolist() == [[0, 0], [1, 1], [2, 2]]
    assert (spans[[1, 3], 0] > spans[[1, 3], 1]).all()


@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2))
def test_a_transposed_window_is_the_window_read_backwards(k, s, d, p):
    reach = Reach("transposed", k, s, d, p)
    outputs = [(i, i * s - p + j * d) for i in range(-40, 40) for j in range(k)]
    for unit in range(9):
        giving = [i for i, o in outputs if o == unit]
        low, high = reach.reads(np.array([unit]), np.array([unit]))
        if giving:
            assert (int(low[0]), int(high[0])) == (min(giving), max(giving))
        else:
            assert low[0] > high[0]


@given(
    st.sampled_from(KINDS),
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)),
    st.integers(-2, 3),
    st.integers(1, 9),
    st.integers(1, 9),
    st.data(),
)
def test_marks_are_what_each_output_reads(kind, how, before, size, outputs, data):
    reach = Reach(kind, *how, before, size, outputs)
    read = np.array(
        [data.draw(st.lists(st.booleans(), min_size=outputs, max_size=outputs))]
    )
    wanted = np.zeros(size, bool)
    k, s, d = how
    for o in np.flatnonzero(read[0]):
        if kind == "window":
            cells = [o * s - before + d * t for t in range(k)]
        elif kind == "transposed":
            cells = [
                i for i in range(size) for t in range(k) if i * s - before + d * t == o
            ]
        else:
            low, high = reach.reads(np.array([o]), np.array([o]))
            cells = range(int(low[0]), int(high[0]) + 1)
        for cell in cells:
            if 0 <= cell < size:
                wanted[cell] = True
    assert np.array_equal(reach.marks(read, size)[0], wanted)


def test_jumps_multiply_and_divide():
    graph = chain(64, [(3, 2, 1, 1), (3, 2, 1, 1)])
    assert jumps(graph, 0) == (1, 2, 4)
    up = Reach("transposed", 4, 2, before=1)
    more = Graph((*graph.nodes, Node("up", "up", (32, 32), (Link(2, up, up),))))
    assert jumps(more, 1)[-1] == 2
    assert Reach("corners", size_in=4, size_out=7).step == Fraction(1, 2)


def test_enlarged_units_differ_and_the_largest_is_listed():
    up = Reach("transposed", 3, 2, before=1)
    graph = chain(64, [(2, 2, 0, 1)])
    graph = Graph((*graph.nodes, Node("up", "up", (63, 63), (Link(1, up, up),))))
    sizes = np.diff(unit_spans(graph, 2, 0, inside=False)).ravel() + 1
    assert set(sizes.tolist()) == {2, 4}
    assert layer_fields(graph)[-1].size == (4, 4)


def test_a_graph_survives_as_arrays():
    graph = chain(30, [(3, 2, 1, 1), (5, 1, 0, 2)])
    assert from_arrays(graph.arrays()) == graph


def test_a_network_as_arrays_keeps_every_kind():
    for kind in KINDS:
        graph = one_layer((6, 6), Reach(kind, 3, 2, 1, 1, 6, 3), (3, 3))
        assert from_arrays(graph.arrays()) == graph


def test_what_is_not_there_is_named():
    graph = one_layer((4, 4), Reach(), (4, 4))
    with pytest.raises(ValueError, match="no layer 'nine'; there is: layer"):
        graph.find("nine")
    with pytest.raises(ValueError, match=r"no unit \(4, 0\)"):
        unit_box(graph, 1, 4, 0)
    with pytest.raises(ValueError, match="no map 2; there are 0 to 1"):
        unit_spans(graph, 2, 0)


@pytest.mark.parametrize("wrong", [{"kind": "other"}, {"stride": 0}, {"size_in": 0}])
def test_a_reach_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=str(next(iter(wrong)))):
        Reach(**wrong)
