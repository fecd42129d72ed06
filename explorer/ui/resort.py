"""The last resort: what a page says when something on it goes wrong."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.ui.catalogue import ROOT
from explorer.ui.literal import as_written

HOME = ROOT / "pages" / "home.py"
DAY_S = 24 * 3600.0


def heal() -> None:
    """Have the browser ask for the whole page when a lost connection is back.

    A server that was restarted, or that gave a sleeping computer's session up, knows
    no part of an open page: each control would do nothing, without a word. Streamlit's
    browser side runs a page again after a break if something on it repeats by itself:
    so does this, which shows nothing.
    """
    with st.sidebar:
        st.fragment(_nothing, run_every=DAY_S)()


def _nothing() -> None:
    """Repeat by itself, for ``heal``."""


@contextmanager
def last_resort() -> Iterator[None]:
    """Say in a sentence what went wrong in the body; all drawn before it stays.

    A ``ValueError`` is a guard of the core, a sentence: value, bound, options.
    Anything else is logged under a reference that the reader can report.
    """
    try:
        yield
    except ValueError as error:
        st.error(as_written(str(error)), icon=":material/error:")
        st.page_link(HOME, label="Back to the road map", icon=":material/map:")
    except Exception:
        code = uuid.uuid4().hex[:8]
        logging.getLogger("explorer").exception("page failed, reference %s", code)
        st.error(
            "This page met something it was not built for, and stopped. Reload it; "
            f"if it happens again, report the reference {code} with the page's link.",
            icon=":material/error:",
        )
