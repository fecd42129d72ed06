"""The lesson on deformable parts, as a reader's links and clicks reach it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import records
from explorer.ui.catalogue import BY_SLUG
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import deformable_parts as lesson
from explorer.ui.lessons import deformable_words as words

ROOT = Path(__file__).parents[2]


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[f"deformable_parts_{name}"] = value
    app.switch_page(str(ROOT / BY_SLUG["deformable_parts"].path))
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(m.value for m in [*app.markdown, *app.caption])


@pytest.mark.parametrize("part", lesson.PARTS)
def test_every_part_proves_itself_three_ways(part):
    app = opened(part=part)
    proofs = [m.value for m in app.markdown if "max |Δ|" in m.value]
    assert len(proofs) == 3
    assert all("matches" in line for line in proofs)


def test_both_average_precisions_are_read_from_the_records():
    text = said(opened(part="The model"))
    for name in ("dpm", "hog_svm"):
        score = records.read(records.FOLDER / f"{name}.json").scores["ap50_person"]
        assert f"{score['value']:.3f}" in text


@pytest.mark.parametrize(("ours", "verdict"), [(0.8, "0.10 better"), (0.6, "not")])
def test_a_model_that_is_not_better_is_said_not_to_be(ours, verdict):
    dpm = records.read(records.FOLDER / "dpm.json")
    rigid = records.read(records.FOLDER / "hog_svm.json")
    score = {**dpm.scores["ap50_person"], "value": ours}
    other = {**rigid.scores["ap50_person"], "value": 0.7}
    text = words.record_words(
        replace(dpm, scores={"ap50_person": score}),
        replace(rigid, scores={"ap50_person": other}),
    )
    assert verdict in text


def test_a_link_chooses_the_person_nearest_to_its_place():
    app = opened(at="120,250")
    person = app.session_state["deformable_parts_at"]
    assert person == (120.0, 250.0)


def test_a_higher_threshold_finds_fewer_and_none_is_said():
    low, high = said(opened(score="-0.5")), opened(score="2.0")
    count = int(low.split(" people** found")[0].rsplit("**", 1)[-1])
    assert count >= 4
    if not high.info:
        left = said(high).split(" found;")[0].rsplit("**", 2)[-2]
        assert int(left.split()[0]) < count


def found_in(image: np.ndarray) -> lesson.Found:
    return lesson.find(Picture(image, "grey", str(image.shape)), 0.3)


def test_without_a_person_the_best_window_is_taken_apart():
    found = found_in(np.full((160, 96, 3), 128, np.uint8))
    assert found.none
    assert len(found.windows.boxes) == 1
    assert found.fits


@pytest.mark.parametrize(("height", "fits"), [(127, False), (128, True)])
def test_the_window_must_fit(height, fits):
    found = found_in(np.full((height, 64, 3), 128, np.uint8))
    assert found.fits is fits


@pytest.mark.parametrize(("image", "asked"), [("street", 1), ("grey", 0)])
def test_a_threshold_is_asked_only_where_a_window_fits(image, asked, monkeypatch):
    if image == "grey":
        small = np.full((100, 50, 3), 128, np.uint8)
        monkeypatch.setattr(
            "explorer.ui.imagebar.image_bar", lambda **_: Picture(small, "grey", "g")
        )
    assert len(opened().slider) == asked


def test_the_two_parts_that_nearly_coincide_are_named_from_the_model():
    text = words.near_words(lesson.model())
    anchors = lesson.model().anchors
    one, other = (int(n) - 1 for n in (text[8], text.split("**")[3]))
    gap = np.abs(anchors[one] - anchors[other])
    assert f"share {(5 - gap).prod()} of 25" in text
    assert gap.max() == min(
        np.abs(a - b).max() for i, a in enumerate(anchors) for b in anchors[:i]
    )
