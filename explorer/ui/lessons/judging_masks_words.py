"""What the part on masks says, and its tables."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.core.confusion import (
    class_iou,
    class_precision,
    class_recall,
    mean_iou,
    pixel_accuracy,
)
from explorer.ui.lessons.judging_words import number, table_of

LEGEND = ":green-badge[found] :red-badge[said, but wrong] :yellow-badge[missed]"
LEGEND_BLANK = ":blue-badge[said; nobody knows yet whether it is right]"
PAINT = (
    "Nobody has written down this picture's true pixels: paint those of **{target}** "
    "with the brush. Take the drawn street (trained on: Street) for exact ones."
)
NO_TRUTH = "No true pixel of {target} yet, so there is nothing to score."


def one_class(matrix: NDArray[np.int64], target: str) -> str:
    """Write one class's counts and scores, each as its own division."""
    (rest, wrong), (missed, hit) = matrix.tolist()
    said, true, union = hit + wrong, hit + missed, hit + wrong + missed
    total = rest + wrong + missed + hit
    rows = [
        ("precision", f"{hit:,} ÷ {said:,} said", _share(hit, said)),
        ("recall", f"{hit:,} ÷ {true:,} true", _share(hit, true)),
        ("IoU", f"{hit:,} ÷ {union:,} in either", _share(hit, union)),
        ("accuracy", f"{hit + rest:,} ÷ {total:,} pixels", _share(hit + rest, total)),
        ("mIoU of two", f"mean of {target} and all else", mean_iou(matrix)),
    ]
    return table_of(
        [("score", "pixels", "value")], [(a, b, number(c)) for a, b, c in rows]
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def all_classes(matrix: NDArray[np.int64], classes: Sequence[str]) -> str:
    """Write all classes' scores, and the two numbers for the whole picture."""
    columns = (class_precision(matrix), class_recall(matrix), class_iou(matrix))
    rows = [
        (name, f"{true:,}", *(number(column[k]) for column in columns))
        for k, (name, true) in enumerate(zip(classes, matrix.sum(1), strict=True))
        if not np.isnan(columns[-1][k])
    ]
    mean = f"mIoU of {len(rows)} classes"
    rows.append((mean, "", "", "", number(mean_iou(matrix))))
    accuracy = number(pixel_accuracy(matrix))
    rows.append(("accuracy, all pixels", f"{matrix.sum():,}", "", "", accuracy))
    return table_of([("class", "true pixels", "precision", "recall", "IoU")], rows)


def absent(matrix: NDArray[np.int64], classes: Sequence[str]) -> str:
    """Say which classes are not in the picture but were seen there: each counts as 0.

    Examples
    --------
    >>> absent(np.array([[3, 1], [0, 0]]), ("road", "sign"))
    'Not in this picture, yet said somewhere: sign. Its IoU of 0 counts in the mean.'
    >>> absent(np.array([[3, 0], [0, 1]]), ("road", "sign"))
    ''
    """
    false = (matrix.sum(1) == 0) & (matrix.sum(0) > 0)
    names = [name for name, seen in zip(classes, false, strict=True) if seen]
    if not names:
        return ""
    whose = "Its IoU" if len(names) == 1 else "Each one's IoU"
    return (
        f"Not in this picture, yet said somewhere: {', '.join(names)}. {whose} of 0 "
        "counts in the mean."
    )
