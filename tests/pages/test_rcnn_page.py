"""The page on R-CNN: its parts, its steps, its picture without proposals."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import zoo
from explorer.ui import imagebar, live
from explorer.ui.lessons import rcnn as lesson
from explorer.ui.lessons import rcnn_runs as runs
from explorer.ui.lessons import rcnn_words as words

ROOT = Path(__file__).parents[2]


def _open(image: str = "", own: np.ndarray | None = None, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=90)
    for name, value in link.items():
        app.query_params[f"rcnn_{name}"] = value
    if image:
        app.query_params["image"] = image
    if own is not None:
        app.session_state["_own"] = imagebar.Picture(own, "own", live.digest(own))
        app.session_state["_image"] = imagebar.OWN
    app.switch_page(str(ROOT / "pages" / "rcnn.py")).run()
    assert not app.exception
    assert not app.error
    return app


def _text(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


@pytest.mark.parametrize(("part", "count"), [*zip(words.PARTS, (4, 1, 1), strict=True)])
def test_every_part_proves_itself(part, count):
    proofs = [m.value for m in _open(part=part).markdown if "max |Δ|" in m.value]
    assert len(proofs) == count
    assert all("**matches**" in line for line in proofs), proofs


def test_more_crops_are_run_when_asked_and_the_rule_says_so():
    app = _open(crops="16")
    assert "the first **16**" in _text(app)
    app.selectbox(key="rcnn_crops").set_value(32).run()
    assert not app.exception
    assert "the first **32**" in _text(app)


def test_imagenets_classes_leave_the_boxes_where_they_are():
    app = _open(crops="16", classes=words.CLASSES[1])
    assert words.IMAGENET_SAID in _text(app)
    proofs = [m.value for m in app.markdown if "max |Δ|" in m.value]
    assert len(proofs) == 3
    assert not any("BoxCoder" in line for line in proofs)


def test_the_trained_classes_come_with_their_record():
    text = _text(_open(crops="16"))
    record = zoo.record("rcnn")
    assert all(name in text for name in record.classes)
    assert f"**{record.scores['ap50']['value']:.3f}**" in text


def test_no_score_at_the_highest_threshold_is_no_fault():
    text = _text(_open(score="1.0"))
    assert "**0** scores reach the threshold" in text
    assert "**0 detections**" in text


@pytest.mark.parametrize("step", ["0", "4", "999", "nonsense"])
def test_any_step_of_a_link_is_shown_or_explained(step):
    _open(step=step, proposal="7")


@pytest.mark.parametrize("part", words.PARTS)
def test_a_picture_of_one_colour_is_told_that_it_is_one_region(part):
    app = _open(own=np.full((6, 6, 3), 90, np.uint8), part=part)
    assert words.ONE_PROPOSAL in [i.value for i in app.info]


def test_few_proposals_are_all_run():
    image = np.full((40, 60, 3), 20, np.uint8)
    image[10:30, 20:50] = (200, 40, 40)
    for part in words.PARTS:
        _open(own=image, part=part)


def test_the_costs_are_told_as_measured_and_multiplied():
    app = _open(part=words.PARTS[1], boxes="1,000")
    text = _text(app)
    assert "With 1,000 boxes a photo R-CNN takes" in text
    assert "Faster R-CNN with 300 of its own" in text
    assert "mean over 32 crops and 512 RoIs of this photo's 681 proposals" in text
    assert "not trained" in text
    assert "table 5" in text
    assert "47 s" in " ".join(h.proto.body for h in app.get("html"))


def test_faster_rcnn_classifies_no_more_boxes_than_the_others():
    app = _open(part=words.PARTS[1], boxes="100")
    assert "Faster R-CNN with 100 of its own" in _text(app)
    bars = " ".join(h.proto.body for h in app.get("html"))
    assert "Faster R-CNN, 100 boxes" in bars
    assert "Faster R-CNN, 300 boxes" in bars  # the paper's own


def test_the_time_to_go_is_that_of_the_rate_so_far():
    assert runs.left_said(8, 32, 1.0) == "8 of 32 crops, about 3.0 s to go"


def test_a_session_remembers_a_few_pictures_only():
    seen: dict[str, int] = {}
    for k in range(20):
        lesson._remember(seen, str(k), 16)
    assert len(seen) == 8
    assert "19" in seen
