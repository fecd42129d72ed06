import io
import socket
import urllib.error
import urllib.request

import numpy as np
import pytest
from PIL import Image

from explorer.core import samples, web
from explorer.core.door import WORKING_SIDE_PX, BadImage
from explorer.core.samples import SAMPLES, WEB_PHOTOS, load_sample, load_web_photo

NAMES = [one.name for one in SAMPLES]


@pytest.fixture
def offline(monkeypatch):
    def refuse(*_):
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("offline")
def test_every_sample_is_a_picture_without_a_network(name):
    scene = load_sample(name)
    height, width, depth = scene.image.shape
    assert scene.image.dtype == np.uint8
    assert depth == 3
    assert 200 <= min(height, width)
    assert max(height, width) <= WORKING_SIDE_PX
    assert scene.image.std() > 10
    assert scene.gt_boxes.shape == (len(scene.gt_labels), 4)


def test_the_street_brings_its_truth():
    scene = load_sample("street")
    height, width = scene.image.shape[:2]
    assert len(scene.gt_boxes) >= 3
    assert set(scene.gt_labels) == {"person"}
    assert scene.masks is not None
    assert scene.masks.shape == (len(scene.gt_boxes), height, width)


def test_a_caller_may_write_into_its_copy():
    first = load_sample("chelsea")
    first.image[:] = 0
    assert load_sample("chelsea").image.max() > 0


def test_names_are_unique_and_every_sample_is_credited():
    names = NAMES + [photo.name for photo in WEB_PHOTOS]
    assert len(set(names)) == len(names)
    for one in (*SAMPLES, *WEB_PHOTOS):
        assert one.title
        assert one.shows
        assert len(one.credit) > 15


def test_an_unknown_name_lists_the_options():
    with pytest.raises(KeyError, match="'lena'.*street, astronaut"):
        load_sample("lena")


def test_a_package_without_the_photo_is_told(monkeypatch):
    monkeypatch.setattr(samples, "find_spec", lambda _: None)
    with pytest.raises(BadImage, match="Cat: the installed skimage does not bring"):
        load_sample("chelsea")


def answering(monkeypatch, answer):
    def urlopen(request, timeout):
        assert request.full_url.startswith("https://commons.wikimedia.org/wiki/")
        assert "User-agent" in request.headers
        assert timeout > 0
        if isinstance(answer, Exception):
            raise answer
        return io.BytesIO(answer)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)


def jpeg():
    file = io.BytesIO()
    Image.new("RGB", (1280, 900), "red").save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize("photo", WEB_PHOTOS, ids=lambda photo: photo.name)
def test_a_web_photo_comes_through_the_door(photo, monkeypatch):
    answering(monkeypatch, jpeg())
    opened = load_web_photo(photo)
    assert opened.image.shape == (450, 640, 3)
    assert opened.name == photo.title
    assert photo.licence == "public domain"
    assert photo.page.startswith("https://")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (urllib.error.URLError("no route"), "does not reach Wikimedia Commons"),
        (TimeoutError(), "does not reach Wikimedia Commons"),
        (urllib.error.HTTPError("u", 404, "gone", {}, io.BytesIO()), "answered 404"),
        (b"<!doctype html><p>Log in to this network", "is a web page"),
        (b"", "empty"),
    ],
)
def test_what_can_go_wrong_is_a_sentence(answer, message, monkeypatch):
    answering(monkeypatch, answer)
    with pytest.raises(BadImage, match=message):
        load_web_photo(WEB_PHOTOS[0])


def test_an_endless_answer_is_cut(monkeypatch):
    monkeypatch.setattr(web, "MAX_BYTES", 100_000)
    answering(monkeypatch, jpeg() + bytes(30_000_000))
    assert len(web._fetch(WEB_PHOTOS[0], 1.0)) <= 100_000 + web.CHUNK_BYTES


def test_a_slow_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(web, "TOTAL_S", 0.0)
    answering(monkeypatch, jpeg())
    with pytest.raises(BadImage, match="could not be fetched"):
        load_web_photo(WEB_PHOTOS[0])


def test_every_box_drawn_by_hand_lies_in_its_sample_and_holds_what_it_shows():
    shows = {sample.name: sample.shows for sample in SAMPLES}
    for name, drawn in samples.FIRST_TRUTHS.items():
        height, width = load_sample(name).image.shape[:2]
        for label, (x1, y1, x2, y2) in drawn:
            assert label in shows[name]
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height
