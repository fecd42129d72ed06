"""Going on from what ships, with larger pictures; and what the records then say."""

import numpy as np
import pytest
import torch

from explorer.models import zoo
from explorer.training import detection_masks as masks
from explorer.training import detection_record as record
from explorer.training import detection_refine as refine
from explorer.training import detection_refined as refined
from explorer.training.detection_heads import batch_of, features_of
from explorer.training.detection_mix import Sample
from explorer.training.rcnn_settings import CLASSES

SIDE = 384
NAMES = ("yolo_v1", "yolo_v2", "yolo_v3", "faster_rcnn", "faster_rcnn_fpn")


@pytest.fixture(scope="module")
def seen():
    rng = np.random.default_rng(0)
    cells = np.ones((len(CLASSES), SIDE // 8, SIDE // 8), np.bool_)
    box = np.array([[200, 210, 380, 370]], np.float32)  # beyond 320 px
    image = rng.integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)
    samples = [Sample(image, box, np.array([0]), cells)]
    return features_of(refine.backbone(), [image]), batch_of(samples)


@pytest.mark.parametrize("name", NAMES)
def test_a_member_goes_on_from_the_weights_that_ship(name: str, seen) -> None:
    features, batch = seen
    assert features.size == (SIDE, SIDE)
    assert batch.boxes[0].max() == 380
    run = refine.shipped(name)
    ours = run.member.net.state_dict()
    theirs = zoo.load(f"everyday_{name}").net.state_dict()
    tall = next(k for k, v in theirs.items() if v.ndim == 2 or v.shape[2:] == (1, 1))
    assert ours[tall].shape == theirs[tall].shape
    torch.manual_seed(0)
    losses = [run.step(features, batch, 1.0) for _ in range(12)]
    assert np.mean(losses[-4:]) < np.mean(losses[:4])


def test_the_masks_go_on_too() -> None:
    branch, faster = masks.shipped()
    assert not any(p.requires_grad for p in faster.parameters())
    assert all(p.requires_grad for p in branch.parameters())


def test_a_picture_for_the_masks_has_the_size_asked_for() -> None:
    from explorer.training.detection_data import Scene

    image = np.zeros((60, 90, 3), np.uint8)
    mask = np.ones((40, 30), np.uint8)
    known = np.ones(len(CLASSES), np.bool_)
    boxes = np.array([[20, 10, 50, 50]], np.float32)
    scene = Scene(image, boxes, np.zeros(1, np.int64), known, (mask,))
    made = masks.cut(scene, np.random.default_rng(0), SIDE)
    assert made.image.shape == (SIDE, SIDE, 3)
    assert made.masks.shape[1:] == (SIDE, SIDE)


def test_the_records_name_the_size_and_the_run() -> None:
    for architecture in record.TITLES:
        about = zoo.record(f"everyday_{architecture}")
        assert about.side_px == record.side_of(architecture)
        assert ("ap50_person_at_320_px" in about.scores) == (about.side_px != 320)
    run = {"step": 7, "seconds": 2.0, "side_px": 512, "said": "x FOLDER STATE 512 ssd"}
    before = {"command": "first", "note": "Before.", "seconds": 1.5}
    values = refined.said_of(before, run)
    assert values["command"] == (
        "first; python -m explorer.training.x FOLDER STATE 512 ssd --steps 7"
    )
    assert values["note"].startswith("Before. Then 7 steps of 8 pictures of 512 px")
    assert values["seconds"] == 3.5


def test_runs_are_found_by_their_size(tmp_path, monkeypatch) -> None:
    saved = {}
    monkeypatch.setattr(record, "save", saved.__setitem__)
    kept = {"ssd": {"average": {"net.w": torch.ones(1)}}, "step": 3, "seconds": 1.0}
    torch.save(kept | {"arguments": {}}, tmp_path / "refined_448.pt")
    runs = refined.refined(tmp_path)
    assert list(runs) == ["ssd"]
    assert runs["ssd"]["said"] == "detection_refine FOLDER STATE 448 ssd"
    assert saved["everyday_ssd"]["w"].item() == 1
