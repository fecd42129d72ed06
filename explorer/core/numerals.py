"""How pages, charts and proofs write numbers."""


def counted(count: int, noun: str) -> str:
    """Write a number of things, one of them in the singular.

    Examples
    --------
    >>> counted(1, "detection"), counted(1200, "detection"), counted(2, "box")
    ('1 detection', '1,200 detections', '2 boxes')
    """
    many = "es" if noun.endswith(("x", "ss", "sh", "ch")) else "s"
    return f"{count:,} {noun}{'' if count == 1 else many}"


def signed(number: float, places: int = 2, plus: str = "") -> str:
    """Write a number with a true minus sign, with "+" as ``plus`` a plus sign too.

    What is rounded to 0 has no minus sign.

    Examples
    --------
    >>> signed(-0.5)
    '−0.50'
    >>> signed(0.5, 1, plus="+"), signed(-0.001)
    ('+0.5', '0.00')
    """
    return f"{number:{plus}z.{places}f}".replace("-", "−")


def percent(share: float, places: int = 0) -> str:
    """Write a share as percent, with the space before the sign that does not break.

    Examples
    --------
    >>> percent(0.999, 1) == "99.9\\u00a0%"
    True
    """
    return f"{100 * share:.{places}f}\u00a0%"


def singular(unit: str) -> str:
    """Return a unit as it is written after 1.

    Examples
    --------
    >>> singular("levels of 255"), singular("px"), singular("classes")
    ('level of 255', 'px', 'class')
    """
    first, _, rest = unit.strip().partition(" ")
    ending = "es" if first.endswith(("xes", "sses", "shes", "ches")) else "s"
    one = first.removesuffix(ending)
    return f"{one} {rest}".strip()
