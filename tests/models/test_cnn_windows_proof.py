"""Crops in batches, crops alone, crop and map: the proofs and what breaks them."""

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.core.window_grid import window_grid
from explorer.models import engine
from explorer.models.proofs.cnn_windows import (
    prove_batch,
    prove_context,
    prove_counts,
)

NAME = "efficientnet_lite0"
IMAGE = load_sample("motorcycle").image


def ask(method: str, **given) -> dict[str, np.ndarray]:
    return engine.run(NAME, method, image=IMAGE, side_px=320, **given).arrays


def test_a_batch_of_any_size_gives_the_crops_own_logits():
    alone = ask("crop_run", first=0, count=4, batch=1)
    assert alone["done"].tolist() == [1, 2, 3, 4]
    for batch, done in ((3, [3, 4]), (4, [4]), (32, [4])):
        found = ask("crop_run", first=0, count=4, batch=batch)
        assert found["done"].tolist() == done
        assert (np.diff(found["ms"], prepend=0) > 0).all()
        assert prove_batch(found["logits"], alone["logits"], batch).holds
    swapped = alone["logits"][::-1]
    assert not prove_batch(swapped, alone["logits"], 4).holds
    assert not prove_batch(alone["logits"][:2], alone["logits"], 4).holds


@pytest.mark.parametrize("batch", [0, 65])
def test_a_batch_out_of_bounds_gets_a_sentence(batch):
    with pytest.raises(engine.EngineError, match=f"1 to 64 crops, not {batch}"):
        ask("crop_run", first=0, count=4, batch=batch)


def test_crop_equals_map_only_with_the_whole_picture_around_it():
    of_map = ask("class_map")["logits"][:, 0, 1]
    around = ask("crop_scores", row=0, col=1)["logits"]
    assert prove_context(of_map, around[-1]).holds
    assert not prove_context(of_map, around[0]).holds


@pytest.mark.parametrize(
    ("height", "width", "size", "stride"),
    [(600, 600, 20, 1), (300, 451, 64, 16), (30, 40, 31, 2)],
)
def test_counts_equal_numpys_windows(height, width, size, stride):
    grid = window_grid(height, width, size, stride)
    assert prove_counts(grid).delta == 0
    wrong = type(grid)(height, width, size, stride, grid.rows + 1, grid.cols)
    assert not prove_counts(wrong).holds
