"""A row of small pictures with a word below each: to look at, nothing to do."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.figures.tiles import tiles_image
from explorer.ui.stage.encode import data_url

HEIGHT_PX = 64


def picture_row(
    images: NDArray[np.uint8],
    alt: str,
    *,
    labels: Sequence[str] = (),
    height_px: int = HEIGHT_PX,
) -> None:
    """Show pictures (N, h, w) or (N, h, w, 3) beside one another.

    Parameters
    ----------
    alt : str
        What they show, for those who cannot see them.
    labels : sequence of str
        One a picture, or none at all.
    height_px : int
        On the screen; a narrow page shrinks the row.
    """
    st.html(row_html(images, alt, labels, height_px))


def row_html(
    images: NDArray[np.uint8], alt: str, labels: Sequence[str], height_px: int
) -> str:
    """Return the row as HTML, every text in it escaped.

    Raises
    ------
    ValueError
        If there are labels, but not one a picture.
    """
    count = len(images)
    if labels and len(labels) != count:
        raise ValueError(f"{len(labels)} labels for {count} pictures")
    wide = round(height_px * images.shape[2] / images.shape[1]) * count
    url = data_url(tiles_image(images, count), exact=False)
    words = "".join(f"<span>{escape(word)}</span>" for word in labels)
    return (
        f'<div style="display:grid;grid-template-columns:repeat({count},1fr);'
        f'text-align:center;width:min({wide}px,100%);font-size:0.875rem;white-space:nowrap">'
        f'<img src="{url}" alt="{escape(alt)}" '
        f'style="grid-column:1/-1;width:100%;border-radius:4px">{words}</div>'
    )
