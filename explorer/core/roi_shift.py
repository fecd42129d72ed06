"""What a pooled region does when its box slides: steps where it is rounded."""

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.roi import Array, roi_pool_steps
from explorer.core.roi_align import roi_align_steps, roi_resize_steps

WAYS = ("RoIPool", "RoIAlign", "Crop + resize")


def mean_change_shifted(
    features: ArrayLike,
    box: ArrayLike,
    output_size: int,
    spatial_scale: float,
    shifts_px: ArrayLike,
    sampling_ratio: int = 2,
    aligned: bool = True,
) -> Array:
    """Return how far the outputs are from those of the unmoved box: (3, n).

    Parameters
    ----------
    features, box, output_size, spatial_scale, sampling_ratio, aligned
        As for ``roi_align_steps``.
    shifts_px : (n,) array_like
        How far the box is moved to the right, in image pixels.

    Returns
    -------
    (3, n) float64
        Mean absolute difference over all bins and channels, a row a way: RoIPool,
        RoIAlign, crop and resize.

    Examples
    --------
    >>> ramp = np.arange(36.0).reshape(1, 6, 6)
    >>> mean_change_shifted(ramp, [0, 0, 20, 20], 1, 0.1, [0, 4, 6], 2)[0].tolist()
    [0.0, 0.0, 1.0]
    """

    def outputs(shift: float) -> Array:
        moved = np.asarray(box, dtype=np.float64) + [shift, 0, shift, 0]
        given = (features, moved, output_size, spatial_scale)
        return np.stack(
            [
                roi_pool_steps(*given).values,
                roi_align_steps(*given, sampling_ratio, aligned).values,
                roi_resize_steps(*given).values,
            ]
        )

    still = outputs(0.0)
    shifts = np.asarray(shifts_px, dtype=np.float64)
    changes = [np.abs(outputs(shift) - still).mean((1, 2, 3)) for shift in shifts]
    found: Array = np.stack(changes, axis=1)
    return found
