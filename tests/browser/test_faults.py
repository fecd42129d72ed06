"""What breaks in a lecture hall: lines, servers, uploads; the page comes through."""

import io
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import free_port, start
from tests.browser.relay import Cut, Relay

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
WAIT_MS = 60_000
CHOSEN = "button[aria-checked=true]"
LOST = "did not arrive"


class Served:
    """A server of the application that can be killed, behind a line that can be cut."""

    def __init__(self, folder: Path) -> None:
        self.log, self.port = folder / "served.log", free_port()
        self.nowhere = Relay(self.port)  # where weights are asked for: never answers
        self.nowhere.cut()
        self.relay = Relay(self.port)
        self.url = self.relay.url
        self.start()

    def start(self) -> None:
        self.process, self.direct = start(
            ROOT / "streamlit_app.py",
            self.log,
            self.port,
            https_proxy=self.nowhere.url,
            EXPLORER_CACHE=str(self.log.parent / "cache"),
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        self.relay.close()
        self.nowhere.close()

    def kept_bytes(self) -> float:
        """Bytes of uploaded files in the server's memory, measured every 5 seconds."""
        with urllib.request.urlopen(self.direct + "/_stcore/metrics") as answer:
            text = answer.read().decode()
        found = re.search(r'"UploadedFileManager".*? ([\d.e+]+)$', text, re.MULTILINE)
        return float(found[1]) if found else 0.0


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    one = Served(tmp_path_factory.mktemp("faults"))
    yield one
    one.close()


@pytest.fixture
def line(served) -> Iterator[Relay]:
    """The line to the server, whole again after the test."""
    yield served.relay
    served.relay.cuts.clear()
    served.relay.mend()


def opened(page, url: str):
    page.goto(url)
    ready(page)
    return page


def ready(page) -> None:
    """Wait for the end of the page's run: its last line, and nothing running."""
    page.locator(".st-key-proof_line").wait_for(timeout=WAIT_MS)
    page.locator("[data-testid=stStatusWidget]").wait_for(
        state="detached", timeout=WAIT_MS
    )
    assert page.locator("[data-testid=stException]").count() == 0


def photo(side: int = 900, seed: int = 0) -> dict:
    """A noisy photo: nothing to compress, so its upload takes many packets."""
    rng = np.random.default_rng(seed)
    data = io.BytesIO()
    pixels = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(data, "JPEG", quality=95)
    return {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def choose_photo(page, file: dict) -> None:
    field = page.locator("input[type=file]")
    if field.count() == 0:
        page.get_by_role("button", name="Your photo").click()
    field.set_input_files(file)


def image_is(page, words: str) -> None:
    page.wait_for_function(
        "w => document.querySelector('.st-key-_image_select input')?.value.includes(w)",
        arg=words,
        timeout=WAIT_MS,
    )


def numbers(page) -> int:
    """How many arrays the page's own download holds, once it has come whole."""
    page.get_by_role("tab", name="Downloads").click()
    with page.expect_download(timeout=WAIT_MS) as got:
        page.get_by_role("button", name="All numbers (NPZ)").click()
    with np.load(got.value.path()) as archive:
        return len(archive.files)


def mended(page, line: Relay) -> None:
    """Mend the line and wait until the page has seen it, and has run."""
    page.get_by_text("CONNECTING").wait_for(timeout=WAIT_MS)
    line.mend()
    page.get_by_text("CONNECTING").wait_for(state="detached", timeout=WAIT_MS)
    ready(page)


def test_an_upload_cut_half_way_says_so_and_the_next_try_works(page, served, line):
    opened(page, f"{served.url}/hog")
    half = Cut(b"PUT /_stcore/upload_file", after=400_000, upwards=True, wholly=True)
    line.cuts.append(half)
    choose_photo(page, photo())
    assert half.done.wait(60)
    page.get_by_text(LOST).wait_for(timeout=WAIT_MS)
    mended(page, line)
    image_is(page, "Drawn street")
    choose_photo(page, photo())
    image_is(page, "mine.jpg")
    ready(page)
    assert not page.get_by_text(LOST).is_visible()
    assert served.kept_bytes() == 0  # nothing half, and what was read is let go


def test_a_file_beyond_the_limit_is_said_to_be_too_large(page, served):
    opened(page, f"{served.url}/hog")
    choose_photo(page, photo() | {"buffer": bytes(21 * 2**20)})
    page.get_by_text("was not taken: it has 22.0MB, and 20 MB is the most").wait_for()
    assert not page.get_by_text(LOST).is_visible()


def test_a_download_cut_half_way_harms_neither_server_nor_page(page, served, line):
    opened(page, f"{served.url}/hog?image=coffee")
    page.get_by_role("tab", name="Downloads").click()
    half = Cut(b"GET /media/", after=4_000)
    line.cuts.append(half)
    page.get_by_role("button", name="All numbers (NPZ)").click()
    assert half.done.wait(60)
    assert numbers(page) >= 3
    assert served.process.poll() is None


def test_a_line_cut_for_a_while_comes_back_to_the_same_session(page, served, line):
    opened(page, f"{served.url}/hog")
    choose_photo(page, photo(200))
    image_is(page, "mine.jpg")
    ready(page)
    line.cut()
    page.wait_for_timeout(3_000)
    image_is(page, "mine.jpg")  # the page is whole while it waits
    mended(page, line)
    image_is(page, "mine.jpg")
    page.get_by_text("Glyphs", exact=True).click()
    page.wait_for_url("**hog_part=Glyphs*", timeout=WAIT_MS)
    page.get_by_text("Light on the left half").wait_for(timeout=WAIT_MS)
    image_is(page, "mine.jpg")


def restarted(served: Served, *pages) -> None:
    """Start the server again under open pages; nobody reloads them."""
    for one in pages:
        one.evaluate("() => { window.same = true; }")
    served.kill()
    for one in pages:
        one.get_by_text("CONNECTING").wait_for(timeout=WAIT_MS)
    served.start()
    for one in pages:
        one.get_by_text("CONNECTING").wait_for(state="detached", timeout=WAIT_MS)
        ready(one)
        assert one.evaluate("() => window.same")


def test_open_pages_come_through_a_restart_of_the_server(page, served, browser):
    opened(page, f"{served.url}/hog?hog_part=Glyphs")
    choose_photo(page, photo(200))
    image_is(page, "mine.jpg")
    ready(page)
    other = browser.new_context().new_page()
    opened(other, f"{served.url}/hog")
    other.get_by_role("link", name="Non-max suppression").click()
    other.get_by_text("A detector", exact=True).click()
    other.locator(CHOSEN, has_text="A detector").wait_for(timeout=WAIT_MS)
    plane = opened(browser.new_context().new_page(), f"{served.url}/latent_space")
    restarted(served, page, other, plane)
    page.get_by_text("a restart of the server forgets it").wait_for(timeout=WAIT_MS)
    image_is(page, "Drawn street")
    page.get_by_text("One pixel", exact=True).click()
    page.get_by_text("Place the window").wait_for(timeout=WAIT_MS)
    controls_answer(other)
    other.go_back()
    other.get_by_text("Place the window").wait_for(timeout=WAIT_MS)
    other.go_forward()
    other.locator(CHOSEN, has_text="A detector").wait_for(timeout=WAIT_MS)
    dragging_answers(plane)
    for one in (other, plane):
        one.context.close()


def controls_answer(page) -> None:
    """Of the lesson on suppression, in the part that the link names."""
    assert "nms_part=A+detector" in page.url
    page.locator("[data-testid=stSlider] input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**nms_iou=0.55*", timeout=WAIT_MS)
    page.get_by_text("IoU above 0.55").wait_for(timeout=WAIT_MS)


def dragging_answers(page) -> None:
    """Of the latent plane, which asks a route of its own."""
    frame = page.locator("canvas.over").first.bounding_box()
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    with page.expect_response("**/live/decode*", timeout=WAIT_MS) as got:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 20, y + 9, steps=4)
        page.mouse.up()
    assert got.value.status == 200


def test_reloads_in_the_middle_of_a_run_end_in_the_links_view(page, served):
    link = "selective_search?image=coffee&selective_search_k=60"
    for _ in range(3):
        page.goto(f"{served.url}/{link}", wait_until="commit")
        page.locator("h1:has-text('Selective search')").wait_for(timeout=WAIT_MS)
    ready(page)
    slider = page.locator("[data-testid=stSlider] input[type=range]").first
    assert float(slider.input_value()) == 60
    image_is(page, "Coffee")


def test_two_tabs_of_one_reader_keep_their_own_views(page, served):
    opened(page, f"{served.url}/hog?image=coffee")
    second = opened(page.context.new_page(), f"{served.url}/hog?hog_part=Glyphs")
    choose_photo(second, photo(200))
    image_is(second, "mine.jpg")
    page.reload()
    ready(page)
    image_is(page, "Coffee")
    assert "hog_part" not in page.url
    image_is(second, "mine.jpg")


def test_weights_that_never_come_leave_a_sentence_and_our_own_detector(page, served):
    opened(page, f"{served.url}/nms?nms_part=A+detector&nms_detector=Faster+R-CNN")
    page.get_by_role("button", name="Download it").click()
    page.get_by_text("cannot be reached").wait_for(timeout=WAIT_MS)
    ready(page)
    page.get_by_text("Meanwhile the boxes").wait_for(timeout=WAIT_MS)
    assert page.locator("canvas.over").first.is_visible()


def test_a_bookmark_of_an_older_version_is_told_what_is_gone(page, served):
    old = "nms_part=Soft+boxes&nms_iou=1.7&nms_round=many&image=lena&nms_gone=1"
    opened(page, f"{served.url}/nms?{old}")
    for word in ("Soft boxes", "1.7", "lena"):
        page.get_by_text(f"“{word}”").wait_for(timeout=WAIT_MS)
    image_is(page, "Drawn street")


def test_a_value_above_a_maximum_that_shrank_comes_to_its_end(page, server):
    page.goto(server("tests/browser/apps/controls_page.py"))
    page.get_by_text("values 3 3 0 0").wait_for(timeout=WAIT_MS)
    page.locator("input[type=range]").focus()
    page.keyboard.press("End")
    page.locator("[data-testid=stNumberInput] input").fill("9")
    page.keyboard.press("Enter")
    page.get_by_role("radiogroup", name="Choose").get_by_text("8").click()
    page.get_by_text("values 10 9 0 8").wait_for(timeout=WAIT_MS)
    few = page.get_by_role("radiogroup", name="Most").get_by_text("5", exact=True)
    page.get_by_text("Hide").click()
    page.get_by_text("values").wait_for(state="detached", timeout=WAIT_MS)
    few.click()
    page.wait_for_url("**t_most=5*", timeout=WAIT_MS)
    page.get_by_text("Hide").click()
    page.get_by_text("values 5 5 0 0").wait_for(timeout=WAIT_MS)
    page.get_by_text("notes 0").wait_for(timeout=WAIT_MS)
    assert page.locator("[data-testid=stException]").count() == 0
