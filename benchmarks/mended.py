"""A table of which some lines were measured anew."""


def mended(before: str, now: str) -> str:
    """Return a table with the lines that were measured anew; others stay, in order.

    Examples
    --------
    >>> print(mended("| a | 1 |\\n| b | 2 |", "| b | 3 |\\n| c | 4 |"))
    | a | 1 |
    | b | 3 |
    """
    new = {_what(line): line for line in now.splitlines()}
    return "\n".join(new.get(_what(line), line) for line in before.splitlines())


def _what(line: str) -> tuple[str, str]:
    """Return what a line measures, and against what: one thing can have two."""
    cells = [*line.split("|"), "", "", "", ""]
    return cells[1].strip(), cells[4].partition("(")[0].strip()
