"""The fold in which every lesson explains its terms, the same on all of them."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

TITLE = "The words on this page"


def glossary_box() -> DeltaGenerator:
    """Return the fold, closed, for the terms to be written in."""
    return st.expander(TITLE, icon=":material/menu_book:")
