"""The tree of models as a diagram: branches from the left, answers on the right.

Positions are in the diagram's own units, x before y.
"""

from collections.abc import Sequence
from itertools import groupby

from explorer.core.model_tree import ASKED, Kind
from explorer.figures.diagram import Diagram
from explorer.figures.theme import COLORS

HEAD, ROW, HIGH = 44.0, 50.0, 38.0  # heights: of the head, of a row, of a box
BRANCHES = ((0.0, 150.0), (184.0, 130.0), (348.0, 126.0))  # left and width by depth
LEAF = (512.0, 196.0)
ANSWERS = (780.0, 920.0, 1072.0, 1222.0)  # middles of the columns
WIDE = 1300.0
TEXT = 19.0  # height of a letter
YES, NO = "\N{CHECK MARK}", "\N{BALLOT X}"


def tree_diagram(kinds: Sequence[Kind]) -> Diagram:
    """Lay out the tree, a leaf a row.

    Parameters
    ----------
    kinds : sequence of Kind
        Those with the same branches beside each other.

    Returns
    -------
    Diagram
        Row k, of net 0 and level k, chooses kind k.
    """
    diagram = Diagram((WIDE, HEAD + len(kinds) * ROW))
    for x, title in zip(ANSWERS, ASKED, strict=True):
        diagram.texts.append({"x": x, "y": HEAD / 2, "text": title, "bold": True})
    _branches(diagram, kinds, 0, 0)
    for k, kind in enumerate(kinds):
        _leaf(diagram, kind, k)
    return diagram


def answer_text(kind: Kind, place: int) -> str:
    """Write one of a kind's answers with its sign.

    Examples
    --------
    >>> from explorer.core.model_tree import KINDS
    >>> answer_text(KINDS[0], 0), answer_text(KINDS[0], 1)
    ('✓ directly', '✗ no')
    """
    return f"{NO if kind.refuses[place] else YES} {kind.answers[place]}"


def _middle(row: float) -> float:
    return HEAD + (row + 0.5) * ROW


def _box(diagram: Diagram, left: float, wide: float, y: float, text: str) -> None:
    rect = [left, y - HIGH / 2, wide, HIGH]
    diagram.blocks.append({"rect": rect, "sheets": 1, "map": False})
    diagram.texts.append({"x": left + wide / 2, "y": y, "text": text, "bold": False})


def _branches(diagram: Diagram, kinds: Sequence[Kind], first: int, depth: int) -> None:
    """Draw the boxes of one depth with the way to each box or leaf after it."""
    row = first
    for name, group in groupby(kinds, lambda kind: kind.path[depth]):
        held = list(group)
        left, wide = BRANCHES[depth]
        y = _middle(row + (len(held) - 1) / 2)
        _box(diagram, left, wide, y, name)
        at = row
        deeper = [len(kind.path) > depth + 1 for kind in held]
        if all(deeper):
            for _, part in groupby(held, lambda kind: kind.path[depth + 1]):
                count = len(list(part))
                _way(diagram, left + wide, y, BRANCHES[depth + 1][0], at, count)
                at += count
            _branches(diagram, held, row, depth + 1)
        else:
            for k in range(len(held)):
                _way(diagram, left + wide, y, LEAF[0], row + k, 1)
        row += len(held)


def _way(
    diagram: Diagram, x: float, y: float, to: float, row: float, rows: int
) -> None:
    """Draw a line with square turns from a box to the middle of some rows."""
    end = _middle(row + (rows - 1) / 2)
    turn = x + 16.0
    diagram.arrows.append([x, y, turn, y, turn, end, to, end])


def _leaf(diagram: Diagram, kind: Kind, row: int) -> None:
    y = _middle(row)
    _box(diagram, *LEAF, y, kind.name)
    if kind.here:
        diagram.blocks[-1]["fill"] = COLORS["prediction"]
    answers = [answer_text(kind, k) for k in range(len(ASKED))]
    for x, text in zip(ANSWERS, answers, strict=True):
        diagram.texts.append({"x": x, "y": y, "text": text, "bold": False})
    told = "; ".join(f"{q}: {a}" for q, a in zip(ASKED, kind.answers, strict=True))
    left = LEAF[0] - 8
    diagram.rows.append(
        {
            "net": 0,
            "level": row,
            "rect": [left, y - ROW / 2 + 2, WIDE - left - 2, ROW - 4],
            "told": f"{kind.name}. {told}. Click: what it is.",
        }
    )
