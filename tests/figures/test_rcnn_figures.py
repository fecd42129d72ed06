"""What the lesson on R-CNN sends to the browser, its bars and its thumbnail."""

import numpy as np
import pytest

from explorer.core.rcnn_published import PUBLISHED
from explorer.core.samples import load_sample
from explorer.figures.ledger import ledger_html
from explorer.figures.rcnn import (
    COST_COLORS,
    feature_bytes,
    published_bars,
    rcnn_thumbnail,
    top_rows,
)


def test_features_come_back_from_their_bytes_within_half_a_step():
    features = np.abs(np.random.default_rng(0).normal(size=(5, 40))).astype(np.float32)
    small, most = feature_bytes(features)
    back = small / 255 * most[:, None]
    assert (np.abs(back - features) <= most[:, None] / 510 + 1e-6).all()
    assert feature_bytes(np.zeros((2, 3), np.float32))[0].max() == 0


def test_the_top_rows_are_the_sorted_scores():
    scores = np.random.default_rng(1).random((6, 30))
    places, values, known = top_rows(scores, 4)
    for row, line in enumerate(scores):
        best = np.argsort(-line)[:4]
        assert [known[k] for k in places[row]] == best.tolist()
        assert values[row] == pytest.approx(line[best])


def test_the_papers_bars_have_their_tables_seconds():
    bars = published_bars()
    assert [bar.total_ms for bar in bars] == pytest.approx(
        [1e3 * one.seconds for one in PUBLISHED]
    )
    html = ledger_html(bars, COST_COLORS)
    assert "47 s" in html
    assert "198 ms" in html


def test_the_thumbnail_differs_from_its_photo():
    image = load_sample("coffee").image
    made = rcnn_thumbnail(image)
    assert made.dtype == np.uint8
    assert len(np.unique(made.reshape(-1, 3), axis=0)) > 1000
