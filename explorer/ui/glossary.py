"""The fold in which every lesson explains its terms, the same on all of them."""

from streamlit.delta_generator import DeltaGenerator

from explorer.ui.controls import fold

TITLE = "The words on this page"


def glossary_box() -> DeltaGenerator:
    """Return the fold, closed, for the terms to be written in."""
    return fold(TITLE, key="terms", icon=":material/menu_book:")
