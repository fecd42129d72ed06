"""SVMs, box regressors and Platt's chances of an R-CNN, from features kept."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.training.rcnn_features import Crops, targets
from explorer.training.rcnn_settings import (
    CLASSES,
    FAR_IOU,
    POSITIVE_IOU,
    REGRESSED_IOU,
    RIDGE_ALL,
    RIDGE_CLASS,
    STEPS,
    SVM_DECAY,
)

Rows = NDArray[np.float32]
LEAST_SPREAD = 1e-3  # of a feature: below it, it is as good as constant


@dataclass(frozen=True, eq=False)
class Scale:
    """How features are brought to mean 0 and spread 1: both (F,)."""

    mean: Rows
    spread: Rows

    def apply(self, features: NDArray[np.float16]) -> Tensor:
        """Return features as the fits see them: (N, F) float32."""
        return torch.from_numpy((features.astype(np.float32) - self.mean) / self.spread)

    def unfold(self, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """Return the same layer, (K, F) and (K,), for features as they come."""
        folded = weight / torch.from_numpy(self.spread)
        return folded, bias - folded @ torch.from_numpy(self.mean)


def scale_of(features: NDArray[np.float16]) -> Scale:
    """Measure mean and spread of every feature."""
    wide = features.astype(np.float32)
    return Scale(wide.mean(axis=0), wide.std(axis=0) + LEAST_SPREAD)


def signs(crops: Crops) -> Rows:
    """Return +1, -1 or 0 for crop and class, (N, C): object, ground, neither.

    Crops that overlap an object in part are neither, as in R-CNN; the paper takes the
    true boxes alone as positives, here those near them too, for want of objects.
    """
    best, _ = crops.overlaps()
    return np.where(best >= POSITIVE_IOU, 1, np.where(best < FAR_IOU, -1, 0)).astype(
        np.float32
    )


def fit_svms(x: Tensor, wanted: Rows, seed: int) -> tuple[Tensor, Tensor]:
    """Fit all one-against-rest SVMs at once: weights (C, F) and biases (C,).

    The loss is the squared hinge; the positives of a class weigh as the root of how
    many times rarer they are. Crops beyond the margin cost nothing, so the ones that
    count in the end are the hard ones, without a search for them.
    """
    torch.manual_seed(seed)
    y = torch.from_numpy(wanted)
    rarer = (y < 0).sum(0) / (y > 0).sum(0).clamp(min=1)
    cost = torch.where(y > 0, rarer.sqrt(), 1.0) * (y != 0)
    weight = torch.zeros(x.shape[1], y.shape[1], requires_grad=True)
    bias = torch.full((y.shape[1],), -1.0, requires_grad=True)
    solver = torch.optim.LBFGS(
        [weight, bias], max_iter=STEPS, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        solver.zero_grad()
        hinge = (1 - y * (x @ weight + bias)).clamp(min=0)
        loss = (cost * hinge.square()).sum() / len(x)
        loss = loss + SVM_DECAY * weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    solver.step(closure)  # type: ignore[no-untyped-call]
    return weight.detach().T.contiguous(), bias.detach()


def ridge(x: Tensor, y: Tensor, penalty: float) -> Tensor:
    """Solve ridge regression without a constant: (F, K); the smaller system of two.

    Examples
    --------
    >>> ridge(torch.eye(2), torch.tensor([[2.0], [4.0]]), 1.0).ravel().tolist()
    [1.0, 2.0]
    """
    if len(x) < x.shape[1]:
        gram = x @ x.T + penalty * torch.eye(len(x))
        narrow: Tensor = x.T @ torch.linalg.solve(gram, y)
        return narrow
    gram = x.T @ x + penalty * torch.eye(x.shape[1])
    found: Tensor = torch.linalg.solve(gram, x.T @ y)
    return found


def fit_regressors(scale: Scale, sets: list[Crops]) -> tuple[Tensor, Tensor]:
    """Fit each class's box regressor: weights (4 C, F) and biases (4 C,).

    A class has too few boxes for 3,072 features: all classes together make a common
    regressor first, each class then its own difference from it.
    """
    xs, ys, labels = [], [], []
    for crops in sets:
        best, which = crops.overlaps()
        rows, label = np.nonzero(best >= REGRESSED_IOU)
        xs.append(scale.apply(crops.features[rows]))
        ys.append(torch.from_numpy(targets(crops, rows, which[rows, label])).float())
        labels.append(label)
    x, y, label = torch.cat(xs), torch.cat(ys), np.concatenate(labels)
    middle = y.mean(0)
    common = ridge(x, y - middle, RIDGE_ALL)
    left = y - middle - x @ common
    weights = []
    for number in range(len(CLASSES)):
        mine = torch.from_numpy(label == number)
        weights.append((common + ridge(x[mine], left[mine], RIDGE_CLASS)).T)
    return torch.cat(weights), middle.repeat(len(CLASSES))


def fit_platt(margins: Tensor, near: NDArray[np.bool_], weight: Rows) -> Tensor:
    """Return slope and offset (2,) that turn margins into chances, one for all classes.

    Parameters
    ----------
    margins, near : (N, C)
        Of crops that trained none of these SVMs, and whether an object is there.
    weight : (N,) float32 array
        How many proposals a crop stands for.
    """
    y = torch.from_numpy(near.astype(np.float32))
    w = torch.from_numpy(weight)[:, None]
    line = torch.tensor([1.0, -2.0], requires_grad=True)
    solver = torch.optim.LBFGS([line], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        solver.zero_grad()
        loss = (
            torch.nn.functional.binary_cross_entropy_with_logits(
                margins * line[0] + line[1], y, reduction="none"
            )
            * w
        ).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    solver.step(closure)  # type: ignore[no-untyped-call]
    return line.detach()
