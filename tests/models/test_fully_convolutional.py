"""FC against 1x1 convolution: equal on features; crop by crop what padding does."""

import numpy as np
import pytest
import torch

from explorer.core.samples import load_sample
from explorer.models import engine, probe, zoo
from explorer.models.efficientnet_lite0 import STRIDE, EfficientNetLite0
from explorer.models.fully_convolutional import (
    WINDOW,
    FullyConvolutional,
    as_convolution,
    dense_macs,
)
from explorer.models.proofs import fully_convolutional as proofs

NAME = "efficientnet_lite0"
IMAGE = load_sample("motorcycle").image


def ask(method: str, **given) -> dict[str, np.ndarray]:
    return engine.run(NAME, method, image=IMAGE, **given).arrays


def test_the_convolution_has_the_matrix_s_own_numbers_in_the_same_memory() -> None:
    linear = torch.nn.Linear(5, 3)
    conv = as_convolution(linear)
    assert conv.weight.shape == (3, 5, 1, 1)
    assert conv.weight.data_ptr() == linear.weight.data_ptr()
    assert conv.bias is not None
    assert conv.bias.data_ptr() == linear.bias.data_ptr()
    x = torch.randn(2, 5, 4, 6)
    by_cell = torch.stack(
        [linear(x[:, :, i, j]) for i in range(4) for j in range(6)], 2
    )
    torch.testing.assert_close(conv(x).flatten(2), by_cell)


@pytest.mark.parametrize(("side_px", "window"), [(224, 7), (448, 7), (448, 1)])
def test_every_window_s_logits_equal_the_fully_connected_layer_s(side_px, window):
    found = ask("class_map", side_px=side_px, window=window)
    logits, head = found["logits"], found["head"]
    high, wide = found["window"]
    layer = zoo.load(NAME).net.classifier  # type: ignore[attr-defined]
    for r in range(logits.shape[1]):
        for c in range(logits.shape[2]):
            mean = torch.tensor(head[:, r : r + high, c : c + wide].mean((1, 2)))
            with torch.inference_mode():
                by_fc = layer(mean).numpy()
            np.testing.assert_allclose(logits[:, r, c], by_fc, atol=1e-4)
    assert proofs.prove_windows(logits, found["fc_logits"]).holds
    wrong = found["fc_logits"].copy()
    wrong[3, 0, 0] += 0.01
    assert not proofs.prove_windows(logits, wrong).holds


def test_an_input_of_one_crop_gives_the_classifier_s_logits_end_to_end() -> None:
    square = IMAGE[:400, 100:500]
    dense = engine.run(NAME, "class_map", image=square, side_px=224).arrays
    crop = engine.run(NAME, "crop_scores", image=square, side_px=224, row=0, col=0)
    assert dense["logits"].shape == (1000, 1, 1)
    proof = proofs.prove_whole(dense["logits"], crop.arrays["logits"][0])
    assert proof.holds
    assert not proofs.prove_whole(
        dense["logits"] + 0.01, crop.arrays["logits"][0]
    ).holds
    assert not proofs.prove_whole(np.zeros((1000, 2, 1)), np.zeros(1000)).holds


def test_a_crop_by_itself_differs_and_the_whole_picture_around_it_ends_that() -> None:
    dense = ask("class_map", side_px=448)["logits"]
    found = ask("crop_scores", side_px=448, row=1, col=4)
    apart = np.abs(found["logits"] - dense[:, 1, 4]).max(1)
    boxes = found["boxes"].tolist()
    assert boxes[0] == [128, 32, 352, 256]
    assert boxes[1] == [96, 0, 384, 288]
    assert boxes[-1] == [0, 0, 448, 288]
    assert apart[0] > 0.1
    assert apart[-1] < 1e-4
    assert (np.diff(apart) < 0).all()


def test_a_crop_by_itself_is_the_unchanged_network_on_those_pixels() -> None:
    runner = zoo.load(NAME)
    x, _ = runner._whole(IMAGE, 448)  # type: ignore[attr-defined]
    with torch.inference_mode():
        plain = runner.net(x[:, :, 32:256, 128:352]).logits[0]  # type: ignore[attr-defined]
    alone = ask("crop_scores", side_px=448, row=1, col=4)["logits"][0]
    np.testing.assert_allclose(alone, plain.numpy(), atol=1e-4)


def test_crops_run_for_the_clock_are_the_windows_row_by_row() -> None:
    run = ask("crop_run", side_px=448, first=6, count=6)
    assert run["done"].tolist() == [4, 6]
    assert (np.diff([0, *run["ms"]]) > 0).all()
    for k, (row, col) in ((0, (0, 6)), (3, (1, 1))):
        alone = ask("crop_scores", side_px=448, row=row, col=col)["logits"][0]
        np.testing.assert_allclose(run["logits"][k], alone, atol=1e-4)
    assert len(ask("pass_run", side_px=224, repeats=2)["ms"]) == 2


@pytest.mark.parametrize(
    ("method", "given", "said"),
    [
        ("crop_scores", {"row": 3, "col": 0}, "rows 0 to 2 and columns 0 to 7"),
        ("crop_scores", {"row": -1, "col": 0}, r"not \(-1, 0\)"),
        ("crop_run", {"first": 20, "count": 5}, "no crops 20 to 24"),
        ("crop_run", {"first": 0, "count": 65}, "1 to 64 crops, not 65"),
        ("pass_run", {"repeats": 0}, "1 to 10 times, not 0"),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence(method, given, said):
    with pytest.raises(engine.EngineError, match=said):
        ask(method, side_px=448, **given)


def test_the_last_windows_can_be_asked_for() -> None:
    ask("crop_scores", side_px=448, row=2, col=7)
    assert len(ask("crop_run", side_px=448, first=20, count=4)["logits"]) == 4


def test_a_class_s_weights_are_its_row_and_an_unknown_class_is_named() -> None:
    found = engine.run(NAME, "class_weights", label=7).arrays
    layer = zoo.load(NAME).net.classifier  # type: ignore[attr-defined]
    np.testing.assert_array_equal(found["weight"], layer.weight[7].detach().numpy())
    assert found["shape"].tolist() == [1000, 1280]
    with pytest.raises(engine.EngineError, match="classes 0 to 999, not 1000"):
        engine.run(NAME, "class_weights", label=1000)


@pytest.mark.parametrize("size", [(224, 224), (160, 224), (256, 352), (32, 320)])
def test_counted_multiply_adds_are_those_of_a_real_pass(size) -> None:
    net = FullyConvolutional(EfficientNetLite0()).eval()
    with torch.inference_mode():
        counted = probe.count(net, torch.zeros(1, 3, *size))[1]
    assert dense_macs(*size) == counted - net.net.classifier.weight.numel()


def test_one_crop_costs_what_the_record_says_and_odd_sizes_are_refused() -> None:
    assert dense_macs(WINDOW * STRIDE, WINDOW * STRIDE) == zoo.record(NAME).macs
    with pytest.raises(ValueError, match="multiples of 32, got 224 x 230"):
        dense_macs(224, 230)
    with pytest.raises(ValueError, match="got 0 x 32"):
        dense_macs(0, 32)


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (5, 4), (14, 20)])
def test_the_enlarged_map_is_torch_s(shape) -> None:
    values = np.random.default_rng(2).normal(size=shape)
    proof = proofs.prove_upsampled(values)
    assert proof.holds
    assert proof.delta < 1e-12
