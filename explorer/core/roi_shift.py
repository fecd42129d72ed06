"""What a pooled region does when its box slides: steps where it is rounded."""

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.roi import Array, roi_pool_steps
from explorer.core.roi_align import roi_align_steps, roi_resize_steps

WAYS = ("RoIPool", "RoIAlign", "Crop + resize")


def middle_bin_shifted(
    features: ArrayLike,
    box: ArrayLike,
    output_size: int,
    spatial_scale: float,
    shifts_px: ArrayLike,
    sampling_ratio: int = 2,
    aligned: bool = True,
) -> Array:
    """Return the middle bin's output of the first channel, (3, n), a row a way.

    Parameters
    ----------
    features, box, output_size, spatial_scale, sampling_ratio, aligned
        As for ``roi_align_steps``.
    shifts_px : (n,) array_like
        How far the box is moved to the right, in image pixels.

    Returns
    -------
    (3, n) float64
        RoIPool, RoIAlign, crop and resize.

    Examples
    --------
    >>> ramp = np.arange(36.0).reshape(1, 6, 6)
    >>> middle_bin_shifted(ramp, [0, 0, 20, 20], 1, 0.1, [0, 4], 2)[0].tolist()
    [14.0, 14.0]
    """
    rows: list[list[float]] = [[], [], []]
    middle = output_size // 2
    for shift in np.asarray(shifts_px, dtype=np.float64):
        moved = np.asarray(box, dtype=np.float64) + [shift, 0, shift, 0]
        given = (features, moved, output_size, spatial_scale)
        steps = (
            roi_pool_steps(*given).values,
            roi_align_steps(*given, sampling_ratio, aligned).values,
            roi_resize_steps(*given).values,
        )
        for row, values in zip(rows, steps, strict=True):
            row.append(float(values[0, middle, middle]))
    return np.array(rows)
