"""Bayes' rule and the ROC: against scipy and scikit-learn, by hand, at the borders."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import multivariate_normal
from sklearn.metrics import roc_auc_score, roc_curve

from explorer.core.bayes import normal_log_density, posterior, roc, share_above

SCORES = arrays(np.float64, st.integers(1, 30), elements=st.integers(-5, 5).map(float))


@given(arrays(np.float64, (4, 2), elements=st.floats(-5, 5)), st.floats(0.1, 3))
def test_density_equals_scipy(x, std):
    wanted = multivariate_normal([1.0, -2.0], std**2).logpdf(x)
    np.testing.assert_allclose(normal_log_density(x, [1.0, -2.0], std), wanted)


@pytest.mark.parametrize("std", [0.0, -1.0])
def test_no_width_is_refused(std):
    with pytest.raises(ValueError, match="it must be above 0"):
        normal_log_density([[0.0]], [0.0], std)


def test_posterior_by_hand():
    found = posterior(np.log([0.1, 0.3, 0.6]), [0.5, 0.3, 0.2])
    joint = np.array([0.05, 0.09, 0.12])
    np.testing.assert_allclose(found, joint / joint.sum())


def test_posterior_far_out_still_adds_up():
    found = posterior([-1e5, -1e5 - 2], [0.5, 0.5])
    np.testing.assert_allclose(found, [1 / (1 + np.exp(-2)), 1 / (1 + np.exp(2))])


def test_an_impossible_class_stays_impossible():
    assert posterior([0.0, 50.0], [1.0, 0.0]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("prior", [[0.5, 0.4], [1.5, -0.5], [1.0]])
def test_what_is_no_prior_is_refused(prior):
    with pytest.raises(ValueError, match="prior"):
        posterior([0.0, 0.0], prior)


@given(SCORES, SCORES)
def test_roc_equals_scikit_learn(inside, outside):
    truth = np.r_[np.ones(len(inside)), np.zeros(len(outside))]
    scores = np.r_[inside, outside]
    false, true, area = roc(inside, outside)
    assert area == pytest.approx(roc_auc_score(truth, scores))
    wanted = roc_curve(truth, scores, drop_intermediate=False)
    np.testing.assert_allclose(false, wanted[0])
    np.testing.assert_allclose(true, wanted[1])


def test_roc_of_nothing_is_refused():
    with pytest.raises(ValueError, match="both kinds"):
        roc([], [1.0])


@pytest.mark.parametrize(("cut", "share"), [(2.0, 0.75), (2.01, 0.5), (9.0, 0.0)])
def test_share_above_counts_what_is_at_the_threshold(cut, share):
    assert share_above([1.0, 2.0, 3.0, 4.0], cut) == share


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one score"):
        share_above([], 0.0)


@given(SCORES, SCORES)
def test_a_point_of_the_curve_is_a_pair_of_shares(inside, outside):
    false, true, _ = roc(inside, outside)
    for cut in np.unique(np.r_[inside, outside]):
        point = (share_above(outside, cut), share_above(inside, cut))
        assert point in list(zip(false, true, strict=True))
