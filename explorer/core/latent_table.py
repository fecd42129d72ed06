"""The codes of pictures that a network was tested with: numbers alone, no picture."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

EVIDENCE_SAMPLES = 10  # codes a class, behind each log p(x) of an evidence table
SPARE = 64  # codes looked at exactly, beyond those asked for
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "latents"


@dataclass(frozen=True, eq=False)
class LatentTable:
    """Codes with what is known of the pictures they stand for.

    Attributes
    ----------
    mu : (N, Z) float32 array
        Means of q(z | x).
    columns : mapping of (N,) int64 arrays
        ``label`` for digits and clothes; ``age``, ``gender``, ``glasses``, ``smile``
        for faces, -1 where nobody looked.
    directions : mapping of (Z,) float32 arrays
        Differences of means by the attribute's name, where there are any.
    """

    mu: NDArray[np.float32]
    columns: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    directions: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


@functools.lru_cache(maxsize=16)
def latent_table(name: str) -> LatentTable:
    """Read the table of a network.

    Raises
    ------
    FileNotFoundError
        If none ships with it.
    """
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as held:
        parts = {
            part: {k.partition(":")[2]: held[k] for k in held if k.startswith(part)}
            for part in ("column:", "direction:")
        }
        return LatentTable(
            held["mu"].astype(np.float32),
            {k: v.astype(np.int64) for k, v in parts["column:"].items()},
            {k: v.astype(np.float32) for k, v in parts["direction:"].items()},
        )


def write_table(name: str, table: LatentTable, folder: Path = FOLDER) -> Path:
    """Write a table, codes in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.npz"
    columns = {f"column:{k}": v.astype(np.int16) for k, v in table.columns.items()}
    ways = {f"direction:{k}": v.astype(np.float32) for k, v in table.directions.items()}
    held: dict[str, Any] = {"mu": table.mu.astype(np.float16), **columns, **ways}
    np.savez_compressed(path, **held)
    return path


def evidence_path(name: str, folder: Path = FOLDER) -> Path:
    """Return where the log p(x) of known pictures lie."""
    return folder / f"{name}_evidence.npz"


def write_evidence(
    name: str, kinds: Mapping[str, NDArray[np.float64]], folder: Path = FOLDER
) -> Path:
    """Write log p(x) of pictures by what they show."""
    folder.mkdir(parents=True, exist_ok=True)
    path = evidence_path(name, folder)
    held: dict[str, Any] = {k: v.astype(np.float32) for k, v in kinds.items()}
    np.savez_compressed(path, **held)
    return path


@functools.lru_cache(maxsize=4)
def evidence(name: str) -> Mapping[str, NDArray[np.float64]]:
    """Read log p(x) of known pictures, by what they show.

    Raises
    ------
    FileNotFoundError
        If none ships with the network.
    """
    with np.load(evidence_path(name), allow_pickle=False) as held:
        return {k: held[k].astype(np.float64) for k in held}


def nearest(
    table: LatentTable, z: NDArray[np.floating], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the rows of the nearest codes and their Euclidean distances.

    Parameters
    ----------
    table : LatentTable
    z : (Z,) array
    count : int
        How many; ties keep the lower row.

    Examples
    --------
    >>> near = nearest(LatentTable(np.eye(3, dtype=np.float32)), np.array([0, 1, 0]), 2)
    >>> near[0].tolist(), near[1].round(3).tolist()
    ([1, 0], [0.0, 1.414])
    """
    # By single precision first, without a copy of the table; then the few exactly.
    rough = _squared_norms(table) - 2 * (table.mu @ np.asarray(z, np.float32))
    some = np.arange(len(rough))
    if len(rough) > count + SPARE:
        some = np.sort(np.argpartition(rough, count + SPARE)[: count + SPARE])
    far = np.linalg.norm(table.mu[some].astype(np.float64) - np.asarray(z), axis=1)
    order = np.argsort(far, kind="stable")[:count]
    return some[order].astype(np.int64), far[order]


@functools.lru_cache(maxsize=4)
def _squared_norms(table: LatentTable) -> NDArray[np.float32]:
    return np.asarray((table.mu**2).sum(axis=1), np.float32)


def spread(count: int, most: int) -> NDArray[np.int64]:
    """Return at most ``most`` rows of ``count``, evenly: a table may go by class.

    Examples
    --------
    >>> spread(9, 3).tolist(), spread(2, 3).tolist()
    ([0, 4, 8], [0, 1])
    """
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)


def typical_distance(table: LatentTable, pairs: int = 2000) -> float:
    """Return how far two codes lie apart on average, by pairs drawn with a seed.

    Examples
    --------
    >>> line = np.arange(3, dtype=np.float32)[:, None]
    >>> round(typical_distance(LatentTable(line), 100_000), 1)
    0.9
    """
    rng = np.random.default_rng(0)
    a, b = rng.integers(len(table.mu), size=(2, pairs))
    between = table.mu[a].astype(np.float64) - table.mu[b]
    return float(np.linalg.norm(between, axis=1).mean())


@functools.lru_cache(maxsize=2)
def usual_nearest(table: LatentTable, faces: int = 200) -> float:
    """Return how far a code lies from the nearest other one, on average.

    Parameters
    ----------
    table : LatentTable
    faces : int
        Codes that are looked at, evenly over the table.

    Examples
    --------
    >>> usual_nearest(LatentTable(np.array([[0.0], [1.0], [3.0]], np.float32)))
    1.3333333333333333
    """
    count = len(table.mu)
    rows = spread(count, faces)
    every = cdist(table.mu[rows], table.mu)
    every[np.arange(len(rows)), rows] = np.inf  # not the code itself
    return float(every.min(axis=1).mean())


def nearest_distances(
    known: NDArray[np.floating], z: NDArray[np.floating], own: int = 500
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far known codes lie from each other, and others from them.

    Parameters
    ----------
    known : (N, Z) array
        At least two.
    z : (M, Z) array
    own : int
        Known codes that are looked at, from the first.

    Returns
    -------
    (min(own, N),) and (M,) float arrays
        Euclidean distance to the nearest known code, never to itself.

    Raises
    ------
    ValueError
        If there are not two known codes.

    Examples
    --------
    >>> [v.tolist() for v in nearest_distances(np.array([[0.0], [3.0]]), [[4.0]])]
    [[3.0, 3.0], [1.0]]
    """
    if len(known) < 2:
        raise ValueError(f"{len(known)} codes are known; it must be 2 at least.")
    tree = KDTree(np.asarray(known, np.float64))
    apart, _ = tree.query(tree.data[:own], k=2)
    far, _ = tree.query(np.asarray(z, np.float64))
    return np.asarray(apart[:, 1]), np.asarray(far)
