"""Serve ``floor.py`` through the same start as the application."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from explorer.ui import boot

boot.tune()
app = st.App("floor.py")
