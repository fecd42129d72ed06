"""A probe on few labels: against scikit-learn, by hand, and where there are too few."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from explorer.core.probe import LEAST_SPREAD, STEPS, few_labels, fit_probe

LABELS = np.array([0, 1, 2] * 10)
RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(30, 2)) + 2.0 * np.stack([LABELS, -LABELS], axis=1)


def test_probabilities_are_scikit_learns():
    probe = fit_probe(CODES, LABELS)
    scaled = (CODES - CODES.mean(0)) / (CODES.std(0) + LEAST_SPREAD)
    theirs = LogisticRegression(max_iter=STEPS).fit(scaled, LABELS)
    np.testing.assert_allclose(
        probe.probs(CODES), theirs.predict_proba(scaled), atol=1e-9
    )


def test_far_codes_have_probabilities_too():
    probs = fit_probe(CODES, LABELS).probs(np.array([[1e6, -1e6]]))
    assert probs.sum() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_each_class_gets_as_many_labels_and_no_row_twice(seed):
    rows = few_labels(LABELS, 12, seed)
    assert len(set(rows.tolist())) == 12
    assert np.bincount(LABELS[rows]).tolist() == [4, 4, 4]


def test_another_seed_labels_others():
    assert (few_labels(LABELS, 6, 0) != few_labels(LABELS, 6, 1)).any()


@pytest.mark.parametrize(
    ("count", "said"), [(0, "go round"), (4, "go round"), (33, "one has 10")]
)
def test_labels_that_do_not_go_round_are_refused(count, said):
    with pytest.raises(ValueError, match=said):
        few_labels(LABELS, count, 0)
