"""The engine's face of the generative networks: a plain forward, and its bounds."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from explorer.core.latent import importance_bound
from explorer.models import generative
from explorer.models.autoencoder import Autoencoder
from explorer.models.digit_classifier import DigitClassifier
from explorer.models.face_vae import FaceVAE
from explorer.models.vae import VAE, bound


def wrap(net, architecture, shape, classes=()):
    torch.manual_seed(0)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    about = SimpleNamespace(
        architecture=architecture, arguments={"shape": list(shape)}, classes=classes
    )
    return generative.runner(net, about)


@pytest.fixture
def digits():
    return np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)


@pytest.fixture
def vae():
    return wrap(VAE((28, 28), 4), "vae", (28, 28))


@pytest.fixture
def cvae():
    return wrap(VAE((28, 28), 4, classes=10), "cvae", (28, 28))


def test_decoding_equals_a_plain_forward(vae):
    z = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    found = vae.decode(z)["images"]
    with torch.no_grad():
        wanted = vae.net.cpu().decode(torch.from_numpy(z)).sigmoid().numpy() * 255
    assert found.dtype == np.uint8
    np.testing.assert_allclose(found, wanted, atol=0.51)


def test_opened_holds_together(vae, digits):
    seen = vae.opened(digits[0], seed=3, samples=4)
    sigma = np.exp(seen["logvar"] / 2)
    np.testing.assert_allclose(
        seen["z"], seen["mu"] + sigma * seen["noise"], rtol=1e-5, atol=1e-6
    )
    np.testing.assert_array_equal(vae.decode(seen["z"])["images"], seen["images"])
    np.testing.assert_allclose(
        seen["log_likelihood"].sum(axis=(1, 2)), seen["reconstruction"], rtol=1e-5
    )
    with torch.no_grad():
        noise = torch.from_numpy(seen["noise"][:1])
        wanted = bound(vae.net.cpu(), vae.x(digits[:1]).cpu(), noise)
    np.testing.assert_allclose(seen["kl"], wanted.kl[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        seen["reconstruction"][0], wanted.reconstruction[0], rtol=1e-5
    )
    assert (vae.opened(digits[0], seed=4)["noise"] != seen["noise"][:1]).any()


def test_evidence_is_of_every_class(cvae, digits):
    found = cvae.evidence(digits, samples=6, seed=1)["log_weights"]
    assert found.shape == (3, 10, 6)
    one = cvae.opened(digits[1], seed=1, samples=6, label=7)
    np.testing.assert_allclose(found[1, 7], one["log_weights"], rtol=1e-4)
    assert importance_bound(found).shape == (3, 10)


def test_a_class_has_to_be_told_where_there_are_classes(cvae, digits):
    for label in (-1, 10):
        with pytest.raises(ValueError, match=f"label is {label}; this network needs 0"):
            cvae.encode(digits, label=label)
    assert cvae.encode(digits, label=9)["mu"].shape == (3, 4)


def test_coder_and_classifier(digits):
    coder = wrap(Autoencoder((28, 28), 6), "autoencoder", (28, 28))
    codes = coder.encode(digits)["mu"]
    assert codes.shape == (3, 6)
    assert coder.decode(codes)["images"].shape == (3, 28, 28)
    namer = wrap(DigitClassifier(), "classifier", (28, 28), tuple("0123456789"))
    probs = namer.classify(digits)["probs"]
    np.testing.assert_allclose(probs.sum(axis=1), 1, rtol=1e-5)


def test_colour_comes_back_as_colour():
    net = wrap(FaceVAE(8), "vae", (64, 64, 3))
    faces = np.random.default_rng(2).integers(0, 256, (2, 64, 64, 3), np.uint8)
    seen = net.opened(faces[0], samples=2)
    assert seen["images"].shape == (2, 64, 64, 3)
    assert seen["log_likelihood"].shape == (2, 64, 64)
    np.testing.assert_array_equal(net.decode(seen["z"])["images"], seen["images"])


def test_what_does_not_fit_is_refused(vae, digits):
    with pytest.raises(ValueError, match=r"takes N of 28 x 28"):
        vae.encode(digits[:, :27])
    with pytest.raises(ValueError, match=r"takes \(N, 4\)"):
        vae.decode(np.zeros((2, 5)))
    with pytest.raises(ValueError, match="not finite"):
        vae.decode(np.full((1, 4), np.nan))
    most = generative.MOST_PICTURES
    assert len(vae.decode(np.zeros((most, 4)))["images"]) == most
    with pytest.raises(ValueError, match=f"{most + 1} pictures"):
        vae.decode(np.zeros((most + 1, 4)))
    for samples in (0, generative.MOST_SAMPLES + 1):
        with pytest.raises(ValueError, match=f"{samples} samples"):
            vae.opened(digits[0], samples=samples)


def test_every_class_is_tried_on_every_picture(cvae, digits):
    found = cvae.every_class(digits)["images"]
    assert found.shape == (3, 10, 28, 28)
    for label in (0, 9):
        mu = cvae.encode(digits, label=label)["mu"]
        np.testing.assert_array_equal(
            found[:, label], cvae.decode(mu, label=label)["images"]
        )


def test_a_network_without_classes_tries_once(vae, digits):
    found = vae.every_class(digits)["images"]
    np.testing.assert_array_equal(
        found[:, 0], vae.decode(vae.encode(digits)["mu"])["images"]
    )
