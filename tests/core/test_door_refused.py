"""What the door refuses, each with its sentence."""

import struct
import threading
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from explorer.core import door
from explorer.core.door import BadImage, open_image
from tests.core.door_cases import HIGH, WIDE, heic, ramp, saved, scene


def png(width, height, data):
    """A 1-bit PNG that claims a canvas, with correct checksums."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)

    def chunk(kind, body):
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    parts = (chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def hollow_png(width, height):
    """A huge empty canvas packed to a few kilobytes."""
    return png(width, height, zlib.compress(bytes(height * (1 + (width + 7) // 8)), 9))


JPEG = saved(scene(), "JPEG", quality=95)
PNG = saved(scene(), "PNG")
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", r"x\.png is empty", id="empty"),
        pytest.param(b"hello", "holds plain text", id="text"),
        pytest.param(SVG, "is an SVG drawing", id="svg"),
        pytest.param(b"<!DOCTYPE html><p>hi", "is a web page", id="html"),
        pytest.param(b"%PDF-1.7 \xff", "is a PDF", id="pdf"),
        pytest.param(b"PK\x03\x04\xff\xfe", "is an archive", id="zip"),
        pytest.param(b"8BPS\0\1", "is a Photoshop file", id="psd"),
        pytest.param(b"%!PS-Adobe EPSF", "is a PostScript file", id="eps"),
        pytest.param(b"MZ\x90\0\3", "is a program", id="exe"),
        pytest.param(b"\0\0\0\x20ftypisom\0\0", "is a film", id="film"),
        pytest.param(bytes(range(128, 256)), "in no picture format", id="noise"),
        pytest.param(b"P6 20 20 255 " + bytes(1200), "in no picture", id="ppm"),
        pytest.param(JPEG[: len(JPEG) // 2], "breaks off before", id="cut-jpeg"),
        pytest.param(PNG[: len(PNG) // 2], "breaks off|damaged", id="cut-png"),
        pytest.param(PNG[:20], "damaged|breaks off", id="cut-header"),
        pytest.param(hollow_png(9_000, 9_000), r"81 megapixels\)", id="81-megapixels"),
        pytest.param(png(12_000, 12_000, b""), "unpacks|144", id="warned"),
        pytest.param(png(20_000, 20_000, b""), "unpacks to far", id="bomb"),
        pytest.param(saved(np.zeros((1, 1), np.uint8), "PNG"), "1 x 1", id="1x1"),
        pytest.param(
            saved(np.zeros((20_000, 1), np.uint8), "PNG"), "1 x 20000", id="1x20000"
        ),
        pytest.param(
            saved(np.zeros((16, 129), np.uint8), "PNG"), "long and thin", id="thin"
        ),
        pytest.param(bytes(door.MAX_BYTES + 1), "20.0 MB and the limit", id="heavy"),
    ],
)
def test_each_bad_file_gets_its_own_sentence(data, message):
    with pytest.raises(BadImage, match=message) as caught:
        open_image(data, "x.png")
    said = str(caught.value)
    assert said.startswith("x.png ")
    assert said.endswith(".")
    assert len(said) < 200


def test_both_sides_of_the_smallest_side_and_the_longest_shape():
    open_image(saved(np.zeros((16, 128), np.uint8), "PNG"))
    with pytest.raises(BadImage, match="too small"):
        open_image(saved(np.zeros((15, 20), np.uint8), "PNG"))


def test_both_sides_of_the_pixel_limit(monkeypatch):
    monkeypatch.setattr(door, "MAX_PIXELS", HIGH * WIDE)
    open_image(PNG)
    monkeypatch.setattr(door, "MAX_PIXELS", HIGH * WIDE - 1)
    with pytest.raises(BadImage, match="100 x 60 pixels"):
        open_image(PNG)


def test_both_sides_of_the_byte_limit(monkeypatch):
    monkeypatch.setattr(door, "MAX_BYTES", len(PNG))
    open_image(PNG)
    monkeypatch.setattr(door, "MAX_BYTES", len(PNG) - 1)
    with pytest.raises(BadImage, match="MB"):
        open_image(PNG)


def test_a_long_name_is_shortened_in_the_sentence():
    with pytest.raises(BadImage) as caught:
        open_image(b"", "x" * 300 + ".png")
    assert len(str(caught.value)) < 120


def test_no_setting_of_pillow_is_touched():
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)
    open_image(PNG)
    assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)


def test_many_readers_at_once():
    wrong = []

    def read():
        for _ in range(10):
            if not np.array_equal(open_image(PNG).image, scene()):
                wrong.append(1)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


VALID = {
    "jpeg": JPEG,
    "png": PNG,
    "gif": saved(scene(), "GIF"),
    "tiff": saved(scene(), "TIFF", compression="tiff_lzw"),
    "bmp": saved(scene(), "BMP"),
    "webp": saved(scene(), "WEBP"),
    "heic": heic(scene()),
    "i16": saved(ramp(0, 65_535, np.uint16), "TIFF"),
    "palette": saved(Image.fromarray(scene()).convert("P"), "PNG"),
}


@st.composite
def corrupted(draw):
    """A valid file with some bytes changed, and perhaps an end cut off."""
    data = bytearray(VALID[draw(st.sampled_from(sorted(VALID)))])
    near = st.integers(0, min(len(data) - 1, 200)) | st.integers(0, len(data) - 1)
    changes = st.tuples(near, st.integers(0, 255))
    for at, value in draw(st.lists(changes, min_size=1, max_size=6)):
        data[at] = value
    return bytes(data[: draw(st.sampled_from([len(data), len(data) * 3 // 4, 40]))])


@given(corrupted() | st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_picture_or_a_sentence(data):
    try:
        opened = open_image(data, "x")
    except BadImage:
        return
    assert opened.image.dtype == np.uint8
    assert opened.image.shape[2] == 3
    assert min(opened.image.shape) >= 1
    assert max(opened.image.shape) <= 640
