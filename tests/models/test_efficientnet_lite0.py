"""The shipped classifier: strict load, the recorded score, and shapes."""

import numpy as np
import pytest
import torch

from explorer.core.samples import load_sample
from explorer.models import classifier, engine, probe, weights, zoo
from explorer.models.conv_norm import SameConv2d
from explorer.models.efficientnet_lite0 import (
    LAYERS,
    STAGES,
    EfficientNetLite0,
    rename_published,
)
from explorer.training.record_efficientnet_lite0 import TRUTH

NAME = "efficientnet_lite0"


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    (path,) = weights.locate(zoo.record(NAME))
    return torch.load(path, map_location="cpu", weights_only=True)


def test_every_weight_of_the_package_finds_its_place(
    state: dict[str, torch.Tensor],
) -> None:
    net = EfficientNetLite0()
    assert set(rename_published(state)) == set(net.state_dict())
    net.load_state_dict(rename_published(state), strict=True)


def test_one_weight_too_few_is_refused(state: dict[str, torch.Tensor]) -> None:
    fewer = rename_published(state)
    fewer.pop("stem.conv.weight")
    with pytest.raises(RuntimeError, match="Missing key"):
        EfficientNetLite0().load_state_dict(fewer, strict=True)


def test_the_recorded_score_is_reproduced() -> None:
    about = zoo.record(NAME)
    right = 0
    for name, truth in TRUTH.items():
        image = load_sample(name).image
        probs = engine.run(NAME, "classify", image=image).arrays["probs"]
        assert probs.sum() == pytest.approx(1, abs=1e-5)
        right += about.classes[int(probs.argmax())] in truth
    score = about.scores["accuracy"]
    assert score["n"] == len(TRUTH)
    assert right / len(TRUTH) == pytest.approx(score["value"], abs=1e-4)


def test_parameters_and_multiply_adds_are_the_recorded_ones() -> None:
    net = EfficientNetLite0().eval()
    with torch.inference_mode():
        found = probe.count(net, torch.zeros(1, 3, 224, 224))
    about = zoo.record(NAME)
    assert found == (about.parameters, about.macs)


def test_strides_of_the_maps() -> None:
    image = np.zeros((96, 160, 3), np.uint8)
    layers = ",".join(LAYERS[:9])
    maps = engine.run(NAME, "features", image=image, layers=layers).arrays
    channels = [32, *(s.channels for s in STAGES), 1280]
    for name, stride, deep in zip(
        LAYERS, (2, 2, 4, 8, 16, 16, 32, 32, 32), channels, strict=False
    ):
        assert maps[name].shape == (deep, 96 // stride, 160 // stride)


@pytest.mark.parametrize("size", [7, 8])
@pytest.mark.parametrize("kernel_size", [1, 3, 5])
@pytest.mark.parametrize("stride", [1, 2])
def test_same_padding_by_its_definition(
    size: int, kernel_size: int, stride: int
) -> None:
    conv = SameConv2d(1, 1, kernel_size, stride, bias=False)
    top, bottom, left, right = conv.same_padding(size, size + 1)
    assert 0 <= bottom - top <= 1
    assert 0 <= right - left <= 1
    with torch.inference_mode():
        out = conv(torch.zeros(1, 1, size, size + 1))
    assert out.shape[-2:] == (-(-size // stride), -(-(size + 1) // stride))


def test_a_layer_is_what_its_window_gives() -> None:
    image = load_sample("chelsea").image
    for layer in ("stem.conv", "stage2.0.depthwise.conv", "head.conv"):
        a = engine.run(NAME, "layer", image=image, layer=layer, channel=5).arrays
        stride, dilation, top, bottom, left, right = a["geometry"]
        padded = np.pad(a["input"], ((0, 0), (top, bottom), (left, right)))
        size = a["weight"].shape[-1]
        assert dilation == 1
        for row, column in ((0, 0), (2, 3), tuple(np.array(a["output"].shape) - 1)):
            window = padded[:, row * stride :, column * stride :][:, :size, :size]
            value = float((window * a["weight"]).sum() + a["bias"])
            assert value == pytest.approx(float(a["output"][row, column]), abs=1e-4)


def test_bad_questions_are_answered_with_the_options() -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(engine.EngineError, match="no layer 'zip'; there is stem"):
        engine.run(NAME, "features", image=image, layers="zip")
    with pytest.raises(engine.EngineError, match="channels 0 to 31, not 32"):
        engine.run(NAME, "layer", image=image, layer="stem.conv", channel=32)
    with pytest.raises(engine.EngineError, match="between 32 and 1024"):
        engine.run(NAME, "features", image=image, side_px=1025)


def test_fit_keeps_to_whole_cells() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    assert classifier.fit(image) == (480, 640)
    assert classifier.fit(image, 224) == (160, 224)
    assert classifier.fit(image, 32) == (32, 32)


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (16, 16, (32, 32)),
        (20, 20, (32, 32)),
        (31, 40, (32, 32)),
        (32, 40, (32, 32)),
        (20, 160, (32, 256)),
        (128, 16, (256, 32)),
        (16, 640, (32, 1024)),  # as far as the network goes
    ],
)
def test_a_small_image_is_enlarged_to_one_cell(
    height: int, width: int, expected: tuple[int, int]
) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    assert classifier.fit(image) == expected
    rows, columns = expected
    answer = engine.run(NAME, "features", image=image, layers="stage3,stage7").arrays
    assert answer["input_size"].tolist() == [rows, columns]
    assert answer["stage3"].shape[1:] == (rows // 8, columns // 8)
    assert answer["stage7"].shape[1:] == (rows // 32, columns // 32)
