"""The second stage beside torchvision's: pooling, its losses, and the masks'."""

import pytest
import torch
from torchvision.models.detection.roi_heads import (
    fastrcnn_loss,
    maskrcnn_loss,
)
from torchvision.ops import MultiScaleRoIAlign, box_iou

from explorer.core.box_codec import decode, encode
from explorer.models.roi_heads import (
    USUAL_LEVEL,
    WEIGHTS,
    BoxHead,
    BoxResult,
    MaskHead,
    pool_rois,
)
from explorer.models.roi_loss import (
    SAMPLED,
    Sampled,
    box_loss,
    mask_loss,
    sample_rois,
)

GT = torch.tensor([[40.0, 60.0, 120.0, 200.0], [210.0, 30.0, 300.0, 90.0]])
LABELS = torch.tensor([2, 0])
CLASSES = 3


def maps() -> dict[int, torch.Tensor]:
    torch.manual_seed(1)
    return {k: torch.randn(2, 4, n, n) for k, n in ((3, 40), (4, 20), (5, 10))}


def some_rois(count: int = 30, seed: int = 2) -> torch.Tensor:
    torch.manual_seed(seed)
    corner, size = torch.rand(count, 2) * 250, torch.rand(count, 2) * 180 + 4
    return torch.cat([corner, (corner + size).clamp(max=320)], dim=1)


def test_pooling_is_torchvisions_multi_scale_roi_align() -> None:
    # It always aligns by the older rule, half a cell off, so the sides are compared
    # through maps that are linear, where that half a cell is a constant.
    deep = maps()
    slope = {
        k: torch.arange(one.shape[-1]).float().expand_as(one) for k, one in deep.items()
    }
    theirs = MultiScaleRoIAlign(["3", "4", "5"], 7, 2, canonical_level=USUAL_LEVEL)
    rois = [some_rois(20), some_rois(10, 3)]
    named = {str(k): one for k, one in slope.items()}
    wanted = theirs(named, rois, [(320, 320)] * 2)
    ours = pool_rois(slope, rois)
    inner = ours[:, 0, 3, 3] + 0.5  # the border's clamping is left out
    apart = (inner - wanted[:, 0, 3, 3]).abs()
    assert (apart < 1e-3).float().mean() > 0.8


def test_each_roi_comes_from_the_level_of_its_size() -> None:
    constant = {k: torch.full_like(one, float(k)) for k, one in maps().items()}
    sizes = torch.tensor([50.0, 111.0, 113.0, 223.0, 225.0])
    rois = torch.cat([torch.zeros(5, 2), sizes[:, None].expand(5, 2)], dim=1)
    level = pool_rois(constant, [rois, rois[:0]])[:, 0, 0, 0]
    assert level.tolist() == [3.0, 3.0, 4.0, 4.0, 5.0]


def test_roi_pool_takes_the_largest_value_of_whole_cells() -> None:
    one = {4: torch.zeros(1, 1, 20, 20)}
    one[4][0, 0, 5, 5] = 9.0
    roi = torch.tensor([[64.0, 64.0, 112.0, 112.0]])
    assert float(pool_rois(one, [roi], 1, align=False)) == 9.0
    assert float(pool_rois(one, [roi], 1, align=True)) < 9.0


def test_boxes_are_moved_for_each_class() -> None:
    torch.manual_seed(0)
    rois, deltas = some_rois(5), torch.randn(5, CLASSES, 4)
    moved = BoxResult(torch.zeros(5, 4), deltas).boxes(rois)
    for c in range(CLASSES):
        wanted = decode(rois.numpy(), deltas[:, c].numpy(), weights=WEIGHTS)
        torch.testing.assert_close(
            moved[:, c], torch.from_numpy(wanted).float(), atol=1e-3, rtol=1e-4
        )


# Sampling


def test_a_quarter_is_foreground_at_most_and_truths_are_among_it() -> None:
    near = GT[:1] + torch.rand(60, 4)
    made = sample_rois(torch.cat([near, some_rois(90)]), GT, LABELS)
    assert len(made.rois) == SAMPLED
    assert (made.labels > 0).sum() == SAMPLED // 4
    ious = box_iou(made.rois, GT)
    front = made.labels > 0
    assert (ious[front].amax(1) >= 0.5).all()
    assert (ious[~front].amax(1) < 0.5).all()
    wanted = LABELS[ious[front].argmax(1)] + 1
    assert made.labels[front].tolist() == wanted.tolist()
    few = sample_rois(some_rois(10) * 0.01, GT, LABELS)
    assert (few.labels > 0).sum() == 2  # the truths themselves


def test_background_is_drawn_only_where_it_is_known() -> None:
    left = torch.zeros(40, 40)
    left[:, :20] = 1
    made = sample_rois(some_rois(200), GT, LABELS, left)
    back = made.rois[made.labels == 0]
    assert len(back)
    assert (back[:, 0] + back[:, 2] < 320).all()


def test_without_a_truth_all_is_background() -> None:
    nothing = torch.zeros(0, dtype=torch.long)
    made = sample_rois(some_rois(80), torch.zeros(0, 4), nothing)
    assert (made.labels == 0).all()
    assert (made.gt == -1).all()
    result = BoxResult(torch.zeros(SAMPLED, 4), torch.zeros(SAMPLED, CLASSES, 4))
    terms = box_loss(result, [made], [torch.zeros(0, 4)])
    assert float(terms["boxes"]) == 0


# Losses


def test_the_box_loss_is_torchvisions() -> None:
    generator = torch.Generator().manual_seed(0)
    made = [
        sample_rois(torch.cat([GT + 3, some_rois(90)]), GT, LABELS, None, generator),
        sample_rois(some_rois(90, 5), GT[:1], LABELS[:1], None, generator),
    ]
    torch.manual_seed(0)
    count = sum(len(one.rois) for one in made)
    result = BoxResult(torch.randn(count, 1 + CLASSES), torch.randn(count, CLASSES, 4))
    ours = box_loss(result, made, [GT, GT[:1]])
    targets = []
    for one, truths in zip(made, [GT, GT[:1]], strict=True):
        wanted = encode(one.rois.numpy(), truths[one.gt.clamp_min(0)].numpy(), WEIGHTS)
        targets.append(torch.from_numpy(wanted).float())
    # torchvision has four numbers for background too, which nothing ever asks for.
    moves = torch.cat([torch.zeros(count, 1, 4), result.deltas], dim=1).flatten(1)
    said, far = fastrcnn_loss(
        result.logits, moves, [one.labels for one in made], targets
    )
    torch.testing.assert_close(ours["classes"], said)
    torch.testing.assert_close(ours["boxes"], far)


def test_the_mask_loss_is_torchvisions() -> None:
    torch.manual_seed(0)
    masks = torch.zeros(2, 320, 320)
    masks[0, 80:160, 50:110] = 1
    masks[1, 40:80, 220:290] = 1
    rois = GT + torch.tensor([[-3.0, 2, 5, 1], [4, -2, 0, 3]])
    logits = torch.randn(2, CLASSES, 28, 28)
    ours = mask_loss(logits, rois, LABELS, masks)
    spread = torch.cat([torch.zeros(2, 1, 28, 28), logits], dim=1)
    theirs = maskrcnn_loss(
        spread, [rois], [masks], [LABELS + 1], [torch.tensor([0, 1])]
    )
    # torchvision cuts the truth out by the older rule, half a pixel off.
    assert float(ours) == pytest.approx(float(theirs), abs=0.02)
    nothing = mask_loss(logits[:0], rois[:0], LABELS[:0], masks[:0])
    assert float(nothing) == 0


def test_a_mask_that_is_right_costs_nothing_whatever_the_other_classes_say() -> None:
    masks = torch.zeros(1, 64, 64)
    masks[0, 16:48, 16:32] = 1
    roi = torch.tensor([[16.0, 16.0, 48.0, 48.0]])
    logits = torch.randn(1, CLASSES, 28, 28)
    logits[0, 1] = -6
    logits[0, 1, :, :14] = 6
    loss = mask_loss(logits, roi, torch.tensor([1]), masks)
    assert float(loss) < 0.15  # the one column that is half inside
    assert float(mask_loss(logits, roi, torch.tensor([0]), masks)) > 0.4


def test_the_heads_learn_their_rois_by_heart() -> None:
    torch.manual_seed(0)
    box, mask = BoxHead(4, CLASSES), MaskHead(4, CLASSES)
    rois = torch.cat([GT, some_rois(14)])
    labels = torch.cat([LABELS + 1, torch.zeros(14, dtype=torch.long)])
    made = Sampled(rois, torch.cat([torch.arange(2), torch.full((14,), -1)]), labels)
    silhouettes = torch.zeros(2, 320, 320)
    silhouettes[:, 40:130, 60:250] = 1
    deep = maps()
    pooled = pool_rois(deep, [rois, rois[:0]]), pool_rois(deep, [GT, GT[:0]], 14)
    every = [*box.parameters(), *mask.parameters()]
    optimiser = torch.optim.Adam(every, 3e-3)
    losses = []
    for _ in range(40):
        terms = box_loss(box(pooled[0]), [made], [GT])
        terms["masks"] = mask_loss(mask(pooled[1]), GT, LABELS, silhouettes)
        optimiser.zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        optimiser.step()
        losses.append(float(sum(terms.values()).detach()))
    assert losses[-1] < 0.3 * losses[0]
