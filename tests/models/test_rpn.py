"""The pyramid and the proposal network, beside torchvision's."""

import numpy as np
import pytest
import torch
from torchvision.models.detection._utils import BoxCoder, Matcher
from torchvision.models.detection.rpn import (
    AnchorGenerator,
    RegionProposalNetwork,
    concat_box_prediction_layers,
)
from torchvision.ops import FeaturePyramidNetwork, box_iou

from explorer.models.fpn import FPN, LEVELS
from explorer.models.known_places import known_at
from explorer.models.rpn import (
    LEVEL_SIZES,
    SAMPLED,
    SINGLE_SIZES,
    RPNHead,
    RPNResult,
    propose,
    rpn_loss,
)
from explorer.models.trunk import Features

GT = torch.tensor([[40.0, 60.0, 120.0, 200.0], [210.0, 30.0, 300.0, 90.0]])
CELLS = {3: 40, 4: 20, 5: 10, 6: 5, 7: 3}


def maps(channels: int = 8, pictures: int = 2) -> dict[int, torch.Tensor]:
    torch.manual_seed(1)
    return {k: torch.randn(pictures, channels, n, n) for k, n in CELLS.items()}


@pytest.fixture(scope="module")
def result() -> RPNResult:
    torch.manual_seed(0)
    head = RPNHead(8).eval()
    for one in (head.objectness, head.move):
        torch.nn.init.normal_(one.weight, std=0.4)
    with torch.no_grad():
        return head(maps(), LEVEL_SIZES)


# The pyramid


def test_the_way_down_is_torchvisions() -> None:
    torch.manual_seed(0)
    ours = FPN().eval()
    theirs = FeaturePyramidNetwork([40, 112, 320], 96).eval()
    for level, inner in zip(LEVELS, theirs.inner_blocks, strict=True):
        inner[0].load_state_dict(ours.get_submodule(f"lateral{level}").state_dict())
    deep = {8: torch.randn(1, 40, 16, 16), 16: torch.randn(1, 112, 8, 8)}
    deep[32] = torch.randn(1, 320, 4, 4)
    made = ours(Features(deep[8], deep[8], deep[16], deep[32]))
    seen = {}
    for k, layer in enumerate(theirs.layer_blocks):
        layer.register_forward_pre_hook(lambda _, x, k=k: seen.setdefault(k, x[0]))
    theirs({str(s): one for s, one in deep.items()})
    for k, level in enumerate(LEVELS):
        torch.testing.assert_close(made.sums[level], seen[k])
    for above in (6, 7):
        wanted = made.maps[above - 1][..., ::2, ::2]
        torch.testing.assert_close(made.maps[above], wanted)


# Proposals


def test_anchors_and_their_order_are_torchvisions(result: RPNResult) -> None:
    sizes = tuple(tuple(one) for one in LEVEL_SIZES.values())
    made = AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * len(sizes))
    # Its own strides are 320 // cells, which is 106 for the three cells of stride 128.
    made.set_cell_anchors(torch.float32, torch.device("cpu"))
    strides = [[torch.tensor(2**k)] * 2 for k in CELLS]
    theirs = made.grid_anchors([[n, n] for n in CELLS.values()], strides)
    torch.testing.assert_close(result.anchors, torch.cat(theirs))
    assert len(result.anchors) == 9 * sum(n * n for n in CELLS.values()) == 19_206


def test_numbers_are_laid_out_as_torchvision_lays_them(result: RPNResult) -> None:
    torch.manual_seed(0)
    head = RPNHead(8).eval()
    for one in (head.objectness, head.move):
        torch.nn.init.normal_(one.weight, std=0.4)
    said, moves = [], []
    with torch.no_grad():
        for one in maps().values():
            y = head.body(one)
            said.append(head.objectness(y))
            moves.append(head.move(y))
    logits, deltas = concat_box_prediction_layers(said, moves)
    torch.testing.assert_close(result.logits.flatten(), logits.flatten())
    torch.testing.assert_close(result.deltas.flatten(0, 1), deltas)


def test_proposals_are_torchvisions(result: RPNResult) -> None:
    net = RegionProposalNetwork(
        None, None, 0.7, 0.3, 256, 0.5,
        {"training": 400, "testing": 400}, {"training": 150, "testing": 150}, 0.7,
    ).eval()  # fmt: skip
    net.min_size = 2.0
    counts = [9 * n * n for n in CELLS.values()]
    boxes, scores = net.filter_proposals(
        result.boxes, result.logits.flatten()[:, None], [(320, 320)] * 2, counts
    )
    for n in range(2):
        ours = propose(result, n, (320, 320))
        torch.testing.assert_close(ours.boxes, boxes[n], atol=1e-3, rtol=1e-4)
        torch.testing.assert_close(ours.scores, scores[n])


def test_the_funnel_counts_what_it_keeps(result: RPNResult) -> None:
    made = propose(result, 0, (320, 320), top=20)
    # Levels 6 and 7 have 225 and 81 anchors: all of them are looked at.
    assert made.counts["anchors"] == 19_206
    assert made.counts["best of each level"] == 3 * 400 + 225 + 81
    assert len(made.boxes) == len(made.rows) == made.counts["kept"] == 20
    order = list(made.counts.values())
    assert order == sorted(order, reverse=True)
    assert (made.boxes >= 0).all()
    assert (made.boxes <= 320).all()
    torch.testing.assert_close(made.scores, result.logits[0, made.rows].sigmoid())


def test_one_map_has_three_scales_and_three_ratios() -> None:
    with torch.no_grad():
        one = RPNHead(8).eval()({4: maps()[4]}, SINGLE_SIZES)
    assert one.logits.shape == (2, 20 * 20 * 9)


# The loss


def test_the_loss_is_torchvisions_on_the_same_anchors(result: RPNResult) -> None:
    generator = torch.Generator().manual_seed(0)
    ours = rpn_loss(result, [GT, GT[:1]], generator=generator)
    net = RegionProposalNetwork(None, None, 0.7, 0.3, 256, 0.5, {}, {}, 0.7)
    assert isinstance(net.box_coder, BoxCoder)
    assert isinstance(net.proposal_matcher, Matcher)
    labels, matched = net.assign_targets_to_anchors(
        [result.anchors] * 2, [{"boxes": GT}, {"boxes": GT[:1]}]
    )
    net.fg_bg_sampler = lambda _: (
        [(ours.sampled[n] & (labels[n] == 1)).byte() for n in range(2)],
        [(ours.sampled[n] & (labels[n] == 0)).byte() for n in range(2)],
    )
    targets = net.box_coder.encode(matched, [result.anchors] * 2)
    said, far = net.compute_loss(
        result.logits.flatten()[:, None], result.deltas.flatten(0, 1), labels, targets
    )
    torch.testing.assert_close(ours.objectness, said)
    torch.testing.assert_close(ours.boxes, far)


def test_half_of_the_sampled_are_positive_at_most(result: RPNResult) -> None:
    many = result.anchors[torch.arange(0, 19_125, 40)]
    inside = ((many[:, :2] >= 0) & (many[:, 2:] <= 320)).all(1)
    terms = rpn_loss(result, [many[inside], GT])
    for n, match in enumerate(terms.matches):
        drawn = terms.sampled[n].numpy()
        assert drawn.sum() == SAMPLED
        assert (match.gt[drawn] >= 0).sum() == min(128, (match.gt >= 0).sum())
        assert (match.gt[drawn] != -2).all()


def test_background_is_drawn_only_where_it_is_known(result: RPNResult) -> None:
    left = torch.zeros(2, 40, 40)
    left[:, :, :20] = 1
    terms = rpn_loss(result, [GT, GT], left)
    middle = (result.anchors[:, 0] + result.anchors[:, 2]) / 2
    for n, match in enumerate(terms.matches):
        drawn = terms.sampled[n] & torch.from_numpy(match.gt == -1)
        assert drawn.any()
        assert (middle[drawn] < 160).all()


def test_nothing_known_and_nothing_true_costs_nothing(result: RPNResult) -> None:
    terms = rpn_loss(result, [torch.zeros(0, 4)] * 2, torch.zeros(2, 40, 40))
    assert float(terms.objectness) == float(terms.boxes) == 0


def test_a_middle_outside_the_picture_reads_the_nearest_cell() -> None:
    known = torch.arange(4.0).reshape(2, 2)
    boxes = torch.tensor([[-50.0, -50, -40, -40], [400, 400, 420, 420], [0, 6, 0, 8]])
    assert known_at(known, boxes).tolist() == [0.0, 3.0, 0.0]


def test_proposals_lie_on_truths_that_the_head_was_told() -> None:
    torch.manual_seed(0)
    head = RPNHead(48)
    optimiser = torch.optim.Adam(head.parameters(), 1e-2)
    seen = maps(48, pictures=1)
    for _ in range(60):
        terms = rpn_loss(head(seen, LEVEL_SIZES), [GT])
        optimiser.zero_grad()
        (terms.objectness + terms.boxes).backward()
        optimiser.step()
    with torch.no_grad():
        made = propose(head.eval()(seen, LEVEL_SIZES), 0, (320, 320))
    best = box_iou(made.boxes, GT).amax(0)
    np.testing.assert_array_less(0.5, best.numpy())
