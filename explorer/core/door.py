"""The door: bytes from anywhere in, an upright RGB array or one clear sentence out.

Everything a reader hands over (upload, camera, address on the web, a path on the
command line) passes here. Limits are checked on the header before any pixel is
unpacked, only the formats named in ``FORMATS`` are ever tried, nothing is written to
disk, and no setting of Pillow's is changed, so many readers may come in at once.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from pillow_heif import HeifImageFile

Pixels = NDArray[np.uint8]
T = TypeVar("T")

MAX_BYTES = 20 * 1024 * 1024  # a phone photo is 2 to 12 MB
MAX_PIXELS = 40_000_000  # 120 MB unpacked; a phone takes 12 to 24 megapixels
MIN_SIDE_PX = 16  # two HOG cells
MAX_ASPECT = 20.0  # a phone's panorama is up to 16; at 640 px long still 32 px high
WORKING_SIDE_PX = 640  # what the lessons compute on
FULL_RANGE_16 = 65_535  # white of a 16-bit file
FULL_RANGE_12 = 4_095  # below it, a 12-bit camera's file in a 16-bit container

# Tried by content, whatever the file is called. Pillow's other readers stay shut:
# some start programs (EPS), some are rarely tested.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")
READS = "JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP"
MAGICS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"RIFF")
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


class BadImage(ValueError):
    """An image that cannot be used; the message is a sentence for the reader."""


@dataclass(frozen=True)
class Opened:
    """An image that came through the door.

    Attributes
    ----------
    image : (H, W, 3) uint8 array
        Upright RGB at the working size.
    name : str
        The name it came with.
    note : str
        What was done to it, as a sentence; empty when nothing was.
    full_size : (int, int)
        Width and height of the upright original, in pixels.
    scale : float
        Working size over original size, at most 1.
    """

    image: Pixels
    name: str
    note: str
    full_size: tuple[int, int]
    scale: float


def open_image(
    data: bytes, name: str = "", max_side_px: int | None = WORKING_SIDE_PX
) -> Opened:
    """Decode one image file.

    Parameters
    ----------
    data : bytes
        The file's content. Its format is told by the content, never by the name.
    name : str
        Used in messages only.
    max_side_px : int or None
        Longest side of the result; larger images are shrunk with a Lanczos filter,
        smaller ones are left alone. None keeps the file's own pixels.

    Returns
    -------
    Opened
        Turned upright by its EXIF tag, first frame of several, alpha laid on white,
        16-bit and float values scaled to 0..255.

    Raises
    ------
    BadImage
        And nothing else, whatever the bytes: the message says what was wrong and
        what to do.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> Image.new("L", (100, 50), 255).save(file, "PNG")
    >>> open_image(file.getvalue()).image.shape
    (50, 100, 3)
    >>> open_image(b"hello", "photo.png")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    explorer.core.door.BadImage: photo.png holds plain text, not a picture...
    """
    title = short(name) or "The file"
    check_bytes(data, title)
    header = attempt(lambda: _header(data), data, title)
    check_size(header.size, title)
    attempt(header.verify, data, title)
    picture, notes = attempt(lambda: _decode(data, max_side_px), data, title)
    full_width, full_height = header.size
    if _turned(header):
        full_width, full_height = full_height, full_width
    image = np.array(_shrink(picture, max_side_px), dtype=np.uint8)
    scale = min(1.0, max(image.shape[:2]) / max(full_width, full_height))
    note = "; ".join(notes)
    note = note[:1].upper() + note[1:]
    return Opened(image, name, note, (full_width, full_height), scale)


def short(name: str) -> str:
    """Return a file name that fits in a sentence."""
    return name if len(name) <= 40 else f"{name[:24]}…{name[-12:]}"


def check_bytes(data: bytes, title: str) -> None:
    """Refuse a file that is empty or too large."""
    if not data:
        raise BadImage(f"{title} is empty (0 bytes): save or download it again.")
    if len(data) > MAX_BYTES:
        raise BadImage(
            f"{title} has {len(data) / 2**20:.1f} MB and the limit is "
            f"{MAX_BYTES // 2**20} MB: save a smaller copy."
        )


def check_size(size: tuple[int, int], title: str) -> None:
    """Refuse a header's (width, height) that is too large, too small or too thin."""
    width, height = size
    shape = f"{title} is {width} × {height} pixels"
    if width * height > MAX_PIXELS:
        raise BadImage(
            f"{shape} ({width * height / 1e6:.0f} megapixels) and the limit is "
            f"{MAX_PIXELS / 1e6:.0f}: save a smaller copy."
        )
    if min(size) < MIN_SIDE_PX:
        raise BadImage(
            f"{shape}, too small to show anything: "
            f"each side must have at least {MIN_SIDE_PX}."
        )
    if max(size) > MAX_ASPECT * min(size):
        raise BadImage(
            f"{shape}, too long and thin: the long side may be at most "
            f"{MAX_ASPECT:.0f} times the short one, so crop it."
        )


def attempt(step: Callable[[], T], data: bytes, title: str) -> T:
    """Run one step of decoding; whatever a decoder raises becomes a sentence.

    Decoders raise nearly anything on broken input (OSError, SyntaxError, struct.error,
    KeyError, MemoryError, ...), hence the wide net, here and nowhere else.
    """
    try:
        return step()
    except BadImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage(
            f"{title} is a small file that unpacks to far more than the limit of "
            f"{MAX_PIXELS / 1e6:.0f} megapixels: save a smaller copy."
        ) from error
    except Exception as error:
        unknown = isinstance(error, UnidentifiedImageError)
        if unknown and not data.startswith(MAGICS):
            raise BadImage(f"{title} {_what_it_is(data)}") from error
        cut = "truncated" in str(error).lower() or isinstance(error, EOFError)
        what = "breaks off before its end" if cut else "is damaged inside"
        raise BadImage(
            f"{title} starts like a picture but {what}: download it or export it again."
        ) from error


def _header(data: bytes) -> Image.Image:
    """Read the header; no pixel is unpacked."""
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        heif: Image.Image = HeifImageFile(io.BytesIO(data))  # type: ignore[no-untyped-call]
        return heif
    return Image.open(io.BytesIO(data), formats=FORMATS)


def _turned(picture: Image.Image) -> bool:
    """Whether the EXIF tag swaps the header's width and height."""
    return _orientation(picture) in (5, 6, 7, 8) and picture.format != "TIFF"


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) to 8; a broken tag turns nothing."""
    try:
        turn = int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # the tag is broken, the picture is not
        return 1
    return turn if turn in range(1, 9) else 1


def _decode(data: bytes, max_side_px: int | None) -> tuple[Image.Image, list[str]]:
    """Unpack the first frame, upright, as RGB."""
    picture = _header(data)
    notes = []
    frames = int(getattr(picture, "n_frames", 1))
    if frames > 1:
        notes.append(f"the first frame of {frames}")
        picture.seek(0)
    if max_side_px is not None:  # a JPEG unpacks at 1/2, 1/4 or 1/8 for a fraction
        picture.draft(None, (2 * max_side_px, 2 * max_side_px))
    if _orientation(picture) > 1:
        notes.append("turned upright by its EXIF tag")
    picture.load()  # a TIFF turns by itself here and forgets its tag
    if _orientation(picture) > 1:
        picture = ImageOps.exif_transpose(picture)
    rgb, note = _to_rgb(picture)
    return rgb, notes + ([note] if note else [])


def _to_rgb(picture: Image.Image) -> tuple[Image.Image, str]:
    """Return the picture as RGB, and what was done if it is worth saying."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _from_numbers(np.asarray(picture), picture.mode)
    if picture.has_transparency_data:
        top = picture.convert("RGBA")
        paper = Image.new("RGBA", top.size, "white")
        return Image.alpha_composite(paper, top).convert("RGB"), "laid on white"
    if picture.mode == "LAB":
        raise BadImage("Pictures in Lab colours are not read: save it as RGB.")
    note = "print colours (CMYK) turned to RGB" if picture.mode == "CMYK" else ""
    return picture.convert("RGB"), note


def _from_numbers(values: NDArray[np.generic], mode: str) -> tuple[Image.Image, str]:
    """Scale wide integers and floats to 0..255; a plain convert would clip them."""
    numbers = np.nan_to_num(values.astype(np.float64), posinf=0, neginf=0)
    low, high = float(numbers.min()), float(numbers.max())
    if mode.startswith("I;16"):
        low, high = 0.0, float(FULL_RANGE_16 if high > FULL_RANGE_12 else high)
        note = f"16-bit values 0 to {high:.0f} scaled to 0 to 255"
    elif mode == "F" and low >= 0 and high <= 1:
        low, high, note = 0.0, 1.0, "values 0 to 1 scaled to 0 to 255"
    else:
        note = f"values {low:.4g} to {high:.4g} scaled to 0 to 255"
    grey = (numbers - low) * (255.0 / (high - low) if high > low else 0.0)
    return Image.fromarray(np.rint(grey).astype(np.uint8)).convert("RGB"), note


def _shrink(picture: Image.Image, max_side_px: int | None) -> Image.Image:
    """Bring the longest side down to ``max_side_px``, never up."""
    longest = max(picture.size)
    if max_side_px is None or longest <= max_side_px:
        return picture
    width, height = (max(1, round(s * max_side_px / longest)) for s in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _what_it_is(data: bytes) -> str:
    """Say what a file that is no readable picture seems to be, and what to do."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return f"is an SVG drawing, made of shapes, not pixels: export it as {READS}."
    if start.startswith((b"<!doctype html", b"<html")) or b"<body" in start:
        return "is a web page, not a picture: open it and save the picture itself."
    known = {
        b"%pdf": "a PDF document: save the page as a picture",
        b"pk\x03\x04": "an archive or an office document: take the picture out of it",
        b"8bps": f"a Photoshop file: export it as {READS}",
        b"%!ps": f"a PostScript file: export it as {READS}",
        b"mz": "a program, not a picture",
    }
    for magic, what in known.items():
        if start.startswith(magic):
            return f"is {what}."
    if data[4:8] == b"ftyp":
        return "is a film, or a phone format not read here: save a frame as JPEG."
    if _is_text(data[:4096]):
        return f"holds plain text, not a picture, whatever its name: choose a {READS}."
    return f"is in no picture format read here: save it as {READS}."


def _is_text(start: bytes) -> bool:
    """Whether nearly all bytes are printable text in UTF-8."""
    text = start.decode("utf-8", errors="replace")
    return sum(c.isprintable() or c.isspace() for c in text) > 0.95 * len(text) and (
        "\ufffd" not in text[:-1]
    )
