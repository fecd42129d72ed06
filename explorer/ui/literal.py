"""A reader's or a link's words as Markdown that shows them letter by letter."""

import re

MARKS = re.compile(r"([\\`*_\[\]<>&#$~|!{}^]|^[-+=])")
COUNTED = re.compile(r"^(\d+)([.)])(?=\s|$)")  # would begin a numbered list
# Addresses, e-mails, emoji and arrows are found after the backslashes are gone, so
# a letter without width parts them.
PARTED = re.compile(
    r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[-<>~])(?=[->=])", re.IGNORECASE
)
JOINER = "\N{WORD JOINER}"


def as_written(text: str) -> str:
    r"""Return Markdown that shows a text on one line and does nothing else.

    Examples
    --------
    >>> as_written("[a](b)")
    '\\[a\\](b)'
    >>> as_written("http://a").replace(JOINER, "|")
    'http:|//a'
    """
    line = PARTED.sub(JOINER, " ".join(text.split()))
    return COUNTED.sub(r"\1\\\2", MARKS.sub(r"\\\1", line))
