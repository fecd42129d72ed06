import numpy as np
import pytest
from PIL import Image

from explorer.core.door import open_image
from tests.core.door_cases import HIGH, WIDE, heic, ramp, saved, scene


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
