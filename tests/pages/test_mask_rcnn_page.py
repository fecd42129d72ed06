"""The page on Mask R-CNN: its parts, bad links, odd pictures."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import zoo
from explorer.models.engine import Answer
from explorer.ui import imagebar, live
from explorer.ui.lessons import mask_found, mask_semantic
from explorer.ui.lessons import mask_words as words
from tests.ui import mask_cases

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(live, "model", mask_cases.model)


def _open(image: str = "", own: np.ndarray | None = None, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=180)
    for name, value in link.items():
        app.query_params[f"mask_rcnn_{name}"] = value
    if image:
        app.query_params["image"] = image
    if own is not None:
        app.session_state["_own"] = imagebar.Picture(own, "own", live.digest(own))
        app.session_state["_image"] = imagebar.OWN
    app.switch_page(str(ROOT / "pages" / "mask_rcnn.py")).run()
    assert not app.exception
    assert not app.error
    return app


def _text(app: AppTest) -> str:
    found = (*app.markdown, *app.caption, *app.info, *app.warning)
    return " ".join(one.value for one in found)


def _proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize(("part", "count"), [*zip(words.PARTS, (1, 3, 1), strict=True)])
def test_every_part_proves_itself(fake, part, count):
    proofs = _proofs(_open(part=part))
    assert len(proofs) == count
    assert all("**matches**" in line for line in proofs), proofs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "image"),
    [*zip(words.PARTS, ("coffee", "coffee", "astronaut"), strict=True)],
)
def test_the_network_that_ships_answers_every_part(part, image):
    app = _open(image=image, part=part)
    assert not app.warning
    assert _proofs(app)
    assert all("**matches**" in line for line in _proofs(app))


@pytest.mark.slow
def test_the_networks_that_ship_see_no_person_in_a_cup():
    text = _text(_open(image="coffee", part=words.PARTS[2]))
    assert words.NO_CLASS.format(target="person") in text


def test_the_rule_has_this_instances_numbers(fake):
    text = _text(_open(instance="2"))
    assert "**Instance 2 person**" in text
    assert "20 × 28 × 28 = 15,680 logits" in text


@pytest.mark.parametrize("part", words.PARTS)
def test_every_control_at_both_ends(fake, part):
    app = _open(part=part)
    for k in range(len(app.slider)):
        for end in (app.slider[k].min, app.slider[k].max):
            app.slider[k].set_value(end).run()
            assert not app.exception
            assert not app.error
    for end in (0.1, 0.9):
        app.selectbox(key="mask_rcnn_iou").set_value(end).run()
        assert not app.exception


def test_no_score_reaches_the_threshold_and_the_page_says_so(fake):
    text = _text(_open(score="0.95"))
    assert "No box reaches the score threshold of 0.95" in text
    assert "highest score 0.90" in text


def _blind(name, method, **inputs):
    """Guesses of a cat, and a class map without anything."""
    made = mask_cases.model(name, method, **inputs).arrays
    if method == "masks":
        made |= {
            "labels": np.array(["cat"] * 3),
            "label_rows": np.array([9] * 3),
            "scores": np.array([0.04, 0.03, 0.02]),
            "every_scores": np.array([0.04, 0.03, 0.02]),
        }
    if method == "segment":
        made["labels"] = np.zeros_like(made["labels"])
    return Answer(made, {}, "cpu")


@pytest.mark.parametrize("segmenter", ["people_fcn8s", "people_deeplabv3plus"])
def test_nothing_of_the_class_is_said_and_not_measured(monkeypatch, segmenter):
    monkeypatch.setattr(live, "model", _blind)
    link = {"part": words.PARTS[2], "segmenter_people": zoo.record(segmenter).label}
    text = _text(_open(image="coffee", **link))
    assert words.NO_CLASS.format(target="person") in text
    for said in ("| semantic | instance |", "guesses are shown"):
        assert said not in text


def test_guesses_of_other_classes_are_not_said_to_be_shown(monkeypatch):
    def seen(name, method, **inputs):
        if method == "masks":
            return _blind(name, method, **inputs)
        return mask_cases.model(name, method, **inputs)

    monkeypatch.setattr(live, "model", seen)
    text = _text(_open(image="coffee", part=words.PARTS[2]))
    assert "guesses are shown" not in text
    assert "none of the best guesses (highest score 0.04) is called “person”" in text
    assert "0 instances" in text


def test_no_box_at_all_is_told(monkeypatch):
    def none(name, method, **inputs):
        made = mask_cases.model(name, method, **inputs).arrays
        cut = {
            k: v if v.ndim == 0 or k.startswith("map") else v[:0]
            for k, v in made.items()
        }
        return Answer(cut, {}, "cpu")

    monkeypatch.setattr(live, "model", none)
    for part in words.PARTS:
        assert words.NOTHING in _text(_open(part=part))


def test_a_network_that_cannot_answer_leaves_no_empty_figure(monkeypatch):
    monkeypatch.setattr(live, "model", lambda *_, **__: None)
    for part in words.PARTS:
        assert _proofs(_open(part=part)) == []


@pytest.mark.parametrize(
    "link",
    [
        {"part": "nonsense"},
        {"score": "7"},
        {"iou": "nan"},
        {"instance": "99"},
        {"instance": "x"},
        {"cut": "nan"},
        {"cut": "-3"},
        {"class": "unicorn"},
        {"step": "99"},
        {"melt_cut": "2", "part": words.PARTS[2]},
        {"network": "gone", "part": words.PARTS[2]},
    ],
)
def test_a_link_that_asks_too_much_is_explained_or_bounded(fake, link):
    assert all("**matches**" in line for line in _proofs(_open(**link)))


@pytest.mark.parametrize("part", words.PARTS)
@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (300, 2), (33, 47)])
def test_pictures_of_odd_sizes(fake, part, shape):
    _open(own=np.full((*shape, 3), 90, np.uint8), part=part)


@pytest.mark.parametrize("shape", [(1, 1), (300, 2), (480, 640)])
def test_a_twin_of_any_picture(fake, shape):
    own = np.random.default_rng(0).integers(0, 255, (*shape, 3), np.uint8)
    app = _open(own=own, part=words.PARTS[2], twin="true")
    text = _text(app)
    assert "| semantic | instance |" in text or words.NOTHING in text


def test_the_twin_is_cut_through_the_best_person(fake):
    image = np.zeros((200, 400, 3), np.uint8)
    made = mask_found.twin_of(
        imagebar.Picture(image, "own", ""), mask_found.Asked(0.3, 0.5)
    )
    x1, _, x2, _ = mask_cases.PARTS[0] * [400, 200, 400, 200]
    column = int(x1 + mask_found.TWIN_FRAC * (x2 - x1))
    assert made.image.shape == (200, 2 * column, 3)


def test_the_drawn_streets_truth_stands_beside(fake):
    text = _text(_open(image="street", part=words.PARTS[2]))
    assert "| the truth |" in text
    assert "In the drawn truth" in text


@pytest.mark.parametrize("segmenter", list(mask_semantic.SEGMENTERS))
def test_every_class_map(fake, monkeypatch, segmenter):
    monkeypatch.setattr(zoo, "status", lambda name: "ready")
    app = _open(part=words.PARTS[2])
    box = next(b for b in app.selectbox if b.label == "Class map by")
    label = zoo.record(segmenter).label
    box.set_value(segmenter if segmenter in box.options else label).run()
    assert not app.exception
    assert "| semantic | instance |" in _text(app)


def test_the_full_size_network_is_offered_and_used(fake, monkeypatch):
    link = {
        "part": words.PARTS[2],
        "network": zoo.record("torchvision_mask_rcnn").label,
    }
    assert "on the full-size shelf" in _text(_open(**link))
    monkeypatch.setattr(zoo, "status", lambda name: "ready")
    app = _open(**link)
    assert "| semantic | instance |" in _text(app)
    assert all(s.label != "Mask threshold" for s in app.slider)
