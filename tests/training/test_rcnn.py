"""The R-CNN's training: its small steps by hand, its gain found again on photos."""

import os
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.core.box_codec import decode
from explorer.core.boxes import box_iou
from explorer.models import records, zoo
from explorer.models.rcnn import propose
from explorer.training import rcnn as training
from explorer.training.coco_boxes import read_photos
from explorer.training.rcnn_examples import our_labels
from explorer.training.rcnn_features import Crops, held_out
from explorer.training.rcnn_fit import ridge
from explorer.training.rcnn_settings import (
    CLASSES,
    COCO_NUMBERS,
    FIRST_PHOTOS,
    LEAST_SCORE,
    NEAR_IOU,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("EXPLORER_DATA", ROOT.parent / "shared" / "data"))
with_photos = pytest.mark.skipif(
    not (DATA / "coco.zip").is_file(), reason="needs the training data's folder"
)
PHOTOS = 20


def test_each_class_has_its_number() -> None:
    assert len(CLASSES) == len(set(COCO_NUMBERS)) == len(COCO_NUMBERS)
    assert our_labels(np.array([47, 1, 2, 80])).tolist() == [19, 0, 1, -1]


def test_the_record_says_what_was_trained() -> None:
    record = records.read(records.FOLDER / "rcnn.json")
    assert record.classes == CLASSES
    gain = record.scores["iou_gain"]
    assert gain["after"] - gain["before"] == pytest.approx(gain["value"], abs=2e-4)
    own = [one for name, one in record.scores.items() if name.startswith("ap50_")]
    mean = sum(one["value"] for one in own) / len(own)
    assert record.scores["ap50"]["value"] == pytest.approx(mean, abs=1e-4)
    assert all(one["n"] >= 10 for one in own)


@pytest.mark.parametrize("shape", [(5, 9), (30, 9)])
def test_both_forms_of_ridge_solve_the_same_equation(shape) -> None:
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.normal(size=shape))
    y = torch.from_numpy(rng.normal(size=(shape[0], 2)))
    eye = torch.eye(shape[0] if shape[0] < shape[1] else shape[1])
    assert eye.shape[0] == min(shape)
    found = ridge(x.float(), y.float(), 3.0).double()
    assert (x.T @ (x @ found - y) + 3.0 * found).abs().max() < 1e-4


@with_photos
def test_the_recorded_gain_is_found_again_on_the_first_held_out_photos() -> None:
    record, runner = zoo.record("rcnn"), zoo.load("rcnn")
    before, after = [], []
    for photo in islice(read_photos(DATA), PHOTOS):
        boxes, labels = propose(photo.image), our_labels(photo.labels)
        pairs = box_iou(boxes, photo.boxes) * (labels >= 0)
        rows = np.flatnonzero(pairs.max(axis=1, initial=0) >= NEAR_IOU)
        which = pairs[rows].argmax(axis=1)
        deltas = runner.crops(photo.image, boxes[rows])["deltas"]
        moved = decode(boxes[rows], deltas[np.arange(len(rows)), labels[which]])
        for new, row, true in zip(moved, rows, which, strict=True):
            before.append(pairs[row, true])
            after.append(box_iou([new], photo.boxes[[true]])[0, 0])
    assert len(before) > 30
    gain = float(np.mean(after) - np.mean(before))
    assert gain == pytest.approx(record.scores["iou_gain"]["value"], abs=0.03)


@with_photos
def test_the_recorded_ap_is_found_again_from_the_weights_that_ship(monkeypatch) -> None:
    record, runner = zoo.record("rcnn"), zoo.load("rcnn")
    judged, real = [], training.found
    monkeypatch.setattr(training, "found", lambda *a: judged.append(a) or real(*a))
    photos = list(islice(read_photos(DATA), FIRST_PHOTOS))
    scores = training.evaluate(held_out(photos), runner.heads.cpu())
    told = record.scores["first_ap50_person"]
    person = CLASSES.index("person")
    assert told["photos"] == scores.photos == FIRST_PHOTOS
    assert told["n"] == scores.counts[person]
    assert scores.ap[person] == pytest.approx(told["value"], abs=0.02)
    # What was judged is what the detector that ships answers.
    theirs = runner.detect(photos[0].image, LEAST_SCORE)["scores"]
    _, found, _, numbers = judged[0]
    ours = -np.sort(-found[numbers == 0])
    assert len(ours) == pytest.approx(len(theirs), abs=2)
    both = min(len(ours), len(theirs), 50)
    assert both > 10
    assert np.abs(ours[:both] - theirs[:both]).max() < 5e-3


def test_the_first_photos_keep_their_own_crops_and_truths() -> None:
    four, two = np.zeros((3, 4)), np.zeros((2, 4))
    photos, true = np.array([0, 1, 1]), np.array([0, 1])
    flags = np.zeros(3, bool)
    crops = Crops(
        np.arange(3)[:, None],
        four,
        photos,
        photos,
        flags,
        two,
        true,
        true,
        np.ones((2, 2)),
    )
    first = crops.first(1)
    assert first.features.tolist() == [[0]]
    assert first.gt_photos.tolist() == [0]
    assert len(first.sizes) == len(first.boxes) == 1
    assert len(crops.first(2).boxes) == 3
