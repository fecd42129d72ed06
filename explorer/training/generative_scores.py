"""How good the generative networks are, on pictures that they never saw."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from explorer.core.latent import active_units, importance_bound
from explorer.core.latent_table import EVIDENCE_SAMPLES
from explorer.models.generative import Classifier, Coder, Runner, Variational
from explorer.models.vae import bound, log_weights
from explorer.training.generative_data import Pictures

AT_ONCE = 250  # pictures a job
SAMPLES = 50  # of the importance-weighted bound
FIRST = 500  # pictures, for a test to find their score again
LABELS = (10, 100, 1000)  # of the few-label probe
DRAWS = 5  # of the labelled pictures
PROBED = 2000  # test pictures
NOISE = 1000  # pictures of the reject score's third kind

Score = dict[str, Any]
Images = NDArray[np.uint8]


def parts(images: Images) -> Iterator[Images]:
    """Cut pictures into what one job takes."""
    for k in range(0, len(images), AT_ONCE):
        yield images[k : k + AT_ONCE]


def codes(net: Coder | Variational, images: Images) -> NDArray[np.float32]:
    """Return the codes (N, Z) of pictures: the means, where the encoder is random."""
    return np.concatenate([net.encode(one)["mu"] for one in parts(images)])


def score(net: Runner, data: Pictures) -> dict[str, Score]:
    """Return a record's scores."""
    if isinstance(net, Classifier):
        return _classified(net, data)
    if isinstance(net, Coder):
        return _reconstructed(net, data)
    assert isinstance(net, Variational)
    return _bounded(net, data)


def _classified(net: Classifier, data: Pictures) -> dict[str, Score]:
    said = [net.classify(one)["probs"].argmax(1) for one in parts(data.test)]
    right = np.concatenate(said) == data.test_labels
    return {"accuracy": _mean(right, 4), "accuracy_first": _mean(right[:FIRST], 4)}


def _held(count: int) -> Score:
    return {"split": "test", "n": count}


def _mean(values: NDArray[Any], digits: int) -> Score:
    return {"value": round(float(values.mean()), digits)} | _held(len(values))


def _reconstructed(net: Coder, data: Pictures) -> dict[str, Score]:
    back = np.concatenate(
        [net.decode(net.encode(one)["mu"])["images"] for one in parts(data.test)]
    )
    error = ((back / 255.0 - data.test / 255.0) ** 2).mean(axis=(1, 2))
    found = {"l2": _mean(error, 5), "l2_first": _mean(error[:FIRST], 5)}
    return found | probe(net, data)


def probe(net: Coder | Variational, data: Pictures) -> dict[str, Score]:
    """Score a linear classifier on few labels: on codes, and on pixels.

    Logistic regression of standardised features, a mean over several draws of the
    labelled pictures, the same number of each class.
    """
    kinds: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
        "code": (codes(net, data.train[:20000]), codes(net, data.test[:PROBED])),
        "pixels": (flat(data.train[:20000]), flat(data.test[:PROBED])),
    }
    found: dict[str, Score] = {}
    for kind, (train, test) in kinds.items():
        for count in LABELS:
            values = [_probed(train, test, data, count, draw) for draw in range(DRAWS)]
            found[f"accuracy_{kind}_{count}"] = {
                "value": round(float(np.mean(values)), 4),
                "std": round(float(np.std(values)), 4),
                "draws": DRAWS,
            } | _held(PROBED)
    return found


def flat(images: Images) -> NDArray[np.float64]:
    """Return pictures as rows of numbers in [0, 1]."""
    return np.asarray(images.reshape(len(images), -1) / 255.0)


def _probed(
    train: NDArray[Any], test: NDArray[Any], data: Pictures, count: int, draw: int
) -> float:
    rng = np.random.default_rng((count, draw))
    labels = data.train_labels[: len(train)]
    classes = np.unique(labels)
    each = count // len(classes)
    places = (np.flatnonzero(labels == c) for c in classes)
    rows = np.concatenate([rng.choice(p, each, replace=False) for p in places])
    mean, std = train[rows].mean(0), train[rows].std(0) + 1e-3
    fit = LogisticRegression(max_iter=500).fit((train[rows] - mean) / std, labels[rows])
    return float(fit.score((test - mean) / std, data.test_labels[:PROBED]))


def _bounded(net: Variational, data: Pictures) -> dict[str, Score]:
    labels = data.test_labels if net.net.classes else None
    terms = [
        _terms(net, data.test, labels, k) for k in range(0, len(data.test), AT_ONCE)
    ]
    elbo, kl, tight = (np.concatenate(t) for t in zip(*terms, strict=True))
    means = codes(net, data.test) if labels is None else None
    found: dict[str, Score] = {
        "neg_elbo": {
            "value": round(float(-elbo.mean()), 2),
            "kl": round(float(kl.sum(1).mean()), 2),
            "kl_per_dimension": [round(float(v), 3) for v in kl.mean(0)],
        }
        | _held(len(elbo)),
        "neg_elbo_first": _mean(-elbo[:FIRST], 2),
        "iw_bound_50": _mean(-tight, 2),
    }
    if means is not None:
        count = int(active_units(means).sum())
        found["active_units"] = {"value": count, "of": net.net.z} | _held(len(means))
    return found


def _terms(
    net: Variational, images: Images, labels: NDArray[np.int64] | None, start: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return ELBO, KL and importance-weighted bound of a run of pictures."""
    rows = slice(start, start + AT_ONCE)
    x = net.x(images[rows])
    told = None if labels is None else torch.from_numpy(labels[rows]).to(net.device)
    with torch.inference_mode():
        drawn = torch.Generator().manual_seed(start)
        noise = torch.randn(SAMPLES, len(x), net.net.z, generator=drawn).to(net.device)
        found = bound(net.net, x, noise[0], told)
        weights = log_weights(net.net, x, noise, told)
    tight = importance_bound(weights.cpu().numpy().T)
    return found.elbo.cpu().numpy(), found.kl.cpu().numpy(), tight


def reject_kinds(
    net: Variational, digits: Images, others: Images, seed: int = 0
) -> dict[str, NDArray[np.float64]]:
    """Return log p(x) of digits, of clothes and of noise."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (NOISE, *digits.shape[1:]), np.uint8)
    kinds = {"digits": digits, "fashion": others, "noise": noise}
    return {name: log_p(net, images) for name, images in kinds.items()}


def reject_scores(sure: dict[str, NDArray[np.float64]]) -> dict[str, Score]:
    """Score log p(x) as the sign of a digit: against clothes, and against noise."""
    found: dict[str, Score] = {}
    for name in ("fashion", "noise"):
        truth = np.r_[np.ones(len(sure["digits"])), np.zeros(len(sure[name]))]
        area = roc_auc_score(truth, np.r_[sure["digits"], sure[name]])
        found[f"auc_{name}"] = {"value": round(float(area), 5)} | _held(len(truth))
    return found


def log_p(net: Variational, images: Images) -> NDArray[np.float64]:
    """Return log p(x) of pictures: over the classes, each as likely."""
    bounds = [
        importance_bound(net.evidence(one, EVIDENCE_SAMPLES)["log_weights"])
        for one in parts(images)
    ]
    each = np.concatenate(bounds)
    return np.asarray(np.logaddexp.reduce(each, axis=1) - np.log(each.shape[1]))
