"""Every switch of SegNet and U-Net: against plain forwards, and by other means."""

import numpy as np
import pytest
import torch

from explorer.core.unpooling import max_pool, max_unpool, nearest_unpool
from explorer.models import records
from explorer.models.encoder_decoder_switches import one_by_one, timed
from explorer.models.segmenters import Segmenter
from explorer.models.segnet import SegNet
from explorer.models.switched import (
    segnet_scattered,
    segnet_variants,
    unet_columns_removed,
    unet_variants,
)
from explorer.models.unet import UNet

CLASSES = ("sky", "road", "car")


def lively(net, seed=0):
    """Random weights and running statistics: nothing is 0 or 1 by chance."""
    made = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.copy_(torch.randn(module.num_features, generator=made))
            module.running_var.copy_(
                torch.rand(module.num_features, generator=made) + 0.5
            )
            module.bias.data.copy_(torch.randn(module.num_features, generator=made))
        elif isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
            torch.nn.init.kaiming_normal_(module.weight, generator=made)
    return net.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def nets():
    torch.manual_seed(0)
    return {"segnet": lively(SegNet(3)), "unet": lively(UNet(3))}


@pytest.fixture(scope="module")
def x():
    return torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(1))


def record(architecture):
    values = {
        "name": "test",
        "task": "segmentation",
        "architecture": architecture,
        "arguments": {},
        "data": "camvid",
        "classes": list(CLASSES),
        "preprocessing": {"side_px": 96},
        "scores": {},
        "parameters": 1,
        "macs": 1,
        "bytes": 1,
        "sha256": "0" * 64,
        "licence": "",
        "command": "",
        "seed": 0,
        "commit": None,
        "seconds": None,
        "machine": "",
    }
    return records.parse(values, "test")


@pytest.fixture(scope="module", params=["segnet", "unet"])
def model(request, nets):
    return Segmenter(nets[request.param], record(request.param))


@pytest.fixture(scope="module")
def image():
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (12, 18, 3)).astype(np.uint8)
    return small.repeat(10, 0).repeat(10, 1)  # 120 x 180, not the network's size


SETTINGS = [(), (1,), (3,), (4, 1), (2, 3), (1, 2, 3, 4)]


def test_many_settings_at_once_are_the_plain_forwards(nets, x):
    with torch.inference_mode():
        many = unet_variants(nets["unet"], x, SETTINGS)
        for one, off in zip(many, SETTINGS, strict=True):
            plain = nets["unet"](x, off=off).logits[0]
            torch.testing.assert_close(one, plain, atol=1e-4, rtol=1e-4)
        many = segnet_variants(nets["segnet"], x, [*SETTINGS, (5,)])
        for one, off in zip(many, [*SETTINGS, (5,)], strict=True):
            plain = nets["segnet"](x, nearest=off).logits[0]
            torch.testing.assert_close(one, plain, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("off", SETTINGS)
def test_a_skip_off_is_a_network_without_the_weights_that_read_it(nets, x, off):
    net = nets["unet"]
    with torch.inference_mode():
        plain = net(x, off=off).logits
        other = unet_columns_removed(net, x, off)
        torch.testing.assert_close(other, plain, atol=1e-4, rtol=1e-4)
        if off:
            assert (plain - net(x).logits).abs().max() > 1e-2


@pytest.mark.parametrize("nearest", [*SETTINGS, (5,)])
def test_unpooling_by_nearest_is_each_value_repeated(nets, x, nearest):
    net = nets["segnet"]
    with torch.inference_mode():
        plain = net(x, nearest=nearest).logits
        other = segnet_scattered(net, x, nearest)
        torch.testing.assert_close(other, plain, atol=1e-4, rtol=1e-4)
        if nearest:
            assert (plain - net(x).logits).abs().max() > 1e-2


def test_switches_are_thrown_none_each_and_all():
    assert one_by_one(3) == ((), (1,), (2,), (3,), (1, 2, 3))


def test_switched_labels_are_those_of_segment(model, image):
    found = model.methods["switched"](image)
    switch = next(iter(model.switches))
    levels = 5 if switch == "nearest" else 4
    names = ["", *map(str, range(1, levels + 1)), ",".join("12345"[:levels])]
    assert found["off"].tolist() == names
    for off, labels in zip(names, found["labels"], strict=True):
        plain = model.segment(image, **{switch: off})["labels"]
        assert labels.shape == image.shape[:2]
        assert (labels != plain).mean() < 1e-3  # a tie may fall the other way


def test_checked_agrees_with_itself(model, image):
    found = model.methods["checked"](image, off="2")
    assert found["network"].shape == found["independent"].shape
    assert np.abs(found["network"] - found["independent"]).max() < 1e-4
    other = model.methods["checked"](image)
    assert np.abs(found["network"] - other["network"]).max() > 1e-2


def test_the_overview_tells_the_real_tensors(model, image):
    found = model.methods["overview"](image)
    seen = model.run(image, exact=True)
    assert found["input"].tolist() == [64, 96]
    assert [tuple(x.shape[1:]) for x in seen.encoded] == [
        tuple(row) for row in found["encoder"].tolist()
    ]
    if model.record.architecture == "segnet":
        assert found["crossing"].tolist()[0] == [24, 32, 48]
        counts = found["crossing"].prod(1)
        np.testing.assert_array_equal(found["bytes"], 8 * counts)
        np.testing.assert_array_equal(found["packed_bytes"], np.ceil(counts / 4))
    else:
        assert found["crossing"].tolist()[0] == [24, 64, 96]
        np.testing.assert_array_equal(found["bytes"], 4 * found["crossing"].prod(1))
        np.testing.assert_array_equal(found["bytes"], found["packed_bytes"])
    levels = len(found["decoder"])
    for i in range(1, levels + 1):
        small = found[f"decoder_{i}"]
        whole = seen.decoded[-i][0, found["decoder_channel"][i - 1]]
        assert small.mean() == pytest.approx(float(whole.mean()), rel=0.02, abs=1e-3)
    assert f"encoder_{len(found['encoder'])}" in found


def test_a_segnet_level_shows_the_decoders_values_at_the_encoders_places(nets, image):
    model = Segmenter(nets["segnet"], record("segnet"))
    seen = model.run(image, exact=True)
    for level in (1, 3, 5):
        found = model.methods["level"](image, level, rank=2)
        channel = int(found["channel"])
        below = seen.pooled[-1] if level == 5 else seen.decoded[-level - 1]
        np.testing.assert_array_equal(found["incoming"], below[0, channel].numpy())
        pooled = max_pool(found["encoded"])
        np.testing.assert_array_equal(pooled.values, found["pooled"])
        np.testing.assert_array_equal(pooled.indices, found["indices"])
        back = max_unpool(found["incoming"], pooled.indices, found["encoded"].shape)
        np.testing.assert_array_equal(back, found["unpooled"])
        copied = nearest_unpool(found["incoming"])
        np.testing.assert_array_equal(copied, found["nearest"])


def test_a_unet_level_shows_what_the_skip_adds(nets, image):
    model = Segmenter(nets["unet"], record("unet"))
    whole = model.run(image, exact=True)
    for level in (1, 2, 4):
        found = model.methods["level"](image, level)
        off = model.run(image, exact=True, off=str(level))
        channel = int(found["decoded_channel"])
        for name, seen in (("decoded", whole), ("without", off)):
            expected = seen.decoded[-level][0, channel].numpy()
            np.testing.assert_allclose(found[name], expected, atol=1e-5)
        skip = whole.encoded[level - 1][0]
        assert skip.var((1, 2)).argmax() == found["channel"]
        np.testing.assert_array_equal(found["skip"], skip[found["channel"]].numpy())


def test_levels_and_channels_out_of_range_are_told(model, image):
    last = 5 if model.record.architecture == "segnet" else 4
    model.methods["level"](image, last)
    for level in (0, last + 1):
        with pytest.raises(ValueError, match=f"there are 1 to {last}"):
            model.methods["level"](image, level)
    model.methods["level"](image, 1, rank=24)
    for rank in (0, 25):
        with pytest.raises(ValueError, match="so 1 to 24"):
            model.methods["level"](image, 1, rank=rank)


def test_each_run_is_timed(model, image):
    found = timed(model, image, repeats=2)
    assert found["ms"].shape == (2,)
    assert (found["ms"] > 0).all()
    for repeats in (0, 10):
        with pytest.raises(ValueError, match="1..9"):
            timed(model, image, repeats=repeats)
