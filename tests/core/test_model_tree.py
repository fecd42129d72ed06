"""The tree of models: every leaf answers what every model is asked."""

import pytest

from explorer.core.model_tree import ASKED, KINDS
from explorer.ui.catalogue import BY_SLUG

BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_answers_and_its_lessons_exist(kind):
    assert len(kind.answers) == len(ASKED)
    assert 1 <= len(kind.path) <= 3
    assert set(kind.here) <= set(BY_SLUG)
    assert kind.source


def test_names_are_unique_and_branches_lie_together():
    assert len(BY_NAME) == len(KINDS)
    seen = [kind.path for kind in KINDS]
    firsts = [path for k, path in enumerate(seen) if k == 0 or seen[k - 1] != path]
    assert len(firsts) == len(set(seen))


@pytest.mark.parametrize(
    ("name", "refuses"),
    [
        ("classifier", (False, True, True, True)),
        ("VAE", (True, False, False, False)),
        ("conditional VAE", (False, False, False, False)),
        ("GAN", (True, True, False, True)),
        ("autoencoder", (True, True, True, False)),
    ],
)
def test_what_each_can_and_cannot_compute(name, refuses):
    assert BY_NAME[name].refuses == refuses
