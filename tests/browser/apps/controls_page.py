"""Every bound control, of as many values as another control says; all can be hidden."""

import streamlit as st

from explorer.ui import link
from explorer.ui.controls import choose, fold, number, select, slider, tabs

FULL, FEW = 10, 5


@st.fragment
def explore() -> None:
    st.session_state["_lesson"] = "t"
    most = choose("Most", [FULL, FEW], key="most")
    if not st.toggle("Hide"):
        values = (
            slider("Slider", 0, most, 3, 1, key="slider"),
            number("Number", 0, most, 3, key="number"),
            select("Select", range(most), 0, key="select"),
            choose("Choose", [str(k) for k in range(most)], key="choose"),
        )
        st.text(f"values {' '.join(map(str, values))}")
        opened = fold("Fold", key="fold").open
        shown = [one.open for one in tabs("Tabs", ["first", "second"], key="tabs")]
        st.text(f"notes {len(link.take_notes())}")
        st.text(f"open {opened} {shown.index(True)}")


explore()
