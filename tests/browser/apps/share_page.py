"""The Share panel alone, on a machine that its network knows by another address."""

from urllib.parse import urlsplit

import numpy as np
import streamlit as st

from explorer.ui.imagebar import OWN, Picture, image_bar
from explorer.ui.share import panel
from explorer.ui.share.qr import is_own

room = st.checkbox("Another room")


def elsewhere(link: str) -> dict[str, str] | None:
    if not is_own(urlsplit(link).hostname):
        return None
    return {"host": "10.0.0.9:8501" if room else "10.0.0.7:8501", "why": "Say why."}


# The machine's own answer depends on where the tests run.
panel._elsewhere = elsewhere
st.title("Share")
if "mine" in st.query_params:
    mine = Picture(np.zeros((60, 80, 3), np.uint8), "mine.jpg", "digest")
    st.session_state.setdefault("_own", mine)
    st.session_state.setdefault("_image", OWN)
if "image" in st.query_params or "mine" in st.query_params:
    image_bar()
panel.share()
