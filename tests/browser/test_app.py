"""The whole application in a real Chromium, used as a student would."""

import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from explorer.core.boxes import box_iou
from explorer.core.door import open_image
from explorer.core.nms import nms_steps
from explorer.core.people import (
    IOU_THRESHOLD,
    PADDING_PX,
    detect_people,
    person_boxes,
)
from explorer.core.proofs.windows import one_opencv_thread
from explorer.core.street import draw_street
from explorer.core.template import load_template, opencv_people_template
from explorer.training.pennfudan import FILE, read_photos, split_photos
from explorer.ui.catalogue import LESSONS, neighbours
from tests.browser.conftest import opened, settle

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("EXPLORER_DATA", ROOT.parent / "shared" / "data"))
OURS = ROOT / "assets" / "checkpoints" / "hog_svm.safetensors"


def upload(page, name: str, data: bytes) -> None:
    page.get_by_role("button", name="Your photo").click()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": data}
    )
    page.locator("input[type=file]").wait_for(state="detached")
    settle(page)


def numbers(page) -> dict[str, np.ndarray]:
    """The page's own numbers, through its download button."""
    page.get_by_role("tab", name="Downloads").click()
    with page.expect_download() as got:
        page.get_by_role("button", name="All numbers (NPZ)").click()
    with np.load(got.value.path()) as archive:
        return {name: archive[name] for name in archive.files}


def jpeg(image: np.ndarray, orientation: int = 1) -> bytes:
    """A JPEG whose pixels are turned so that the EXIF tag sets them upright."""
    turns = {1: 0, 6: 1, 8: -1, 3: 2}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = io.BytesIO()
    Image.fromarray(np.rot90(image, turns)).save(
        data, "JPEG", quality=92, subsampling=0, exif=exif.tobytes()
    )
    return data.getvalue()


def test_the_road_map_leads_to_a_lesson_and_back(page, app_url):
    opened(page, app_url)
    assert page.locator("[data-testid=stMain] img").count() >= len(LESSONS)
    main = page.locator("[data-testid=stMain]")
    main.get_by_role("link", name="Non-maximum suppression").click()
    page.wait_for_url("**/nms*")
    page.wait_for_selector("h1:has-text('Non-maximum suppression')")
    page.go_back()
    page.wait_for_selector("h1:has-text('opened up')")


FITS = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return main.scrollWidth <= main.clientWidth + 1;
}"""


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.slug)
@pytest.mark.parametrize("width", [1280, 1440, 820])
def test_no_page_is_wider_than_its_screen(page, app_url, lesson, width):
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, f"{app_url}/{lesson.slug}")
    page.wait_for_function(FITS, timeout=10_000)  # a chart may be drawn wide first
    assert page.locator("canvas.over").first.bounding_box()["width"] > 100


@pytest.mark.parametrize(
    ("slug", "label"),
    [
        ("convolution", "Stride"),
        ("hog", "Library"),
        ("sliding_window", "Part"),
        ("nms", "Part"),
        ("roi_pooling", "Stride"),
    ],
)
def test_a_changed_view_survives_its_link(page, app_url, slug, label, browser):
    opened(page, f"{app_url}/{slug}?image=astronaut")
    group = f"[role=radiogroup][aria-label='{label}']"
    page.locator(f"{group} button[aria-checked=false]").last.click()
    settle(page)
    text = page.locator(f"{group} [aria-checked=true]").inner_text()
    assert f"{slug}_" in page.url
    other = opened(browser.new_context().new_page(), page.url)
    assert other.locator(f"{group} [aria-checked=true]").inner_text() == text
    assert image_name(other) == "Astronaut"
    other.context.close()


def image_name(page) -> str:
    """The words in the image menu."""
    return page.locator(".st-key-_image_select input").input_value()


def test_a_sliders_value_survives_its_link(page, app_url, browser):
    opened(page, f"{app_url}/nms")
    handle = "[data-testid=stSlider] input[type=range]"
    page.locator(handle).first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**nms_iou=0.55*")
    other = opened(browser.new_context().new_page(), page.url)
    assert float(other.locator(handle).first.input_value()) == pytest.approx(0.55)
    other.context.close()


@pytest.mark.parametrize(
    ("view", "name"),
    [("sliding_window?", "level"), ("nms?nms_part=A+detector", "round")],
)
def test_a_step_of_the_scrubber_is_shown_and_survives_its_link(
    page, app_url, view, name, browser
):
    opened(page, f"{app_url}/{view}")
    steps = page.locator("input.range").first
    steps.wait_for()
    page.wait_for_timeout(500)
    before = int(steps.input_value())
    steps.focus()
    page.keyboard.press("ArrowRight")
    slug = view.split("?")[0]
    page.wait_for_url(f"**{slug}_{name}={before + 1}*")
    settle(page)
    assert page.locator("canvas.over").first.is_visible()
    assert page.locator("[data-testid=stException]").count() == 0
    other = opened(browser.new_context().new_page(), page.url)
    # The bar is drawn a moment before it is told its frame.
    for _ in range(20):
        if int(other.locator("input.range").first.input_value()) == before + 1:
            break
        other.wait_for_timeout(250)
    assert int(other.locator("input.range").first.input_value()) == before + 1
    other.context.close()


@pytest.mark.parametrize("width", [820, 1280, 1440])
def test_every_control_of_the_header_takes_its_clicks(page, app_url, width):
    """Streamlit's own header lies over them, and once took the clicks."""
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, f"{app_url}/hog")
    page.locator(".st-key-_image_select input").click()
    page.get_by_role("option", name="Coffee").click()
    settle(page)
    assert image_name(page) == "Coffee"
    page.get_by_role("button", name="Your photo").click()
    page.locator("input[type=file]").wait_for(state="attached")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**/sliding_window*")
    settle(page)
    assert "image=coffee" in page.url


def test_projector_puts_the_sidebar_away_and_is_kept_between_lessons(page, app_url):
    opened(page, f"{app_url}/nms")
    assert page.locator("[data-testid=stSidebar]").is_visible()
    size = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    usual = page.evaluate(size)
    page.get_by_text("Projector").click()
    settle(page)
    assert not page.locator("[data-testid=stSidebar]").is_visible()
    assert page.evaluate(size) > usual
    assert "projector=1" in page.url
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(f"**/{neighbours('nms')[1].slug}*")
    settle(page)
    assert not page.locator("[data-testid=stSidebar]").is_visible()


def test_a_bad_file_leaves_the_page_whole(page, app_url):
    opened(page, f"{app_url}/hog")
    upload(page, "notes.jpg", b"this is no picture")
    page.wait_for_selector("text=The page goes on with the image it had")
    assert page.locator("canvas.over").first.is_visible()


def recall(found: list[np.ndarray], truth: list[np.ndarray]) -> float:
    """The share of true boxes that some found box overlaps by at least half."""
    hits = [
        (box_iou(boxes, got).max(axis=1, initial=0) >= 0.5)
        for got, boxes in zip(found, truth, strict=True)
    ]
    return float(np.concatenate(hits).mean())


@pytest.mark.parametrize("orientation", [1, 6, 8, 3])
def test_people_of_the_drawn_street_are_found_whichever_way_it_lies(
    page, app_url, orientation
):
    street = draw_street()
    opened(page, f"{app_url}/sliding_window")
    upload(page, "street.jpg", jpeg(street.image, orientation))
    best = box_iou(street.boxes, numbers(page)["boxes"]).max(axis=1)
    assert (best >= 0.5).all(), best


@pytest.mark.skipif(not (DATA / FILE).is_file(), reason="needs the training data")
def test_ten_photos_recall_of_opencv_of_ours_and_of_the_page_agree(page, app_url):
    """Held out: cv2 itself, our scan with both SVMs, and the page's own boxes."""
    _, held_out = split_photos(read_photos(DATA), seed=0)
    photos = held_out[:10]
    truth = [photo.boxes for photo in photos]
    hog = cv2.HOGDescriptor()
    hog.setSVMDetector(cv2.HOGDescriptor.getDefaultPeopleDetector())
    default, own = opencv_people_template(), load_template(OURS, "ours")
    theirs, ours, trained, shown = [], [], [], []
    opened(page, f"{app_url}/sliding_window?sliding_window_score=0")
    for photo in photos:
        image = open_image(jpeg(photo.image), photo.name).image
        with one_opencv_thread():
            boxes, scores = hog.detectMultiScale(
                cv2.cvtColor(image, cv2.COLOR_RGB2BGR),
                winStride=(8, 8),
                padding=(PADDING_PX, PADDING_PX),
                groupThreshold=0,
            )
        windows = np.array([[x, y, x + w, y + h] for x, y, w, h in boxes], float)
        steps = nms_steps(windows.reshape(-1, 4), np.ravel(scores), IOU_THRESHOLD)
        size = image.shape[1::-1]
        theirs.append(person_boxes(windows[[step.kept for step in steps]], size))
        ours.append(detect_people(image, default, 0.0).boxes)
        trained.append(detect_people(image, own, 0.0).boxes)
        upload(page, f"{photo.name}.jpg", jpeg(photo.image))
        shown.append(numbers(page)["boxes"])
    found = {
        name: recall(boxes, truth)
        for name, boxes in zip(
            ("cv2", "our scan", "our SVM", "the page"),
            (theirs, ours, trained, shown),
            strict=True,
        )
    }
    print(found)
    assert found["the page"] == pytest.approx(found["our scan"], abs=1e-9), found
    assert found["our scan"] == pytest.approx(found["cv2"], abs=0.05), found
    assert found["our SVM"] >= found["cv2"] - 0.05, found
