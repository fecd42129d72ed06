"""Start: ``streamlit run`` finds this file, tunes the process and serves the app."""

import streamlit as st

from explorer.ui import boot, health, routes, uploads

boot.tune()
uploads.bound()
app = st.App(
    "explorer/app.py",
    lifespan=boot.lifespan,
    routes=health.timed(routes.ROUTES) + health.ROUTES,
)
