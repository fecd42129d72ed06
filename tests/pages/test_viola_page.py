"""The page on Viola and Jones: its three parts, their proofs, what a link holds."""

from collections import deque
from pathlib import Path
from threading import BoundedSemaphore

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.cascade import FILES, opencv_cascade
from explorer.core.cascade_group import group_boxes
from explorer.core.cascade_scan import scan_cascade
from explorer.core.haar import KINDS
from explorer.core.samples import SAMPLES, load_sample
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import viola_feature as feature
from explorer.ui.lessons import viola_integral as integral
from explorer.ui.lessons import viola_jones as lesson
from explorer.ui.lessons import viola_words as words
from explorer.ui.lessons.viola_jones import PARTS

ROOT = Path(__file__).parents[2]


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[f"viola_jones_{name}"] = value
    app.switch_page(str(ROOT / "pages" / "viola_jones.py")).run()
    assert not app.exception, app.exception
    assert not app.error
    return app


def proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize(("part", "count"), [*zip(PARTS, (2, 2, 3), strict=True)])
def test_every_part_proves_itself(part, count):
    found = proofs(opened(part=part))
    assert len(found) == count
    assert all("**matches**" in line for line in found)


@pytest.mark.parametrize("kind", [feature.OWN, *KINDS])
@pytest.mark.parametrize("name", FILES)
def test_every_feature_equals_its_pixels(name, kind):
    found = proofs(opened(part=PARTS[1], cascade=name, kind=kind))
    assert any("numpy.sum" in line for line in found)
    assert all("**matches**" in line for line in found)


@pytest.mark.parametrize(
    "link",
    [
        {"at": "-50,99999", "pick": "99,99"},
        {"at": "1", "pick": "x"},
        {"kind": "four", "box": "20,20,9,9"},
        {"size": "× 18.5"},
    ],
)
def test_a_place_that_is_not_there_gives_way(link):
    assert all("matches" in line for line in proofs(opened(part=PARTS[1], **link)))


def test_the_published_count_is_shown_kind_by_kind():
    text = "\n".join(m.value for m in opened(part=PARTS[1]).markdown)
    for number in ("162,336", "43,200", "27,600", "20,736", "144 × 300"):
        assert number in text
    assert "keeps 2,913 in a window of 24 × 24 px, 0 of them tilted" in text


@pytest.mark.parametrize(
    ("levels", "said"),
    [((90, 90), "All windows are too flat"), ((0, 200), "If you see an eye here")],
)
def test_a_photo_without_a_find_says_why(levels, said):
    image = np.full((60, 80, 3), levels[0], np.uint8)
    image[:, ::2] = levels[1]
    picture = Picture(image, "mine", "digest")
    found = lesson.find(picture, "eye", lesson.USUAL_STEP)
    assert found is not None
    groups = group_boxes(found.raw, 3)
    assert said in words.result(found.cascade, found.scan, found.raw, groups)


@pytest.mark.parametrize("name", FILES)
def test_the_predictions_answer_holds_on_every_sample(name):
    _, answers, right, _ = words.QUESTION
    assert answers[right] == "A few in a hundred"
    cascade = opencv_cascade(name)
    for one in SAMPLES:
        scan = scan_cascade(load_sample(one.name).image, cascade, lesson.USUAL_STEP)
        assert 0 < scan.per_window / len(cascade.thresholds) < 0.07


def test_the_rule_is_written_with_the_numbers_of_the_link():
    app = opened(part=PARTS[0], sums_of=integral.SCENES[1], grid="48,48,144,96")
    text = next(m.value for m in app.markdown if m.value.startswith("**The rule"))
    grid = np.array(integral.GRID)
    assert f"**{grid[1:2, 1:3].sum():,}**" in text
    assert "2 pixels" in text


def test_a_box_of_the_link_that_is_none_is_told():
    app = opened(part=PARTS[0], photo="1,2")
    assert "The link asked for the box “1,2”" in app.info[0].value
    assert not opened(part=PARTS[0]).info


def test_numbers_from_a_browser_that_are_wrong_are_seen():
    sums = np.array([[0, 0, 0], [0, 1, 3], [0, 4, 10]])
    good = {"four": [0, 0, 0, 10], "sum": 10}
    assert integral.browser_delta(sums, (0, 0, 2, 2), good) == 0
    assert integral.browser_delta(sums, (0, 0, 2, 2), {**good, "sum": 9}) == 1
    assert np.isnan(integral.browser_delta(sums, (0, 0, 2, 2), {"four": [1]}))


def test_what_is_computed_ahead_is_what_the_page_asks_for(monkeypatch):
    image = np.full((90, 80, 3), 90, np.uint8)
    image[20:60, 20:60] = 200
    kept = []
    real = lesson.live.CACHE.get

    def get(key, make):
        found = real(key, make)
        kept.append(found[2])
        return found

    lesson.all_cascades(image)
    monkeypatch.setattr(lesson.live.CACHE, "get", get)
    picture = Picture(image, "own", "digest")
    for name in FILES:
        found = lesson.find(picture, name, lesson.USUAL_STEP)
        assert found is not None
        lesson.opencv(picture, found)
    assert kept
    assert all(kept)


def test_a_readers_photo_is_scanned_ahead_once_and_few_wait(monkeypatch):
    image = np.zeros((30, 30, 3), np.uint8)
    waiting, scanned = [], []

    class Timer:
        def __init__(self, _, work, arguments):
            self.run = lambda: work(*arguments)

        def start(self):
            waiting.append(self.run)

    monkeypatch.setattr(lesson.threading, "Timer", Timer)
    monkeypatch.setattr(lesson, "all_cascades", scanned.append)
    monkeypatch.setattr(lesson, "_AHEAD", deque(maxlen=9))
    monkeypatch.setattr(lesson, "_ROOM", BoundedSemaphore(2))
    own = [Picture(image, "mine.jpg", digest) for digest in "abc"]
    for picture in (own[0], own[0], own[1], own[2]):
        lesson.scan_ahead(picture)
    assert len(waiting) == 2
    waiting[0]()
    lesson.scan_ahead(own[2])
    lesson.scan_ahead(own[0])
    assert len(waiting) == 3
    for run in waiting[1:]:
        run()
    assert len(scanned) == 3
    monkeypatch.setattr(lesson, "all_cascades", lambda _: 1 / 0)
    lesson.scan_ahead(Picture(image, "mine.jpg", "d"))
    with pytest.raises(ZeroDivisionError):
        waiting[-1]()
    lesson._ROOM.acquire()  # a scan that fails gives its room back too
    assert lesson._ROOM.acquire(blocking=False)
