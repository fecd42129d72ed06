"""Why a false positive is false: badly placed, a similar class, another, or nothing."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from explorer.core.labelled import Found, Truths, by_image
from explorer.core.matching import FP, Rule, Verdicts, overlaps
from explorer.core.precision_recall import Method, average_precision, pr_curve

Flags = NDArray[np.bool_]
Kind = Literal["right", "localisation", "similar", "other", "background", "ignored"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MISTAKES: tuple[Kind, ...] = ("localisation", "similar", "other", "background")
NEAR_IOU = 0.1  # with less overlap a detection has nothing to do with an object

# Classes taken for similar: Hoiem's sets of VOC's names, the same for COCO's names,
# and the parts of a head that the Haar cascades look for.
SIMILAR: tuple[frozenset[str], ...] = (
    frozenset(
        ["aeroplane", "airplane", "bicycle", "boat", "bus", "car", "motorbike"]
        + ["motorcycle", "train", "truck"]
    ),
    frozenset(
        ["bear", "bird", "cat", "cow", "dog", "elephant", "giraffe", "horse"]
        + ["person", "sheep", "zebra"]
    ),
    frozenset(["bench", "chair", "couch", "sofa", "diningtable", "dining table"]),
    frozenset(["aeroplane", "airplane", "bird"]),
    frozenset(["face", "eye", "upper body", "cat face", "person"]),
)


def similar_classes(classes: Sequence[str]) -> Flags:
    """Return which classes count as similar to which: (K, K), never to themselves.

    Examples
    --------
    >>> similar_classes(["cat", "dog", "car"]).tolist()
    [[False, True, False], [True, False, False], [False, False, False]]
    """
    together = np.array(
        [[name in group for name in classes] for group in SIMILAR], dtype=bool
    )  # (S, K)
    alike: Flags = (together[:, :, None] & together[:, None, :]).any(0)
    return alike & ~np.eye(len(classes), dtype=bool)


def error_kinds(
    seen: Found, true: Truths, verdicts: Verdicts, similar: Flags, rule: Rule = "COCO"
) -> list[Kind]:
    """Say of each detection of one class whether it is right, or why it is wrong.

    Parameters
    ----------
    seen : Found
        The N detections that ``match_ranked`` judged.
    true : Truths
        Truths of **all** classes.
    verdicts : Verdicts
        Its answer.
    similar : (K, K) bool
        As ``similar_classes``.
    rule : {"COCO", "VOC"}
        How an overlap is measured.

    Returns
    -------
    list of N strings
        "right"; "localisation" (an object of the class, misplaced or found before);
        "similar", "other" (an object of such a class); "background"; "ignored".

    Notes
    -----
    The paper's order: localisation before similar before other, each from an overlap
    of 0.1 on. Like the paper, a second hit on a truth counts as localisation.

    References
    ----------
    Hoiem, Chodpathumwan & Dai 2012, Diagnosing Error in Object Detectors, section 2.

    Examples
    --------
    >>> from explorer.core.labelled import found, truths
    >>> from explorer.core.matching import match_ranked
    >>> true = truths([[0, 0, 10, 10], [50, 50, 60, 60]], classes=[0, 1])
    >>> seen = found([[0, 0, 10, 10], [0, 0, 5, 5], [50, 50, 60, 60]], [3, 2, 1])
    >>> judged = match_ranked(seen, true.take([0]), 0.5)
    >>> error_kinds(seen, true, judged, similar_classes(["cat", "dog"]))
    ['right', 'localisation', 'similar']
    """
    kinds = np.full(len(seen), KINDS.index("background"))
    for rows, columns in by_image(seen, true):
        here = true.take(columns)
        near = overlaps(seen.boxes[rows], here, rule) >= NEAR_IOU  # (n, g)
        own = here.classes[None] == seen.classes[rows][:, None]
        alike = similar[seen.classes[rows]][:, here.classes]
        # The strongest reason comes last.
        for kind, which in (
            ("other", ~own & ~alike),
            ("similar", alike),
            ("localisation", own),
        ):
            kinds[rows[(near & which).any(1)]] = KINDS.index(kind)
    named: list[Kind] = [KINDS[code] for code in kinds]
    for row, outcome in enumerate(verdicts.outcomes):
        if outcome != FP:
            named[row] = "right" if outcome > 0 else "ignored"
    return named


def ap_without(
    verdicts: Verdicts,
    kinds: Sequence[Kind],
    truths: int,
    method: Method = "101-point",
) -> dict[Kind, float]:
    """Return the average precision if one kind of mistake were gone: by kind.

    References
    ----------
    Hoiem et al. 2012, section 3 (impact of each kind of false positive).

    Examples
    --------
    >>> judged = Verdicts(np.array([0, 1]), np.array([-1, 0]), np.array([0, 1.0]))
    >>> ap_without(judged, ["background", "right"], 1)["background"]
    1.0
    """
    named = np.array(kinds, dtype=str)
    return {
        kind: average_precision(
            pr_curve(verdicts.outcomes[named != kind], truths), method
        )
        for kind in MISTAKES
    }
