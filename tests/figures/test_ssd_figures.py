"""What the lesson on SSD draws: bytes, sizes, sorted losses, shares."""

import numpy as np
import pytest

from explorer.core.default_boxes import SSD300, SSD512
from explorer.core.samples import load_sample
from explorer.core.ssd_loss import ssd_loss_parts
from explorer.figures import ssd as figures
from explorer.figures.legible import enlarged
from explorer.figures.ssd_thumbnail import ssd_thumbnail
from explorer.figures.thumbnails import HEIGHT_PX, WIDTH_PX

ANCHORS = np.array(
    [[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10], [60, 0, 70, 10.0]]
)


@pytest.fixture
def loss():
    logits = np.array([[0, 5.0], [0, 1], [0, 3], [0, -2]])
    return ssd_loss_parts(
        ANCHORS, logits, np.zeros((4, 4)), [[0, 0, 10, 10]], [0], per_positive=2
    )


def test_numbers_come_back_from_their_bytes():
    rng = np.random.default_rng(0)
    deltas, probs = rng.normal(size=(50, 4)) * 5, rng.dirichlet(np.ones(6), 50)
    back = figures.delta_bytes(deltas).view("<i2") / 1000
    assert np.abs(back - deltas).max() <= 0.0005 + 1e-12
    best = figures.best_classes(probs)
    theirs = np.sort(probs[:, 1:], axis=1)[:, ::-1][:, :3]
    told = figures.prob_bytes(probs, best).view("<u2") / 65535
    np.testing.assert_allclose(told[:, 0], probs[:, 0], atol=1e-5)
    np.testing.assert_allclose(told[:, 1:], theirs, atol=1e-5)


def test_the_sizes_are_the_roots_of_the_areas():
    figure = figures.sizes_figure(SSD300, 300, [50.0], [2])
    assert len(figure.data) == len(SSD300) + 1
    assert figure.data[0].x == pytest.approx(
        [21, 300 * np.sqrt(0.07 * 0.15), 21, 21], rel=1e-6
    )
    assert list(figure.data[-1].y) == ["10 × 10"]
    assert len(figures.sizes_figure(SSD512, 512).data) == len(SSD512)


def test_the_losses_fall_and_the_cut_is_where_mining_stops(loss):
    figure = figures.negatives_figure(loss)
    assert figure.layout.xaxis.dtick == 1
    learns, rest = figure.data
    assert len(learns.x) == 2
    every = [*learns.y, *rest.y[1:]]
    assert every == sorted(every, reverse=True)
    assert len(every) == loss.negatives
    assert figure.layout.shapes[0].x0 == 2


def test_one_positive_is_no_positives(loss):
    count = loss.positives
    name = figures.shares_figure(loss).data[0].name
    assert name == f"{count} positive{'' if count == 1 else 's'}"


def test_the_shares_add_up_to_the_whole(loss):
    positive, negative = figures.shares_figure(loss).data
    np.testing.assert_allclose(np.add(positive.x, negative.x), 100)
    assert negative.customdata[0] == pytest.approx(loss.negative_sum)
    assert negative.customdata[1] == pytest.approx(loss.hard_sum)


def test_all_classes_are_drawn_background_first():
    bars = figures.classes_figure([0.7, 0.1, 0.2], ["cat", "dog"]).data[0]
    assert list(bars.y) == ["background", "cat", "dog"]
    assert list(bars.x) == [0.7, 0.1, 0.2]


def test_a_bars_value_keeps_its_size_and_grows_in_a_hall():
    figure = figures.classes_figure([0.9, *[0.005] * 20], [str(k) for k in range(20)])
    bars = figure.data[0]
    assert bars.textfont.size >= 11
    assert bars.constraintext == "none"  # or plotly writes it as small as its bar
    assert figure.layout.height >= 1.35 * bars.textfont.size * len(bars.x)
    assert enlarged(figure, 1.35).data[0].textfont.size > 1.3 * bars.textfont.size


def test_the_thumbnail_has_the_road_maps_size():
    image = ssd_thumbnail(load_sample("coffee").image)
    assert image.shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert image.dtype == np.uint8
