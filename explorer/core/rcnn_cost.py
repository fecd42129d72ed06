"""What R-CNN, Fast and Faster R-CNN take a picture, from measured parts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """Times measured on one picture, milliseconds.

    Attributes
    ----------
    search_ms : float
        Selective search, all of it.
    crops : int
        Crops that were run.
    warp_ms, network_ms : float
        All of these crops, at the rate of the median job.
    backbone_ms, rpn_ms : float
        The convolutions once over the whole picture; the proposal layers on their map.
    rois : int
        Boxes that were pooled on the map.
    pool_ms, head_ms : float
        All of these boxes.
    """

    search_ms: float
    crops: int
    warp_ms: float
    network_ms: float
    backbone_ms: float
    rpn_ms: float
    rois: int
    pool_ms: float
    head_ms: float


@dataclass(frozen=True)
class Step:
    """One line of a ledger.

    Attributes
    ----------
    name : str
    ms : float
        For the whole picture.
    each_ms : float
        Of one box, 0 where the step is done once.
    times : int
        Boxes it is done for; 1 where it is done once.
    """

    name: str
    ms: float
    each_ms: float = 0.0
    times: int = 1


@dataclass(frozen=True)
class Ledger:
    """One detector's steps, in order."""

    name: str
    steps: tuple[Step, ...]

    @property
    def ms(self) -> float:
        """All steps together."""
        return sum(step.ms for step in self.steps)


def ledgers(found: Measured, proposals: int, faster_proposals: int) -> list[Ledger]:
    """Put the parts together as the three detectors do.

    Parameters
    ----------
    found : Measured
    proposals : int
        Boxes that R-CNN and Fast R-CNN classify.
    faster_proposals : int
        Boxes that Faster R-CNN classifies.

    Returns
    -------
    list of Ledger
        R-CNN, Fast R-CNN, Faster R-CNN. A step for n boxes is what was measured for
        one, times n.

    Raises
    ------
    ValueError
        If a number of boxes is below 1.

    Examples
    --------
    >>> found = Measured(600.0, 10, 2.0, 100.0, 30.0, 3.0, 100, 1.0, 9.0)
    >>> [(one.name, one.ms) for one in ledgers(found, 1000, 100)]
    [('R-CNN', 10800.0), ('Fast R-CNN', 730.0), ('Faster R-CNN', 43.0)]
    """
    counts = (found.crops, found.rois, proposals, faster_proposals)
    if min(counts) < 1:
        raise ValueError(f"every number of boxes must be at least 1, got {counts}")
    search = Step("proposals", found.search_ms)
    once = Step("backbone, once", found.backbone_ms)
    return [
        Ledger(
            "R-CNN",
            (
                search,
                _for_all("warp", found.warp_ms, found.crops, proposals),
                _for_all("network on crops", found.network_ms, found.crops, proposals),
            ),
        ),
        Ledger("Fast R-CNN", (search, once, *_pooled(found, proposals))),
        Ledger(
            "Faster R-CNN",
            (once, Step("proposals", found.rpn_ms), *_pooled(found, faster_proposals)),
        ),
    ]


def _pooled(found: Measured, count: int) -> tuple[Step, Step]:
    return (
        _for_all("RoI pooling", found.pool_ms, found.rois, count),
        _for_all("head", found.head_ms, found.rois, count),
    )


def _for_all(name: str, ms: float, measured: int, count: int) -> Step:
    return Step(name, ms * count / measured, ms / measured, count)
