"""The lesson on deformable parts, as a reader's links and clicks reach it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.star_place import around
from explorer.models import records
from explorer.ui.catalogue import BY_SLUG
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import deformable_parts as lesson
from explorer.ui.lessons import deformable_words as words
from explorer.ui.lessons.deformable_bend import follow

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
    count = int(low.split(" windows** found")[0].rsplit("**", 1)[-1])
    assert count >= 4
    if not high.info:
        left = said(high).split(" found;")[0].rsplit("**", 2)[-2]
        assert int(left.split()[0]) < count


def test_more_windows_than_people_are_said_to_be_partly_wrong():
    text = said(opened())
    count = int(text.split(" windows** found")[0].rsplit("**", 1)[-1])
    assert count > 5
    assert f"holds 5 people, so {count - 5} at least" in text


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


def test_the_threshold_of_the_link_holds_in_the_transform_too():
    app = opened(part="Distance transform", score="1.5")
    assert app.slider[0].value == 1.5


def test_the_mistakes_at_the_threshold_are_the_records():
    record = records.read(records.FOLDER / "dpm.json")
    score = record.scores["recall"]
    other = replace(record, scores={"recall": {**score, "false_per_photo": 7.25}})
    assert f"{score['false_per_photo']:.1f} false" in words.threshold_help(record)
    assert "7.2 false" in words.threshold_help(other)


PARTS = len(lesson.model().filters)


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        (("0,1," + "0,0," * (PARTS - 1))[:-1], True),
        ("1,2,3", False),
        (("99,0," + "0,0," * (PARTS - 1))[:-1], False),
    ],
)
def test_parts_of_the_link_are_kept_or_refused_in_words(parts, kept):
    app = opened(parts=parts)
    assert bool(app.session_state["deformable_parts_parts"]) is kept
    notes = " ".join(one.value for one in app.info)
    assert (words.PARTS_UNREADABLE in notes) is not kept


def test_the_sums_of_the_browser_can_be_found_wrong():
    photo = np.full((160, 96, 3), 128, np.uint8)
    picture = Picture(photo, "grey", "g")
    found = lesson.find(picture, 0.3)
    person = lesson.chosen(picture, found)
    place = person.place
    looks = around(person.maps.responses, place.rest, 8)
    sums = {"looks": place.looks.sum(), "costs": place.costs.sum()}
    sent = {"moved": place.moved.tolist(), "best": True, "score": place.score, **sums}
    (right,) = follow(found, person, looks, sent)
    assert right.holds
    (wrong,) = follow(found, person, looks, sent | {"score": place.score + 0.01})
    assert not wrong.holds
    (odd,) = follow(found, person, looks, sent | {"moved": [[0]]})
    assert not odd.holds
