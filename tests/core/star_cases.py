"""A small star model of random numbers, and blocks for it."""

import numpy as np

from explorer.core.star import StarModel
from explorer.core.template import Template


def random_model(seed: int = 0, parts: int = 3) -> StarModel:
    rng = np.random.default_rng(seed)
    root = Template(rng.normal(0, 0.05, (15, 7, 36)).astype(np.float32), -0.4, "random")
    return StarModel(
        root,
        rng.normal(0, 0.1, (parts, 5, 5, 36)).astype(np.float32),
        np.column_stack([rng.integers(0, 27, parts), rng.integers(0, 11, parts)]),
        np.column_stack(
            [rng.normal(0, 0.1, (parts, 2)), rng.uniform(0.02, 0.2, (parts, 2))]
        ),
    )


def random_blocks(seed: int = 1, rows: int = 17, cols: int = 8):
    """Return blocks of a level and of the finer one."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0, 0.4, (rows, cols, 36)).astype(np.float32)
    fine = rng.uniform(0, 0.4, (2 * rows + 1, 2 * cols + 1, 36)).astype(np.float32)
    return coarse, fine
