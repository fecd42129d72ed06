"""The bound and its parts: against torch.distributions, by definition, by gradient."""

import numpy as np
import pytest
import torch
from torch import distributions

from explorer.core import latent
from explorer.models import vae
from explorer.models.vae import VAE, Encoded, bound, log_prior, log_weights


@pytest.fixture
def net():
    torch.manual_seed(0)
    return VAE((6, 5), 3).double().eval()


@pytest.fixture
def x():
    return torch.rand(4, 6, 5, generator=torch.Generator().manual_seed(1)).double()


def test_bound_equals_the_definition(net, x):
    noise = torch.randn(4, 3).double()
    found = bound(net, x, noise)
    seen = net.encode(x)
    q = distributions.Normal(seen.mu, (seen.logvar / 2).exp())
    p = distributions.Normal(torch.zeros_like(seen.mu), torch.ones_like(seen.mu))
    logits = net.decode(seen.mu + (seen.logvar / 2).exp() * noise)
    cross = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, x, reduction="none"
    )
    torch.testing.assert_close(found.kl, distributions.kl_divergence(q, p))
    torch.testing.assert_close(found.reconstruction, -cross.flatten(1).sum(1))
    torch.testing.assert_close(found.elbo, found.reconstruction - found.kl.sum(1))


def test_the_numpy_twin_says_the_same(net, x):
    with torch.no_grad():
        seen = net.encode(x)
        told = net.decode(seen.mu)
        pixels = net.log_likelihood(x, told)
    np.testing.assert_allclose(
        latent.gaussian_kl(seen.mu, seen.logvar), seen.kl().numpy(), atol=1e-12
    )
    np.testing.assert_allclose(
        latent.bernoulli_log_likelihood(x, told), pixels.numpy(), atol=1e-12
    )


def test_weights_average_to_the_bound_in_the_mean(net, x):
    noise = torch.randn(3000, 4, 3, generator=torch.Generator().manual_seed(2)).double()
    with torch.no_grad():
        weights = log_weights(net, x, noise)
        mean = torch.stack([bound(net, x, one).elbo for one in noise]).mean(0)
    spread = weights.std(0) / len(noise) ** 0.5
    assert ((weights.mean(0) - mean).abs() < 5 * spread).all()
    tight = latent.importance_bound(weights.numpy().T)
    assert (tight > weights.mean(0).numpy()).all()


def test_densities_equal_torch():
    mu, logvar = torch.randn(2, 3), torch.randn(2, 3)
    z = torch.randn(5, 2, 3)
    q = distributions.Normal(mu, (logvar / 2).exp())
    found = Encoded(mu, logvar).log_density(z)
    torch.testing.assert_close(found, q.log_prob(z).sum(-1))
    prior = distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
    torch.testing.assert_close(log_prior(z), prior)


def test_reparameterised_gradient_equals_the_score_functions_in_the_mean():
    """d/dmu E[f(z)] by z = mu + sigma e, and by f(z) d/dmu log q(z) (section 2.2)."""
    mu = torch.tensor([0.3, -0.4], dtype=torch.float64, requires_grad=True)
    logvar = torch.tensor([0.2, -0.5], dtype=torch.float64, requires_grad=True)
    noise = torch.randn(
        200_000, 2, generator=torch.Generator().manual_seed(3), dtype=torch.float64
    )

    def f(z):
        return torch.sin(z[:, 0]) + z[:, 1] ** 2

    q = Encoded(mu, logvar)
    path = torch.autograd.grad(f(q.sample(noise)).mean(), (mu, logvar))
    z = q.sample(noise).detach()
    score = torch.autograd.grad((f(z) * q.log_density(z)).mean(), (mu, logvar))
    for a, b in zip(path, score, strict=True):
        torch.testing.assert_close(a, b, atol=0.02, rtol=0)
    # E[cos z] of the first dimension, by hand: exp(-sigma²/2) cos(mu).
    wanted = torch.exp(-logvar[0].exp() / 2) * torch.cos(mu[0])
    torch.testing.assert_close(path[0][0], wanted.detach(), atol=0.005, rtol=0)


def test_class_changes_both_halves_and_has_to_be_told(x):
    torch.manual_seed(0)
    net = VAE((6, 5), 2, classes=3).double()
    one, two = (torch.full((4,), y) for y in (0, 2))
    assert not torch.equal(net.encode(x, one).mu, net.encode(x, two).mu)
    z = torch.zeros(4, 2).double()
    assert not torch.equal(net.decode(z, one), net.decode(z, two))
    with pytest.raises(ValueError, match="needs a class of 0 to 2"):
        net.encode(x)


def test_gaussian_likelihood_learns_its_width(x):
    net = VAE((6, 5), 2, likelihood="gaussian").double()
    told = net.decode(torch.zeros(4, 2).double())
    width = float(net.log_std.detach().exp())
    wanted = distributions.Normal(told, width).log_prob(x)
    torch.testing.assert_close(net.log_likelihood(x, told), wanted)
    net.log_likelihood(x, told).sum().backward()
    assert float(net.log_std.grad) != 0
    with pytest.raises(ValueError, match="likelihood is 'laplace'"):
        VAE((6, 5), 2, likelihood="laplace")


@pytest.mark.parametrize("at_once", [1, 8, 10_000])
@pytest.mark.parametrize("classes", [0, 3])
def test_weights_do_not_depend_on_how_many_codes_go_at_once(
    monkeypatch, x, at_once, classes
):
    torch.manual_seed(4)
    net = VAE((6, 5), 3, classes=classes).double().eval()
    labels = torch.tensor([0, 2, 1, 2]) if classes else None
    noise = torch.randn(5, 4, 3).double()
    with torch.no_grad():
        seen = net.encode(x, labels)
        wanted = []
        for one in seen.sample(noise):
            likely = net.log_likelihood(x, net.decode(one, labels)).flatten(1).sum(1)
            wanted.append(likely + log_prior(one) - seen.log_density(one))
        monkeypatch.setattr(vae, "AT_ONCE", at_once)
        found = log_weights(net, x, noise, labels)
    torch.testing.assert_close(found, torch.stack(wanted))
