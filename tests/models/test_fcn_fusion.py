"""The FCNs on the engine's face: the fusion's steps, and what a skip is worth."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn import metrics
from torch import nn
from torch.nn import functional

from explorer.core.fusion import enlarge
from explorer.core.pixel_loss import cross_entropy
from explorer.models import zoo
from explorer.models.fcn import FCN, fcn_maps
from explorer.models.fcn_fusion import LATTICE_PX, field_px, fusion
from explorer.models.proofs import fcn as proofs
from explorer.models.segmenters import Segmenter
from explorer.models.trunk import Trunk

IMAGE = np.random.default_rng(0).integers(0, 255, (90, 130, 3)).astype(np.uint8)
SIDE_PX = 96
CLASSES = ("a", "b", "c", "d", "e")


def segmenter(stride=8):
    """A network of random weights, kernels too, as its own record would build it."""
    torch.manual_seed(stride)
    net = FCN(len(CLASSES), stride).eval()
    with torch.no_grad():
        for name, weight in net.head.named_parameters():
            weight.normal_(0, 0.3 if "double" in name else 0.05)
    record = replace(
        zoo.record("efficientnet_lite0"),
        architecture=f"fcn{stride}s",
        classes=CLASSES,
        preprocessing={"side_px": SIDE_PX},
    )
    return Segmenter(net, record)


@pytest.fixture(scope="module")
def eight():
    return segmenter()


@pytest.mark.parametrize("stride", [32, 16, 8])
def test_the_steps_are_those_of_the_strides_it_reads(stride):
    found = segmenter(stride).methods["fusion"](IMAGE)
    read = [s for s in (32, 16, 8) if s >= stride]
    assert found["size"].tolist() == [64, 96]
    for s in read:
        assert found[f"score_{s}"].shape == (64 // s, 96 // s, len(CLASSES))
        assert (f"weight_{s}" in found) == (s != 32)
    assert {name for name in found if name.startswith("score")} == {
        f"score_{s}" for s in read
    }


@pytest.mark.parametrize("off", ["", "16", "8", "16,8"])
def test_switching_off_a_skip_gives_what_a_forward_without_it_gives(eight, off):
    """The second forward is written here: layers called one by one, skips left out."""
    net, out = eight.net, [int(s) for s in off.split(",") if s]
    found = fusion(eight, IMAGE, off=off)
    with torch.inference_mode():
        x = eight.tensor(IMAGE)
        maps = fcn_maps(net.trunk, x)
        y = net.head.score32(maps[32])
        for s in (16, 8):
            kernel = net.head.get_submodule(f"double{s}").weight
            y = functional.conv_transpose2d(y, kernel, stride=2, padding=1)
            if s not in out:
                score = net.head.get_submodule(f"score{s}")
                y = y + functional.conv2d(maps[s], score.weight, score.bias)
        grown = functional.interpolate(
            y, x.shape[2:], mode="bilinear", align_corners=False
        )[0]
    expected = grown[:, ::LATTICE_PX, ::LATTICE_PX].permute(1, 2, 0).numpy()
    assert np.abs(found["logits"] - expected).max() < 1e-5
    assert (found["labels"] == grown.argmax(0).numpy()).all()
    if out:
        whole = fusion(eight, IMAGE)["logits"]
        assert np.abs(found["logits"] - whole).max() > 1e-2


@pytest.mark.parametrize("off", [(), (16,), (8,), (16, 8)])
def test_our_own_sum_is_the_networks(eight, off):
    found = fusion(eight, IMAGE, off=",".join(map(str, off)))
    assert proofs.prove_fusion(found, LATTICE_PX, off).holds
    wrong = (8,) if 8 not in off else ()
    assert not proofs.prove_fusion(found, LATTICE_PX, wrong).holds


def test_the_doubling_is_proved_and_a_wrong_kernel_is_found_out(eight, monkeypatch):
    found = fusion(eight, IMAGE)
    grid, weight = found["fused_16"], found["weight_8"]
    assert proofs.prove_doubling(grid, weight).holds
    real = proofs.double
    flipped = lambda g, w: real(g, w[:, :, ::-1])  # noqa: E731
    monkeypatch.setattr(proofs, "double", flipped)
    assert not proofs.prove_doubling(grid, weight).holds


def test_the_loss_is_proved_and_a_wrong_one_is_found_out(eight):
    finest = fusion(eight, IMAGE)["fused_8"]
    truth = np.random.default_rng(1).integers(0, 6, (64, 96)).astype(np.uint8)
    loss = proofs.loss_map(finest, truth)
    assert np.isnan(loss[truth == 5]).all()
    assert (
        loss[truth < 5] == cross_entropy(enlarge(finest, 64, 96), truth)[truth < 5]
    ).all()
    assert proofs.prove_loss(finest, truth, loss).holds
    assert not proofs.prove_loss(finest, truth, loss + 1e-6).holds


def test_the_score_is_proved_and_a_wrong_table_is_found_out(monkeypatch):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 7, (40, 50)).astype(np.uint8)
    labels = rng.integers(0, 4, (40, 50)).astype(np.uint8)
    assert proofs.prove_iou(truth, labels, 5).holds
    seen, names = truth < 5, range(5)
    theirs = metrics.confusion_matrix(truth[seen], labels[seen], labels=names)
    assert (proofs.confusion_matrix(truth, labels, 5) == theirs).all()
    real = proofs.confusion_matrix
    monkeypatch.setattr(proofs, "confusion_matrix", lambda *a: real(*a).T)
    assert not proofs.prove_iou(truth, labels, 5).holds


def test_the_engines_loss_is_that_of_the_scores_it_is_asked_for(eight):
    """The same call's scores, one a pixel, through our own cross-entropy."""
    truth = np.random.default_rng(2).integers(0, 6, IMAGE.shape[:2]).astype(np.uint8)
    found = eight.methods["loss"](IMAGE, truth)
    scores = eight.scores(IMAGE, step_px=1)
    ours = cross_entropy(scores["logits"], truth)
    assert (np.isnan(found["loss"]) == (truth == 5)).all()
    assert np.nanmax(np.abs(found["loss"] - ours)) < 1e-5
    assert (found["labels"] == scores["labels"]).all()
    without = eight.methods["loss"](IMAGE, truth, off="8")
    assert np.nanmax(np.abs(without["loss"] - found["loss"])) > 1e-2
    with pytest.raises(ValueError, match="each pixel needs its class"):
        eight.loss(IMAGE, truth[:-1])


@pytest.mark.parametrize("last", [1, 2, 3])
def test_the_receptive_field_is_where_a_gradient_arrives(last):
    """Positive weights, no ReLU6 ceiling: every input pixel of the field counts."""
    trunk = Trunk(32).eval().double()
    for module in trunk.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 1e-3)
    x = torch.full((1, 3, 192, 192), 1e-3, dtype=torch.float64, requires_grad=True)
    y = trunk.stem(x)
    for i in range(1, last + 1):
        y = trunk.get_submodule(f"stage{i}")(y)
    middle = y.shape[2] // 2
    (slope,) = torch.autograd.grad(y[0, :, middle, middle].sum(), x)
    rows = slope.abs().sum((0, 1, 3)) > 0
    assert int(rows.sum()) == field_px(trunk, last)
