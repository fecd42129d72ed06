"""What R-CNN, Fast and Faster R-CNN took a picture, from the papers' own tables."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """One row of a table.

    Attributes
    ----------
    name : str
        The detector.
    steps : tuple of (str, float)
        Its parts and their seconds a picture, as far as the table parts them.
    proposals : int
        Boxes classified a picture.
    source : str
        Paper and table.
    note : str
        What the numbers leave out.
    """

    name: str
    steps: tuple[tuple[str, float], ...]
    proposals: int
    source: str
    note: str

    @property
    def seconds(self) -> float:
        """All parts together."""
        return sum(s for _, s in self.steps)


FAST_TABLE = "Girshick 2015, Fast R-CNN, arXiv:1504.08083, table 4"
FASTER_TABLE = "Ren et al. 2015, Faster R-CNN, arXiv:1506.01497, table 5"

# All with VGG16 on one Nvidia K40 (Fast R-CNN's at 875 MHz); selective search on a
# processor. Table 5 counts NMS to the region-wise part, here "RoI pooling and head".
PUBLISHED = (
    Published(
        "R-CNN", (("network on crops", 47.0),), 2000, FAST_TABLE, "without proposals"
    ),
    Published(
        "Fast R-CNN",
        (
            ("backbone, once", 0.146),
            ("proposals", 1.510),
            ("RoI pooling and head", 0.174),
        ),
        2000,
        FASTER_TABLE,
        "selective search on a processor",
    ),
    Published(
        "Faster R-CNN",
        (
            ("backbone, once", 0.141),
            ("proposals", 0.010),
            ("RoI pooling and head", 0.047),
        ),
        300,
        FASTER_TABLE,
        "proposals from the network itself",
    ),
)
FAST_ALONE_S = 0.32  # table 4 of Fast R-CNN: the same without proposals
FASTER_PROPOSALS = 300  # of the row above: at test time, after NMS
