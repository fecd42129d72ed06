"""A choice made inside a stage's panel, kept in the session and in the link."""

from collections.abc import Collection

from explorer.ui.link import remember
from explorer.ui.stage import committed_program


def kept_choice(stage: str, key: str, options: Collection[str], usual: str) -> str:
    """Return what a reader chose last, else what the link asks for, else ``usual``.

    Parameters
    ----------
    stage : str
        Key of the stage whose program commits the choice under ``key``.
    key : str
        Of this lesson, in the link too.
    options : collection of str
        What can be chosen now; what was chosen of others is no choice any more.
    usual : str
    """

    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(f"{key} is one of {', '.join(options)}, got {text!r}")
        return text

    sent = committed_program(stage).get(key)
    if isinstance(sent, str) and (sent in options or sent == usual):
        remember.set(key, sent, usual)
    chosen = str(remember(key, usual, parse))
    if chosen in options or chosen == usual:
        return chosen
    remember.set(key, usual, usual)  # the link asks for nothing that is not there
    return usual
