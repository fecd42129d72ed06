"""Share what is on the page: a QR code, its link, an HTML file or a picture of it."""

from explorer.ui.share.panel import code_and_link, jump_component, share
from explorer.ui.share.qr import LONGEST, qr_svg

__all__ = ["LONGEST", "code_and_link", "jump_component", "qr_svg", "share"]
