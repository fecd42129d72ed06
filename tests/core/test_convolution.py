"""Convolution against torch, a slow twin, hand-worked cases and its errors."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from explorer.core.convolution import conv2d, conv_terms, input_window, output_size
from explorer.core.kernels import (
    INTEGER_KERNELS,
    KERNELS,
    integer_kernel,
    kernel,
)
from explorer.models.proofs.convolution import (
    prove_conv2d,
    prove_layer,
    prove_output_sizes,
)


def test_every_small_setting_equals_torch() -> None:
    rng = np.random.default_rng(0)
    tried = 0
    for size, k, stride, padding, dilation in itertools.product(
        (1, 2, 5, 6, 7), (1, 2, 3, 4), (1, 2, 3), (0, 1, 2), (1, 2, 3)
    ):
        x, w = rng.normal(size=(2, size, size + 1)), rng.normal(size=(2, k, k))
        tensors = torch.from_numpy(x)[None], torch.from_numpy(w)[None]
        how = {"stride": stride, "padding": padding, "dilation": dilation}
        if dilation * (k - 1) + 1 > size + 2 * padding:
            with pytest.raises(ValueError, match="kernel reaches over"):
                conv2d(x, w, **how)
            with pytest.raises(RuntimeError, match="Kernel size"):
                functional.conv2d(*tensors, **how)
            continue
        theirs = functional.conv2d(*tensors, **how)[0, 0].numpy()
        np.testing.assert_allclose(conv2d(x, w, **how), theirs, atol=1e-12)
        tried += 1
    assert tried > 400


def test_the_size_formula_over_all_settings() -> None:
    proof = prove_output_sizes()
    assert proof.holds
    assert "settings" in proof.note


@given(
    size=st.integers(1, 9),
    k=st.integers(1, 4),
    stride=st.integers(1, 3),
    sides=st.tuples(*[st.integers(0, 3)] * 4),
    dilation=st.integers(1, 2),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_every_cell_is_the_sum_of_its_terms(
    size: int,
    k: int,
    stride: int,
    sides: tuple[int, int, int, int],
    dilation: int,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(2, size, size)), rng.normal(size=(2, k, k))
    reach = dilation * (k - 1) + 1
    if reach > size + sides[0] + sides[1] or reach > size + sides[2] + sides[3]:
        return
    how = {"bias": 0.5, "stride": stride, "padding": sides, "dilation": dilation}
    out = conv2d(x, w, **how)
    for row, column in np.ndindex(out.shape):
        terms = conv_terms(x, w, row, column, **how)
        assert terms.total == pytest.approx(out[row, column], abs=1e-12)
        assert np.all(terms.values[:, terms.padded] == 0)


def test_hand_worked_stride_2_padding_1() -> None:
    x = np.arange(1, 10).reshape(3, 3)
    assert conv2d(x, np.ones((3, 3)), stride=2, padding=1).tolist() == [
        [12, 16],
        [24, 28],
    ]
    terms = conv_terms(x, np.ones((3, 3)), 0, 1, stride=2, padding=1)
    assert terms.rows.tolist() == [-1, 0, 1]
    assert terms.columns.tolist() == [1, 2, 3]
    assert terms.padded.tolist() == [
        [True, True, True],
        [False, False, True],
        [False, False, True],
    ]
    assert terms.total == 2 + 3 + 5 + 6


def test_not_flipped() -> None:
    assert conv2d([[1, 2]], np.array([[[5]]]), bias=1).tolist() == [[6, 11]]
    x = np.zeros((3, 3))
    x[0, 0] = 1
    assert conv2d(x, np.arange(9).reshape(3, 3)).tolist() == [[0]]


def test_uneven_padding_as_the_shipped_network_has_it() -> None:
    assert output_size(224, 3, 2, (0, 1)) == 112
    assert conv2d(np.ones((4, 4)), np.ones((3, 3)), stride=2, padding=(0, 1, 0, 1))[
        1
    ].tolist() == [6, 4]


def test_window_with_gaps() -> None:
    assert input_window(2, 3, stride=2, padding=3, dilation=3).tolist() == [1, 4, 7]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((0, 3), "size is 0; it must be at least 1"),
        ((5, 0), "kernel_size is 0"),
        ((5, 3, 0), "stride is 0"),
        ((5, 3, 1, -1), "padding is -1; it must be at least 0"),
        ((5, 3, 1, 0, 0), "dilation is 0"),
        ((5, 3, 1, 0, 3), "reaches over 7 cells and the padded input has 5"),
    ],
)
def test_bad_settings_are_quoted(arguments: tuple[int, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        output_size(*arguments)


def test_both_sides_of_the_longest_kernel() -> None:
    assert output_size(5, 5) == 1
    with pytest.raises(ValueError, match="reaches over 6"):
        output_size(5, 6)


def test_bad_shapes_are_quoted() -> None:
    with pytest.raises(ValueError, match="2 channels and weight 3"):
        conv2d(np.ones((2, 4, 4)), np.ones((3, 2, 2)))
    with pytest.raises(ValueError, match=r"weight \(2, 3\)"):
        conv2d(np.ones((4, 4)), np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"no output cell \(0, 2\).*2 rows and 2"):
        conv_terms(np.ones((3, 3)), np.ones((2, 2)), 0, 2)


def test_arguments_are_not_changed() -> None:
    x, w = np.ones((3, 3)), np.ones((2, 2))
    conv2d(x, w, padding=1)
    assert (x == 1).all()
    assert (w == 1).all()


@pytest.mark.parametrize("size", [3, 5, 11])
@pytest.mark.parametrize("name", KERNELS)
def test_named_kernels_do_what_they_say(name: str, size: int) -> None:
    made = kernel(name, size)
    assert made.shape == (size, size)
    total = 0.0 if "edges" in name else 1.0
    assert made.sum() == pytest.approx(total, abs=1e-12)


def test_vertical_edges_see_vertical_edges() -> None:
    step = np.zeros((5, 6))
    step[:, 3:] = 8
    assert np.abs(conv2d(step, kernel("vertical edges", 3))).max() == 8
    assert np.abs(conv2d(step, kernel("horizontal edges", 3))).max() == 0


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("name", INTEGER_KERNELS)
def test_integer_kernels_are_whole_numbers(name: str, size: int) -> None:
    made = integer_kernel(name, size)
    assert made.shape == (size, size)
    assert (made == made.round()).all()


def test_unknown_kernels_are_named() -> None:
    with pytest.raises(ValueError, match="no kernel 'cubist'; there is blur"):
        kernel("cubist", 3)
    with pytest.raises(ValueError, match="size is 4; it must be odd"):
        kernel("blur", 4)
    with pytest.raises(ValueError, match="no kernel 'blur'; there is left to right"):
        integer_kernel("blur", 3)
    with pytest.raises(ValueError, match="size is 0"):
        integer_kernel("ones", 0)


def test_proofs_see_a_difference() -> None:
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(3, 9, 9)), rng.normal(size=(3, 3, 3))
    assert prove_conv2d(x, w, 0.5, 2, (0, 1, 0, 1), 1).holds
    out = conv2d(x, w, 0.5, 2, 1)
    assert prove_layer(x, w, out, 0.5, 2, 1).holds
    assert not prove_layer(x, w, out + 0.1, 0.5, 2, 1).holds
    assert not prove_layer(x, w, out[1:], 0.5, 2, 1).holds
