"""How the pages write numbers."""


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
