"""The one picture component of every page, and the scrubber that steps it."""

from explorer.figures.packing import pack
from explorer.ui.stage.event import Click, Hover, StageEvent
from explorer.ui.stage.scrubber import scrubber
from explorer.ui.stage.stage import committed_program, sent_once, stage

__all__ = [
    "Click",
    "Hover",
    "StageEvent",
    "committed_program",
    "pack",
    "scrubber",
    "sent_once",
    "stage",
]
