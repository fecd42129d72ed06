"""The frame around every page: navigation from the catalogue, style, last resort."""

import streamlit as st

from explorer.ui import planning, projector, typed
from explorer.ui.catalogue import ROOT, parts
from explorer.ui.resort import HOME, heal, last_resort

NAME = "Vision explorer"
SIDEBAR_PX = 236
ICON = str(ROOT / "assets" / "images" / "icon.png")

st.set_page_config(
    page_title=NAME,
    page_icon=ICON,
    layout="wide",
    initial_sidebar_state="collapsed" if projector.on() else SIDEBAR_PX,
)
home = st.Page(HOME, title="Road map", icon=":material/map:", default=True)
lessons = {
    part: [st.Page(x.file, title=x.short, icon=x.icon, url_path=x.slug) for x in rows]
    for part, rows in parts().items()
}
page = st.navigation({"": [home], **lessons}, expanded=True)
if page is not home:
    st.set_page_config(page_title=f"{page.title} · {NAME}")
else:
    typed.count_run()  # a lesson's body counts its own
projector.style()
planning.keep()
st.logo(ICON, size="medium")
heal()

with last_resort():
    page.run()
