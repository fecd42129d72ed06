"""The frame around every page: navigation from the catalogue, style, last resort."""

import logging
import uuid

import streamlit as st

from explorer.ui import projector
from explorer.ui.catalogue import ROOT, parts

SIDEBAR_PX = 236
ICON = str(ROOT / "assets" / "images" / "icon.png")

st.set_page_config(
    page_title="Vision explorer",
    page_icon=ICON,
    layout="wide",
    initial_sidebar_state="collapsed" if projector.on() else SIDEBAR_PX,
)
home = st.Page(
    ROOT / "pages" / "home.py", title="Road map", icon=":material/map:", default=True
)
lessons = {
    part: [st.Page(x.file, title=x.short, icon=x.icon, url_path=x.slug) for x in rows]
    for part, rows in parts().items()
}
page = st.navigation({"": [home], **lessons}, expanded=True)
projector.style()
st.logo(ICON, size="medium")

try:
    page.run()
except ValueError as error:
    # The guards of the core are sentences: value, bound, options.
    st.error(f"{error}", icon=":material/error:")
    st.page_link(home, label="Back to the road map", icon=":material/map:")
except Exception:
    code = uuid.uuid4().hex[:8]
    logging.getLogger("explorer").exception("page failed, reference %s", code)
    st.error(
        "This page met something it was not built for, and stopped here. Reload it; "
        f"if it happens again, report the reference {code} with the page's link.",
        icon=":material/error:",
    )
