"""The scores of masks beside scikit-learn's."""

import numpy as np
from numpy.typing import NDArray

from explorer.core.confusion import (
    class_iou,
    class_precision,
    class_recall,
    confusion_matrix,
    pixel_accuracy,
)
from explorer.core.proof import Proof


def prove_masks(
    truth: NDArray[np.uint8], labels: NDArray[np.uint8], classes: int
) -> Proof:
    """Compare precision, recall, IoU and accuracy of every class with scikit-learn.

    Parameters
    ----------
    truth, labels : (H, W) uint8
        As for ``confusion_matrix``.
    classes : int
    """
    from sklearn.metrics import (
        accuracy_score,
        jaccard_score,
        precision_recall_fscore_support,
    )

    matrix = confusion_matrix(truth, labels, classes)
    known = truth < classes
    true, said = truth[known], labels[known]
    rows = np.arange(classes)
    precision, recall, _, _ = precision_recall_fscore_support(
        true, said, labels=rows, zero_division=np.nan
    )
    used = np.union1d(true, said)
    theirs = np.concatenate(
        [
            precision,
            recall,
            jaccard_score(true, said, labels=used, average=None),
            [accuracy_score(true, said)],
        ]
    )
    ours = np.concatenate(
        [
            class_precision(matrix),
            class_recall(matrix),
            class_iou(matrix)[used],
            [pixel_accuracy(matrix)],
        ]
    )
    same = (np.isnan(ours) == np.isnan(theirs)).all()
    delta = float(np.nanmax(np.abs(ours - theirs))) if same else float("inf")
    reference = "sklearn.metrics.jaccard_score"
    note = f"with precision, recall and accuracy; {len(used)} classes, {known.sum():,} "
    return Proof(reference, delta, 1e-12, note=note + "pixels")
