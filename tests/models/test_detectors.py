"""Every detector without torch answers the same two questions."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from explorer.core.boxes import box_iou
from explorer.core.samples import load_sample
from explorer.models import detectors, engine, zoo
from explorer.models.weights import WeightsError

FACE = load_sample("astronaut").image[20:240, 120:340]
NAMES = ("opencv_people", "hog_svm", "dpm", "haar_faces")


def _image(name: str) -> np.ndarray:
    return FACE if name == "haar_faces" else load_sample("street").image


@pytest.mark.parametrize("name", NAMES)
def test_shapes_order_and_classes(name: str) -> None:
    image = _image(name)
    for method in ("raw", "detect"):
        found = engine.run(name, method, image=image).arrays
        n = len(found["scores"])
        assert found["boxes"].shape == (n, 4)
        assert found["boxes"].dtype == np.float64
        assert len(found["labels"]) == n
        assert (np.diff(found["scores"]) <= 0).all()
        assert (found["scores"] >= 0).all()
        assert set(found["labels"]) <= set(zoo.record(name).classes)


@pytest.mark.parametrize("name", NAMES)
def test_detections_are_raw_boxes_that_do_not_overlap_much(name: str) -> None:
    image = _image(name)
    raw = engine.run(name, "raw", image=image).arrays
    kept = engine.run(name, "detect", image=image, iou_threshold=0.3).arrays
    assert 0 < len(kept["boxes"]) < len(raw["boxes"])
    assert (box_iou(kept["boxes"], raw["boxes"]).max(1) == 1).all()
    for label in set(kept["labels"]):
        ious = box_iou(*[kept["boxes"][kept["labels"] == label]] * 2)
        # people are compared as whole windows, boxes are drawn around the person
        assert (ious - np.eye(len(ious))).max(initial=0) <= 0.35


@pytest.mark.parametrize("name", NAMES)
def test_both_sides_of_the_score_threshold(name: str) -> None:
    image = _image(name)
    scores = engine.run(name, "raw", image=image).arrays["scores"]
    best = float(scores[0])
    above = engine.run(name, "raw", image=image, score_threshold=best + 1e-4)
    below = engine.run(name, "raw", image=image, score_threshold=best - 1e-4)
    assert len(above.arrays["scores"]) == 0
    assert above.arrays["boxes"].shape == (0, 4)
    assert len(below.arrays["scores"]) >= 1


def test_the_people_of_the_drawn_street_are_found() -> None:
    scene = load_sample("street")
    found = engine.run("opencv_people", "detect", image=scene.image).arrays
    best = box_iou(scene.gt_boxes, found["boxes"]).max(1)
    assert (best >= 0.5).mean() >= 0.5


def test_a_face_and_its_eyes_are_found() -> None:
    found = engine.run("haar_faces", "detect", image=FACE).arrays
    face = found["boxes"][list(found["labels"]).index("face")]
    assert box_iou([face], [[45, 40, 155, 150]])[0, 0] > 0.7
    assert list(found["labels"]).count("eye") >= 2


def test_bad_thresholds_are_told() -> None:
    image = np.zeros((160, 160, 3), np.uint8)
    for name in NAMES:
        with pytest.raises(engine.EngineError, match=r"iou_threshold must be in"):
            engine.run(name, "detect", image=image, iou_threshold=1.5)


def test_another_opencv_with_other_weights_is_refused() -> None:
    about = replace(zoo.record("opencv_people"), sha256="0" * 64)
    with pytest.raises(WeightsError, match=r"\(inside OpenCV\) are not the recorded"):
        detectors.load_opencv(about, ())


def test_they_run_without_torch() -> None:
    code = (
        "import sys, numpy as np; from explorer.models import engine;"
        "x = np.zeros((160, 96, 3), np.uint8);"
        "engine.run('opencv_people', 'detect', image=x);"
        "engine.run('haar_faces', 'raw', image=x);"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
