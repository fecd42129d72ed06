"""DeepLabv3+ opened up, and what its lesson proves; on random weights."""

import contextlib

import numpy as np
import pytest
import torch
from torch import nn

from explorer.core.separable import ConvShape, separable_pairs
from explorer.models import probe
from explorer.models.deeplab import BRANCHES, RATES, DeepLabV3Plus
from explorer.models.proofs import deeplab as proofs
from explorer.models.segmenters import MAX_RATE, Segmenter
from explorer.models.trunk import OUTPUT_STRIDES


@pytest.fixture(scope="module")
def model(random_deeplab) -> Segmenter:
    return random_deeplab(5, 1)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (96, 160, 3), np.uint8)


def test_the_dense_maps_hold_the_sparse_one(model, image) -> None:
    found = model.methods["strides"](image=image)
    assert [found[f"stride{s}"].shape for s in OUTPUT_STRIDES] == [
        (320, 12, 20),
        (320, 6, 10),
        (320, 3, 5),
    ]
    proven = proofs.prove_dense(found)
    assert all(proof.holds for proof in proven), proven
    wrong = {**found, "stride8": found["stride8"][:, 1:, :-1]}
    assert [proof.holds for proof in proofs.prove_dense(wrong)] == [True, False, True]


def test_a_tensor_of_its_own_would_be_counted(model, image) -> None:
    conv = model.net.trunk_at(8).get_submodule("stage3.0.project.conv")
    weight = conv.weight
    try:
        conv.weight = nn.Parameter(weight.clone())
        found = model.methods["strides"](image=image)
    finally:
        conv.weight = weight
    assert found["apart"] == 1
    assert not proofs.prove_dense(found)[-1].holds


@pytest.mark.parametrize(
    ("stride", "rates", "ran"),
    [
        (16, "", RATES),
        (8, "", (6, 12, 18)),
        (16, "1,1,1", (1, 1, 1)),
        (8, "99,1,2", (99, 1, 2)),
    ],
)
def test_the_core_computes_what_the_branches_do(
    model, image, stride, rates, ran
) -> None:
    found = model.methods["aspp"](image=image, output_stride=stride, rates=rates)
    assert tuple(found["rates"]) == ran
    rows, columns = found["input"].shape[1:]
    assert (rows, columns) == (96 // stride, 160 // stride)
    places = [(0, 0), (rows // 2, columns // 2), (rows - 1, columns - 1)]
    proof = proofs.prove_branches(found, places)
    assert proof.holds
    assert found["rate2.output"].max() > 100 * proof.tolerance
    moved = {**found, "rates": found["rates"] + 1}
    assert not proofs.prove_branches(moved, places).holds


def test_a_kernel_wider_than_the_map_is_its_middle_weight(model, image) -> None:
    rate = str(MAX_RATE)
    found = model.methods["aspp"](image=image, rates=",".join([rate] * 3))
    middle = found["rate2.depthwise"][:, 1, 1]
    np.testing.assert_allclose(
        found["rate2.filtered"], middle[:, None, None] * found["input"], atol=1e-5
    )


def test_a_branch_switched_off_is_a_network_without_it(model, image) -> None:
    found = model.methods["branch_off"](image=image)
    assert tuple(found["branches"]) == BRANCHES
    assert (found["change"] > 1e-2).all()  # each does something
    assert proofs.prove_branch_off(found).holds
    wrong = {**found, "delta": found["change"]}
    assert not proofs.prove_branch_off(wrong).holds


def test_the_branch_left_out_is_never_run(model) -> None:
    x = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        seen = model.net.trunk(x)
        ran: list[str] = []
        names = [f"rates.{i}" for i in range(3)]
        with probe.hooked(model.net.head.aspp, names, lambda n, _i, _o: ran.append(n)):
            proofs.without_branch(
                model.net.head, seen.last, seen.stride4, (64, 64), "rate2"
            )
    assert ran == ["rates.0", "rates.2"]


@pytest.mark.parametrize("stride", [16, 8])
@pytest.mark.parametrize("decoder", [True, False])
def test_costs_are_those_of_the_tensors(model, image, stride, decoder) -> None:
    found = model.methods["convs"](image=image, output_stride=stride, decoder=decoder)
    convs = [
        ConvShape(str(name), *(int(v) for v in shape))
        for name, shape in zip(found["name"], found["shape"], strict=True)
    ]
    pairs = separable_pairs(convs)
    assert len(pairs) == 16 + 3 + 2 * decoder
    weights = found["weights"].tolist()
    assert all(proof.holds for proof in proofs.prove_costs(convs, weights, pairs))
    weights[0] += 1
    assert not proofs.prove_costs(convs, weights, pairs)[0].holds
    seen: list[tuple[int, int]] = []
    with contextlib.ExitStack() as stack, torch.inference_mode():
        for prefix, part in (
            ("trunk.", model.net.trunk_at(stride)),
            ("head.", model.net.head),
        ):
            ran = [c.name.removeprefix(prefix) for c in convs if prefix in c.name]
            stack.enter_context(
                probe.hooked(part, ran, lambda _n, _i, out: seen.append(out.shape[2:]))
            )
        model.run(image, output_stride=stride, decoder=decoder)
    assert [tuple(size) for size in seen] == [(c.rows, c.columns) for c in convs]


def test_times_are_as_many_as_asked_for(model, image) -> None:
    times = model.methods["timed"](image=image, runs=2, output_stride=8)["ms"]
    assert times.shape == (2,)
    assert (times > 0).all()


def test_moving_a_network_makes_the_fine_trunk_anew() -> None:
    """Its parameters stay, its buffers do not: both must be the trunk's own."""
    net = DeepLabV3Plus(3).eval()
    before = net.trunk_at(8)
    assert before is net.trunk_at(8)
    assert not before.training
    net.trunk.stem.norm.running_mean = net.trunk.stem.norm.running_mean.clone()
    after = net.trunk_at(8)
    assert after is not before
    assert after.stem.norm.running_mean is net.trunk.stem.norm.running_mean
