"""How the pages write numbers."""


def counted(count: int, noun: str) -> str:
    """Write a number of things, one of them in the singular.

    Examples
    --------
    >>> counted(1, "detection"), counted(1200, "detection")
    ('1 detection', '1,200 detections')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


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
