"""The sliding window lesson, part by part, as a reader's links reach it."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.people import IOU_THRESHOLD
from explorer.core.street import draw_street
from explorer.core.windows import detect_windows, opencv_people_template
from explorer.models import records
from explorer.ui import live
from explorer.ui.catalogue import BY_SLUG
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import sliding_window as lesson
from explorer.ui.lessons.window_parts import best_place, box_at, window_at

ROOT = Path(__file__).parents[2]


def _open(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[f"sliding_window_{name}"] = value
    app.switch_page(str(ROOT / BY_SLUG["sliding_window"].path))
    app.run()
    assert not app.exception
    return app


def _said(app: AppTest) -> str:
    return "\n".join(m.value for m in app.markdown)


@pytest.mark.parametrize("svm", lesson.SVMS)
@pytest.mark.parametrize("part", lesson.PARTS)
def test_every_part_proves_itself(part: str, svm: str) -> None:
    app = _open(part=part, svm=svm)
    proofs = [m.value for m in app.markdown if "max |Δ|" in m.value]
    assert len(proofs) == 2
    assert all("matches" in line for line in proofs)
    assert app.selectbox(key="sliding_window_svm").value == svm


def test_a_higher_threshold_leaves_fewer_boxes_and_the_same_windows() -> None:
    low, high = (_said(_open(score=score)) for score in ("-1.0", "2.0"))

    def raw(text: str) -> int:
        return int(text.split(" raw boxes")[0].rsplit("**", 1)[-1].replace(",", ""))

    def scored(text: str) -> str:
        return text.split(" windows**")[0].rsplit("**", 1)[-1]

    assert raw(low) > raw(high) > 0
    assert scored(low) == scored(high)


def test_the_score_of_a_window_is_written_as_its_sum() -> None:
    said = _said(_open(part="One window"))
    assert "Score" in said
    assert "(b) = **" in said


def test_the_record_is_quoted_not_typed() -> None:
    recall = records.read(records.FOLDER / "hog_svm.json").scores["recall"]
    said = _said(_open(part="Template, examples"))
    assert f"{recall['value']:.0%} of {recall['n']} people" in said


def test_a_click_takes_the_best_window_there() -> None:
    street = draw_street(0, 400, 320)
    scan = detect_windows(street.image, opencv_people_template(), 1.2, padding_px=16)
    x, y = best_place(scan)
    index, row, col = window_at(scan, x, y)
    best = max(float(level.scores.max()) for level in scan.levels)
    assert scan.levels[index].scores[row, col] == pytest.approx(best)
    box = box_at(scan, (index, row, col))
    assert (box[0] + box[2]) / 2 == pytest.approx(x, abs=1)
    assert (box[1] + box[3]) / 2 == pytest.approx(y, abs=1)


@pytest.mark.parametrize("corner", [(0, 0), (399, 319)])
def test_a_click_in_the_corner_finds_some_window(corner: tuple[int, int]) -> None:
    image = np.zeros((320, 400, 3), np.uint8)
    scan = detect_windows(image, opencv_people_template(), 1.2, padding_px=16)
    index, row, col = window_at(scan, *corner)
    assert row < scan.levels[index].scores.shape[0]
    assert col < scan.levels[index].scores.shape[1]


def _photo(image: np.ndarray, name: str) -> Picture:
    return Picture(image, name, live.digest(image))


def _show(app: AppTest, picture: Picture) -> None:
    """Open a photo of the reader's own."""
    app.session_state["_own"] = picture
    app.session_state["_image"] = "own"
    app.run()
    assert not app.exception
    assert "Score" in _said(app)


def test_a_place_belongs_to_its_picture() -> None:
    street = draw_street(0, 400, 320).image
    app = _open(part="One window", at="390,300")
    assert "390,300" in app.query_params["sliding_window_at"]
    score = _said(app).split("## Score ")[1].split(":")[0]
    # The same place lies inside the next picture: it is forgotten all the same.
    _show(app, _photo(street, "small"))
    assert "sliding_window_at" not in app.query_params
    best = max(
        float(level.scores.max())
        for level in detect_windows(
            street, opencv_people_template(), 1.05, padding_px=16
        ).levels
    )
    shown = _said(app).split("## Score ")[1].split(":")[0]
    assert float(shown) == pytest.approx(best, abs=0.01)
    assert shown != score


@pytest.mark.parametrize("at", ["639,479", "640,10", "-1,10", "5"])
def test_a_place_outside_the_picture_gives_way_to_the_best_window(at: str) -> None:
    outside = at != "639,479"
    usual, asked = (
        _said(_open(part="One window", **link)).split("## Score ")[1].split(":")[0]
        for link in ({}, {"at": at})
    )
    assert (usual == asked) == outside


def test_the_kept_boxes_are_held_against_the_truth_where_it_is_known() -> None:
    said = _said(_open())
    assert f"after NMS**] at IoU {IOU_THRESHOLD:g}" in said
    boxes, right, false = map(
        int,
        re.search(
            r"Of these (\d+) boxes, \*\*(\d+)\*\* are people and \*\*(\d+)\*\*", said
        ).groups(),
    )
    assert boxes == right + false
    assert f":green[**{boxes} after NMS**]" in said
    photo = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    photo.session_state["_image"] = "astronaut"
    photo.query_params["sliding_window_score"] = "-1.0"
    photo.switch_page(str(ROOT / BY_SLUG["sliding_window"].path))
    photo.run()
    assert not photo.exception
    assert "after NMS" in _said(photo)
    assert "false alarm" not in _said(photo)


@pytest.mark.parametrize("part", lesson.PARTS)
@pytest.mark.parametrize("size", [(100, 60), (128, 64), (90, 640)])
def test_an_image_too_small_for_a_window_gets_a_sentence(
    part: str, size: tuple[int, int]
) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    app.session_state["_own"] = Picture(image, "small", live.digest(image))
    app.session_state["_image"] = "own"
    app.query_params["sliding_window_part"] = part
    app.switch_page(str(ROOT / BY_SLUG["sliding_window"].path))
    app.run()
    assert not app.exception
    fits = size[0] >= 128
    assert any("No window fits" in one.value for one in app.info) != fits


def test_the_page_never_imports_torch() -> None:
    script = (
        "import sys; from streamlit.testing.v1 import AppTest;"
        "from explorer.ui.catalogue import BY_SLUG;"
        "app = AppTest.from_file('explorer/app.py', default_timeout=90);"
        "app.switch_page(str(BY_SLUG['sliding_window'].file));"
        "app.run(); assert not app.exception, app.exception;"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
