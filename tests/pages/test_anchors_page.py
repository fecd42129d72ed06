"""The page on anchors: its parts, odd pictures and links, what the browser sends."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.anchor_kmeans import anchor_kmeans_steps
from explorer.core.anchor_maps import MapPlan, anchor_maps
from explorer.core.anchor_matching import match_anchors
from explorer.models import zoo
from explorer.ui.imagebar import OWN, Picture
from explorer.ui.lessons import anchors as lesson
from explorer.ui.lessons import anchors_kmeans as clusters
from explorer.ui.lessons import anchors_truth as truth
from explorer.ui.lessons import anchors_words as words
from explorer.ui.lessons.anchors_grids import best_cells, view
from explorer.ui.lessons.anchors_plans import Planned, network_plans, read_list
from explorer.ui.literal import JOINER

ROOT = Path(__file__).parents[2]
PLAN = MapPlan(6, 8, 16, (32.0, 64.0))
BOXES = np.array([[10.0, 10, 60, 50], [70, 20, 120, 90]])
ANCHORS, OBJECTNESS, KMEANS = words.PARTS


def opened(image: str = "", own: Picture | None = None, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=240)
    for name, value in link.items():
        app.query_params[f"anchors_{name}"] = value
    if image:
        app.query_params["image"] = image
    if own is not None:
        app.session_state["_own"] = own
        app.session_state["_image"] = OWN
    app.switch_page(str(ROOT / "pages" / "anchors.py")).run()
    assert not app.exception
    assert not app.error
    return app


def said(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


def notes(app: AppTest) -> str:
    return " ".join(one.value for one in app.info)


def proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize(
    ("link", "count"),
    [
        ({"part": ANCHORS}, 2),
        ({"part": ANCHORS, "network": "ours, one map"}, 2),
        ({"part": ANCHORS, "network": "ours, pyramid", "level": "64"}, 2),
        ({"part": OBJECTNESS}, 7),
        ({"part": OBJECTNESS, "rpn_stride": "64"}, 3),
        ({"part": OBJECTNESS, "rpn_stride": "128"}, 3),
        ({"part": OBJECTNESS, "rpn": "ours, one map"}, 3),
        ({"part": KMEANS}, 2),
        ({"part": KMEANS, "source": "my own boxes"}, 2),
        ({"part": KMEANS, "source": "person", "k": "9", "seed": "3"}, 2),
    ],
)
def test_every_view_proves_itself(link, count):
    lines = proofs(opened(**link))
    assert len(lines) == count
    assert all("**matches**" in line for line in lines), lines


def test_the_count_is_written_out():
    text = said(opened("coffee"))
    assert "The photo of 600 × 400 px enters as 900 × 600 px" in text
    assert "37 × 56 cells × 3 sizes × 3 ratios = **18,648 guesses**" in text
    assert "[−91, −45, 91, 45]" in text


def test_our_networks_take_a_square():
    text = said(opened("coffee", network="ours, one map"))
    assert "448 × 299 px of a square of 448 × 448, grey beyond it" in text
    assert "**7,056 guesses**, the same for every photo." in text


def test_a_small_truth_needs_the_best_anchor_rule():
    place = "truth_" + digest("coffee")
    link = {place: "100,100,112,112"}
    text = said(opened("coffee", **link))
    assert "0 reach an IoU of 0.70 with a truth" in text
    assert re.search(r"[1-9]\d* more are positive only as the best", text)
    text = said(opened("coffee", best="false", **link))
    assert "Without a positive anchor, nothing would learn" in text


def digest(sample: str) -> str:
    from explorer.core.samples import load_sample
    from explorer.ui import live

    return live.digest(load_sample(sample).image)[:6]


def test_lists_that_cannot_be_read_say_so():
    app = opened(sizes="large", ratios="1:2 0")
    assert "The sizes are 1 to 4 numbers from 4 to 2000, got “large”" in notes(app)
    assert "The ratios are 1 to 4 numbers from 0.1 to 10, got “1:2 0”" in notes(
        app
    ).replace(JOINER, "")
    assert "3 sizes × 3 ratios" in said(app)


@pytest.mark.parametrize("asked", ["", "1 2 3 4 5", "1:0", "nan", "inf"])
def test_both_ends_of_a_list(asked):
    with pytest.raises(ValueError, match="are 1 to 4 numbers"):
        read_list(asked, "ratios", (0.1, 10))


def test_a_link_that_cannot_be_read_says_so():
    place = "truth_" + digest("coffee")
    app = opened("coffee", **{place: "1,2,3", "cell": "9,9", "high": "7"})
    assert "can't be read" in notes(app)
    assert "“7”" in notes(app)


def test_thresholds_the_wrong_way_round_are_one():
    text = said(opened(high="0.2", low="0.6"))
    assert "lie between 0.20 and 0.20" in text
    assert "takes 0.20 for both" in text


@pytest.mark.parametrize("part", words.PARTS)
@pytest.mark.parametrize("shape", [(1, 1, 3), (9, 640, 3), (640, 360, 3)])
def test_tiny_and_odd_pictures(part, shape):
    image = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
    own = Picture(image, "mine", f"{shape[0]:06d}", full_size=shape[1::-1])
    lines = proofs(opened(own=own, part=part))
    assert lines
    assert all("**matches**" in line for line in lines), lines


def test_own_boxes_none_and_few():
    place = "truth_" + digest("coffee")
    app = opened("coffee", part=KMEANS, source="my own boxes", **{place: ""})
    assert "There is no box on the photo yet" in notes(app)
    app = opened("coffee", part=KMEANS, source="my own boxes", **{place: "0,0,50,50"})
    assert "there are 1 anchors, not 5" in said(app)


def test_the_first_boxes_come_back():
    place = "truth_" + digest("coffee")
    app = opened("coffee", **{place: "0,0,50,50"})
    app.button(key="anchors_restore").click().run()
    assert not app.exception
    assert "anchors_restore" not in [b.key for b in app.button]
    assert f"anchors_{place}" not in app.query_params


def shown(**sent) -> lesson.Shown:
    maps, rule = anchor_maps([PLAN]), lesson.Rule(0.5, 0.3, True)
    planned = Planned((PLAN,), 0, 1.5)
    match = match_anchors(maps.boxes, BOXES * 1.5, 0.5, 0.3)
    states = (match.gt + 2 + lesson.FORCED * match.forced).astype(np.uint8)
    first = {
        "tag": lesson._tag(planned, rule),
        "boxes": BOXES.tolist(),
        "tops": match.ious.max(axis=0).tolist(),
        "states": base64.b64encode(states.tobytes()).decode(),
    }
    return lesson.Shown(maps, planned, rule, BOXES, match, first | sent)


def test_the_browsers_verdicts_are_checked():
    assert lesson.browser_delta(shown()) == 0
    assert lesson.browser_delta(shown(tops=[0.1, 0.2])) > 0.1
    wrong = base64.b64encode(b"\xff" * PLAN.count).decode()
    assert lesson.browser_delta(shown(states=wrong)) >= PLAN.count
    assert lesson.browser_delta(shown(states="AAAA")) == float("inf")


@pytest.mark.parametrize(
    "sent",
    [
        {"tag": "x"},
        {"boxes": [[0, 0, 1, 1]]},
        {"boxes": "x"},
        {"states": "?"},
        {"states": 3},
    ],
)
def test_nonsense_from_a_browser_proves_nothing(sent):
    assert lesson.browser_delta(shown(**sent)) is None


SIDE = zoo.record("everyday_faster_rcnn_fpn").side_px


def grids(stride: int | None):
    plans = network_plans("ours, pyramid")
    logits = np.random.default_rng(2).normal(size=sum(p.count for p in plans))
    return plans, logits, view(plans, logits, (400.0, float(SIDE)), stride)


def test_one_map_has_a_grid_for_every_shape():
    plans, logits, made = grids(16)
    assert len(made) == 9
    assert made[4].shown == (26, SIDE // 16)
    row = plans[0].count + (2 * plans[1].cols + 5) * 9 + 4
    assert made[4].rows[2, 5] == row
    assert made[4].kinds[2, 5] == 9 + 4


def test_all_maps_have_their_likeliest_shape():
    plans, logits, made = grids(None)
    rows, strides = (51, 26, 13, 7, 4), (8, 16, 32, 64, 128)
    wanted = [(r, -(-SIDE // s)) for r, s in zip(rows, strides, strict=True)]
    assert [one.shown for one in made] == wanted
    cell = plans[0].count + (2 * plans[1].cols + 5) * 9
    best = int(logits[cell : cell + 9].argmax())
    assert made[1].rows[2, 5] == cell + best
    assert made[1].kinds[2, 5] == 9 + best
    (g, at), *_ = best_cells(made, logits, 3)
    seen = np.concatenate([one.rows.ravel() for one in made])
    assert made[g].rows.ravel()[at] == seen[logits[seen].argmax()]


def test_the_browsers_rounds_are_checked():
    sizes = np.random.default_rng(0).uniform(3, 90, (40, 2))
    steps = anchor_kmeans_steps(sizes, 3)
    counts = np.bincount(steps[1].nearest, minlength=3).tolist()
    sent = {"tag": "t", "round": 1, "counts": counts, "mean": steps[1].mean_iou}

    def delta(**other):
        return clusters.browser_delta(clusters.Found(sizes, steps, "t", sent | other))

    assert delta() == 0
    assert delta(mean=0.9) > 0.1
    assert delta(counts=[1]) == float("inf")
    assert delta(tag="u") is None
    assert delta(round=999) is None
    assert delta(counts="x") is None


def test_a_links_boxes_stay_inside_the_picture(monkeypatch):
    image = np.zeros((50, 80, 3), np.uint8)
    picture = Picture(image, "mine", "abcdef", full_size=(80, 50))
    kept = (-5.0, 10, 30, 40, 90, 90, 95, 95, 60, 40, 20, 10)
    monkeypatch.setattr(truth, "remember", lambda *_: kept)
    boxes = truth.kept_boxes(picture)
    assert boxes.tolist() == [[0, 10, 30, 40], [20, 10, 60, 40]]


def test_a_photo_drawn_on_by_hand_starts_from_that_box():
    from explorer.core.samples import FIRST_TRUTHS, load_sample

    image = load_sample("chelsea").image
    ((_, drawn),) = FIRST_TRUTHS["chelsea"]
    known = Picture(image, "chelsea", "a")
    assert truth.first_boxes(known) == drawn
    height, width = image.shape[:2]
    middle = (0.3 * width, 0.2 * height, 0.7 * width, 0.8 * height)
    assert truth.first_boxes(Picture(image, "own", "b")) == pytest.approx(middle)
