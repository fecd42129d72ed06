"""The page on YOLO: its parts with each version, odd pictures, bad links."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import zoo
from explorer.ui import imagebar, live
from explorer.ui.lessons import yolo_words as words

ROOT = Path(__file__).parents[2]
OPEN, FINAL, TRUTH, ANCHORS = words.PARTS


def _open(own: np.ndarray | None = None, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=90)
    for name, value in link.items():
        app.query_params[f"yolo_{name}"] = value
    if own is not None:
        app.session_state["_own"] = imagebar.Picture(own, "own", live.digest(own))
        app.session_state["_image"] = imagebar.OWN
    app.switch_page(str(ROOT / "pages" / "yolo.py")).run()
    assert not app.exception
    assert not app.error
    return app


def _proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


def _text(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
@pytest.mark.parametrize(("part", "count"), [(OPEN, 2), (FINAL, 3), (TRUTH, 2)])
def test_every_part_of_every_version_proves_itself(part, count, version):
    proofs = _proofs(_open(part=part, version=version))
    assert len(proofs) == count
    assert all("**matches**" in line for line in proofs), proofs


def test_the_counts_of_the_papers_stand_beside_ours():
    text = _text(_open())
    ours = 2 * (zoo.record("everyday_yolo_v1").side_px // 32) ** 2
    for count in ("98", "845", "10,647", f"{ours:,}"):
        assert f"**{count}**" in text
    for count in ("845", "10,647"):  # ours take pictures of the papers' size
        row = next(line for line in text.splitlines() if f"| **{count}** |" in line)
        assert row.count(f"**{count}**") == 2


@pytest.mark.parametrize(("version", "usual"), [("v1", 0.15), ("v2", 0.3)])
def test_the_astronaut_is_found_at_each_versions_usual_threshold(version, usual):
    app = _open(part="Final boxes", version=version)
    (score,) = [one for one in app.slider if one.label == "Score threshold"]
    assert score.value == usual
    assert "| person |" in _text(app)


@pytest.mark.parametrize("name", ["13 × 13", "26 × 26", "52 × 52"])
def test_each_map_of_version_3_can_be_opened(name):
    app = _open(version="v3", map=name)
    html = " ".join(h.proto.body for h in app.get("html"))
    assert f"<b>{name} × 75</b>" in html


@pytest.mark.parametrize("layer", words.LAYERS)
def test_every_layer_is_drawn(layer):
    _open(layer=words.LAYERS[layer])


@pytest.mark.parametrize("score", ["0.05", "0.95"])
@pytest.mark.parametrize("iou", ["0.1", "0.9"])
def test_thresholds_at_both_ends_leave_proven_boxes(score, iou):
    app = _open(part=FINAL, version="v3", score=score, iou=iou)
    assert all("**matches**" in line for line in _proofs(app))


def test_two_truths_in_one_cell_of_version_1_are_told_of():
    boxes = "100,50,300,250,cat;120,70,280,230,dog"
    text = _text(_open(part=TRUTH, version="v1", truth_astronaut=boxes))
    assert "Nothing is learnt from 2 dog" in text


def test_no_truth_leaves_the_boxes_that_should_say_no_object():
    app = _open(part=TRUTH, version="v3", truth_astronaut="")
    assert all("**matches**" in line for line in _proofs(app))


@pytest.mark.parametrize("k", [1, 12])
def test_kmeans_of_the_data_set_at_both_ends(k):
    app = _open(part=ANCHORS)
    app.slider(key="yolo_k").set_value(k).run()
    assert not app.exception
    assert f"k = {k}: mean IoU" in _text(app)
    assert all("**matches**" in line for line in _proofs(app))


def test_kmeans_of_few_own_boxes_takes_as_many_as_there_are():
    app = _open(part=ANCHORS, anchored="v3", source="your boxes")
    assert "k = 1: mean IoU 1.000" in _text(app)
    assert "k can't be 5: there is one size" in _text(app)


@pytest.mark.parametrize("part", words.PARTS)
@pytest.mark.parametrize("shape", [(6, 6), (20, 600), (500, 9)])
def test_tiny_and_odd_pictures_are_no_fault(part, shape):
    _open(own=np.full((*shape, 3), 90, np.uint8), part=part, version="v1")


def _told(app: AppTest) -> str:
    """Return what the page says of a link that it can't follow."""
    return " ".join(i.value for i in app.info if "The link asked" in i.value)


@pytest.mark.parametrize(
    ("part", "link", "said"),
    [
        (OPEN, {"cell": "nonsense"}, "cell = “nonsense”, which can't be read"),
        (OPEN, {"version": "v9"}, "Version = “v9”, which this page does not offer"),
        (OPEN, {"map": "3 × 3"}, "Map = “3 × 3”, which this page does not offer"),
        (FINAL, {"score": "7"}, "“7”, which this page does not offer; it shows 0.3"),
        (TRUTH, {"truth_astronaut": "1,2,nan,4,cat"}, "“1,2,nan,4,cat”, which can't"),
    ],
)
def test_a_link_that_can_not_be_followed_is_told_of(part, link, said):
    app = _open(**({"part": part, "version": "v3"} | link))
    assert said in _told(app)
    assert all(f"yolo_{name}" not in app.query_params for name in link)


@pytest.mark.parametrize(
    ("part", "link"),
    [
        (OPEN, {"cell": "1,2,3"}),
        (OPEN, {"cell": "999,-5"}),
        (FINAL, {"step": "99"}),
    ],
)
def test_a_value_beyond_its_ends_is_put_right(part, link):
    usual, app = (_open(part=part, version="v3", **more) for more in ({}, link))
    assert all(f"yolo_{name}" not in app.query_params for name in link)
    assert _text(app) == _text(usual)


def test_a_true_box_without_area_is_left_out():
    app = _open(
        part=TRUTH, version="v3", truth_astronaut="5,5,5,5,cat;90,80,200,210,dog"
    )
    assert app.query_params["yolo_truth_astronaut"] == "90,80,200,210,dog"
    assert "| 1 dog |" in _text(app)
    assert "cat" not in " ".join(m.value for m in app.markdown if "| 1 dog" in m.value)
