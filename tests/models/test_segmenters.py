"""The shipped segmenters through the engine's face."""

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.models import segmenters, zoo
from explorer.models.segmenters import MAX_RATE, SWITCHES, read_switches

ARCHITECTURES = tuple(SWITCHES)
SHIPPED = sorted(
    name for name, r in zoo.records().items() if r.architecture in ARCHITECTURES
)
CASES = {
    "fcn32s": [],
    "fcn16s": [{"off": "16"}],
    "fcn8s": [{"off": "16,8"}, {"off": "8"}],
    "segnet": [{"nearest": "1,2,3,4,5"}],
    "unet": [{"off": "1"}, {"off": "4"}],
    "deeplabv3plus": [
        {"output_stride": 8},
        {"rates": "6,12,18"},
        {"off": "pool"},
        {"decoder": False},
    ],
}


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return load_sample("astronaut").image[:300, :400]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_pixel_gets_a_class_and_its_probability(name, image) -> None:
    found = zoo.load(name).methods["segment"](image=image)
    classes = len(zoo.record(name).classes)
    assert found["labels"].shape == found["scores"].shape == image.shape[:2]
    assert found["labels"].dtype == np.uint8
    assert found["labels"].max() < classes
    assert np.all(found["scores"] >= 1 / classes - 1e-6)
    assert np.all(found["scores"] <= 1 + 1e-6)


@pytest.mark.parametrize("name", SHIPPED)
def test_scores_on_a_grid_agree_with_the_labels(name, image) -> None:
    found = zoo.load(name).methods["scores"](image=image, step_px=4)
    assert found["probs"].shape == (75, 100, len(zoo.record(name).classes))
    np.testing.assert_allclose(found["probs"].sum(-1), 1, atol=1e-5)
    middle = found["labels"][2::4, 2::4]
    assert np.mean(found["probs"].argmax(-1) == middle) > 0.9


@pytest.mark.parametrize("name", SHIPPED)
def test_every_switch_changes_the_scores(name, image) -> None:
    run = zoo.load(name).methods["scores"]
    plain = run(image=image)["logits"]
    for switches in CASES[zoo.record(name).architecture]:
        assert np.abs(run(image=image, **switches)["logits"] - plain).max() > 1e-3


def test_heads_of_one_backbone_share_it() -> None:
    heads = [n for n in SHIPPED if zoo.record(n).backbone == "street_lite"]
    nets = [zoo.load(name).net for name in heads]
    assert len(nets) > 1
    first = nets[0].trunk.stem.conv.weight
    assert all(net.trunk.stem.conv.weight is first for net in nets)


def test_a_backbone_by_itself_says_what_to_use() -> None:
    with pytest.raises(zoo.ZooError, match="use one of the heads that name it"):
        zoo.load("street_lite")


@pytest.mark.parametrize(
    ("architecture", "switches", "sentence"),
    [
        ("unet", {"nearest": "1"}, "no switch 'nearest'; there is: off"),
        ("deeplabv3plus", {"off": "rate9"}, "no branch 'rate9'; there are 1x1, rate1"),
        (
            "deeplabv3plus",
            {"rates": "1,2"},
            f"from 1 to {MAX_RATE}, got '1,2'",
        ),
        ("deeplabv3plus", {"rates": f"1,2,{MAX_RATE + 1}"}, "three numbers"),
        ("deeplabv3plus", {"output_stride": 32}, "8 or 16, got 32"),
    ],
)
def test_a_wrong_switch_is_refused_in_a_sentence(
    architecture, switches, sentence
) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_switches(SWITCHES[architecture], switches)


def test_switches_are_read_to_their_bounds() -> None:
    known = SWITCHES["deeplabv3plus"]
    found = read_switches(known, {"rates": f"1,{MAX_RATE},3"})
    assert found == {"rates": (1, MAX_RATE, 3)}
    assert read_switches(known, {"rates": ""}) == {"rates": None}


def test_the_input_keeps_the_photos_shape_in_steps_of_32(image) -> None:
    model = segmenters.Segmenter.__new__(segmenters.Segmenter)
    model.side_px, model.device = 256, "cpu"
    assert model.tensor(image).shape == (1, 3, 192, 256)
    assert model.tensor(image, 320).shape == (1, 3, 256, 320)
