import io
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

WIDE, HIGH = 100, 60


def scene():
    """Red along the top, blue down the left, the rest black: tells turns apart."""
    image = np.zeros((HIGH, WIDE, 3), np.uint8)
    image[:20] = [255, 0, 0]
    image[:, :10] = [0, 0, 255]
    return image


def saved(image, kind, **options):
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def heic(image, **options):
    import pillow_heif

    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(image)).save(file, quality=95, **options)
    return file.getvalue()


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


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_lossless_formats_come_through_unchanged(kind, options):
    opened = open_image(saved(scene(), kind, **options), "a")
    np.testing.assert_array_equal(opened.image, scene())
    assert opened.full_size == (WIDE, HIGH)
    assert opened.scale == 1.0
    assert opened.note == ""
    assert opened.image.flags.writeable


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "AVIF"])
def test_lossy_formats_come_through_nearly(kind):
    opened = open_image(saved(scene(), kind))
    assert opened.image.shape == (HIGH, WIDE, 3)
    assert np.abs(opened.image.astype(int) - scene()).mean() < 8


def test_heic_comes_through():
    opened = open_image(heic(scene()), "phone.heic")
    assert opened.image.shape == (HIGH, WIDE, 3)
    assert np.abs(opened.image.astype(int) - scene()).mean() < 12


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_every_exif_orientation_comes_out_upright(turn, kind):
    """Store what a camera held that way stores; it must come back as it was."""
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = Image.fromarray(scene())
    for step in undo.get(turn, []):
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = turn
    opened = open_image(saved(stored, kind, exif=exif.tobytes()))
    assert opened.image.shape == (HIGH, WIDE, 3)
    assert opened.full_size == (WIDE, HIGH)
    assert np.abs(opened.image.astype(int) - scene()).mean() < 8
    assert ("upright" in opened.note) == (turn > 1)


def test_sideways_large_jpeg_shrinks_upright():
    big = np.asarray(Image.fromarray(scene()).resize((3000, 1800)))
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.fromarray(big).transpose(Image.Transpose.ROTATE_90)
    opened = open_image(saved(stored, "JPEG", exif=exif.tobytes()))
    assert opened.image.shape == (384, 640, 3)
    assert opened.full_size == (3000, 1800)
    assert opened.scale == pytest.approx(640 / 3000)
    assert opened.image[5, 300].argmax() == 0
    assert opened.image[300, 5].argmax() == 2


def test_own_pixels_when_asked():
    big = np.asarray(Image.fromarray(scene()).resize((1000, 600)))
    opened = open_image(saved(big, "JPEG"), max_side_px=None)
    assert opened.image.shape == (600, 1000, 3)
    assert opened.scale == 1.0


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_exif_tag_turns_nothing():
    data = saved(scene(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    assert open_image(data).image.shape == (HIGH, WIDE, 3)


def test_print_colours():
    data = saved(Image.fromarray(scene()).convert("CMYK"), "JPEG")
    opened = open_image(data)
    assert opened.image[5, 60].argmax() == 0
    assert "CMYK" in opened.note


def ramp(low, high, dtype):
    return np.linspace(low, high, HIGH * WIDE).reshape(HIGH, WIDE).astype(dtype)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind):
    opened = open_image(saved(ramp(0, 65_535, np.uint16), kind))
    grey = opened.image[..., 0].astype(int)
    np.testing.assert_allclose(grey, ramp(0, 255, float), atol=0.51)
    assert "16-bit" in opened.note


@pytest.mark.parametrize(
    ("top", "brightest"),
    [pytest.param(4_095, 255, id="12-bit"), pytest.param(4_096, 16, id="16-bit")],
)
def test_both_sides_of_a_twelve_bit_camera(top, brightest):
    opened = open_image(saved(ramp(0, top, np.uint16), "PNG"))
    assert opened.image.max() == brightest


@pytest.mark.parametrize(
    "values",
    [
        ramp(0, 1, np.float32),
        ramp(-3, 7, np.float32),
        ramp(-9, 100_000, np.int32),
    ],
)
def test_floats_and_wide_integers_are_scaled(values):
    opened = open_image(saved(values, "TIFF"))
    grey = opened.image[..., 0]
    assert grey.min() == 0
    assert grey.max() == 255
    assert (np.diff(grey.ravel().astype(int)) >= 0).all()


def test_numbers_that_are_none_count_as_zero():
    values = ramp(0, 1, np.float32)
    values[0, 0] = np.nan
    values[0, 1] = np.inf
    assert open_image(saved(values, "TIFF")).image.max() == 255


def test_alpha_is_laid_on_white():
    rgba = np.dstack([scene(), np.zeros((HIGH, WIDE), np.uint8)])
    rgba[:30, ..., 3] = 255
    opened = open_image(saved(rgba, "PNG"))
    np.testing.assert_array_equal(opened.image[:30], scene()[:30])
    assert (opened.image[30:] == 255).all()
    assert "white" in opened.note


def test_a_transparent_palette_is_laid_on_white():
    picture = Image.fromarray(scene()).convert("P")
    data = saved(picture, "PNG", transparency=picture.getpixel((60, 50)))
    assert (open_image(data).image[50, 60] == 255).all()


@pytest.mark.parametrize(
    "picture",
    [
        Image.fromarray(scene()).convert("P"),
        Image.fromarray(scene()).convert("1"),
        Image.fromarray(scene()).convert("L"),
        Image.fromarray(scene()).convert("LA"),
    ],
    ids=lambda picture: picture.mode,
)
def test_palette_one_bit_and_grey_become_rgb(picture):
    opened = open_image(saved(picture, "PNG"))
    np.testing.assert_array_equal(opened.image, np.asarray(picture.convert("RGB")))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_a_film(kind):
    frames = [Image.fromarray(np.roll(scene(), 10 * i, 0)) for i in range(5)]
    options = {"save_all": True, "append_images": frames[1:]}
    opened = open_image(saved(frames[0], kind, **options))
    assert "first frame of 5" in opened.note
    assert np.abs(opened.image.astype(int) - scene()).mean() < 8


def test_the_name_does_not_decide_the_format():
    opened = open_image(saved(scene(), "JPEG"), "really_a_jpeg.png")
    assert opened.image.shape == (HIGH, WIDE, 3)
    assert opened.name == "really_a_jpeg.png"


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
    with pytest.raises(BadImage, match="100 × 60 pixels"):
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
