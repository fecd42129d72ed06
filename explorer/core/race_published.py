"""How good and how fast the papers say their detectors are, on PASCAL VOC 2007."""

from dataclasses import dataclass

YOLO_TABLE = "Redmon et al. 2016, You Only Look Once, arXiv:1506.02640, table 1"
YOLO2_TABLE = "Redmon and Farhadi 2017, YOLO9000, arXiv:1612.08242, table 3"
DEVICE = "one Nvidia Titan X"


@dataclass(frozen=True)
class Timed:
    """One row of a table.

    Attributes
    ----------
    name : str
    family : str
        ``two stages``, ``one stage`` or ``before`` (no deep features).
    map_percent : float
        Mean AP on VOC 2007's test photos, in percent.
    fps : float
        Photos a second.
    source : str
        Paper and table.
    """

    name: str
    family: str
    map_percent: float
    fps: float
    source: str

    @property
    def ms(self) -> float:
        """Milliseconds a photo."""
        return 1e3 / self.fps


PUBLISHED = (
    Timed("DPM, 100 Hz", "before", 16.0, 100, YOLO_TABLE),
    Timed("DPM, 30 Hz", "before", 26.1, 30, YOLO_TABLE),
    Timed("Fast R-CNN", "two stages", 70.0, 0.5, YOLO_TABLE),
    Timed("Faster R-CNN, VGG-16", "two stages", 73.2, 7, YOLO_TABLE),
    Timed("Faster R-CNN, ZF", "two stages", 62.1, 18, YOLO_TABLE),
    Timed("Fast YOLO", "one stage", 52.7, 155, YOLO_TABLE),
    Timed("YOLO", "one stage", 63.4, 45, YOLO_TABLE),
    Timed("SSD300", "one stage", 74.3, 46, YOLO2_TABLE),
    Timed("SSD500", "one stage", 76.8, 19, YOLO2_TABLE),
    Timed("YOLO v2, 416", "one stage", 76.8, 67, YOLO2_TABLE),
    Timed("YOLO v2, 544", "one stage", 78.6, 40, YOLO2_TABLE),
)
