"""The road map of the course."""

from explorer.ui.home import show_home

show_home()
