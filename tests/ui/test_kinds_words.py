"""Bayes' rule as the page writes it: the printed numbers add up."""

import re

import numpy as np
import pytest

from explorer.ui.lessons import generative_kinds_words as words


@pytest.mark.parametrize("seed", range(20))
def test_the_rule_adds_up_as_it_is_printed(seed: int) -> None:
    likely = np.random.default_rng(seed).uniform(-140, -50, 10)
    log_p = float(np.logaddexp.reduce(likely) - np.log(10))
    bayes = np.exp(likely - np.log(10) - log_p)
    said = words.rule(likely, bayes, log_p).replace("−", "-")
    sums = re.search(r"= (\S+) \+ \((\S+)\) - \((\S+)\) = (\S+),", said)
    assert sums is not None
    a, b, c, total = (float(part) for part in sums.groups())
    assert round(a + b - c, 2) == total
