"""QR codes of links, and the address by which a phone reaches this machine."""

import ipaddress
import socket
from urllib.parse import urlsplit

import segno

LONGEST = 2000  # characters: a code of level M holds 2,331 bytes
QUIET_MODULES = 4  # of white around the code, as ISO/IEC 18004 asks
ANYWHERE = ("192.0.2.1", 9)  # an address for documentation: nothing is sent to it


def qr_svg(link: str) -> str:
    """Return a link's QR code as a data URL of an SVG, black on white.

    Error correction is of level M: 15 % of the code may be covered or washed out.

    Parameters
    ----------
    link : str
        Address that begins with http:// or https://.

    Raises
    ------
    ValueError
        With a sentence, if it is no such address or too long for a code.

    Examples
    --------
    >>> qr_svg("http://localhost:8501/nms?nms_iou=0.3")[:19]
    'data:image/svg+xml;'
    """
    if urlsplit(link).scheme not in ("http", "https"):
        raise ValueError("A QR code is made of a link that begins with http(s).")
    if len(link.encode()) > LONGEST:
        raise ValueError(
            f"This link has {len(link):,} characters; a QR code holds {LONGEST:,}. "
            "Copy the link instead."
        )
    code = segno.make_qr(link, error="m", boost_error=False)
    return code.svg_data_uri(border=QUIET_MODULES, light="#fff", svgclass=None)


def is_own(host: str | None) -> bool:
    """Whether a host's name means the reader's own machine, which no phone reaches.

    Examples
    --------
    >>> [is_own(name) for name in ("localhost", "127.0.0.1", "::1", "10.0.0.7")]
    [True, True, True, False]
    """
    if not host or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def lan_address() -> str | None:
    """Return this machine's address in its network, None where it is in none.

    The system is asked which address it would speak from; no packet leaves.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ANYWHERE)
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if is_own(address) else address
