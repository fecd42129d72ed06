"""The scale of a heat map as a bar between its two ends."""

import cv2
import numpy as np

RAMP = cv2.applyColorMap(np.linspace(0, 255, 10).astype(np.uint8), cv2.COLORMAP_VIRIDIS)
SCORE_STOPS = tuple(f"#{r:02x}{g:02x}{b:02x}" for b, g, r in RAMP[:, 0].tolist())


def scale_html(low: str, high: str) -> str:
    """Return a colour bar between what its two ends say.

    Examples
    --------
    >>> "<span>a</span>" in scale_html("a", "b")
    True
    """
    return (
        '<div style="display:flex;align-items:center;gap:.5rem;font-size:.85rem">'
        f"<span>{low}</span>"
        '<span style="flex:1;min-width:3rem;max-width:11rem;height:.7rem;'
        f'border-radius:3px;background:linear-gradient(90deg,{",".join(SCORE_STOPS)})">'
        f"</span><span>{high}</span></div>"
    )
