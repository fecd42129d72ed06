"""What a live comparison with a reference library found."""

from dataclasses import dataclass

BROWSER = "the arithmetic in your browser"  # a stage program's sums, as a reference


@dataclass(frozen=True)
class Proof:
    """The largest difference from a reference, measured on the reader's own input.

    Attributes
    ----------
    reference : str
        What was compared with, in the field's own name: ``torchvision.ops.nms``.
    delta : float
        Largest absolute difference, in ``unit``; for index lists, how many differ.
    tolerance : float
        Largest difference that still counts as equal, in ``unit``.
    unit : str
        Empty for plain numbers.
    note : str
        What was compared and in which convention, in a few words.

    Examples
    --------
    >>> Proof("torchvision.ops.nms", 0, 0).holds
    True
    >>> Proof("skimage.feature.hog", float("nan"), 1e-4).holds
    False
    """

    reference: str
    delta: float
    tolerance: float
    unit: str = ""
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the difference is within the tolerance; never for NaN."""
        return bool(self.delta <= self.tolerance)
