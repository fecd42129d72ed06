"""SSD's maps read as boxes, and its loss against torchvision's."""

import numpy as np
import pytest
import torch
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.ssd import SSD

from explorer.core.anchor_matching import hard_negatives
from explorer.core.box_codec import decode
from explorer.models.box_deltas import decode_deltas
from explorer.models.ssd import (
    CELLS,
    RATIOS,
    SCALES,
    WEIGHTS,
    SSDHead,
    SSDResult,
    defaults,
)
from explorer.models.ssd_loss import ssd_loss
from explorer.models.trunk import Features, Trunk

GT = torch.tensor([[40.0, 60.0, 120.0, 200.0], [210.0, 30.0, 300.0, 90.0]])
LABELS = torch.tensor([2, 0])
COUNT, CLASSES = 9590, 3


def random_result(seed: int = 0, pictures: int = 2) -> SSDResult:
    torch.manual_seed(seed)
    return SSDResult(
        torch.randn(pictures, COUNT, 1 + CLASSES), torch.randn(pictures, COUNT, 4)
    )


def test_the_head_speaks_of_every_default_box() -> None:
    net = Trunk().eval()
    with torch.no_grad():
        result = SSDHead(20).eval()(net(torch.zeros(2, 3, 320, 320)))
    assert tuple(result.logits.shape) == (2, COUNT, 21)
    assert tuple(result.deltas.shape) == tuple(result.boxes.shape) == (2, COUNT, 4)
    assert (
        sum(n * n * (2 + 2 * len(r)) for n, r in zip(CELLS, RATIOS, strict=True))
        == COUNT
    )


def test_the_default_boxes_are_torchvisions() -> None:
    ratios = [list(one) for one in RATIOS]
    theirs = DefaultBoxGenerator(ratios, scales=list(SCALES), clip=True)
    maps = [torch.zeros(1, 1, n, n) for n in CELLS]
    boxes = theirs(ImageList(torch.zeros(1, 3, 320, 320), [(320, 320)]), maps)[0]
    torch.testing.assert_close(defaults(), boxes, atol=1e-3, rtol=0)


def test_numbers_are_laid_cell_by_cell() -> None:
    head = SSDHead(CLASSES).eval()
    for one in (*head.classify, *head.move):
        torch.nn.init.zeros_(one.weight)
        torch.nn.init.zeros_(one.bias)
    torch.nn.init.constant_(head.move[1].bias[4:8], 1.0)  # second shape, second map
    deep = {n: torch.zeros(1, c, n, n) for n, c in ((40, 40), (20, 112), (10, 320))}
    result = head(Features(deep[40], deep[40], deep[20], deep[10]))
    rows = result.deltas[0, :, 0].nonzero().flatten()
    assert rows.tolist() == [40 * 40 * 4 + 1 + 6 * k for k in range(400)]


def test_boxes_are_moved_as_the_core_moves_them() -> None:
    torch.manual_seed(0)
    deltas = torch.randn(COUNT, 4) * 10
    deltas[0, 2:] = 200.0  # beyond the limit
    ours = decode_deltas(defaults(), deltas, WEIGHTS)
    theirs = decode(defaults().numpy(), deltas.numpy(), weights=WEIGHTS)
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("pictures", [1, 2])
def test_the_loss_is_torchvisions(pictures: int) -> None:
    result = random_result(pictures=pictures)
    gt = [GT, GT[:1]][:pictures]
    labels = [LABELS, LABELS[:1]][:pictures]
    ours = ssd_loss(result, gt, labels)
    net = SSD.__new__(SSD)
    torch.nn.Module.__init__(net)
    from torchvision.models.detection._utils import BoxCoder

    net.box_coder, net.neg_to_pos_ratio = BoxCoder(WEIGHTS), 3.0
    theirs = net.compute_loss(
        [{"boxes": b, "labels": n + 1} for b, n in zip(gt, labels, strict=True)],
        {"bbox_regression": result.deltas, "cls_logits": result.logits},
        [defaults()] * pictures,
        [torch.from_numpy(one.gt).clamp_min(-1) for one in ours.matches],
    )
    torch.testing.assert_close(ours.boxes, theirs["bbox_regression"])
    torch.testing.assert_close(ours.classes, theirs["classification"])


def test_three_negatives_for_each_positive_the_hardest() -> None:
    result = random_result()
    terms = ssd_loss(result, [GT, GT[:1]], [LABELS, LABELS[:1]])
    for n, match in enumerate(terms.matches):
        assert terms.negatives[n].sum() == 3 * match.counts["positive"]
        losses = -result.logits[n].log_softmax(1)[:, 0]
        wanted = hard_negatives(losses.numpy(), match)
        assert terms.negatives[n].tolist() == wanted.tolist()


def test_one_box_by_hand() -> None:
    result = SSDResult(torch.zeros(1, COUNT, 1 + CLASSES), torch.zeros(1, COUNT, 4))
    row = 40 * 40 * 4 + 20 * 20 * 6 + 6 * (3 * 10 + 4)  # a square of the third map
    truth = defaults()[row : row + 1] + torch.tensor([4.0, 0.0, 4.0, 0.0])
    side = float(defaults()[row, 2] - defaults()[row, 0])
    terms = ssd_loss(result, [truth], [torch.tensor([1])])
    (match,) = terms.matches
    assert match.gt[row] == 0
    count = match.counts["positive"]
    # All logits equal: each positive and each of its three negatives costs ln 4.
    assert float(terms.classes) == pytest.approx(4 * np.log(4), rel=1e-5)
    result.deltas[0, row] = torch.tensor([10 * 4 / side, 0.0, 0.0, 0.0])
    moved = ssd_loss(result, [truth], [torch.tensor([1])])
    far = 10 * 4 / side
    cost = far - 0.5 if far > 1 else far**2 / 2
    gain = float(terms.boxes - moved.boxes) * count
    assert gain == pytest.approx(cost, rel=1e-4)


def test_what_is_not_known_teaches_no_background() -> None:
    result = random_result(pictures=1)
    left = torch.zeros(1, 40, 40)
    left[:, :, :20] = 1
    terms = ssd_loss(result, [GT], [LABELS], left)
    middle = (defaults()[:, 0] + defaults()[:, 2]) / 2
    assert (middle[terms.negatives[0]] < 160).all()
    none = ssd_loss(result, [torch.zeros(0, 4)], [torch.zeros(0, dtype=torch.long)])
    assert float(none.classes) == float(none.boxes) == 0
