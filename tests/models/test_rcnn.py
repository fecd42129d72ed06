"""The R-CNN that ships: its file, its face, and its steps taken one by one."""

import numpy as np
import pytest

from explorer.core.box_codec import clip_boxes, decode
from explorer.core.boxes import box_iou
from explorer.core.samples import load_sample
from explorer.core.warp import warp_boxes
from explorer.models import engine, records, weights, zoo
from explorer.models.proofs.box_regression import prove_regressors
from explorer.models.rcnn import (
    MOST_CROPS,
    Heads,
    Rcnn,
    classifier,
    feature_count,
    propose,
)

IMAGE = load_sample("chelsea").image
BOXES = np.array([[120.0, 30.0, 330.0, 260.0], [10.0, 10.0, 60.0, 50.0]])


@pytest.fixture(scope="module")
def record():
    return records.read(records.FOLDER / "rcnn.json")


@pytest.fixture(scope="module")
def runner() -> Rcnn:
    return zoo.load("rcnn")


def test_the_file_is_the_recorded_one(record) -> None:
    path = records.FOLDER / "rcnn.safetensors"
    assert weights.digest(path) == record.sha256
    assert path.stat().st_size == record.bytes
    features, classes = feature_count(record.arguments["grids"]), len(record.classes)
    assert record.parameters == (features + 1) * 5 * classes + 2 * classes
    assert record.backbone == "efficientnet_lite0"


def test_a_weight_too_few_is_refused(runner) -> None:
    state = runner.heads.state_dict()
    state.pop("platt")
    heads = Heads(runner.heads.svm.in_features, len(runner.names))
    with pytest.raises(RuntimeError, match="platt"):
        heads.load_state_dict(state, strict=True)


def test_shapes_of_no_one_and_more_crops_than_a_batch(runner) -> None:
    for count in (0, 1, 33):
        boxes = np.tile(BOXES[:1], (count, 1))
        found = engine.run("rcnn", "crops", image=IMAGE, boxes=boxes).arrays
        assert found["logits"].shape == (count, 1000)
        assert found["scores"].shape == found["margins"].shape == (count, 20)
        assert found["deltas"].shape == (count, 20, 4)
        assert "features" not in found


def test_too_many_crops_and_flat_boxes_are_told() -> None:
    many = np.tile(BOXES[:1], (MOST_CROPS + 1, 1))
    with pytest.raises(engine.EngineError, match="at most 2000 crops"):
        engine.run("rcnn", "crops", image=IMAGE, boxes=many)
    with pytest.raises(engine.EngineError, match="width and height above 0"):
        engine.run("rcnn", "crops", image=IMAGE, boxes=np.array([[5.0, 5, 5, 9]]))


def test_crops_are_the_networks_own_features_times_the_weights(runner) -> None:
    import torch

    found = runner.crops(IMAGE, BOXES, features=True)
    x = (warp_boxes(IMAGE, BOXES) / 255.0 - 0.5) / 0.5
    with torch.inference_mode():
        net = classifier("efficientnet_lite0").double()
        run = net(torch.from_numpy(x.transpose(0, 3, 1, 2)))
    assert np.abs(found["logits"] - run.logits.numpy()).max() < 1e-3
    assert np.abs(found["features"][:, :1280] - run.pooled.numpy()).max() < 1e-3
    weight = runner.heads.svm.weight.double().numpy()
    bias = runner.heads.svm.bias.double().numpy()
    margins = found["features"].astype(float) @ weight.T + bias
    assert np.abs(margins - found["margins"]).max() < 1e-3
    a, b = runner.heads.platt[0].tolist()
    chances = 1 / (1 + np.exp(-(a * margins + b)))
    assert np.abs(chances - found["scores"]).max() < 1e-3


@pytest.mark.parametrize("wrong", [None, "deltas", "features"])
def test_the_regressors_sums_are_proved_and_a_fault_is_seen(runner, wrong) -> None:
    found = runner.methods["crops"](image=IMAGE, boxes=BOXES, features=True)
    if wrong:
        found[wrong] = found[wrong].copy()
        found[wrong][1] += 0.01
    proof = prove_regressors(found["features"], found["deltas"])
    assert proof.holds == (wrong is None), proof


def test_the_cat_scores_as_a_cat(runner) -> None:
    found = runner.crops(IMAGE, BOXES)
    assert runner.names[found["scores"][0].argmax()] == "cat"


def test_detections_are_moved_proposals(runner) -> None:
    raw = engine.run("rcnn", "raw", image=IMAGE, score_threshold=0.05).arrays
    kept = engine.run("rcnn", "detect", image=IMAGE, score_threshold=0.05).arrays
    assert 0 < len(kept["boxes"]) <= len(raw["boxes"])
    assert (np.diff(raw["scores"]) <= 0).all()
    assert (np.diff(kept["scores"]) <= 0).all()
    proposals = propose(IMAGE)
    found = runner.crops(IMAGE, proposals)
    row, label = np.unravel_index(found["scores"].argmax(), found["scores"].shape)
    moved = decode(proposals[[row]], found["deltas"][row, [label]])
    best = clip_boxes(moved, IMAGE.shape[1], IMAGE.shape[0])
    assert np.abs(best[0] - raw["boxes"][0]).max() < 0.1
    assert raw["labels"][0] == runner.names[label] == kept["labels"][0]
    for name in set(kept["labels"]):
        ious = box_iou(*[kept["boxes"][kept["labels"] == name]] * 2)
        assert (ious - np.eye(len(ious))).max(initial=0) <= 0.3


def test_both_sides_of_the_score_threshold() -> None:
    best = float(
        engine.run("rcnn", "raw", image=IMAGE, score_threshold=0.01).arrays["scores"][0]
    )
    above = engine.run("rcnn", "raw", image=IMAGE, score_threshold=best + 1e-3)
    below = engine.run("rcnn", "raw", image=IMAGE, score_threshold=best - 1e-3)
    assert above.arrays["boxes"].shape == (0, 4)
    assert len(below.arrays["scores"]) >= 1
