"""Transposed convolution against torch, by hand, at its bounds, and its errors."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from explorer.core.convolution import conv2d, output_size
from explorer.core.transposed import (
    stamp_steps,
    transposed_by_zeros,
    transposed_size,
    zero_insertion,
)
from explorer.core.transposed_line import line_matrix, line_steps
from explorer.core.transposed_matrix import (
    MOST_ENTRIES,
    conv_matrix,
    transposed_by_matrix,
)

WAYS = {
    "stamping": lambda *given, **how: stamp_steps(*given, **how).output,
    "zeros": transposed_by_zeros,
    "matrix": transposed_by_matrix,
}
D2L = [[0, 1], [2, 3]]


def _settings():
    for k, stride, padding in itertools.product((1, 2, 3, 4), (1, 2, 3), (0, 1, 2)):
        for more in range(stride):
            yield k, {"stride": stride, "padding": padding, "output_padding": more}


@pytest.mark.parametrize("way", WAYS)
def test_every_small_setting_equals_torch(way: str) -> None:
    rng = np.random.default_rng(0)
    tried = refused = 0
    shapes = itertools.product((1, 2, 3), (1, 2, 4))
    for shape, (k, how) in itertools.product(shapes, _settings()):
        x, w = rng.normal(size=shape), rng.normal(size=(k, k))
        tensors = torch.from_numpy(x)[None, None], torch.from_numpy(w)[None, None]
        try:
            theirs = functional.conv_transpose2d(*tensors, **how)[0, 0].numpy()
        except RuntimeError:
            with pytest.raises(ValueError, match="nothing is left"):
                WAYS[way](x, w, **how)
            refused += 1
            continue
        np.testing.assert_allclose(WAYS[way](x, w, **how), theirs, atol=1e-12)
        tried += 1
    assert tried > 450
    assert refused > 20


@pytest.mark.parametrize("way", WAYS)
def test_dive_into_deep_learnings_example(way: str) -> None:
    assert WAYS[way](D2L, D2L).tolist() == [[0, 0, 1], [0, 4, 6], [4, 12, 9]]
    assert WAYS[way](D2L, D2L, stride=2).tolist() == [
        [0, 0, 0, 1],
        [0, 0, 2, 3],
        [0, 2, 0, 3],
        [4, 6, 6, 9],
    ]


@given(
    shape=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    k=st.integers(1, 5),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_it_is_the_adjoint_of_the_ordinary_convolution(
    shape: tuple[int, int], k: int, stride: int, padding: int, seed: int
) -> None:
    """<conv(u), x> = <u, transposed(x)>: the definition, without any matrix."""
    if any((n - 1) * stride - 2 * padding + k < 1 for n in shape):
        return
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=shape), rng.normal(size=(k, k))
    made = stamp_steps(x, w, stride, padding).output
    u = rng.normal(size=made.shape)
    there = conv2d(u, w, stride=stride, padding=padding)
    assert there.shape == x.shape
    assert (there * x).sum() == pytest.approx((u * made).sum(), abs=1e-10)


def test_stamps_are_the_scaled_kernel_at_their_place() -> None:
    steps = stamp_steps([[1, 2], [3, 4]], [[1, 2], [3, 4]], stride=2, padding=1)
    assert [(s.row, s.column, s.top, s.left) for s in steps.stamps] == [
        (0, 0, 0, 0),
        (0, 1, 0, 2),
        (1, 0, 2, 0),
        (1, 1, 2, 2),
    ]
    assert steps.stamps[2].values.tolist() == [[3, 6], [9, 12]]
    assert steps.canvas.shape == (4, 4)
    assert steps.output.tolist() == steps.canvas[1:3, 1:3].tolist() == [[4, 6], [6, 4]]
    assert (steps.counts == 1).all()


def test_overlaps_add_and_are_counted() -> None:
    steps = stamp_steps(np.ones((2, 2)), np.ones((3, 3)), stride=2)
    assert steps.counts.tolist() == steps.output.astype(int).tolist()
    assert steps.counts[2].tolist() == [2, 2, 4, 2, 2]


def test_output_padding_beyond_the_stamps_is_zero() -> None:
    steps = stamp_steps([[5]], [[1]], stride=3, output_padding=2)
    assert steps.output.tolist() == [[5, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert steps.counts.sum() == 1


def test_zeros_stand_between_and_around() -> None:
    assert zero_insertion([[1, 2]], 2, stride=2).astype(int).tolist() == [
        [0, 0, 0, 0, 0],
        [0, 1, 0, 2, 0],
        [0, 0, 0, 0, 0],
    ]


def test_padding_on_both_sides_of_the_kernels_reach() -> None:
    grid = np.arange(1.0, 10).reshape(3, 3)
    assert zero_insertion(grid, 2, padding=1).tolist() == grid.tolist()
    assert zero_insertion(grid, 1, padding=1).tolist() == [[5]]
    assert zero_insertion(grid, 2, padding=0).shape == (5, 5)


def test_the_kernel_is_flipped_for_the_zeros_only() -> None:
    w = np.arange(4.0).reshape(2, 2)
    assert stamp_steps([[1]], w).output.tolist() == w.tolist()
    assert transposed_by_zeros([[1]], w).tolist() == w.tolist()


def test_the_matrix_does_the_ordinary_convolution() -> None:
    rng = np.random.default_rng(3)
    u, w = rng.normal(size=(5, 6)), rng.normal(size=(3, 3))
    matrix = conv_matrix(u.shape, w, 2, 1)
    assert matrix.shape == (9, 30)
    there = conv2d(u, w, stride=2, padding=1)
    np.testing.assert_allclose(matrix @ u.ravel(), there.ravel(), atol=1e-12)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_output_padding_chooses_among_the_lengths_that_shrink_alike(
    stride: int,
) -> None:
    lengths = [transposed_size(4, 3, stride, 1, more) for more in range(stride)]
    assert [output_size(n, 3, stride, 1) for n in lengths] == [4] * stride
    assert output_size(lengths[-1] + 1, 3, stride, 1) == 5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((0, 3), "size is 0; it must be at least 1"),
        ((2, 0), "kernel_size is 0"),
        ((2, 3, 0), "stride is 0"),
        ((2, 3, 1, -1), "padding is -1; it must be at least 0"),
        ((2, 3, 2, 0, -1), "output_padding is -1"),
        ((2, 3, 2, 0, 2), "output_padding is 2; it must be below the stride, 2"),
        ((1, 2, 1, 1), "Padding 1 cuts 2 cells off the 2"),
    ],
)
def test_bad_settings_are_quoted(arguments: tuple[int, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        transposed_size(*arguments)


def test_both_sides_of_nothing_left() -> None:
    assert transposed_size(1, 3, 1, 1) == 1
    assert transposed_size(1, 2, 2, 1, 1) == 1
    with pytest.raises(ValueError, match="nothing is left"):
        transposed_size(1, 2, 2, 1, 0)


def test_bad_shapes_are_quoted() -> None:
    with pytest.raises(ValueError, match=r"weight \(2, 3\)"):
        stamp_steps(np.ones((2, 2)), np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"x has shape \(3,\)"):
        transposed_by_matrix(np.ones(3), np.ones((2, 2)))
    side = round(MOST_ENTRIES**0.25) + 1
    with pytest.raises(ValueError, match="C would have"):
        conv_matrix((side, side), np.ones((1, 1)))


def test_arguments_are_not_changed() -> None:
    x, w = np.ones((2, 2)), np.ones((2, 2))
    for way in WAYS.values():
        way(x, w, stride=2)
    assert (x == 1).all()
    assert (w == 1).all()


# ---- one dimension ------------------------------------------------------------------


def _course(letters: dict[str, float]) -> dict[int, tuple[list[float], ...]]:
    """Return the course's sums for each stride: x*a, and before cropping its own."""
    a, b, c, d, x, y, z = (letters[name] for name in "abcdxyz")
    there = [a * y + b * z, a * x + b * y + c * z, b * x + c * y + d * z, c * x + d * y]
    back = [a * x, a * y + b * x, a * z + b * y + c * x]
    back += [b * z + c * y + d * x, c * z + d * y, d * z]
    return {
        1: (there, back),
        2: (there[::2], [a * x, a * y, a * z + b * x, b * y, b * z, 0]),
    }


@given(st.lists(st.integers(-9, 9), min_size=7, max_size=7))
def test_the_courses_line_case_in_its_own_letters(values: list[int]) -> None:
    letters = dict(zip("abcdxyz", map(float, values), strict=True))
    signal, kernel = ([letters[name] for name in row] for row in ("abcd", "xyz"))
    for stride, (there, back) in _course(letters).items():
        steps = line_steps(kernel, signal, stride, padding=1)
        assert steps.output.tolist() == there
        assert steps.spread.tolist() == back
        assert steps.cropped.tolist() == back[1:5]


def test_there_and_back_gives_the_shape_not_the_values() -> None:
    steps = line_steps([1, 2, 3], [5, 1, 4, 2], stride=2, padding=1)
    assert steps.returned.shape == (4,)
    assert steps.returned.tolist() != [5, 1, 4, 2]
    assert steps.returned.tolist() == (steps.matrix.T @ steps.output)[1:5].tolist()


def test_at_stride_1_the_transposes_rows_hold_the_flipped_kernel() -> None:
    back = line_matrix([1, 2, 3], 4, padding=1).T
    assert back[2].tolist() == [3, 2, 1, 0]


def test_bad_lines_are_quoted() -> None:
    with pytest.raises(ValueError, match=r"kernel has shape \(1, 2\)"):
        line_matrix([[1, 2]], 4)
    with pytest.raises(ValueError, match=r"signal has shape \(\)"):
        line_steps([1, 2], 4)
    with pytest.raises(ValueError, match="6 rows and the signal 4"):
        line_steps([1, 2, 3], [1, 2, 3, 4], padding=2)
