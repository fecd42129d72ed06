"""How the segmenters were trained, and that what ships scores what it says."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.core.confusion import confusion_matrix, mean_iou
from explorer.models import zoo
from explorer.training import segmentation as train
from explorer.training import segmentation_data as data
from explorer.training import segmentation_record as record
from explorer.training.segmentation_augment import Crops, batch, crop
from explorer.training.segmentation_loss import class_weights, segmentation_loss
from explorer.training.segmentation_nets import Average, LitePeople, Single, parts
from explorer.training.segmentation_settings import SCORE as SETTINGS_SCORE

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("EXPLORER_DATA", ROOT.parent / "shared" / "data"))
with_photos = pytest.mark.skipif(
    not (DATA / "camvid.zip").is_file(), reason="needs the training data's folder"
)
SHIPPED = sorted(
    name for name, r in zoo.records().items() if "training.segmentation" in r.command
)
HEADS = [name for name in SHIPPED if zoo.record(name).scores]


def halves() -> data.Scene:
    """A photo whose left half is class 0 and dark, its right half class 1 and light."""
    labels = np.zeros((64, 96), np.uint8)
    labels[:, 48:] = 1
    return data.Scene(np.repeat(labels[..., None] * 200, 3, 2), labels)


# The loss


def test_the_loss_is_torchs_cross_entropy() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(2, 5, 7, 9), torch.randint(0, 5, (2, 7, 9))
    labels[0, :3] = data.VOID
    weights = torch.rand(5) + 0.5
    wanted = torch.nn.functional.cross_entropy(
        logits, labels, weights, ignore_index=data.VOID
    )
    torch.testing.assert_close(segmentation_loss(logits, labels, weights), wanted)


def test_some_person_is_person_against_background() -> None:
    logits = torch.tensor([1.0, 2.0, 0.5]).view(1, 3, 1, 1)
    labels = torch.tensor([[[data.SOME_PERSON]]])
    probs = logits.softmax(1).flatten()
    wanted = -torch.log(probs[1] + probs[2])
    torch.testing.assert_close(segmentation_loss(logits, labels, torch.ones(3)), wanted)


def test_nothing_labelled_costs_nothing() -> None:
    labels = torch.full((1, 2, 2), data.VOID)
    assert segmentation_loss(torch.zeros(1, 3, 2, 2), labels, torch.ones(3)) == 0


def test_rare_classes_weigh_more_up_to_a_bound() -> None:
    labels = np.zeros((100, 100), np.uint8)
    labels[:10], labels[10, :1] = 1, 2
    scene = data.Scene(np.zeros((100, 100, 3), np.uint8), labels)
    weights = class_weights([scene], ("a", "b", "c"))
    assert weights[0] < weights[1] < weights[2]
    assert weights[2] == 3.0
    assert weights[0] == pytest.approx(0.4)


# The crops


def test_image_and_labels_are_cut_alike() -> None:
    scene, crops = halves(), Crops((48, 48), (0.8, 1.2))
    for seed in range(20):
        rng = np.random.default_rng(seed)
        image, labels = crop(scene, crops, rng)
        light, dark = image[labels == 1], image[labels == 0]
        if light.size and dark.size:
            assert np.median(light) > np.median(dark)


def test_a_crop_larger_than_the_photo_is_void_outside() -> None:
    crops = Crops((128, 128), (1.0, 1.0), elastic_frac=0, turn_deg=0, aspect=0)
    _, labels = crop(halves(), crops, np.random.default_rng(0))
    assert labels[0, 0] == labels[-1, -1] == data.VOID
    assert np.mean(labels != data.VOID) == pytest.approx(64 * 96 / 128**2, abs=0.02)


def test_a_batch_is_the_same_for_the_same_generator() -> None:
    crops = Crops((32, 48), (0.8, 1.2))
    made = [batch([halves()], [0, 0], crops, np.random.default_rng(3)) for _ in "ab"]
    assert torch.equal(made[0][0], made[1][0])
    assert torch.equal(made[0][1], made[1][1])
    assert made[0][0].shape == (2, 3, 32, 48)
    assert made[0][0].min() >= -1
    assert made[0][0].max() <= 1


def test_a_scene_is_shrunk_and_never_enlarged() -> None:
    assert data.resized(halves(), 48).labels.shape == (32, 48)
    assert data.resized(halves(), 48).image.shape == (32, 48, 3)
    assert data.resized(halves(), 96).labels.shape == (64, 96)
    assert data.resized(halves(), 200).labels.shape == (64, 96)


# What is trained


def test_the_backbone_learns_slowly_and_its_first_stages_not_at_all() -> None:
    net = LitePeople(8)
    fast, slow = parts(net, 1e-2)
    assert slow["lr"] < fast["lr"]
    trainable = {n for n, p in net.trunk.named_parameters() if p.requires_grad}
    assert len(slow["params"]) == len(trainable)
    assert not any(n.startswith(("stem", "stage1.", "stage2.")) for n in trainable)
    assert not net.trunk.training
    assert net.fcn.training


def test_the_average_follows_the_weights() -> None:
    net = Single.unet(3)
    average = Average(net)
    with torch.no_grad():
        net.net.classify.bias.fill_(2.0)
    for _ in range(200):
        average.update(net)
    torch.testing.assert_close(
        average.net.net.classify.bias, torch.full((3,), 2.0), atol=0.02, rtol=0
    )


def test_every_part_of_clothing_is_a_class() -> None:
    assert tuple(data.PARTS) == data.PEOPLE
    words = [word for part in data.PARTS.values() for word in part]
    assert len(words) == len(set(words))


@pytest.mark.slow
def test_a_network_learns_one_scene_by_heart() -> None:
    """The whole loop, small: two classes told apart by their brightness."""
    torch.manual_seed(0)
    recipe = train.Recipe(Single.unet, "street", 96, Crops((32, 48), (0.8, 1.2)), 40, 4)
    trained = train.train(Single.unet(11), recipe, [halves()], [1.0])
    x = torch.from_numpy(halves().image.transpose(2, 0, 1).copy())[None] / 127.5 - 1
    with torch.inference_mode():
        guess = trained.eval().net(x).logits[0].argmax(0).numpy().astype(np.uint8)
    assert mean_iou(confusion_matrix(halves().labels, guess, 2 + 9)) > 0.9


# What ships


def test_the_models_of_the_issue_ship() -> None:
    street = ("fcn32s", "fcn16s", "fcn8s", "segnet", "unet", "deeplabv3plus")
    people = ("fcn8s", "unet", "deeplabv3plus")
    wanted = {f"street_{a}" for a in street} | {f"people_{a}" for a in people}
    assert wanted <= set(SHIPPED)


@with_photos
def test_the_held_out_photos_are_not_trained_on() -> None:
    held = {scene.image.tobytes() for scene in data.clothing(DATA, held_out=True)}
    seen = {scene.image.tobytes() for scene in data.clothing(DATA, held_out=False)}
    assert len(held) == data.HELD_OUT
    assert not held & seen


@with_photos
@pytest.mark.slow
@pytest.mark.parametrize("name", HEADS)
def test_a_records_scores_are_reproduced(name: str) -> None:
    about = zoo.record(name)
    kind = name.split("_")[0]
    model, scenes = zoo.load(name), record.held_out(kind, DATA)
    found = record.score(model, scenes)
    for score in set(about.scores) - {SETTINGS_SCORE}:
        values = about.scores[score]
        assert found[score]["value"] == pytest.approx(values["value"], abs=5e-4)
        assert found[score]["n"] == values["n"]
