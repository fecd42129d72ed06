"""A few photos on Wikimedia Commons, fetched only when a reader asks for one."""

import http.client
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import quote

from explorer.core.door import MAX_BYTES, BadImage, Opened, open_image

SILENCE_S = 8.0  # longest wait for the next bytes
TOTAL_S = 30.0  # longest wait for the whole photo
CHUNK_BYTES = 65_536
COMMONS = "https://commons.wikimedia.org/wiki/"
WIDTH_PX = 1280
AGENT = "cv-explorer/0.1 (a university course's teaching application)"


@dataclass(frozen=True)
class WebPhoto:
    """A photo on Wikimedia Commons.

    Attributes
    ----------
    name : str
        Stands in links.
    title : str
        Stands in menus.
    shows : tuple of str
        What can be found in it.
    file : str
        Its name on Commons.
    credit : str
        Who made it and on what terms.
    """

    name: str
    title: str
    shows: tuple[str, ...]
    file: str
    credit: str

    @property
    def licence(self) -> str:
        """The terms alone, the last words of the credit before its source."""
        return self.credit.split(", ")[-1].split(" (")[0]

    @property
    def url(self) -> str:
        """Where the picture is fetched, at a moderate width."""
        return f"{COMMONS}Special:FilePath/{quote(self.file)}?width={WIDTH_PX}"

    @property
    def page(self) -> str:
        """Where its author and terms are told."""
        return f"{COMMONS}File:{quote(self.file)}"


WEB_PHOTOS: tuple[WebPhoto, ...] = (
    WebPhoto(
        "solvay",
        "29 physicists, 1927",
        ("face", "person"),
        "Solvay_conference_1927.jpg",
        "Benjamin Couprie, 1927, public domain (Wikimedia Commons)",
    ),
    WebPhoto(
        "moon_walk",
        "On the Moon, 1969",
        ("person",),
        "Aldrin_Apollo_11_original.jpg",
        "Neil Armstrong, NASA, public domain (Wikimedia Commons)",
    ),
    WebPhoto(
        "migrant_mother",
        "Migrant Mother, 1936",
        ("face", "person"),
        "Lange-MigrantMother02.jpg",
        "Dorothea Lange, Library of Congress, public domain (Wikimedia Commons)",
    ),
)


def load_web_photo(photo: WebPhoto, silence_s: float = SILENCE_S) -> Opened:
    """Fetch a photo and bring it through the door.

    Parameters
    ----------
    photo : WebPhoto
        One of ``WEB_PHOTOS``.
    silence_s : float
        Longest wait for the server to say anything, in seconds.

    Returns
    -------
    Opened
        At the working size.

    Raises
    ------
    BadImage
        Without a network, on a refusal, or if what comes is no picture.
    """
    return open_image(_fetch(photo, silence_s), photo.title)


def _fetch(photo: WebPhoto, silence_s: float) -> bytes:
    """Return the answer's bytes, cut soon after the door's limit."""
    request = urllib.request.Request(photo.url, headers={"User-Agent": AGENT})
    end = time.monotonic() + TOTAL_S
    data = bytearray()
    try:
        with urllib.request.urlopen(request, timeout=silence_s) as answer:
            while len(data) <= MAX_BYTES and (chunk := answer.read(CHUNK_BYTES)):
                data += chunk
                if time.monotonic() > end:
                    raise TimeoutError
    except urllib.error.HTTPError as error:
        raise BadImage(
            f"{photo.title}: Wikimedia Commons answered {error.code}. "
            "Choose a sample or upload a photo."
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise BadImage(
            f"{photo.title} could not be fetched: this computer does not reach "
            "Wikimedia Commons now. Choose a sample or upload a photo."
        ) from error
    return bytes(data)
