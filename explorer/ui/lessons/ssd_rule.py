"""The lesson on SSD, third part: the rule of the matching, as the reader sets it."""

from dataclasses import dataclass

from explorer.ui.controls import choose, select, slider
from explorer.ui.lessons import ssd_words as words

DRAW = ("Both", "Positives", "Hard negatives")
RATIOS = (1, 3, 10)
TRAINED_RATIO = 3
TRAINED_THRESHOLD = 0.5


@dataclass(frozen=True)
class Asked:
    """What the toolbar says: what is drawn, negatives a positive, a positive's IoU."""

    draw: str
    ratio: int
    threshold: float

    @property
    def trained(self) -> bool:
        """Whether the network learnt by this rule."""
        return (self.ratio, self.threshold) == (TRAINED_RATIO, TRAINED_THRESHOLD)


def match_controls() -> Asked:
    """Ask what is drawn, and for the rule: negatives a positive, a positive's IoU."""
    draw = choose("Draw", DRAW, key="draw", help=words.DRAW_HELP)
    ratio = select(
        "Negatives a positive",
        RATIOS,
        TRAINED_RATIO,
        key="ratio",
        help=words.RATIO_HELP,
        width_px=150,
    )
    threshold = slider(
        "IoU of a positive",
        0.2,
        0.9,
        TRAINED_THRESHOLD,
        0.05,
        key="threshold",
        help=words.THRESHOLD_HELP,
        width_px=150,
    )
    return Asked(draw, ratio, threshold)
