"""ASPP's branches: they add up, and one switched off is one never built."""

import numpy as np
import pytest
import torch

from explorer.models.aspp_view import contributions
from explorer.models.deeplab import BRANCHES, RATES
from explorer.models.proofs.aspp import prove_sum, prove_without
from explorer.models.segmenters import Segmenter


@pytest.fixture(scope="module")
def model(random_deeplab) -> Segmenter:
    return random_deeplab(4, 2)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (96, 160, 3), np.uint8)


@pytest.fixture(scope="module")
def seen(model, image) -> dict[str, np.ndarray]:
    return model.methods["aspp_responses"](image)


def test_the_parts_and_a_constant_are_the_joint_map_before_its_relu(model, image, seen):
    assert prove_sum(seen["joint"], seen["summed"]).holds
    assert not prove_sum(seen["joint"], seen["summed"] + 0.01).holds
    with torch.inference_mode():
        aspp = model.net(model.tensor(image)).aspp[0].numpy()
    np.testing.assert_allclose(np.maximum(seen["summed"], 0), aspp, atol=1e-4)


def test_a_part_alone_is_what_is_left_with_the_other_four_off(model, image):
    head = model.net.head
    with torch.inference_mode():
        maps = model.net.trunk(model.tensor(image))
        full = head(maps.last, maps.stride4, (96, 160))
        parts, constant = contributions(head.aspp, full.branches)
        for k, name in enumerate(BRANCHES):
            others = [one for one in BRANCHES if one != name]
            alone = head(maps.last, maps.stride4, (96, 160), off=others).aspp
            ours = torch.relu(parts[k] + constant)
            torch.testing.assert_close(ours, alone, atol=1e-4, rtol=1e-4)


def test_responses_are_lengths_and_the_image_mean_s_is_even(seen):
    assert seen["response"].shape == (5, 6, 10)
    assert (seen["response"] > 0).all()
    assert np.ptp(seen["response"][4]) <= 1e-4
    assert np.ptp(seen["response"][0]) > 1e-3
    assert seen["rates"].tolist() == list(RATES)


def test_labels_with_each_branch_off_are_those_of_a_pass_without_it(model, image, seen):
    with torch.inference_mode():
        x = model.tensor(image)
        for labels, off in zip(
            seen["labels"], [(), *((name,) for name in BRANCHES)], strict=True
        ):
            plain = model.net(x, off=off).logits[0].argmax(0).numpy()
            assert (labels != plain).mean() < 1e-3
    assert (seen["labels"][1:] != seen["labels"][0]).any()


@pytest.mark.parametrize(
    "off", ["1x1", "rate2", "pool", "1x1,rate3", ",".join(BRANCHES)]
)
def test_switched_off_is_never_built_and_changes_the_output(model, image, off):
    found = model.methods["aspp_without"](image, off=off)
    assert prove_without(found["off"], found["never"]).holds
    assert np.abs(found["off"] - found["full"]).max() > 1e-3
    assert not prove_without(found["full"], found["never"]).holds


def test_nothing_off_is_the_whole_network_and_an_unknown_branch_is_named(model, image):
    found = model.methods["aspp_without"](image, off="")
    np.testing.assert_array_equal(found["off"], found["full"])
    assert prove_without(found["off"], found["never"]).holds
    with pytest.raises(ValueError, match="no branch 'rate4'; there are 1x1, rate1"):
        model.methods["aspp_without"](image, off="1x1,rate4")


def test_arrays_of_other_shapes_never_match():
    assert not prove_sum(np.zeros((2, 3, 3)), np.zeros((2, 3, 4))).holds
