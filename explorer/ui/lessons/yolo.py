"""The lesson on YOLO: which part is shown, and what comes of it."""

from dataclasses import dataclass, field
from typing import Any

from explorer.core.proof import Proof
from explorer.ui.controls import choose
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import yolo_anchors as anchors
from explorer.ui.lessons import yolo_final as final
from explorer.ui.lessons import yolo_tensor as tensor
from explorer.ui.lessons import yolo_truth as truth
from explorer.ui.lessons import yolo_words as words
from explorer.ui.lessons.yolo_runs import VERSIONS, About, about, opened


@dataclass(frozen=True)
class Asked:
    """What the toolbar says: the part, the network, and the part's own controls."""

    part: str
    known: About
    more: Any


@dataclass(frozen=True)
class Shown:
    """What the page proves and offers to download."""

    proofs: list[Proof] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)


def controls() -> Asked:
    """Ask for the part and the version, and for what the part needs."""
    part = choose("Part", words.PARTS, key="part")
    with_anchors = part == words.PARTS[3]
    version = choose(
        "Version",
        VERSIONS[1:] if with_anchors else VERSIONS,
        default=2,
        key="anchored" if with_anchors else "version",
        format_func=lambda v: f"v{v}",
        help=words.VERSION_HELP,
    )
    known = about(version)
    more: Any = None
    if part == words.PARTS[0]:
        more = tensor.controls(known)
    elif part == words.PARTS[1]:
        more = final.controls(known.version)
    elif with_anchors:
        more = anchors.controls()
    return Asked(part, known, more)


def show(picture: Picture, asked: Asked) -> Shown:
    """Show a part; nothing to prove where the network can't run."""
    if asked.part == words.PARTS[3]:
        return _anchors(picture, asked)
    seen = opened(picture, asked.known.version)
    if seen is None:
        return Shown()
    if asked.part == words.PARTS[0]:
        shown = tensor.show(picture, seen, asked.more)
        tensor.explain(picture, shown)
        return Shown(tensor.prove(shown), tensor.numbers(shown))
    if asked.part == words.PARTS[1]:
        found = final.final(seen, asked.more)
        final.show(picture, found)
        return Shown(final.prove(found), final.numbers(found))
    drawn, event = truth.show(picture, seen)
    learnt = truth.learnt(picture, seen, drawn, event)
    if learnt is None:
        return Shown()
    truth.explain(learnt)
    return Shown(truth.prove(learnt), truth.numbers(learnt))


def _anchors(picture: Picture, asked: Asked) -> Shown:
    drawn = anchors.show(picture, asked.known)
    found = anchors.clustered(picture, drawn, asked.more, asked.known.side)
    anchors.explain(asked.known, asked.more, found)
    return Shown(anchors.prove(found), anchors.numbers(asked.known, found))
