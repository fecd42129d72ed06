"""The decoders in numpy: what a network says, and what they find when it is wrong."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from explorer.models import generative, weights
from explorer.models.autoencoder import Autoencoder
from explorer.models.face_vae import FaceVAE
from explorer.models.proofs import face_vae, latent
from explorer.models.vae import VAE
from explorer.training.halves import halves

DIGIT = np.random.default_rng(5).integers(0, 256, (28, 28), np.uint8)


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Return a function that ships a network and gives its record and its runner."""

    def ship(net, architecture, shape, z, classes=()):
        torch.manual_seed(1)
        for parameter in net.parameters():
            torch.nn.init.normal_(parameter, std=0.06)
        state = halves(net.state_dict())
        path = tmp_path / "net.safetensors"
        save_file(state, path)
        net.load_state_dict({k: v.float() for k, v in state.items()})
        monkeypatch.setattr(
            weights, "locate", lambda _: (tmp_path / "net.safetensors",)
        )
        about = SimpleNamespace(
            title="a network",
            architecture=architecture,
            arguments={"shape": list(shape), "z": z},
            classes=classes,
        )
        return about, generative.runner(net, about)

    return ship


def test_dense_decoder_and_bound(shipped):
    about, net = shipped(VAE((28, 28), 5), "vae", (28, 28), 5)
    seen = net.opened(DIGIT, samples=3)
    assert latent.prove_decoder(about, seen["z"], seen["images"]).holds
    assert latent.prove_bound(about, seen, DIGIT).holds
    wrong = seen["images"].astype(int)
    wrong[1, 3, 4] += 3
    assert not latent.prove_decoder(about, seen["z"], wrong).holds
    for name in ("kl", "reconstruction", "log_weights"):
        wrong = {**seen, name: seen[name] + np.eye(len(seen[name]))[2] * 0.1}
        assert not latent.prove_bound(about, wrong, DIGIT).holds


def test_what_the_browser_shows(shipped):
    about, net = shipped(Autoencoder((28, 28), 4), "autoencoder", (28, 28), 4)
    z = np.array([[0.5, -1.0, 0.25, 2.0]], np.float32)
    picture = net.decode(z)["images"].ravel().tolist()
    assert latent.prove_shown(about, {"z": z[0].tolist(), "picture": picture}).holds
    picture[9] += 4
    assert not latent.prove_shown(about, {"z": z[0].tolist(), "picture": picture}).holds


def test_encoders_in_numpy(shipped):
    about, net = shipped(VAE((28, 28), 5), "vae", (28, 28), 5)
    mu, logvar = latent.plain_code(about, DIGIT)
    seen = net.encode(DIGIT[None])
    np.testing.assert_allclose(mu, seen["mu"][0], atol=1e-4)
    np.testing.assert_allclose(logvar, seen["logvar"][0], atol=1e-4)


def test_evidence_of_every_class(shipped):
    about, net = shipped(VAE((28, 28), 3, classes=10), "cvae", (28, 28), 3)
    found = net.evidence(DIGIT[None], samples=4)["log_weights"][0].astype(float)
    assert latent.prove_evidence(about, DIGIT, found).holds
    found[7, 2] += 0.1
    assert not latent.prove_evidence(about, DIGIT, found).holds


def test_convolutional_decoder(shipped):
    about, net = shipped(FaceVAE(6), "vae", (64, 64, 3), 6)
    z = np.random.default_rng(2).normal(size=(1, 6)).astype(np.float32)
    image = net.decode(z)["images"][0]
    assert face_vae.prove_face_decoder(about, z[0], image).holds
    wrong = image.astype(int)
    wrong[40, 12, 1] += 3
    assert not face_vae.prove_face_decoder(about, z[0], wrong).holds


def test_codes_in_numpy(shipped):
    about, net = shipped(Autoencoder((28, 28), 4), "autoencoder", (28, 28), 4)
    code = net.encode(DIGIT[None])["mu"][0]
    assert latent.prove_code(about, DIGIT, code).holds
    assert not latent.prove_code(about, DIGIT, code + np.eye(4)[1] * 0.01).holds
    assert not latent.prove_code(about, DIGIT, code[:3]).holds
