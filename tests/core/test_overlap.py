"""How often stamps cover a cell, and kernels that upsample."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.overlap import (
    bilinear_kernel,
    bilinear_size,
    constant_kernel,
    inner_counts,
    overlap_counts,
    upsample,
    upsampling,
)
from explorer.core.transposed import stamp_steps, transposed_size


@pytest.mark.parametrize(
    ("kernel_size", "stride", "counts"),
    [(3, 2, {1, 2}), (4, 2, {2}), (5, 2, {2, 3}), (64, 32, {2}), (1, 2, {0, 1})],
)
def test_counts_as_published(kernel_size: int, stride: int, counts: set[int]) -> None:
    assert set(inner_counts(kernel_size, stride)) == counts
    made = overlap_counts(9, kernel_size, stride)
    inner = made[kernel_size - 1 : len(made) - kernel_size + 1]
    assert set(inner.tolist()) == counts


@given(
    size=st.integers(1, 6),
    kernel_size=st.integers(1, 7),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
    data=st.data(),
)
@settings(max_examples=120, deadline=None)
def test_counts_are_those_of_real_stamps(
    size: int, kernel_size: int, stride: int, padding: int, data: st.DataObject
) -> None:
    more = data.draw(st.integers(0, stride - 1))
    how = (stride, padding, more)
    if (size - 1) * stride - 2 * padding + kernel_size + more < 1:
        return
    made = overlap_counts(size, kernel_size, *how)
    steps = stamp_steps(
        np.ones((1, size)), np.ones((kernel_size, kernel_size)), stride, 0, more
    )
    assert made.tolist() == steps.counts[0, padding : padding + len(made)].tolist()


def test_a_kernel_is_even_just_at_multiples_of_the_stride() -> None:
    assert [k for k in range(1, 10) if upsampling(k, 3).even] == [3, 6, 9]


@pytest.mark.parametrize("stride", [2, 3, 4, 8])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4, 5, 8, 9])
def test_upsampling_multiplies_the_size(kernel_size: int, stride: int) -> None:
    how = upsampling(kernel_size, stride)
    rest = (stride, how.padding, how.output_padding)
    assert transposed_size(7, kernel_size, *rest) == 7 * stride
    maps = np.random.default_rng(0).normal(size=(2, 3, 4))
    w = np.random.default_rng(1).normal(size=(kernel_size, kernel_size))
    made = upsample(maps, w, how)
    for one, grid in zip(made, maps, strict=True):
        theirs = stamp_steps(grid, w, *rest).output
        np.testing.assert_allclose(one, theirs, atol=1e-12)


def test_an_even_constant_kernel_keeps_an_even_picture_and_an_uneven_one_does_not():
    flat = np.full((1, 6, 6), 100.0)
    even = upsample(flat, constant_kernel(4, 2), upsampling(4, 2))[0, 2:-2, 2:-2]
    assert even == pytest.approx(100)
    uneven = upsample(flat, constant_kernel(3, 2), upsampling(3, 2))[0, 2:-2, 2:-2]
    share = {round(v / 100 * 9 / 4, 9) for v in uneven.ravel()}
    assert share == {1, 2, 4}
    assert uneven.mean() == pytest.approx(100)


def test_the_bilinear_row() -> None:
    assert bilinear_kernel(4)[1].tolist() == [0.1875, 0.5625, 0.5625, 0.1875]
    assert bilinear_kernel(3)[1].tolist() == [0.5, 1, 0.5]
    assert bilinear_kernel(1).tolist() == [[1]]


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 5, 8, 32])
def test_bilinear_weights_that_meet_sum_to_one(stride: int) -> None:
    k = bilinear_size(stride)
    kernel = bilinear_kernel(k)
    for i, j in np.ndindex(stride, stride):
        assert kernel[i::stride, j::stride].sum() == pytest.approx(1)


@pytest.mark.parametrize("call", [inner_counts, upsampling, constant_kernel])
def test_bad_numbers_are_quoted(call) -> None:
    with pytest.raises(ValueError, match="kernel_size is 0 and stride 2"):
        call(0, 2)
    with pytest.raises(ValueError, match="stride 0"):
        call(3, 0)


def test_bad_kernels_and_maps_are_quoted() -> None:
    with pytest.raises(ValueError, match="stride is 1; upsampling needs at least 2"):
        upsampling(2, 1)
    with pytest.raises(ValueError, match="kernel_size is 0"):
        bilinear_kernel(0)
    with pytest.raises(ValueError, match=r"weight \(2, 2\).*\(3, 3\)"):
        upsample(np.ones((1, 2, 2)), np.ones((2, 2)), upsampling(3, 2))
    with pytest.raises(ValueError, match=r"maps have shape \(2, 2\)"):
        upsample(np.ones((2, 2)), np.ones((3, 3)), upsampling(3, 2))
