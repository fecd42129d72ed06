import base64
import socket
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from explorer.ui.share import qr
from explorer.ui.share.panel import ADDRESS, _answer


def drawn(data_url: str, scale: int = 6) -> np.ndarray:
    """The code as pixels: segno draws each run of modules as a line of width one."""
    head, _, body = data_url.partition(",")
    raw = base64.b64decode(body) if "base64" in head else unquote_to_bytes(body)
    root = ElementTree.fromstring(raw)
    side = int(float(root.attrib["width"]))
    image = np.full((side, side), 255, np.uint8)
    path = root.findall(".//{*}path")[-1].attrib["d"]
    x = y = 0.0
    for kind, numbers in tokens(path):
        if kind == "M":
            x, y = numbers
        elif kind == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            image[int(y), int(x) : int(x + numbers[0])] = 0
            x += numbers[0]
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)


def tokens(path: str):
    import re

    for kind, text in re.findall(r"([Mmh])([^Mmh]*)", path):
        yield kind, [float(v) for v in re.findall(r"-?[\d.]+", text)]


@pytest.mark.parametrize(
    "link",
    [
        "http://localhost:8501/nms?nms_iou=0.55&nms_part=A+detector",
        "https://vision.example.edu/vae?vae_ink=" + "aB3_" * 120,
    ],
)
def test_the_code_says_the_link(link):
    image = drawn(qr.qr_svg(link))
    found, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(image)
    assert found == link
    quiet = 6 * qr.QUIET_MODULES
    assert (image[:quiet] == 255).all()
    assert (image[:, -quiet:] == 255).all()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://x/y", "nms"])
def test_only_web_addresses_become_codes(link):
    with pytest.raises(ValueError, match="begins with http"):
        qr.qr_svg(link)


def test_a_link_that_fills_a_code_and_one_that_is_too_long():
    start = "https://example.edu/"
    assert qr.qr_svg(start + "x" * (qr.LONGEST - len(start)))
    with pytest.raises(ValueError, match="Copy the link"):
        qr.qr_svg(start + "x" * (qr.LONGEST - len(start) + 1))


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.0.0.9", "::1", None])
def test_own_machine(host):
    assert qr.is_own(host)


@pytest.mark.parametrize("host", ["10.0.0.7", "fe80::1", "vision.example.edu"])
def test_other_machines(host):
    assert not qr.is_own(host)


def test_the_address_in_the_network_is_none_of_the_machines_own(monkeypatch):
    address = qr.lan_address()
    assert address is None or socket.inet_aton(address)

    def unreachable(self, address):
        raise OSError("network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert qr.lan_address() is None


def test_a_phone_is_told_how_to_reach_localhost(monkeypatch):
    monkeypatch.setattr("explorer.ui.share.panel.lan_address", lambda: "10.0.0.7")
    monkeypatch.setattr("streamlit.get_option", lambda name: None)
    said = _answer("http://localhost:8501/nms")["lan"]
    assert said["host"] == "10.0.0.7:8501"
    assert "can't reach" in said["why"]
    assert _answer("http://vision.example.edu/nms")["lan"] is None
    monkeypatch.setattr("streamlit.get_option", lambda name: "127.0.0.1")
    assert _answer("http://localhost:8501/nms")["lan"]["host"] == ""
    monkeypatch.setattr("explorer.ui.share.panel.lan_address", lambda: None)
    assert _answer("http://127.0.0.1/nms")["lan"]["host"] == ""


@pytest.mark.parametrize(
    ("said", "host", "why"),
    [
        ("auto", "10.0.0.7:8501", "reaches this machine at 10.0.0.7"),
        ("vision.example.edu", "vision.example.edu:8501", "at vision.example.edu"),
        ("", "", "open the page by the name"),
        (None, "", "without --server.address"),
    ],
)
def test_behind_a_proxy_the_address_is_the_one_that_was_said(
    monkeypatch, said, host, why
):
    """The processes of a course listen to their machine alone, and nginx does not."""
    monkeypatch.setattr("explorer.ui.share.panel.lan_address", lambda: "10.0.0.7")
    monkeypatch.setattr("streamlit.get_option", lambda name: "127.0.0.1")
    monkeypatch.delenv(ADDRESS, raising=False)
    if said is not None:
        monkeypatch.setenv(ADDRESS, said)
    lan = _answer("http://localhost:8501/nms")["lan"]
    assert lan["host"] == host
    assert why in lan["why"]


@pytest.mark.parametrize("asked", [None, 3, {"a": 1}])
def test_what_is_no_text_gets_no_code(asked):
    assert _answer(asked)["code"] is None


def test_a_refused_link_gets_its_sentence():
    answer = _answer("data:text/html,x")
    assert answer["code"] is None
    assert "http" in answer["why"]
