"""The page on Faster R-CNN: its parts, networks, thresholds, truths, odd pictures.

What is asserted holds for any weights: counts that agree, proofs that match.
"""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import zoo
from explorer.ui import imagebar, live
from explorer.ui.lessons import faster_truth as truth
from explorer.ui.lessons import faster_words as words
from explorer.ui.lessons import full_size
from explorer.ui.lessons.faster_pyramid import browser_delta, views
from explorer.ui.lessons.faster_seen import FAST, NETWORKS, ONE_MAP, PYRAMID

ROOT = Path(__file__).parents[2]
PHOTO = np.random.default_rng(0).integers(0, 255, (90, 40, 3), np.uint8)


def _open(own: np.ndarray | None = None, image: str = "", **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[f"faster_rcnn_{name}"] = value
    if image:
        app.query_params["image"] = image
    if own is not None:
        app.session_state["_own"] = imagebar.Picture(own, "own", live.digest(own))
        app.session_state["_image"] = imagebar.OWN
    app.switch_page(str(ROOT / "pages" / "faster_rcnn.py")).run()
    assert not app.exception
    assert not app.error
    return app


def _proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


def _text(app: AppTest) -> str:
    return " ".join(m.value for m in app.markdown)


@pytest.mark.parametrize(
    ("title", "part", "count"),
    [
        (PYRAMID, "Funnel", 8),
        (ONE_MAP, "Funnel", 8),
        (FAST, "Funnel", 6),
        (PYRAMID, "Pyramid", 6),
        (PYRAMID, "Losses", 4),
        (ONE_MAP, "Losses", 4),
        (FAST, "Losses", 2),
    ],
)
def test_every_part_of_every_network_proves_itself(title, part, count):
    found = _proofs(_open(network=title, part=part))
    assert len(found) == count
    assert all("**matches**" in one for one in found), found


def test_the_funnel_only_narrows_and_says_its_counts():
    text = _text(_open(score="0.0", iou="1.0"))
    side = zoo.record("everyday_faster_rcnn_fpn").side_px
    anchors = 9 * sum((-(-side // stride)) ** 2 for stride in (8, 16, 32, 64, 128))
    said = f"{anchors:,} anchors"
    rule = next(one for one in text.split("**The rule") if said in one)
    counts = [
        int(v.replace(",", "")) for v in re.findall(r"(\d[\d,]*) (?:→|large)", rule)
    ]
    assert counts == sorted(counts, reverse=True)
    assert "× 20 classes = 3,000 scores → 3,000 of at least 0.00" in rule


def test_no_detection_is_explained():
    app = _open(score="1.0")
    assert any("No class reaches 1.00" in one.value for one in app.info)
    assert "leaves **0**" in _text(app)
    assert all("**matches**" in one for one in _proofs(app))


@pytest.mark.parametrize("part", words.PARTS)
@pytest.mark.parametrize("shape", [(90, 40), (6, 6), (20, 300)])
def test_any_picture_is_taken(part, shape):
    own = np.random.default_rng(1).integers(0, 255, (*shape, 3), np.uint8)
    assert all("**matches**" in one for one in _proofs(_open(own, part=part)))


@pytest.mark.parametrize("title", NETWORKS)
def test_a_picture_of_one_colour_ties_and_holds(title):
    own = np.full((60, 80, 3), 127, np.uint8)
    assert all("**matches**" in one for one in _proofs(_open(own, network=title)))


LOSSES = {"part": "Losses"}
TRUTH = "truth_astronaut"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"step": "nonsense"}, "step = “nonsense”, which can't be read"),
        ({"roi": "9999"}, "region 9999, and there are 150"),
        ({"step": "1", "faster_funnel_view": "gone:-1,9;label:x"}, "can't be read"),
        ({"network": "none"}, f"Network = “none”, which this page .* {PYRAMID}"),
        ({"part": "Pyramid", "box": "1,2,3"}, "the box “1,2,3”, which is none on"),
        ({"part": "Pyramid", "channel": "4000"}, "Channel = “4000”.* it shows 0 "),
        (LOSSES | {TRUTH: "1,2,3,4,unicorn"}, "“1,2,3,4,unicorn”, which can't be"),
        (LOSSES | {TRUTH: "9,9,1,1,person"}, "“9,9,1,1,person”, which can't be read"),
        (LOSSES | {"seed": "-4"}, "Draw = “-4”, which this page .* it shows 0 "),
        (LOSSES | {"label": "unicorn"}, "“unicorn”, which this page .* shows person"),
    ],
)
def test_a_bad_link_is_answered_by_a_sentence(link, said):
    app = _open(**link)
    told = " ".join(i.value for i in app.info if "The link asked" in i.value)
    assert re.search(said.replace(PYRAMID, re.escape(PYRAMID)), told), told
    bad = list(link)[-1]
    assert f"faster_rcnn_{bad}" not in app.query_params
    assert all("**matches**" in one for one in _proofs(app))


def test_the_pyramids_views_follow_from_its_levels():
    maps = "lateral3 lateral4 lateral5 sum3 sum4 sum5 map3 map4 map5 map6 map7"
    assert views() == [*maps.split(), "double4", "double3"]


def test_a_step_beyond_the_last_is_the_last():
    usual, app = _open(), _open(step="999")
    assert "faster_rcnn_step" not in app.query_params
    assert _text(app) == _text(usual)


def test_a_box_that_is_followed_is_of_its_picture_alone():
    app = _open(step="1", faster_funnel_view="gone:35")
    assert "faster_rcnn_faster_funnel_view" in app.query_params
    app.session_state["_image"] = "coffee"
    assert not app.run().exception
    assert "faster_rcnn_faster_funnel_view" not in app.query_params


def test_truths_of_a_link_are_learned_from():
    drawn = "40,40,300,400,person;10,10,90,120,cat"
    app = _open(part="Losses", truth_astronaut=drawn)
    assert all("**matches**" in one for one in _proofs(app))
    assert "against 2 truths" in " ".join(_proofs(app))
    back = [b for b in app.button if b.key == "faster_rcnn_restore_truth"]
    back[0].click().run()
    assert not app.exception
    assert "faster_rcnn_truth_astronaut" not in app.query_params


def test_no_truth_leaves_background_alone():
    app = _open(part="Losses", truth_astronaut=";")
    text = _text(app)
    assert "anchor boxes 0.0000" in text
    assert "RoI boxes 0.0000" in text
    assert len(_proofs(app)) == 3


def test_another_draw_has_other_terms():
    texts = [_text(_open(part="Losses", seed=k)) for k in ("0", "1")]
    terms = [re.findall(r"loss = objectness ([0-9.]+)", one) for one in texts]
    assert terms[0]
    assert terms[0] != terms[1]


def test_pyramid_is_one_networks_alone_and_says_its_level():
    app = _open(part="Pyramid", box="0,0,512,512")
    assert not [w for w in app.selectbox if w.key == "faster_rcnn_network"]
    assert "**level 5**" in _text(app)
    assert "**level 3**" in _text(_open(part="Pyramid", box="100,100,140,140"))


def test_what_the_browser_computed_counts_for_its_own_box_only():
    from explorer.ui.lessons.faster_pyramid import Read

    found = Read(np.zeros(4), 4, np.arange(4.0).reshape(2, 2))
    box = np.array([1.0, 2, 3, 4])
    sent = {"box": [1, 2, 3, 4], "level": 4, "values": [0, 1, 2, 3.5]}
    assert browser_delta(sent, box, found) == 0.5
    assert browser_delta(sent | {"box": [1, 2, 3, 5]}, box, found) is None
    assert browser_delta({}, box, found) is None
    assert browser_delta(sent | {"level": 3}, box, found) == float("inf")


def test_boxes_without_an_area_in_the_picture_are_no_truths():
    picture = imagebar.Picture(PHOTO, "own", live.digest(PHOTO))
    boxes = np.array([[-9.0, 0, 0.0, 20], [0, 0, 90, 90], [50, 50, 60, 60]])
    made = truth._fitting(boxes, ["cat", "dog", "cup"], picture)
    assert made.labels == ("dog",)
    assert made.boxes.tolist() == [[0, 0, 40, 90]]


def test_the_full_size_network_is_offered_and_its_suppression_proved(monkeypatch):
    status, model, name_of = zoo.status, live.model, full_size.FASTER_RCNN.name
    if status(name_of) != "ready":
        app = _open(full="True")
        assert "on the full-size shelf" in _text(app)
        assert full_size.MEANWHILE in [one.value for one in app.caption]
    boxes = np.array([[0.0, 0, 99, 99], [2, 0, 99, 99], [0, 0, 99, 99], [5, 5, 9, 9]])
    arrays = {
        "boxes": boxes,
        "scores": np.array([0.9, 0.8, 0.7, 0.1]),
        "labels": np.array(["cat", "cat", "dog", "cat"]),
    }

    def answered(name, method, **inputs):
        # The network itself is a download: four boxes stand in for what it says.
        if name != name_of:
            return model(name, method, **inputs)
        return SimpleNamespace(arrays=arrays)

    monkeypatch.setattr(live, "model", answered)
    monkeypatch.setattr(
        zoo, "status", lambda name: "ready" if name == name_of else status(name)
    )
    app = _open(full="True")
    assert "3 class boxes of at least 0.30" in _text(app)
    assert "IoU 0.50 leaves **2**" in _text(app)
    assert len(_proofs(app)) == 9
    assert all("**matches**" in one for one in _proofs(app))


def test_every_networks_record_is_there():
    assert {zoo.record(name).task for name in NETWORKS.values()} == {"detection"}
