"""Training the generative networks, on pictures made here."""

import numpy as np
import pytest
import torch

from explorer.core.avatars import avatars
from explorer.core.digit_form import stroke_digit
from explorer.training.colour_data import UNKNOWN, Faces, held_out
from explorer.training.face_directions import direction, matched
from explorer.training.generative import batches, jittered, loss_of, train
from explorer.training.generative_data import Pictures, pictures
from explorer.training.generative_settings import MEMBERS, Member

KINDS = ("digits_classifier", "digits_ae_8", "digits_vae_2", "digits_cvae_10")


@pytest.fixture(scope="module")
def digits():
    labels = np.tile(np.arange(10), 30)
    images = np.stack([stroke_digit(int(d), k) for k, d in enumerate(labels)])
    return Pictures(images, labels, images[:50], labels[:50])


@pytest.mark.parametrize("name", KINDS)
def test_a_few_epochs_lower_the_loss(name, digits):
    short = short_of(MEMBERS[name], 15)
    x, labels = torch.from_numpy(digits.test).float() / 255, digits.test_labels
    first = train(short_of(short, 0), digits)[0]
    net, seconds = train(short, digits)
    losses = []
    for one in (first, net):
        one.train()  # so few steps leave batch norm's running means behind
        torch.manual_seed(1)
        losses.append(float(loss_of(short)(one, x, torch.from_numpy(labels)).detach()))
    assert losses[1] < 0.9 * losses[0]
    assert seconds > 0


def short_of(member, epochs):
    return Member(
        member.title, member.architecture, member.data, member.arguments, epochs
    )


def test_the_same_seed_gives_the_same_network(digits):
    member = short_of(MEMBERS["digits_vae_2"], 1)
    one, other = train(member, digits)[0], train(member, digits)[0]
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)


def test_every_picture_comes_once_an_epoch(digits):
    torch.manual_seed(0)
    seen = [len(labels) for _, _, labels in batches(digits, 3)]
    assert sum(seen) == 3 * 256  # what fills no batch waits for the next epoch


def test_small_changes_keep_the_brightness():
    torch.manual_seed(0)
    x = torch.from_numpy(np.stack([stroke_digit(5)] * 8)).float() / 255
    changed = jittered(x)
    assert changed.shape == x.shape
    assert not torch.equal(changed, x)
    assert changed.sum((1, 2)) / x.sum((1, 2)) == pytest.approx(1, abs=0.35)


def test_missing_pictures_are_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no digits\.npz"):
        pictures(tmp_path, "digits")
    with pytest.raises(ValueError, match="no pictures 'cats'"):
        pictures(tmp_path, "cats")


def test_test_pictures_are_not_trained_on(tmp_path):
    images = np.arange(6000, dtype=np.uint32).view(np.uint8).reshape(6000, 2, 2)
    np.savez(tmp_path / "digits.npz", images=images, labels=np.zeros(6000, np.uint8))
    data = pictures(tmp_path, "digits")
    assert len(data.train) + len(data.test) == 6000
    np.testing.assert_array_equal(data.test, images[-len(data.test) :])


def _faces(**columns):
    count = len(next(iter(columns.values())))
    known = {"age": 30, "gender": 0, "glasses": UNKNOWN, "smile": UNKNOWN}
    known |= {"frontal": 1}
    values = {k: np.full(count, v, np.int64) for k, v in known.items()}
    values |= {k: np.array(v, np.int64) for k, v in columns.items()}
    images = np.zeros((count, 64, 64, 3), np.uint8)
    return Faces(images, tested=np.arange(count) % 2 == 0, **values)


def test_pairs_are_alike_but_for_the_attribute():
    faces = _faces(
        glasses=[1, 1, 0, 0, 0, 0],
        gender=[0, 1, 1, 0, 0, 1],
        age=[40, 20, 23, 41, 45, 60],
    )
    pairs = matched(faces, faces.glasses == 1, faces.glasses == 0, ("gender", "age"))
    assert pairs.tolist() == [[0, 3], [1, 2]]


def test_a_face_too_old_is_no_match():
    faces = _faces(glasses=[1, 0], age=[20, 40])
    pairs = matched(faces, faces.glasses == 1, faces.glasses == 0, ("age",))
    assert len(pairs) == 0


def test_a_direction_is_found_and_judged_on_other_faces():
    rng = np.random.default_rng(0)
    glasses = rng.integers(0, 2, 200)
    faces = _faces(glasses=glasses)
    mu = rng.normal(size=(200, 5))
    mu[:, 2] += 4 * glasses
    found = direction(faces, mu, "glasses")
    assert found.tested == faces.tested.sum()
    assert np.abs(found.vector).argmax() == 2
    assert found.vector[2] == pytest.approx(4, abs=0.7)
    assert found.auc > 0.95


def test_half_of_the_labelled_faces_are_kept_for_the_test():
    labels = np.r_[np.ones(40), np.full(400, UNKNOWN)].astype(np.int64)
    tested = held_out(labels)
    assert tested[:40].sum() == 20
    assert tested[40:].sum() == 20


def test_training_and_test_avatars_differ():
    one, other = avatars(5, 1)[0], avatars(5, 2)[0]
    assert one != other
