"""What the lesson on anchors says of a live proposal network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.anchor_maps import MapPlan
from explorer.core.numerals import signed
from explorer.models import zoo

NETWORK_HELP = (
    "A Faster R-CNN of this project: with a feature pyramid of five maps, or with one "
    "map of stride 16."
)
STRIDE_HELP = (
    "One map, its nine shapes side by side; or all maps side by side, of each cell "
    "only its likeliest shape."
)
BEST_HELP = "So many of the likeliest anchors are drawn, before and after they move."
LEVELS = (
    "Proposals: the anchors that are left after the best of each map were moved and "
    "non-maximum suppression removed the double ones; the second half of Faster R-CNN "
    "looks at these alone."
)
WHAT = {True: "size · h:w", False: "likeliest"}


@dataclass(frozen=True, eq=False)
class Best:
    """The likeliest anchor: its shape, what the network says, before and after."""

    name: str
    stride: int
    logit: float
    before: NDArray[np.float64]
    deltas: NDArray[np.float64]
    after: NDArray[np.float64]


def title(stride: int | None) -> str:
    """Say what lies over the picture at first."""
    if stride is None:
        return "On the picture: the largest of all maps. Click one to see it alone."
    return "On the picture: the largest of the nine shapes. Click one to see it alone."


def best_said(best: Best, name: str) -> str:
    """Write the likeliest anchor's probability and move in numbers."""
    prob = 1 / (1 + np.exp(-best.logit))
    tx, wide = best.deltas[0], best.before[2] - best.before[0]
    sizes = [box[2:] - box[:2] for box in (best.before, best.after)]
    sides = " → ".join(f"{w:.0f} × {h:.0f}" for w, h in sizes)
    moves = ", ".join(signed(v, plus="+") for v in best.deltas)
    score, power = signed(best.logit), signed(-best.logit)
    shift = f"{signed(tx, 4, '+')} × {wide:.0f} = {signed(tx * wide, 1, '+')}"
    return (
        f"**The likeliest anchor** of *{zoo.record(name).label}* here is {best.name} "
        f"at stride {best.stride}: its score {score} gives p = 1 / (1 + e^({power})) "
        f"= **{prob:.3f}**. Its deltas ({moves}) move its middle by {shift} px across "
        f"and turn its {sides} px."
    )


def levels_table(
    plans: Sequence[MapPlan], logits: NDArray[Any], proposals: NDArray[np.int64]
) -> str:
    """Write the anchors of each map, how many are likely, how many become proposals."""
    head = "<tr><th>map</th><th>anchors</th><th>p ≥ 0.5</th><th>best p</th>"
    rows, first = [], 0
    for plan in plans:
        probs = 1 / (1 + np.exp(-logits[first : first + plan.count].astype(float)))
        mine = (proposals >= first) & (proposals < first + plan.count)
        rows.append(
            f"<tr><th>stride {plan.stride}</th><td>{plan.rows} × {plan.cols} × "
            f"{plan.per_cell} = {plan.count:,}</td><td>{int((probs >= 0.5).sum()):,}"
            f"</td><td>{probs.max():.3f}</td><td>{int(mine.sum())}</td></tr>"
        )
        first += plan.count
    return (
        f"{TABLE_CSS}<table class='anchor-levels'>{head}<th>proposals</th></tr>"
        f"{''.join(rows)}</table>"
    )


TABLE_CSS = """<style>
.anchor-levels {border-collapse: collapse; font-size: .9rem;
  font-variant-numeric: tabular-nums;}
.anchor-levels :is(th, td) {padding: 2px 14px 2px 0; text-align: right;
  font-weight: 400; border: none;}
.anchor-levels th:first-child {text-align: left;}
</style>"""
