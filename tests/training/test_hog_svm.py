"""The people SVM that ships: its record, and its scores on the held-out photos."""

import os
from pathlib import Path

import numpy as np
import pytest

from explorer.core.boxes import box_iou
from explorer.core.hog import hog_blocks
from explorer.core.nms import nms_steps
from explorer.core.people import (
    IOU_THRESHOLD,
    PADDING_PX,
    Detections,
    detect_people,
    person_boxes,
)
from explorer.core.proofs.windows import one_opencv_thread, opencv_detector
from explorer.core.windows import Template, load_template, opencv_people_template
from explorer.models import records, weights
from explorer.training import hog_svm
from explorer.training.pennfudan import (
    Photo,
    instance_boxes,
    read_photos,
    split_photos,
)
from explorer.training.scoring import average_precision, match, score_photos

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("EXPLORER_DATA", ROOT.parent / "shared" / "data"))
with_photos = pytest.mark.skipif(
    not (DATA / "pennfudan.zip").is_file(), reason="needs the training data's folder"
)
TEN = 10


@pytest.fixture(scope="module")
def record():
    return records.read(records.FOLDER / "hog_svm.json")


@pytest.fixture(scope="module")
def template():
    return load_template(records.FOLDER / "hog_svm.safetensors", "trained here")


@pytest.fixture(scope="module")
def held():
    return split_photos(read_photos(DATA), 0)[1]


# The record


def test_the_file_is_the_recorded_one(record):
    path = records.FOLDER / "hog_svm.safetensors"
    assert weights.digest(path) == record.sha256
    assert path.stat().st_size == record.bytes
    assert record.parameters == 3781


@with_photos
@pytest.mark.slow
def test_the_records_scores_are_found_again_on_the_held_out_photos(
    record, template, held
):
    score = hog_svm.evaluate(held, template)
    recall = record.scores["recall"]
    assert score.boxes == recall["n"]
    assert score.recall == pytest.approx(recall["value"], abs=0.013)
    assert score.false_per_photo == pytest.approx(recall["false_per_photo"], abs=0.1)
    ap = record.scores["ap50_person"]["value"]
    assert score.ap50 == pytest.approx(ap, abs=0.01)


def opencv_people(image: np.ndarray, template: Template) -> Detections:
    """OpenCV's own scan, then the same NMS and the same margin as ours."""
    with one_opencv_thread():
        found, scores = opencv_detector(template).detectMultiScale(
            image,
            hitThreshold=0.0,
            winStride=(8, 8),
            padding=(PADDING_PX, PADDING_PX),
            scale=1.05,
            groupThreshold=0,
        )
    xywh = np.asarray(found, np.float64).reshape(-1, 4)
    boxes = np.hstack([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]])
    numbers = np.asarray(scores, np.float64).ravel()
    kept = [step.kept for step in nms_steps(boxes, numbers, IOU_THRESHOLD)]
    return Detections(person_boxes(boxes[kept]), numbers[kept])


@with_photos
def test_three_detectors_agree_on_ten_photos(template, held):
    photos = held[:TEN]
    truths = [photo.boxes for photo in photos]
    default = opencv_people_template()
    recalls = [
        score_photos([find(p.image, t) for p in photos], truths, 0.0).recall
        for find, t in (
            (opencv_people, default),
            (detect_people, default),
            (detect_people, template),
        )
    ]
    assert min(recalls) >= 0.6
    assert abs(recalls[0] - recalls[1]) <= 0.05  # OpenCV's scan and the page's
    assert recalls[2] >= recalls[1] - 0.05  # the SVM trained here knows such photos


# Reading and splitting


def test_boxes_from_ids_by_hand():
    ids = np.zeros((6, 8), np.uint8)
    ids[1:3, 2:5] = 1
    ids[4, 7] = 3
    assert instance_boxes(ids).tolist() == [[2, 1, 5, 3], [7, 4, 8, 5]]
    assert instance_boxes(np.zeros((3, 3), np.uint8)).shape == (0, 4)


def test_the_split_is_by_photo_and_by_seed():
    blank = np.zeros((1, 1, 3), np.uint8)
    photos = [Photo(str(k), blank, np.empty((0, 4))) for k in range(20)]
    train, held = split_photos(photos, 0)
    names = [photo.name for photo in held]
    assert len(held) == 4
    assert not set(names) & {photo.name for photo in train}
    assert [photo.name for photo in split_photos(photos, 0)[1]] == names
    assert [photo.name for photo in split_photos(photos, 1)[1]] != names


def test_an_absent_archive_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no pennfudan\.zip"):
        read_photos(tmp_path)


# Windows for training


def test_a_window_inside_a_photo_gives_the_blocks_of_a_scan():
    image = np.random.default_rng(3).integers(0, 256, (200, 160, 3), np.uint8)
    box = np.array([16, 24, 80, 152], np.float64)
    blocks = hog_blocks(image)[3:18, 2:9].reshape(-1)
    np.testing.assert_allclose(hog_svm.window_blocks(image, box), blocks, atol=1e-5)


def test_windows_may_hang_over_the_border():
    image = np.random.default_rng(3).integers(0, 256, (90, 60, 3), np.uint8)
    row = hog_svm.window_blocks(image, np.array([-30.0, -60, 70, 140]))
    assert row.shape == (3780,)
    assert np.isfinite(row).all()


# Scores


def found(*boxes: tuple[float, float, float, float]) -> Detections:
    return Detections(np.array(boxes), np.arange(len(boxes), 0, -1.0))


def test_a_true_box_is_found_once():
    truth = np.array([[0, 0, 10, 10.0]])
    hits = match(found((0, 0, 10, 10), (0, 0, 10, 9)), truth)
    assert hits.tolist() == [True, False]


def test_half_overlap_counts_and_less_does_not():
    truth = np.array([[0, 0, 10, 10.0]])
    half, less = (0.0, 0.0, 10.0, 5.0), (0.0, 0.0, 10.0, 4.9)
    assert box_iou([half], truth)[0, 0] == 0.5
    assert match(found(half), truth).tolist() == [True]
    assert match(found(less), truth).tolist() == [False]


def test_scores_by_hand():
    truths = [np.array([[0, 0, 10, 10.0]]), np.array([[0, 0, 10, 10.0]] * 1)]
    seen = [found((0, 0, 10, 10), (50, 50, 60, 60)), found((30, 30, 40, 40))]
    score = score_photos(seen, truths, 1.5)
    assert score.recall == 0.5
    assert score.false_per_photo == 0.0
    assert score.ap50 == 0.5
    assert score.boxes == 2


def test_nothing_found_is_no_precision():
    assert average_precision(np.zeros(0, bool), 3) == 0.0
