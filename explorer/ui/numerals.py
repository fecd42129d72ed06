"""How the pages write numbers."""


def signed(number: float, places: int = 2) -> str:
    """Write a number with a true minus sign.

    Examples
    --------
    >>> signed(-0.5)
    '−0.50'
    """
    return f"{number:.{places}f}".replace("-", "−")
