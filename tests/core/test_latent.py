"""Numbers of latent spaces: against torch.distributions, by hand, by property."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import distributions

from explorer.core import latent

CODES = arrays(np.float64, 5, elements=st.floats(-3, 3))


def test_kl_of_the_hand_worked_case():
    parts = latent.gaussian_kl([1.0, -0.5], np.log([0.25, 4.0]))
    assert parts[0] == pytest.approx((1 + 0.25 - np.log(0.25) - 1) / 2)
    assert parts.sum() == pytest.approx(1.75, abs=1e-12)


@given(CODES, CODES)
def test_kl_equals_torch(mu, logvar):
    q = distributions.Normal(torch.tensor(mu), torch.tensor(logvar / 2).exp())
    p = distributions.Normal(torch.tensor(0.0).double(), torch.tensor(1.0).double())
    wanted = distributions.kl_divergence(q, p).numpy()
    np.testing.assert_allclose(latent.gaussian_kl(mu, logvar), wanted, atol=1e-10)


@given(arrays(np.float64, 6, elements=st.floats(-700, 700)))
def test_bernoulli_equals_torch_however_sure(logits):
    x = np.linspace(0, 1, 6)
    wanted = -torch.nn.functional.binary_cross_entropy_with_logits(
        torch.tensor(logits), torch.tensor(x), reduction="none"
    ).numpy()
    found = latent.bernoulli_log_likelihood(x, logits)
    np.testing.assert_allclose(found, wanted, atol=1e-9)
    assert (found <= 0).all()


def test_gaussian_equals_torch_and_refuses_no_width():
    x, mean = np.linspace(0, 1, 5), np.full(5, 0.3)
    p = distributions.Normal(*torch.tensor([0.3, 0.2], dtype=torch.float64))
    wanted = p.log_prob(torch.tensor(x)).numpy()
    found = latent.gaussian_log_likelihood(x, mean, 0.2)
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    with pytest.raises(ValueError, match="std is 0; it must be above 0"):
        latent.gaussian_log_likelihood(x, mean, 0.0)


def test_importance_bound_of_one_sample_is_the_sample():
    assert latent.importance_bound([[-3.5]]).tolist() == [-3.5]


def test_importance_bound_is_the_log_of_the_mean_weight():
    weights = np.array([[1.0, 2.0, 9.0]])
    assert latent.importance_bound(np.log(weights))[0] == pytest.approx(np.log(4.0))
    far = latent.importance_bound([-1000.0, -1000.0])
    assert far == pytest.approx(-1000.0)


@given(arrays(np.float64, 8, elements=st.floats(-50, 0)))
def test_importance_bound_is_above_the_mean_of_the_logarithms(logs):
    assert latent.importance_bound(logs) >= logs.mean() - 1e-9


@pytest.mark.parametrize(("spread", "active"), [(0.25, True), (0.2, False)])
def test_a_unit_is_active_above_the_threshold(spread, active):
    mu = np.array([[0.0], [spread]])  # variance spread² / 4
    assert latent.active_units(mu, 0.0125).tolist() == [active]


@pytest.mark.parametrize("path", [latent.lerp, latent.slerp])
@given(CODES, CODES, st.integers(2, 9))
def test_paths_begin_and_end_where_they_should(path, a, b, count):
    found = path(a, b, count)
    assert found.shape == (count, 5)
    np.testing.assert_array_equal(found[0], a)
    np.testing.assert_array_equal(found[-1], b)


def test_slerp_keeps_the_length_and_turns_evenly():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 16))
    b *= np.linalg.norm(a) / np.linalg.norm(b)
    path = latent.slerp(a, b, 9)
    lengths = np.linalg.norm(path, axis=1)
    np.testing.assert_allclose(lengths, lengths[0], rtol=1e-12)
    turns = np.einsum("ij,ij->i", path[1:], path[:-1]) / lengths[0] ** 2
    np.testing.assert_allclose(turns, turns[0], rtol=1e-9)


def test_slerp_without_a_plane_is_the_straight_line():
    a = np.array([1.0, 2.0])
    for b in (3 * a, -a, 0 * a):
        np.testing.assert_array_equal(latent.slerp(a, b, 5), latent.lerp(a, b, 5))


@pytest.mark.parametrize("path", [latent.lerp, latent.slerp])
def test_a_path_of_one_point_is_refused(path):
    with pytest.raises(ValueError, match="count is 1; a path has at least 2 points"):
        path([0.0], [1.0], 1)


@given(CODES, CODES, CODES, st.floats(-2, 2))
def test_arithmetic_is_exact(plus, minus, onto, step):
    found = latent.arithmetic(plus, minus, onto, step)
    np.testing.assert_array_equal(found.vector, plus - minus)
    np.testing.assert_array_equal(found.target, onto + step * (plus - minus))
    assert found.norm == np.linalg.norm(plus - minus)


def test_arithmetic_of_sets_takes_their_means():
    found = latent.arithmetic([[1.0, 0], [3.0, 0]], [[0.0, 0]], [[0.0, 2.0]])
    assert found.target.tolist() == [2.0, 2.0]
    assert found.cosine == 0.0
    assert np.isnan(latent.arithmetic([1.0], [1.0], [2.0]).cosine)
