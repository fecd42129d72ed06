"""The star model on disk: half-precision numbers in a safetensors file."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from explorer.core.star import StarModel
from explorer.core.template import Template

KEYS = ("root", "bias", "filters", "anchors", "costs")


def save_star(model: StarModel, path: Path) -> None:
    """Write a model; its weights are rounded to half precision."""
    arrays: dict[str, NDArray[Any]] = {
        "root": model.root.weights.astype(np.float16),
        "bias": np.array([model.root.bias], np.float32),
        "filters": model.filters.astype(np.float16),
        "anchors": model.anchors.astype(np.int32),
        "costs": model.costs.astype(np.float32),
    }
    save_file(arrays, path)


def load_star(path: Path, name: str) -> StarModel:
    """Read a model.

    Parameters
    ----------
    path : Path
        A safetensors file with ``root`` (15, 7, 36), ``bias`` (1,), ``filters``
        (P, 5, 5, 36), ``anchors`` (P, 2) and ``costs`` (P, 4).
    name : str
        Whose weights they are.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it does not hold a star model.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path.name} of weights")
    arrays = load_file(path)
    missing = [key for key in KEYS if key not in arrays]
    if missing:
        raise ValueError(
            f"{path.name} holds {', '.join(arrays) or 'nothing'}, not {missing[0]}"
        )
    weights = arrays["root"].astype(np.float32)
    return StarModel(
        Template(weights, float(arrays["bias"][0]), name),
        arrays["filters"].astype(np.float32),
        arrays["anchors"].astype(np.intp),
        arrays["costs"].astype(np.float64),
    )
