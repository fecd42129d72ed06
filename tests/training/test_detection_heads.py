"""Every member of the family learns: four pictures by heart, a step in training."""

import numpy as np
import pytest
import torch

from explorer.core.boxes import box_iou
from explorer.core.letterbox import letterbox
from explorer.models.segmenters import imagenet_trunk
from explorer.models.two_stage import FasterRCNN, MaskBranch
from explorer.training import detection_heads as heads
from explorer.training.detection_members import (
    Batch,
    Fast,
    Faster,
    mask_terms,
    near,
    stand_ins,
)
from explorer.training.detection_mix import Sample
from explorer.training.rcnn_settings import CLASSES

STEPS = 70  # enough for every member to learn four pictures
FIVE = [(250.0, 240.0), (120.0, 200.0), (180.0, 90.0), (70.0, 80.0), (40.0, 40.0)]
NINE = [
    *((280.0, 260.0), (150.0, 220.0), (200.0, 110.0)),
    *((110.0, 110.0), (70.0, 130.0), (90.0, 60.0)),
    *((60.0, 60.0), (35.0, 70.0), (30.0, 30.0)),
]
BOXES = np.array(
    [[30, 40, 130, 220], [60, 60, 300, 260], [180, 30, 250, 100], [20, 150, 200, 300]],
    np.float32,
)


def drawn(k: int) -> Sample:
    """A picture with one striped thing, a class each."""
    rng = np.random.default_rng(k)
    image = rng.integers(90, 130, (320, 320, 3), dtype=np.uint8)
    x1, y1, x2, y2 = BOXES[k].astype(int)
    stripes = (np.arange(y2 - y1)[:, None] // (3 + 3 * k) + np.zeros(x2 - x1)) % 2
    color = np.array([[255, 40, 40], [40, 255, 40], [60, 60, 255], [250, 250, 40]])[k]
    image[y1:y2, x1:x2] = (stripes[..., None] * color).astype(np.uint8)
    known = np.ones((len(CLASSES), 40, 40), np.bool_)
    return Sample(image, BOXES[k : k + 1], np.array([k]), known)


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Learn on one thread: two would wait for each other wherever other work runs."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def seen():
    samples = [drawn(k) for k in range(4)]
    trunk = imagenet_trunk().requires_grad_(False)
    features = heads.features_of(trunk, [one.image for one in samples])
    return features, heads.batch_of(samples)


NAMES = list(heads.members(FIVE, NINE))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_member_learns_four_pictures_by_heart(name: str, seen) -> None:
    features, batch = seen
    torch.manual_seed(0)
    run = heads.Run(name, heads.members(FIVE, NINE)[name])
    for step in range(STEPS):
        run.step(features, batch, min(1.0, (STEPS - step) / 30))
    member = run.member.eval()
    if isinstance(member, Fast):
        member.rois = [stand_ins(boxes) for boxes in batch.boxes]
    with torch.no_grad():
        found = member.detect(features, 0.05)
    # AP50 of these four classes of one box each is 1 when each picture's best
    # detection is right, and no other picture claims its class with a higher score.
    for k, one in enumerate(found):
        assert int(one.labels[0]) == k
        overlap = box_iou(one.boxes[:1].numpy(), batch.boxes[k].numpy())[0, 0]
        assert overlap >= 0.5
        others = [o.scores[o.labels == k].amax() for j, o in enumerate(found)
                  if j != k and (o.labels == k).any()]  # fmt: skip
        assert all(float(score) < float(one.scores[0]) for score in others)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_of_training_changes_the_weights_and_its_average(name, seen) -> None:
    features, batch = seen
    run = heads.Run(name, heads.members(FIVE, NINE)[name])
    before = {k: v.clone() for k, v in run.member.state_dict().items()}
    loss = run.step(features, batch, 1.0)
    assert np.isfinite(loss)
    after, mean = run.member.state_dict(), run.average.net.state_dict()
    moved = [k for k, v in before.items() if not torch.equal(v, after[k])]
    assert moved
    assert all(torch.isfinite(mean[k]).all() for k in moved)


def test_pictures_without_a_box_can_be_learnt_from(seen) -> None:
    features, batch = seen
    empty = Batch(
        [torch.zeros(0, 4)] * 4, [torch.zeros(0, dtype=torch.long)] * 4, batch.known
    )
    for name, member in heads.members(FIVE, NINE).items():
        loss = heads.Run(name, member).step(features, empty, 1.0)
        assert np.isfinite(loss), name


def test_anchors_are_sorted_from_large_to_small() -> None:
    rng = np.random.default_rng(0)
    sizes = rng.uniform(8, 300, (400, 2))
    found = np.array(heads.anchors_of(sizes, 9))
    assert (np.diff(found.prod(axis=1)) < 0).all()


def test_a_run_goes_on_where_it_stopped(seen, tmp_path) -> None:
    features, batch = seen

    def run():
        torch.manual_seed(0)
        return heads.Run("yolo_v1", heads.members(FIVE, NINE)["yolo_v1"])

    whole, half, rest = run(), run(), run()
    for one in (whole, half):
        one.step(features, batch, 1.0)
    torch.save(half.kept(), tmp_path / "half.pt")
    rest.restore(torch.load(tmp_path / "half.pt", weights_only=True), 1)
    assert rest.step(features, batch, 0.5) == whole.step(features, batch, 0.5)


def test_the_mask_branch_learns_silhouettes_and_leaves_the_boxes_alone(seen) -> None:
    features, batch = seen
    masks = []
    for boxes in batch.boxes:
        x1, y1, x2, y2 = boxes[0].int().tolist()
        one = torch.zeros(1, 320, 320)
        one[0, y1 : (y1 + y2) // 2, x1:x2] = 1
        masks.append(one)
    whole = Batch(batch.boxes, batch.labels, batch.known, masks)
    torch.manual_seed(0)
    faster, branch = Faster(20, True).net, MaskBranch(20)
    assert isinstance(faster, FasterRCNN)
    optimiser = torch.optim.Adam(branch.parameters(), 2e-3)
    losses = []
    for _ in range(12):
        (loss,) = mask_terms(branch, faster, features, whole).values()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.7 * losses[0]
    assert all(p.grad is None for p in faster.parameters())


def test_stand_ins_lie_inside_and_some_of_them_near_the_truth() -> None:
    torch.manual_seed(0)
    boxes = stand_ins(torch.from_numpy(BOXES[:2]))
    assert (boxes >= 0).all()
    assert (boxes <= 320).all()
    assert ((boxes[:, 2:] - boxes[:, :2]) >= 4).all()
    best = box_iou(boxes.numpy(), BOXES[:2]).max(axis=1)
    assert (best >= 0.5).sum() >= 6
    assert (best < 0.3).sum() >= 20
    close = near(torch.from_numpy(BOXES[:1]), 50, 0.0)
    torch.testing.assert_close(close, torch.from_numpy(BOXES[:1]).expand(50, 4))


@pytest.mark.parametrize("name", ["fast_rcnn", "yolo_v3"])
def test_a_member_answers_the_scorer(name: str) -> None:
    trunk = imagenet_trunk().requires_grad_(False)
    detect = heads.detector(heads.members(FIVE, NINE)[name], trunk)
    with torch.no_grad():
        found = detect(letterbox(drawn(0).image, 320))
    assert found.boxes.shape == (len(found.scores), 4)
    assert (found.scores.diff() <= 0).all()
