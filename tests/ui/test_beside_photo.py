"""Boxes in the grey beside a photo are no detections on any page that suppresses."""

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.core.funnel import detection_funnel
from explorer.core.nms import nms_classwise_steps
from explorer.core.samples import load_sample
from explorer.models import zoo
from explorer.ui.lessons import (
    faster_steps,
    faster_words,
    ssd_found,
    ssd_found_words,
    ssd_scene,
    yolo_final,
)
from explorer.ui.lessons.beside_photo import (
    ALL_GREY,
    best_in_photo,
    grey_said,
    in_photo,
)
from explorer.ui.lessons.ssd_live import Seen, read

BOXES = np.array([[2.0, 2, 12, 9], [2, 9.5, 12, 20], [1, 2, 12, 9], [20, 4, 30, 9]])
EXTENT = np.array([32.0, 10.0])


def test_what_reaches_less_than_a_pixel_into_the_photo_is_left_out_and_counted():
    labels = np.zeros(4, int)
    steps = nms_classwise_steps(BOXES, np.array([0.5, 0.9, 0.8, 0.6]), labels, 0.5)
    kept, grey = in_photo(steps, BOXES, EXTENT)
    assert (kept.tolist(), grey) == ([2, 3], 1)


@pytest.mark.parametrize(("count", "said"), [(0, ""), (1, "One more lies"), (3, "3 m")])
def test_the_sentence_counts_them(count, said):
    assert grey_said(count).strip().startswith(said)
    assert bool(grey_said(count)) == bool(count)
    assert grey_said(count) in ssd_found_words.found_said(9, 2, count)


def test_the_pages_of_yolo_and_ssd_leave_out_the_same():
    scores = np.array([[0.5], [0.9], [0.8], [0.6]])
    arrays = {"boxes": BOXES, "scores": scores, "extent": EXTENT}
    asked = yolo_final.Asked(0.05, 0.5)
    yolo = yolo_final.final(SimpleNamespace(arrays=arrays), asked)
    assert yolo.rows[yolo.kept].tolist() == [2, 3]
    assert (yolo.total, yolo.grey) == (4, 1)
    probs = np.concatenate([1 - scores, scores], axis=1)
    zeros = np.zeros((4, 4))
    answer = Seen(BOXES, np.log(probs), zeros, probs, BOXES, ("cat",), EXTENT)
    ssd = ssd_found.find(answer, 0.05, 0.5)
    assert ssd.rows[ssd.kept].tolist() == [2, 3]
    assert ssd.grey == 1


@pytest.mark.parametrize("name", ["everyday_yolo_v2", "everyday_yolo_v3"])
def test_yolos_page_keeps_what_the_network_returns(name):
    strip = load_sample("rocket").image[:150]
    arrays = zoo.load(name).methods["opened"](strip, 0.05, 0.5)
    asked = yolo_final.Asked(0.05, 0.5)
    found = yolo_final.final(SimpleNamespace(arrays=arrays), asked)
    assert len(found.kept) > 0
    kept = found.boxes[found.kept]
    assert np.allclose(kept, arrays["found_boxes"], atol=1e-3)


def test_ssds_page_keeps_what_the_network_returns():
    cat = load_sample("chelsea").image
    arrays = zoo.load("everyday_ssd").methods["opened"](cat, 0.1, 0.5)
    answer = read(arrays, tuple(zoo.record("everyday_ssd").classes))
    found = ssd_found.find(answer, 0.1, 0.5)
    assert len(found.kept) > 0
    kept = answer.moved[found.rows[found.kept]]
    assert np.allclose(kept, arrays["found_boxes"], atol=1e-2)


def test_the_best_score_named_is_of_a_box_in_the_photo():
    scores = np.array([[0.5, 0.1], [0.9, 0.2], [0.8, 0.3], [0.6, 0.4]])
    assert best_in_photo(BOXES, scores, EXTENT) == (2, 0)
    every = np.stack([BOXES, BOXES[[1, 1, 3, 0]]], axis=1)  # a box a class
    assert best_in_photo(every, scores[:, ::-1], EXTENT) == (2, 1)
    assert best_in_photo(BOXES[1:2], scores[1:2], EXTENT) is None


def test_a_threshold_is_advised_only_where_it_shows_the_box():
    zeros, network = np.zeros((8732, 4)), ssd_scene.OURS
    boxes = np.broadcast_to(BOXES[1], zeros.shape).copy()  # all in the grey
    boxes[3] = BOXES[0]
    said = []
    for best in (0.2, 0.06):
        probs = np.full((len(boxes), 2), 0.01)
        probs[3, 1], probs[9, 1] = best, 0.9
        answer = Seen(zeros, probs, zeros, probs, boxes, ("cat",), EXTENT)
        said.append(ssd_found_words.nothing_said(network, answer, 0.95))
        assert f"cat with {best:.2f}" in said[-1]
    assert ["lower" in one for one in said] == [True, False]
    answer = Seen(zeros[:2], probs[:2], zeros, probs[:2], boxes[:2], ("cat",), EXTENT)
    assert ssd_found_words.nothing_said(network, answer, 0.95) == ALL_GREY


def test_the_funnel_names_what_lies_in_the_grey():
    arrays = {
        "boxes": BOXES[:, None],
        "scores": np.array([[0.5], [0.9], [0.8], [0.6]]),
        "extent": EXTENT,
        "regions": BOXES[:1],
    }
    end = detection_funnel(arrays["boxes"], arrays["scores"], 0.3, 0.5, extent=EXTENT)
    seen = SimpleNamespace(arrays=arrays, classes=("cat",), first=None, rois=BOXES)
    assert (len(end.kept), len(end.found)) == (3, 2)
    assert "One more lies" in faster_steps.funnel_steps(seen, end, 0.3, 0.5)[-1]["said"]
    first = faster_steps.funnel_steps(seen, end, 0.3, 0.5)[0]
    assert "first 1 box;" in first["said"]
    said = faster_words.nothing(seen, 0.95)
    assert "0.80: cat, in RoI 3" in said
