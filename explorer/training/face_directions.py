"""Directions of the face space: differences of means over matched exemplars.

With every face that has the attribute goes one that lacks it and is alike otherwise: of
the same gender, of a similar age, looking ahead. Without that the direction of glasses
would be that of age, since the old wear them more often.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from explorer.core.face_groups import ADULT, OLD, YOUNG, aged
from explorer.training.colour_data import UNKNOWN, Faces

MOST_YEARS = 8  # between two matched faces

Rows = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Direction:
    """One attribute's direction.

    Attributes
    ----------
    vector : (Z,) float array
    pairs : int
        Matched exemplars.
    auc : float
        Of the projection, on faces kept from training.
    tested : int
        So many of them.
    """

    vector: NDArray[np.float64]
    pairs: int
    auc: float
    tested: int


Pick = Callable[[Faces], tuple[Rows, Rows]]

# Who has the attribute, who lacks it.
PICKS: Mapping[str, Pick] = {
    "glasses": lambda f: ((f.glasses == 1) & _ahead(f), (f.glasses == 0) & _ahead(f)),
    "smile": lambda f: ((f.smile == 2) & _ahead(f), (f.smile == 0) & _ahead(f)),
    "age": lambda f: (aged(f.age, OLD), aged(f.age, YOUNG)),
    "gender": lambda f: (
        (f.gender == 1) & aged(f.age, ADULT),
        (f.gender == 0) & aged(f.age, ADULT),
    ),
}
# What matched faces share besides.
SAME: Mapping[str, tuple[str, ...]] = {
    "glasses": ("gender", "age"),
    "smile": ("gender", "age", "glasses"),
    "age": ("gender",),
    "gender": ("age",),
}


def _ahead(faces: Faces) -> Rows:
    return np.asarray(faces.frontal == 1)


def matched(
    faces: Faces, plus: Rows, minus: Rows, same: tuple[str, ...]
) -> NDArray[np.int64]:
    """Return rows (P, 2) of faces with and without an attribute, alike otherwise.

    No face is used twice; the nearest in age comes first.
    """
    free = list(np.flatnonzero(minus))
    pairs = []
    for row in np.flatnonzero(plus):
        fits = [k for k in free if _alike(faces, int(row), int(k), same)]
        if fits:
            best = min(fits, key=lambda k: (abs(faces.age[k] - faces.age[row]), k))
            free.remove(best)
            pairs.append((row, best))
    return np.array(pairs, np.int64).reshape(-1, 2)


def _alike(faces: Faces, a: int, b: int, same: tuple[str, ...]) -> bool:
    for name in same:
        one, other = getattr(faces, name)[a], getattr(faces, name)[b]
        if name == "age" and abs(one - other) > MOST_YEARS:
            return False
        if name != "age" and (one != other or one == UNKNOWN):
            return False
    return True


def direction(
    faces: Faces, mu: NDArray[np.floating], name: str, most: int = 2000
) -> Direction:
    """Return an attribute's direction from the training faces, judged on the others.

    Parameters
    ----------
    faces : Faces
    mu : (N, Z) array
        Codes of all faces.
    name : str
        One of ``PICKS``.
    most : int
        Faces with the attribute that are matched; the first ones.
    """
    plus, minus = PICKS[name](faces)
    learnt = np.flatnonzero(plus & ~faces.tested)[:most]
    chosen = np.zeros(len(plus), np.bool_)
    chosen[learnt] = True
    pairs = matched(faces, chosen, minus & ~faces.tested, SAME[name])
    vector = (mu[pairs[:, 0]] - mu[pairs[:, 1]]).mean(axis=0, dtype=np.float64)
    held = (plus | minus) & faces.tested
    area = roc_auc_score(plus[held], mu[held] @ vector)
    return Direction(vector, len(pairs), float(area), int(held.sum()))
