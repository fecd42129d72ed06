"""Projector mode: larger type, the sidebar away, nothing that steals height."""

import streamlit as st

from explorer.figures.legible import LETTERS
from explorer.figures.theme import rgb
from explorer.ui import link

STYLE = """
<style>
[data-testid="stHeader"] {background: transparent; height: 2.6rem;}
[data-testid="stHeader"], [data-testid="stHeader"] * {pointer-events: none;}
[data-testid="stHeader"] button, [data-testid="stHeader"] button * {
  pointer-events: auto;}
section[data-testid="stMain"] {scrollbar-gutter: stable;}
.block-container {padding: 1.7rem 1.6rem 3rem; max-width: 1500px;}
.st-key-lesson_header h1 {font-size: 1.7rem; padding: 0;}
/* Streamlit takes 1rem off below a paragraph that has it: without it, text hung out. */
.st-key-lesson_header [data-testid="stMarkdownContainer"],
.st-key-lesson_header [data-testid="stCaptionContainer"] {margin-bottom: 0;}
[data-testid="stSidebarUserContent"] {display: none;}
.st-key-lesson_header p {margin: 0;}
.st-key-lesson_header [data-testid="stVerticalBlock"] {gap: .25rem;}
.st-key-lesson_header [data-testid="stVerticalBlock"]:has(h1) {gap: 0;}
.st-key-lesson_header {padding: 0 2.2rem .2rem 0;}
/* With one neighbour its links are one line: the question would lie on the controls. */
.st-key-lesson_header [data-testid="stHorizontalBlock"]:has(h1) {min-height: 3.7rem;}
.st-key-lesson_way {row-gap: .3rem; align-items: center;}
.st-key-lesson_way > :has(.st-key-_share_door) {width: auto; flex: 0 0 auto;}
.st-key-_share_door button {padding: 0 .55rem; min-height: 2.1rem;}
/* On a narrow screen the header has no room for the word: its icon is the button. */
@media (max-width: 1279px) {
.st-key-_share_door button [data-testid="stMarkdownContainer"] {position: absolute;
  width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);}}
[data-testid="stPopoverBody"]:has(.st-key-_share) [data-testid="stVerticalBlock"] {
  gap: .5rem;}
/* As high as it needs: Streamlit stops at 70 % and hides the last button. */
[data-testid="stPopoverBody"]:has(.st-key-_share) {width: min(31rem, 94vw);
  max-height: calc(100vh - 5.6rem) !important;}
.st-key-plan_line {align-items: flex-end;}
.st-key-plan_line a {padding: .05rem .45rem; min-height: 0; border-radius: .4rem;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent);}
.st-key-plan_shown, .st-key-plan_editor {margin-top: .6rem;}
.st-key-plan_line p {font-size: .8rem; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis;}
/* Arrows and the cross of a plan's rows are icons alone, named for screen readers. */
:is([class*="st-key-_plan_up"], [class*="st-key-_plan_down"],
  [class*="st-key-_plan_out"]) [data-testid="stMarkdownContainer"] {position: absolute;
  width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);}
[data-testid="stPopoverBody"]:has(.st-key-_plan_share) {width: min(31rem, 94vw);}
[data-testid="stStatusWidget"] {position: fixed; top: 0; right: 3.2rem;
  transform: scale(.75); transform-origin: top right;}
/* A passing note lies on no control, and moves none. */
.st-key-patience {position: fixed; right: 1rem; bottom: 1rem; z-index: 999;
  width: min(30rem, 90vw); backdrop-filter: blur(12px); border-radius: .5rem;}
/* At an end of the course the way on keeps its place, unseen. */
[data-testid="stPageLink-NavLink"][disabled] {visibility: hidden;}
.st-key-image_credit p, .st-key-image_credit_hall p {font-size: .8rem;
  line-height: 1.3;}
.st-key-image_credit_hall {display: none;}
[data-testid="stMain"] [data-testid="stPageLink"] p {white-space: normal;}
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {gap: .7rem;}
.st-key-controls {padding: .45rem .8rem .55rem; row-gap: .4rem;}
/* Lists, numbers and sliders are as high as buttons: the labels of a row are level. */
.st-key-controls :is([data-testid="stSelectbox"] > div,
  [data-testid="stSelectbox"] > div > div, [data-testid="stNumberInputContainer"],
  [data-testid="stTextInputRootElement"], [data-testid="stSlider"] > div) {
  height: 2rem; min-height: 0;}
.st-key-controls [data-testid="stSelectbox"] input {padding-top: 0; padding-bottom: 0;}
[data-testid="stMarkdownContainer"]:has(> table) {overflow-x: auto;}
[data-testid="stMarkdownContainer"]:has(> div > table) {overflow-x: auto;}
.st-key-proof_line p {font-size: .9rem; margin: 0;}
/* A chart's words are read, not seen; they take no room beside it. */
[data-testid="stElementContainer"]:has(.chart_words) {position: absolute;
  width: 1px !important; height: 1px; overflow: hidden; clip-path: inset(50%);}
/* Streamlit writes a chart's letters in a grey of 3.7:1. Those that ask for no colour
   of their own are marked by the grey of explorer.figures.legible. */
[data-testid="stPlotlyChart"] :is([class*="tick"] text, [class*="title"], .legendtext),
[data-testid="stPlotlyChart"] text[style*="__LETTERS__"] {
  fill: currentColor !important; fill-opacity: .8 !important;}
/* A second heading follows the title in rank; in size it is the third. */
[data-testid="stHeading"] h2 {font-size: 1.75rem; padding-top: .75rem;}
[data-testid="stMarkdown"] h2 {font-size: 1.5rem; padding-top: .5rem;}
[class*="st-key-heading_"] [data-testid="stMarkdown"] h2 {font-size: 1rem;
  font-weight: 600; padding: 0 0 .6rem; line-height: 1.6;}
[data-testid="stCaptionContainer"] code {color: inherit;}
@media (max-width: 900px) {.block-container {padding-left: 1rem; padding-right: 1rem;}}
/* So narrow, the sidebar is folded: its button would lie on the title. */
@media (max-width: 768px) {.block-container {padding-top: 3.2rem;}}
/* On a phone all options stand in sight, in as many lines as they take. */
@media (max-width: 640px) {[data-testid="stButtonGroup"] [role="radiogroup"] {
  flex-wrap: wrap; row-gap: .3rem;}
  [data-testid="stButtonGroup"] [role="radiogroup"] > button {border-left: 1px solid
  color-mix(in srgb, currentColor 25%, transparent);}}
@media (prefers-reduced-motion: reduce) {* {transition: none !important;
  animation-duration: .01ms !important;}}
</style>
"""
PROJECTOR_STYLE = """
<style>
html {font-size: clamp(18px, 1.56vw, 30px);}
.st-key-lesson_header h1 {font-size: 1.55rem;}
.st-key-lesson_header [data-testid="stHorizontalBlock"]:has(h1) {min-height: 0;}
/* The picture has the room of the sidebar; its credit stands at the page's end. */
html {--stage-tall: 66vh;}
/* Under a scrubber or two rows of controls its lower edge is still in sight. */
html:has([class*="st-key-"][class*="_scrub"], [class*="st-key-objectness_"])
  {--stage-tall: 56vh;}
.st-key-image_credit {display: none;}
.st-key-image_credit_hall {display: block;}
section[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"],
[data-testid="stSidebarCollapsedControl"] {display: none;}
[data-testid="stHeader"] {display: none;}
.block-container {padding: .6rem 2.2rem 2rem; max-width: none;}
/* Lists are as wide as their choice: their widths are for the usual size of type. */
.st-key-controls [data-testid="stElementContainer"]:has(> [data-testid="stSelectbox"]),
.st-key-controls [data-testid="stSelectbox"] {
  width: max-content !important; flex-basis: max-content !important;}
.st-key-controls [data-testid="stSelectbox"] input {field-sizing: content;}
.st-key-controls [data-testid="stSelectbox"] label {column-gap: .5rem;}
/* A slider for overlaps is at least as wide as its label and help in one line. */
.st-key-controls > [class*="_iou"]:has([data-testid="stSlider"]) {
  min-width: max-content;}
.st-key-controls > [class*="_iou"] label {white-space: nowrap; column-gap: .5rem;}
/* Below 7.5rem Streamlit takes a number's two buttons away. */
.st-key-controls :has(> [data-testid="stNumberInput"]),
.st-key-controls [data-testid="stNumberInput"] {min-width: 8.5rem !important;}
</style>
"""


STYLE = STYLE.replace("__LETTERS__", f"rgb{rgb(LETTERS)}")


def on() -> bool:
    """Whether this reader is in projector mode; the link can say so."""
    if "_projector" not in st.session_state:
        st.session_state["_projector"] = st.query_params.get("projector") == "1"
    return bool(st.session_state["_projector"])


def style() -> None:
    """Write the page's style, with the projector's on top when it is on."""
    st.html(STYLE + (PROJECTOR_STYLE if on() else ""))
    link.write("projector", int(on()), 0)  # a change of lesson clears the URL


def switch() -> None:
    """Show the switch; it holds for every lesson until it is turned off."""
    st.toggle(
        "Projector",
        value=on(),
        key="_projector_switch",
        on_change=_turn,
        help="Larger type, no sidebar. The arrow keys step the scrubber.",
    )


def _turn() -> None:
    st.session_state["_projector"] = st.session_state["_projector_switch"]
    link.write("projector", int(st.session_state["_projector"]), 0)
