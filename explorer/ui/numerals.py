"""How the pages write numbers."""


def signed(number: float, places: int = 2, plus: str = "") -> str:
    """Write a number with a true minus sign, with "+" as ``plus`` a plus sign too.

    Examples
    --------
    >>> signed(-0.5)
    '−0.50'
    >>> signed(0.5, 1, plus="+")
    '+0.5'
    """
    return f"{number:{plus}.{places}f}".replace("-", "−")
