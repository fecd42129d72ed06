"""Bars of measured times, stacked by step, as plain HTML.

A chart of a library's takes the browser ten times as long as one plain element.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

LEDGER_CSS = """<style>
.ledger {width: 100%; border-collapse: collapse; font-size: .9rem;}
.ledger :is(th, td) {padding: 3px 8px 3px 0; border: none; font-weight: 400;
  white-space: nowrap; text-align: right;}
.ledger th {text-align: left;}
.ledger td:nth-child(2) {width: 100%; text-align: left;}
.ledger .bar {display: flex; height: 1.25rem;}
.ledger .bar > span {display: block; height: 100%; min-width: 1px;
  box-shadow: inset -1px 0 0 #fff6;}
.ledger-key {font-size: .82rem; line-height: 1.7; margin-top: .3rem;}
.ledger-key > span {white-space: nowrap; margin-right: .9rem;}
.ledger-key i {display: inline-block; width: .7rem; height: .7rem;
  margin-right: .3rem; vertical-align: -1px; border: 1px solid #0006;}
</style>"""


@dataclass(frozen=True)
class Bar:
    """One row: its name, and the milliseconds of each step in order."""

    name: str
    steps: tuple[tuple[str, float], ...]

    @property
    def total_ms(self) -> float:
        """All steps together."""
        return sum(ms for _, ms in self.steps)


def duration(seconds: float) -> str:
    """Write a time in the unit a reader would use.

    Examples
    --------
    >>> [duration(v) for v in (0.0042, 0.155, 3.24, 90, 9453, 4e5, 1e9)]
    ['4.2 ms', '155 ms', '3.2 s', '1.5 min', '2.6 hours', '4.6 days', '32 years']
    """
    units = ((31_557_600, "years"), (86_400, "days"), (3_600, "hours"), (60, "min"))
    for size, name in units:
        if seconds >= 0.995 * size:
            return f"{_short(seconds / size)} {name}"
    if seconds >= 0.9995:
        return f"{_short(seconds)} s"
    ms = 1e3 * seconds
    return f"{ms:.0f} ms" if ms >= 9.95 else f"{ms:.1f} ms"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}"


def ledger_html(bars: Sequence[Bar], colors: Mapping[str, str]) -> str:
    """Draw bars on one scale, each step in its colour, with a key.

    Parameters
    ----------
    bars : sequence of Bar
        The longest has the whole width.
    colors : mapping
        Of each step's name; a name of these alone is not in the key.

    Raises
    ------
    ValueError
        If a step has no colour or a negative time.

    Examples
    --------
    >>> "width:25.0%" in ledger_html(
    ...     [Bar("a", (("x", 1.0),)), Bar("b", (("x", 4.0),))], {"x": "#000000"}
    ... )
    True
    """
    most = max((bar.total_ms for bar in bars), default=0.0) or 1.0
    used: dict[str, str] = {}
    rows = []
    for bar in bars:
        parts = []
        for step, ms in bar.steps:
            if step not in colors:
                raise ValueError(f"step {step!r} has no colour: {', '.join(colors)}")
            if not ms >= 0:
                raise ValueError(f"step {step!r} takes at least 0 ms, got {ms}")
            used[step] = colors[step]
            parts.append(
                f"<span title='{escape(step)}: {duration(ms / 1e3)}' "
                f"style='width:{100 * ms / most:.1f}%;background:{colors[step]}'>"
                "</span>"
            )
        rows.append(
            f"<tr><th scope='row'>{escape(bar.name)}</th><td><div class='bar'>"
            f"{''.join(parts)}</div></td><td>{duration(bar.total_ms / 1e3)}</td></tr>"
        )
    keys = _key(used) if len(used) > 1 else ""
    return f"{LEDGER_CSS}<table class='ledger'>{''.join(rows)}</table>{keys}"


def color_key(colors: Mapping[str, str]) -> str:
    """Return names with their colours on one line, as under a ledger.

    Examples
    --------
    >>> color_key({"truth": "#F0E442"}).endswith("</i>truth</span></div>")
    True
    """
    return LEDGER_CSS + _key(colors)


def _key(colors: Mapping[str, str]) -> str:
    spans = "".join(
        f"<span><i style='background:{color}'></i>{escape(name)}</span>"
        for name, color in colors.items()
    )
    return f"<div class='ledger-key'>{spans}</div>"
