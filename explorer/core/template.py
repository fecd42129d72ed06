"""The template of the sliding window: one weight for each number of each block."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from explorer.core.hog import OPENCV

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

BLOCK_ROWS, BLOCK_COLS, BLOCK_SIZE = 15, 7, 36  # of a 64x128 window, 8-pixel cells
PRODUCT_COLS = 64  # 105 x 36 x 64 multiplications stay on one thread in OpenBLAS


@dataclass(frozen=True)
class Template:
    """A linear SVM over the blocks of one window.

    Attributes
    ----------
    weights : (15, 7, 36) float32
        One weight for each number of each block: block row, block column, place in
        the block (OpenCV's order inside a block).
    bias : float
        Added to every score; 0 is the SVM's own decision.
    name : str
        Whose weights they are.
    """

    weights: Float32
    bias: float
    name: str

    def __post_init__(self) -> None:
        """Refuse weights that are not one 64x128 window's."""
        expected = (BLOCK_ROWS, BLOCK_COLS, BLOCK_SIZE)
        if self.weights.shape != expected:
            raise ValueError(
                f"weights must be {expected}, one number for each place of each "
                f"block, got {self.weights.shape}"
            )
        if not (np.isfinite(self.weights).all() and np.isfinite(self.bias)):
            raise ValueError("weights and bias must be finite numbers")

    @property
    def window_px(self) -> tuple[int, int]:
        """Width and height of the window in pixels."""
        cell = OPENCV.cell_px
        return (BLOCK_COLS + 1) * cell, (BLOCK_ROWS + 1) * cell


def template_from_vector(vector: Float32, name: str) -> Template:
    """Read a template from a vector in OpenCV's order.

    Parameters
    ----------
    vector : (3780,) or (3781,) array
        Weights by column of blocks, then the bias (0 when it is left out).
    name : str

    Returns
    -------
    Template

    Raises
    ------
    ValueError
        If the vector has another length.

    Examples
    --------
    >>> template_from_vector(np.arange(3781), "count").weights[1, 0, 0].item()
    36.0
    """
    flat = np.asarray(vector, dtype=np.float32).ravel()
    count = BLOCK_ROWS * BLOCK_COLS * BLOCK_SIZE
    if flat.size not in (count, count + 1):
        raise ValueError(
            f"a template has {count} weights and perhaps a bias, got {flat.size}"
        )
    columns = flat[:count].reshape(BLOCK_COLS, BLOCK_ROWS, BLOCK_SIZE)
    bias = float(flat[count]) if flat.size > count else 0.0
    return Template(np.ascontiguousarray(columns.transpose(1, 0, 2)), bias, name)


def template_vector(template: Template) -> Float32:
    """Return a template as OpenCV's vector of 3,781: columns of blocks, then bias."""
    flat = template.weights.transpose(1, 0, 2).ravel()
    return np.append(flat, np.float32(template.bias)).astype(np.float32)


def opencv_people_template() -> Template:
    """Return OpenCV's trained people detector.

    References
    ----------
    Dalal & Triggs 2005; the weights are those of
    ``cv2.HOGDescriptor_getDefaultPeopleDetector``.

    Examples
    --------
    >>> opencv_people_template().window_px
    (64, 128)
    """
    vector = cv2.HOGDescriptor.getDefaultPeopleDetector()
    return template_from_vector(np.asarray(vector), "OpenCV")


def load_template(path: Path, name: str) -> Template:
    """Read a template from a safetensors file with ``weights`` and ``bias``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it does not hold a template.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path.name} of weights")
    arrays = load_file(path)
    missing = [key for key in ("weights", "bias") if key not in arrays]
    if missing:
        raise ValueError(
            f"{path.name} holds {', '.join(arrays) or 'nothing'}, not {missing[0]}"
        )
    weights = np.asarray(arrays["weights"], np.float32)
    return Template(weights, float(arrays["bias"].ravel()[0]), name)


def score_map(blocks: Float32, template: Template) -> Float32:
    """Return ``w . x + b`` for the window at every block: a cross-correlation.

    Parameters
    ----------
    blocks : (rows, cols, 36) float32
        As ``hog_blocks`` returns them, OpenCV's convention.
    template : Template

    Returns
    -------
    (rows - 14, cols - 6) float32
        Empty along an axis in which the window does not fit.

    Notes
    -----
    One matrix product compares every block with every place of the template; each
    window then adds up its 7 x 15 answers, columns first. Nothing is computed twice
    although every block belongs to up to 105 windows.

    Examples
    --------
    >>> ones = Template(np.ones((15, 7, 36), np.float32), -1.0, "ones")
    >>> score_map(np.ones((15, 8, 36), np.float32), ones).tolist()
    [[3779.0, 3779.0]]
    """
    rows, cols = blocks.shape[0] - BLOCK_ROWS + 1, blocks.shape[1] - BLOCK_COLS + 1
    if rows < 1 or cols < 1:
        return np.zeros((max(rows, 0), max(cols, 0)), np.float32)
    places = template.weights.transpose(1, 0, 2).reshape(-1, BLOCK_SIZE)  # (105, 36)
    answers = _products(places, blocks)  # (block rows, 105, block cols)
    grid = answers.reshape(blocks.shape[0], BLOCK_COLS, BLOCK_ROWS, -1)
    across = grid[:, 0, :, :cols].copy()  # (block rows, 15, cols)
    for col in range(1, BLOCK_COLS):
        across += grid[:, col, :, col : col + cols]
    total = across[:rows, 0].copy()
    for row in range(1, BLOCK_ROWS):
        total += across[row : row + rows, row]
    scores: Float32 = total + np.float32(template.bias)
    return scores


def _products(places: Float32, blocks: Float32) -> Float32:
    """Multiply every block with every place, in products too small to be shared out.

    Levels run on threads of their own; a BLAS that spreads each product over more
    threads would make them wait for one another, at twice the time.
    """
    turned = blocks.transpose(0, 2, 1)  # (block rows, 36, block cols)
    starts = range(0, turned.shape[2], PRODUCT_COLS)
    parts = [places @ turned[:, :, at : at + PRODUCT_COLS] for at in starts]
    return np.asarray(np.concatenate(parts, axis=2))


def shares_of(blocks: Float32, template: Template, row: int, col: int) -> Float64:
    """Return each block's share (15, 7) of the window at a block of a level."""
    window = blocks[row : row + BLOCK_ROWS, col : col + BLOCK_COLS].astype(np.float64)
    shares: Float64 = np.einsum("rck,rck->rc", window, template.weights)
    return shares
