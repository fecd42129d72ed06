"""Going on from what ships, with larger pictures; and what the records then say."""

import numpy as np
import pytest
import torch

from explorer.models import zoo
from explorer.training import detection_masks as masks
from explorer.training import detection_record as record
from explorer.training import detection_refine as refine
from explorer.training import detection_refined as refined
from explorer.training.detection_heads import batch_of, features_of, train
from explorer.training.detection_members import stand_ins
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
    losses = [run.step(features, batch, 1.0) for _ in range(24)]
    assert np.mean(losses[-4:]) < losses[0]  # the first steps of AdamW overshoot


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
    how = {"arguments": {}, "options": "--seed 5 --odds 0.4 0.3 0.3"}
    torch.save(kept | how, tmp_path / "refined_448.pt")
    runs = refined.refined(tmp_path)
    assert list(runs) == ["ssd"]
    assert runs["ssd"]["said"] == (
        "detection_refine FOLDER STATE 448 ssd --seed 5 --odds 0.4 0.3 0.3"
    )
    assert saved["everyday_ssd"]["w"].item() == 1


def test_the_mean_of_runs_is_saved_and_said(tmp_path, monkeypatch) -> None:
    saved = {}
    monkeypatch.setattr(record, "save", saved.__setitem__)
    folders = [tmp_path / name for name in "abc"]
    told = zip(folders, (1.0, 2.0, 6.0), (448, 448, 384), strict=True)
    for folder, value, side in told:
        folder.mkdir()
        weights = {"net.w": torch.full((1,), value)}
        kept = {"ssd": {"average": weights}, "step": 3, "seconds": 1.0}
        torch.save(kept, folder / f"refined_{side}.pt")
    runs = refined.refined(folders[0], folders[1:])
    assert saved["everyday_ssd"]["w"].item() == 3.0
    before = {"command": "first", "note": "Before.", "seconds": 1.5}
    values = refined.said_of(before, runs["ssd"])
    assert values["command"].endswith(
        "detection_refined FOLDER STATE --mean STATE2 STATE3"
    )
    assert values["note"].endswith(refined.MEAN.format(count=3))
    assert values["seconds"] == 2.5


def test_a_step_learns_again_from_what_it_remembers(tmp_path, seen) -> None:
    """The backbone runs once a step, whatever the head does with its maps."""
    learnt, ran = [], []

    class Counting(torch.nn.Module):
        def forward(self, x):
            ran.append(len(x))
            return seen[0]

    run = refine.shipped("yolo_v1", rate=1e-4)
    run.step = lambda features, batch, share: learnt.append(batch) or 0.0
    image = np.zeros((64, 64, 3), np.uint8)
    cells = np.ones((len(CLASSES), 8, 8), np.bool_)
    box = np.array([[8, 8, 40, 40]], np.float32)
    drawn = lambda step: [Sample(image, box, np.array([step]), cells)]  # noqa: E731
    to = tmp_path / "refined_64.pt"
    train({"yolo_v1": run}, Counting(), drawn, 3, to, again=4, options="--again 4")
    assert len(ran) == 3
    labels = [int(batch.labels[0]) for batch in learnt]
    assert len(labels) == 12
    assert labels[::4] == [0, 1, 2]
    assert len(set(labels[8:])) > 1
    assert torch.load(to, weights_only=True)["options"] == "--again 4"


def test_fast_rcnn_learns_from_regions_of_its_pictures() -> None:
    image = np.zeros((128, 128, 3), np.uint8)
    image[20:90, 30:100] = 220
    cells = np.ones((len(CLASSES), 16, 16), np.bool_)
    box = np.array([[30, 20, 100, 90]], np.float32)
    sample = Sample(image, box, np.array([0]), cells)
    assert batch_of([sample]).regions is None
    (found,) = batch_of([sample], searched=True).regions
    assert [30, 20, 100, 90] in found.round().tolist()
    torch.manual_seed(0)
    used = stand_ins(torch.from_numpy(box), 128, found)
    assert len(used) <= len(found) + 12
    assert [30, 20, 100, 90] in used.round().tolist()


def test_an_earlier_size_is_no_longer_told() -> None:
    said = "Before. " + refined.LARGER.format(side=832, first=768) + " After."
    assert refined.SAID_LARGER.sub("", said) == "Before. After."


def test_a_run_may_begin_from_another_members_weights() -> None:
    ours = refine.shipped("yolo_v1", start="yolo_v2").member.net.state_dict()
    theirs = refine.shipped("yolo_v2").member.net.state_dict()
    assert torch.equal(ours["squeeze.conv.weight"], theirs["squeeze.conv.weight"])
    assert ours["out.weight"].shape != theirs["out.weight"].shape
    run = {"step": 7, "seconds": 2.0, "side_px": 512, "said": "x", "start": "yolo_v2"}
    values = refined.said_of({"command": "own", "note": "Own.", "seconds": 1.0}, run)
    before = zoo.record("everyday_yolo_v2")
    assert values["command"].startswith(before.command)
    assert "own" not in values["command"].split("; ")
    assert values["note"].startswith("It began from YOLO v2's weights")
