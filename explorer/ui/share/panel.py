"""The panel behind “Share”: the code and the link of the view, and its exports.

The browser knows the view's address best, so the script asks for the code of what
stands in its bar, and asks again when that changes.
"""

import functools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from explorer.ui.resort import last_resort
from explorer.ui.share.qr import is_own, lan_address, qr_svg
from explorer.ui.stage.assets import shorten

FOLDER = Path(__file__).parent
SCRIPTS = ("panel.js", "snapshot.js", "png.js", "sheet.js", "words.js")
DOOR = "_share_door"
ADDRESS = "EXPLORER_ADDRESS"  # how phones reach us, where the server can't know it
AUTO = "auto"  # a proxy on this machine answers at its address in the network
INKS = ("text", "background", "secondaryBackground", "primary")  # of the light theme
HTML = """<div class="share">
<p class="own" role="note" hidden>Your photo stays here: the link shows others a sample
in its place. To show them this very view, save it as HTML.</p>
<div class="both"><div class="side"><button class="code" type="button"
aria-label="Show the code large"><img class="qr" alt=""></button>
<button class="enlarge" type="button">Show large</button></div>
<div class="words"><label class="label">Link <textarea class="link" readonly rows="3">
</textarea></label>
<p class="why" hidden></p>
<label class="lan" hidden><input type="checkbox"> <span></span></label></div></div>
<div class="exports"><button class="copy" type="button">Copy link</button>
<button class="html" type="button">Save as HTML</button>
<button class="png" type="button">Save as PNG</button></div>
<div class="told" role="status"></div>
<dialog class="large" aria-label="QR code"><img class="qr" alt="">
<p class="address"></p><p class="alone" hidden>This address works on this machine alone:
no phone can open it.</p>
<button class="close" type="button">Close</button></dialog></div>
"""
VIEW, WHOLE = "This view", "The plan"


def share(
    below: Callable[[], None] = lambda: None,
    plan: Callable[[], str | None] = lambda: None,
) -> None:
    """Show the button; the panel is made when it is opened, and not before.

    Parameters
    ----------
    below : function without arguments
        Shows what a page adds to the panel of its view.
    plan : function without arguments
        Returns the query of a plan that can be shared in the view's stead, or None.
    """

    @st.fragment
    def door() -> None:
        # No tooltip: it would stay over the header after Escape, and the name is seen.
        way = st.popover(
            "Share", icon=":material/qr_code_2:", key=DOOR, on_change="rerun"
        )
        if way.open:
            with way, last_resort():
                query = _chosen(plan())
                code_and_link("_share", query=query, exports=query is None)
                if query is None:
                    below()

    door()


def _chosen(plan: str | None) -> str | None:
    """Ask whether the view or the plan is shared, where there is a plan."""
    if plan is None:
        return None
    asked = st.segmented_control(
        "What to share",
        (VIEW, WHOLE),
        default=VIEW,
        required=True,
        key="_share_what",
        label_visibility="collapsed",
    )
    return plan if asked == WHOLE else None


def code_and_link(key: str, *, query: str | None = None, exports: bool = False) -> None:
    """Show a QR code with its link, and what can be done with it.

    Parameters
    ----------
    key : str
        Identity of the panel.
    query : str, optional
        The link is the road map with this query; without it, the present view.
    exports : bool
        Offer the page as a file.
    """
    mount = _component(tuple((FOLDER / name).stat().st_mtime for name in SCRIPTS))
    state = st.session_state.get(key)
    asked = state.get("link") if isinstance(state, Mapping) else None
    mount(
        key=key,
        data={"query": query, "exports": exports, "ink": _ink(), **_answer(asked)},
        on_link_change=_nothing,
    )


def _nothing() -> None:
    """Let Streamlit know the state; the rerun itself is the answer."""


def _answer(link: object) -> dict[str, Any]:
    """Return the code of the link that the browser asks for, or why there is none."""
    if not isinstance(link, str):
        return {"link": None, "code": None, "why": "", "lan": None}
    try:
        code, why = qr_svg(link), ""
        lan = _elsewhere(link)
    except ValueError as error:
        code, why, lan = None, str(error), None
    return {"link": link, "code": code, "why": why, "lan": lan}


def _elsewhere(link: str) -> dict[str, str] | None:
    """Return how a phone reaches what the link calls by this machine's own name."""
    parts = urlsplit(link)
    if not is_own(parts.hostname):
        return None
    address, remedy = _address()
    if address is None:
        return {
            "host": "",
            "why": "This address works on this machine alone, and a phone can't reach "
            f"it: {remedy}",
        }
    port = f":{parts.port}" if parts.port else ""
    return {
        "host": f"{address}{port}",
        "why": "A phone can't reach “localhost”. In the same network it reaches this "
        f"machine at {address}, unless a firewall is between them.",
    }


def _address() -> tuple[str | None, str]:
    """Return where phones reach this machine, or None and what could be done."""
    said = os.environ.get(ADDRESS)
    if said is None and is_own(st.get_option("server.address") or "0.0.0.0"):
        return None, (
            "start the server without --server.address, in a network that the phones "
            "are in."
        )
    if said in (None, AUTO):
        return lan_address(), "bring the server into a network that the phones are in."
    return said or None, "open the page by the name that its server has in the network."


def _ink() -> dict[str, str]:
    """Return the light theme's colours, in which an exported file is written."""
    return {name: st.get_option(f"theme.light.{name}Color") for name in INKS}


@functools.lru_cache(maxsize=4)
def _component(changed: tuple[float, ...]) -> ComponentRenderer:
    """Join the scripts into one module, anew when a file has changed."""
    text = "\n".join(shorten((FOLDER / name).read_text("utf-8")) for name in SCRIPTS)
    css = (FOLDER / "panel.css").read_text("utf-8")
    return st.components.v2.component("explorer_share", html=HTML, css=css, js=text)


def jump_component() -> ComponentRenderer:
    """Return what opens another view of the page that is open."""
    return _jump((FOLDER / "jump.js").stat().st_mtime)


@functools.lru_cache(maxsize=4)
def _jump(changed: float) -> ComponentRenderer:
    text = shorten((FOLDER / "jump.js").read_text("utf-8"))
    return st.components.v2.component("explorer_jump", html="<i></i>", js=text)
