"""The label map in runs, mean colours, the curves, the thumbnail."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.core.samples import load_sample
from explorer.figures.proposals import found_figure, label_runs, mean_colors
from explorer.figures.thumbnail_regions import selective_search_thumbnail
from explorer.figures.thumbnails import HEIGHT_PX, WIDTH_PX


@given(
    arrays(
        np.int32,
        st.tuples(st.integers(1, 6), st.integers(1, 6)),
        elements=st.integers(0, 3),
    )
)
def test_runs_give_the_map_back(labels):
    ends, names = label_runs(labels)
    lengths = np.diff(ends, prepend=0)
    assert (lengths > 0).all()
    assert (np.repeat(names, lengths) == labels.ravel()).all()
    assert (names[1:] != names[:-1]).all()


def test_a_region_has_its_pixels_mean_colour():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (5, 6, 3), np.uint8)
    labels = rng.integers(0, 3, (5, 6)).astype(np.int32)
    colors = mean_colors(image, labels)
    for region in range(3):
        inside = image[labels == region].astype(float)
        assert np.abs(colors[region] - inside.mean(axis=0)).max() < 1


def test_curves_are_the_measured_numbers_and_the_papers_point():
    curve = {"recall": [0.1, 0.5], "mabo": [0.2, 0.4]}
    names = ("ours", "ours, equal boxes only left out", "opencv")
    record = {"counts": [1, 100], "curves": dict.fromkeys(names, curve)}
    figure = found_figure(record, "mabo", "MABO", (10_097, 0.879))
    assert [list(t.y) for t in figure.data] == [[0.2, 0.4]] * 3 + [[0.879]]
    assert list(figure.data[0].x) == [1, 100]
    assert figure.layout.xaxis.type == "log"
    assert len(found_figure(record, "recall", "recall").data) == 3
    with pytest.raises(KeyError):
        found_figure(record, "precision", "")


def test_thumbnail_is_half_photo_half_regions():
    image = selective_search_thumbnail(load_sample("coffee").image)
    assert image.shape == (HEIGHT_PX, WIDTH_PX, 3)
    half = WIDTH_PX // 2
    left, right = (
        len(np.unique(part.reshape(-1, 3), axis=0))
        for part in (image[:, :half], image[:, half:])
    )
    assert right < 0.1 * left
