"""Fast R-CNN, Faster R-CNN and Mask R-CNN, read from a shared backbone.

They differ in where RoIs come from (selective search, a proposal network), in the maps
these are cut from (one of stride 16, a pyramid), how (RoIPool, RoIAlign), and in the
mask branch. Every step is returned.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.models.conv_norm import ConvNorm
from explorer.models.fpn import FPN, LEVELS, WIDTH, Pyramid
from explorer.models.roi_heads import BINS, BoxHead, BoxResult, MaskHead, pool_rois
from explorer.models.rpn import (
    LEVEL_SIZES,
    SINGLE_SIZES,
    Proposals,
    RPNHead,
    RPNResult,
    propose,
)
from explorer.models.trunk import CHANNELS, Features

SINGLE = 4  # the level of the one map: stride 16
AGAIN = 100  # regions that Fast R-CNN reads a second time, where they were moved to
LEAST_PX = 1.0  # a side of these; a region that is moved to less stays where it was


@dataclass(frozen=True, eq=False)
class TwoStageResult:
    """Every step from the maps to the boxes of a batch.

    Attributes
    ----------
    maps : dict of int to Tensor
        What anchors and RoIs are read from, by level.
    pyramid : Pyramid or None
        How these were made, where there is one.
    rpn : RPNResult
    proposals : tuple of Proposals
        One a picture.
    box : BoxResult
        Of all proposals, picture after picture.
    """

    maps: dict[int, Tensor]
    pyramid: Pyramid | None
    rpn: RPNResult
    proposals: tuple[Proposals, ...]
    box: BoxResult


@dataclass(frozen=True, eq=False)
class TwoLooks:
    """What Fast R-CNN says of regions, and then of where the best were moved to.

    Attributes
    ----------
    first : BoxResult
        Of all P regions.
    rows : (R,) tensor
        The best R of them, by their likeliest class, the best first.
    rois : (R, 4) tensor
        These, moved as that class.
    again : BoxResult
        Of ``rois``.
    """

    first: BoxResult
    rows: Tensor
    rois: Tensor
    again: BoxResult


def one_map() -> nn.Module:
    """Bring the backbone's map of stride 16 to the width of the heads."""
    return ConvNorm(CHANNELS[16], WIDTH)


class FastRCNN(nn.Module):
    """RoIs from outside, cut by RoIPool from the one map of stride 16.

    Girshick 2015. The picture goes through the backbone once, however many RoIs.

    Notes
    -----
    The paper classifies each region once. Here the best are moved, cut out anew and
    classified again (iterative localization: Gidaris and Komodakis 2015; Cai and
    Vasconcelos 2018, section 3): a quick selective search lies loosely round things,
    and one move takes too few of its boxes to an overlap of a half. AP50 of people on
    the held-out photos: 0.27 by one look, 0.30 by two; the mean of seven classes stays,
    large things lose (0.24, 0.20), and a single photo's best box may become a part.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.neck = one_map()
        self.box = BoxHead(WIDTH, classes)

    def maps(self, features: Features) -> dict[int, Tensor]:
        """Return the one map that RoIs are cut from, by its level."""
        return {SINGLE: self.neck(features.stride16)}

    def read(self, maps: dict[int, Tensor], rois: Sequence[Tensor]) -> BoxResult:
        """Cut RoIs out of the map, classify and move them."""
        result: BoxResult = self.box(pool_rois(maps, rois, BINS, align=False))
        return result

    def forward(self, features: Features, rois: Sequence[Tensor]) -> BoxResult:
        """Classify and move RoIs, (R, 4) xyxy pixels of the input, one a picture."""
        return self.read(self.maps(features), rois)

    def twice(self, maps: dict[int, Tensor], regions: Tensor, side_px: int) -> TwoLooks:
        """Read one picture's regions (P, 4), then the best where they were moved to."""
        first = self.read(maps, [regions])
        best, label = first.scores.max(1)
        rows = best.argsort(descending=True, stable=True)[:AGAIN]
        moved = first.boxes(regions)[rows, label[rows]].clamp(0, side_px)
        large = (moved[:, 2:] - moved[:, :2]).amin(1) >= LEAST_PX
        rois = torch.where(large[:, None], moved, regions[rows])
        return TwoLooks(first, rows, rois, self.read(maps, [rois]))


class FasterRCNN(nn.Module):
    """A proposal network in front; with a pyramid, every level has its own sizes.

    Parameters
    ----------
    classes : int
    pyramid : bool
        Whether to read a feature pyramid with RoIAlign (Lin et al. 2017), or the one
        map of stride 16 with RoIPool (Ren et al. 2015).

    Examples
    --------
    >>> import torch
    >>> maps = {8: (40, 40), 16: (112, 20), 32: (320, 10)}
    >>> f = {s: torch.zeros(1, c, n, n) for s, (c, n) in maps.items()}
    >>> seen = FasterRCNN(20, True).eval()(Features(f[8], f[8], f[16], f[32]))
    >>> seen.proposals[0].counts["anchors"], tuple(seen.box.logits.shape)[1]
    (19206, 21)
    """

    def __init__(self, classes: int, pyramid: bool) -> None:
        super().__init__()
        self.neck = FPN() if pyramid else one_map()
        self.rpn = RPNHead(WIDTH)
        self.box = BoxHead(WIDTH, classes)
        self.sizes = LEVEL_SIZES if pyramid else SINGLE_SIZES
        self.align = pyramid

    def read(
        self, features: Features
    ) -> tuple[dict[int, Tensor], Pyramid | None, RPNResult]:
        """Make the maps, and ask about every anchor."""
        pyramid = self.neck(features) if self.align else None
        maps = pyramid.maps if pyramid else {SINGLE: self.neck(features.stride16)}
        return maps, pyramid, self.rpn(maps, self.sizes)

    def cut(
        self, maps: dict[int, Tensor], rois: Sequence[Tensor], bins: int = BINS
    ) -> Tensor:
        """Cut RoIs out of the maps: (sum of R, WIDTH, bins, bins)."""
        levels = LEVELS if self.align else maps
        return pool_rois({k: maps[k] for k in levels}, rois, bins, self.align)

    def forward(self, features: Features) -> TwoStageResult:
        """Propose, classify, move."""
        maps, pyramid, rpn = self.read(features)
        made = tuple(propose(rpn, n, features.size) for n in range(len(rpn.logits)))
        box = self.box(self.cut(maps, [one.boxes for one in made]))
        return TwoStageResult(maps, pyramid, rpn, made, box)


class MaskBranch(nn.Module):
    """The third branch: for RoIs of a Faster R-CNN with a pyramid, 28x28 masks.

    Notes
    -----
    He et al. train all branches together, which helps the boxes a little; here the
    branch learns on a finished Faster R-CNN, whose boxes so stay the very same.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.mask = MaskHead(WIDTH, classes)

    def forward(
        self, maps: dict[int, Tensor], rois: Sequence[Tensor], align: bool = True
    ) -> Tensor:
        """Return logits (sum of R, C, 28, 28); ``align`` False cuts by RoIPool."""
        pooled = pool_rois({k: maps[k] for k in LEVELS}, rois, 2 * BINS, align)
        logits: Tensor = self.mask(pooled)
        return logits
