"""A probe on few labels: against its loss written out, and where there are too few."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core.probe import LEAST_SPREAD, few_labels, fit_probe
from explorer.core.proofs.probe import prove_probe, reference_probe

LABELS = np.array([0, 1, 2] * 10)
RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(30, 2)) + 2.0 * np.stack([LABELS, -LABELS], axis=1)


def test_probabilities_are_those_where_the_loss_written_out_is_least():
    theirs = reference_probe(CODES, LABELS)
    assert prove_probe(fit_probe(CODES, LABELS, 1e-8), theirs, CODES).holds
    scaled = (CODES - CODES.mean(0)) / (CODES.std(0) + LEAST_SPREAD)
    wanted = np.eye(3)[LABELS]
    off = theirs.probs(CODES) - wanted
    np.testing.assert_allclose(off.sum(0), 0, atol=1e-5)  # the slope by the bias
    np.testing.assert_allclose(off.T @ scaled, -theirs.weights, atol=1e-5)


def test_a_probe_of_other_weights_or_labels_is_no_match():
    theirs = reference_probe(CODES, LABELS)
    stiff = replace(theirs, weights=theirs.weights * 0.9)
    assert not prove_probe(stiff, theirs, CODES).holds
    other = fit_probe(CODES, np.roll(LABELS, 1), 1e-8)
    assert not prove_probe(other, theirs, CODES).holds


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
