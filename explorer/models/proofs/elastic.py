"""U-Net's coarse field beside torch's bicubic enlarging."""

import numpy as np
from numpy.typing import NDArray

from explorer.core.elastic_fields import Field
from explorer.core.proof import Proof

SINGLE = 1e-6  # of the largest displacement: the field is kept in float32


def prove_coarse(vectors: NDArray[np.float64], field: Field) -> Proof:
    """Compare a field, at every pixel, with ``torch.nn.functional.interpolate``.

    Parameters
    ----------
    vectors : (2, n, n) float64 array
        Displacements at the nodes, in pixels.
    field : (2, H, W) float32 array

    Examples
    --------
    >>> from explorer.core.elastic import coarse_displacement
    >>> field = coarse_displacement((20, 30), 5.0, 3, np.random.default_rng(0))
    >>> vectors = 5 * np.random.default_rng(0).standard_normal((2, 3, 3))
    >>> prove_coarse(vectors, field).holds
    True
    """
    import torch
    from torch.nn import functional

    theirs = functional.interpolate(
        torch.from_numpy(np.array(vectors, np.float64))[None],
        field.shape[1:],
        mode="bicubic",
        align_corners=True,
    )[0].numpy()
    scale = max(1.0, float(np.abs(theirs).max()))
    return Proof(
        "torch.nn.functional.interpolate",
        float(np.abs(field - theirs).max()),
        SINGLE * scale,
        "px",
        f"bicubic from {vectors.shape[1]} × {vectors.shape[2]} nodes, both components "
        "at every pixel",
    )
