"""The page of challenges: each proves itself, a truth is drawn, nothing is found."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.samples import load_sample
from explorer.ui import live
from explorer.ui.imagebar import OWN, Picture
from explorer.ui.lessons import challenge_making as told
from explorer.ui.lessons import challenge_words as words
from explorer.ui.lessons.challenge_setup import DETECTORS

ROOT = Path(__file__).parents[2]


def _app(image: str = "", **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=90)
    for name, value in link.items():
        app.query_params[f"detection_challenges_{name}"] = value
    if image:
        app.query_params["image"] = image
    app.switch_page(str(ROOT / "pages" / "detection_challenges.py"))
    return app


def _sound(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def _open(image: str = "", **link: str) -> AppTest:
    return _sound(_app(image, **link).run())


def _proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


def _text(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


@pytest.mark.parametrize("challenge", told.CHALLENGES)
@pytest.mark.parametrize("image", ["astronaut", "street"])
def test_every_challenge_proves_itself_on_a_face_and_on_a_person(challenge, image):
    app = _open(image, challenge=challenge)
    proofs = _proofs(app)
    assert len(proofs) == (4 if challenge == told.CLUTTER else 3)
    assert all("**matches**" in line for line in proofs), proofs
    assert "positions of the slider" in _text(app)
    # The proof names positions as the slider does, the unchanged one among them.
    (batch,) = [line for line in proofs if "picture by picture" in line]
    usual = {told.LIGHT: "0", told.OTHERS: "the picture's own", told.COVER: "0%"}
    assert f"“{usual.get(challenge, '0')}" in batch


@pytest.mark.parametrize("detector", DETECTORS)
def test_every_detector_runs_over_the_range(detector):
    label = DETECTORS[detector].label.replace(" ", "_")
    box = {f"box_astronaut_{label}": "100,60,380,500"}
    app = _open("astronaut", detector=detector, **box)
    proofs = _proofs(app)
    assert len(proofs) == 3
    assert all("**matches**" in line for line in proofs)
    assert f"**Detector: {detector}.**" in _text(app)


def test_the_detector_that_the_image_chose_is_named():
    assert "**Detector: Faces, Haar.**" in _text(_open("astronaut"))
    assert "**Detector: HOG, our own.**" in _text(_open("street"))


@pytest.mark.parametrize("image", words.FOUND_SAMPLES)
def test_the_samples_named_as_a_start_are_found_unchanged(image):
    assert "Unchanged it is found" in _text(_open(image))


@pytest.mark.parametrize("image", ["chelsea", "camera"])
def test_a_sample_that_is_not_found_says_why_and_where_to_start(image):
    said = _text(_open(image))
    assert "no such box at any score" in said
    assert "reaches the picture's border" in said
    assert "the sample Astronaut, Grace Hopper or Drawn street" in said


def test_a_sample_without_the_object_says_what_to_do():
    app = _open("coffee")
    said = " ".join(note.value for note in app.info)
    assert "not known to show a person" in said
    assert "Draw a box" in said
    assert "the sample Astronaut, Grace Hopper or Drawn street" in said
    assert "another detector" not in said
    assert not _proofs(app)


def test_only_detectors_that_have_a_truth_on_the_sample_are_offered():
    app = _open("astronaut", detector="Cats, Haar")
    said = " ".join(note.value for note in app.info)
    assert "Faces, Haar" in said
    assert "Cats, Haar" not in said
    assert "HOG" not in said


def test_a_drawn_box_of_the_link_is_the_readers_truth():
    app = _open("coffee", box_coffee_person="150,20,400,380")
    assert "The yellow box is yours" in _text(app)
    assert not app.info
    assert _proofs(app)


@pytest.mark.parametrize("box", ["150,20,152,380", "a,b", "1,2,3", "nan,0,9,9"])
def test_a_box_that_is_none_is_not_taken(box):
    app = _open("coffee", box_coffee_person=box)
    said = " ".join(note.value for note in app.info)
    assert "not known to show a person" in said
    assert "The link asked for" in said
    again = " ".join(note.value for note in app.run().info)
    assert "detection_challenges_box_coffee_person" not in app.query_params
    assert "not known to show a person" in again


def test_the_cats_own_sample_has_no_other_cat():
    app = _open("chelsea", challenge=told.OTHERS)
    assert "no other cat face" in " ".join(note.value for note in app.info)


def test_a_threshold_above_all_scores_finds_nothing():
    app = _open("astronaut", threshold_haar="10.0")
    assert "Unchanged it is missed: 4.22" in _text(app)
    assert "**0 of 13**" in _text(app)


def _own(image: np.ndarray, **link: str) -> AppTest:
    app = _app("", **link)
    app.session_state["_own"] = Picture(image, "mine.jpg", live.digest(image))
    app.session_state["_image"] = OWN
    return _sound(app.run())


def test_a_photo_of_ones_own_starts_from_the_detectors_best_box():
    image = np.ascontiguousarray(load_sample("astronaut").image[:, ::-1])
    app = _own(image)
    assert "the detector's own best" in _text(app)
    assert all("**matches**" in line for line in _proofs(app))


def test_a_photo_without_a_face_asks_for_a_box_and_any_size_is_taken():
    for shape in ((400, 640), (640, 60), (3, 200), (1, 1)):
        app = _own(np.full((*shape, 3), 90, np.uint8))
        said = " ".join(note.value for note in app.info)
        assert "the detector finds none" in said
        assert "Draw a box" in said
