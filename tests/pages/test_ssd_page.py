"""The page on SSD: its parts, links it can't follow, odd pictures, its truths."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import zoo
from explorer.ui import imagebar, live
from explorer.ui.lessons import full_size
from explorer.ui.lessons import ssd as lesson
from explorer.ui.lessons import ssd_live as network

ROOT = Path(__file__).parents[2]
FOUND = {"part": lesson.PARTS[1], "show": network.SHOW[1]}
VIEWS = (
    {"part": lesson.PARTS[0]},
    {"part": lesson.PARTS[1]},
    FOUND,
    {"part": lesson.PARTS[2]},
)


def _open(image: str = "", own: np.ndarray | None = None, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=90)
    for name, value in link.items():
        app.query_params[f"ssd_{name}"] = value
    if image:
        app.query_params["image"] = image
    if own is not None:
        app.session_state["_own"] = imagebar.Picture(own, "own", live.digest(own))
        app.session_state["_image"] = imagebar.OWN
    app.switch_page(str(ROOT / "pages" / "ssd.py")).run()
    _sound(app)
    return app


def _sound(app: AppTest) -> None:
    assert not app.exception, app.exception
    assert not app.error, [e.value for e in app.error]


def _text(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


def _proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize(("view", "count"), [*zip(VIEWS, (1, 1, 2, 4), strict=True)])
def test_every_part_proves_itself(view, count):
    proofs = _proofs(_open(**view))
    assert len(proofs) == count
    assert all("**matches**" in line for line in proofs), proofs


@pytest.mark.parametrize(
    ("name", "count"), [("SSD300", "8,732"), ("SSD512", "24,564"), ("Ours", "9,590")]
)
def test_the_boxes_add_up_to_the_papers_count(name, count):
    full = next(n.name for n in lesson.NETWORKS if n.name.startswith(name))
    app = _open(network=full)
    assert f"= **{count} default boxes**" in _text(app)
    assert f"all {count} boxes" in _proofs(app)[0]


@pytest.mark.parametrize(
    "link",
    [
        {"cell_300": "nonsense"},
        {"cell_300": "9,0,0,0"},
        {"cell_300": "0,38,0,0"},
        {"cell_300": "0,1.5,0,0"},
        {"part": "Live", "box": "0,0,0,5"},
        {"part": "Matching", "truth_grace_hopper": "nonsense"},
        {"part": "Matching", "ratio": "7"},
    ],
)
def test_a_link_that_can_not_be_followed_says_so(link):
    app = _open(**link)
    assert any("asked for" in i.value for i in app.info)


def test_a_links_box_is_shown_with_its_numbers():
    text = _text(_open(part="Live", box="3,1,2,0"))
    assert "map 5 × 5, column 1, row 2, box 1:1" in text


def test_the_record_is_read_not_typed():
    record = zoo.record("everyday_ssd")
    assert f"{record.parameters:,} parameters" in _text(_open(part="Live"))


@pytest.mark.parametrize("end", [0.1, 0.95])
def test_thresholds_go_to_both_ends(end):
    app = _open(**FOUND)
    app.slider(key="ssd_score").set_value(end).run()
    _sound(app)
    app.slider(key="ssd_iou").set_value(end).run()
    _sound(app)
    assert all("**matches**" in line for line in _proofs(app))


@pytest.mark.parametrize("view", VIEWS, ids=str)
@pytest.mark.parametrize("shape", [(6, 6), (3, 640), (640, 5)])
def test_tiny_and_thin_pictures_are_taken(view, shape):
    rng = np.random.default_rng(0)
    own = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    assert all("**matches**" in line for line in _proofs(_open(own=own, **view)))


def test_drawn_boxes_come_from_the_link_and_what_is_no_class_is_said():
    truths = "10,10,200,200,cat;300,50,420,300,dragon;5,5,5,9,dog"
    app = _open("coffee", part="Matching", truth_coffee=truths)
    said = " ".join(i.value for i in app.info)
    assert "“dragon” is no class of this network" in said
    assert "1 of the drawn boxes had no area" in said
    proof = next(p for p in _proofs(app) if "SSDMatcher" in p)
    assert "2 true" in proof


def test_without_a_true_box_there_is_no_loss_and_no_empty_figure():
    app = _open("coffee", part="Matching", truth_coffee="")
    assert not _proofs(app)
    assert not app.get("plotly_chart")


def test_another_number_of_negatives_is_counted():
    app = _open(part="Matching")
    app.selectbox(key="ssd_ratio").set_value(10).run()
    _sound(app)
    proofs = _proofs(app)
    assert len(proofs) == 3  # the network learnt with 3 a positive
    assert all("**matches**" in line for line in proofs)


@pytest.mark.parametrize("end", [0.2, 0.9])
def test_another_threshold_is_matched_and_proven(end):
    app = _open(part="Matching", threshold=f"{end}")
    assert app.slider(key="ssd_threshold").value == end
    proofs = _proofs(app)
    assert len(proofs) == 3  # the network learnt from 0.5 on
    assert all("**matches**" in line for line in proofs)
    assert f"IoU {end:.2f} or more" in _text(app)


def test_the_lessons_own_photo_starts_from_its_person_not_from_a_guess():
    person = "4,32,510,598,person"
    app = _open(part="Matching", truth_grace_hopper=person)
    assert "ssd_truth_grace_hopper" not in app.query_params  # it is the usual one
    assert "Nobody has said" not in _text(app)
    assert "Nobody has said" in _text(_open("camera", part="Matching"))


def test_the_full_size_network_is_offered_and_its_suppression_proved(monkeypatch):
    status, model, other = zoo.status, live.model, full_size.SSD300.name
    if status(other) != "ready":
        app = _open(**FOUND, full="True")
        assert "on the full-size shelf" in _text(app)
        assert full_size.MEANWHILE in _text(app)
    arrays = {
        "boxes": np.array([[0.0, 0, 99, 99], [2, 0, 99, 99], [5, 5, 9, 9]]),
        "scores": np.array([0.9, 0.8, 0.1]),
        "labels": np.array(["cat", "cat", "cat"]),
    }

    def answered(name, method, **inputs):
        # The network itself is a download: three boxes stand in for what it says.
        if name != other:
            return model(name, method, **inputs)
        return SimpleNamespace(arrays=arrays)

    monkeypatch.setattr(live, "model", answered)
    monkeypatch.setattr(
        zoo, "status", lambda name: "ready" if name == other else status(name)
    )
    before = len(_proofs(_open(**FOUND)))
    app = _open(**FOUND, full="True")
    assert "2 class boxes of at least 0.30" in _text(app)
    assert "leaves **1**" in _text(app)
    assert len(_proofs(app)) == before + 1
    assert all("**matches**" in one for one in _proofs(app))
