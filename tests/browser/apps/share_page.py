"""The Share panel alone, on a machine that its network knows by another address."""

from urllib.parse import urlsplit

import streamlit as st

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
panel.share()
