"""The floor: an empty page with one slider, served and tuned like the application."""

import streamlit as st

st.title("Floor")
value = st.slider("Value", 0, 100, 50, key="value")
st.markdown(f"The value is {value}.")
