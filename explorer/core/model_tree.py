"""Where each kind of generative model stands: what it gives and what it can't.

After Goodfellow 2016, NIPS tutorial on generative adversarial networks
(arXiv:1701.00160), figure 9: models told apart by what they do with the density.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A row of the tree.

    Attributes
    ----------
    path : tuple of str
        From the root to the kind, this one last.
    example : str
        A model of that kind.
    density : str
        What it says of log p(x): ``exact``, ``bound``, ``unnormalised`` or ``none``.
    samples : str
        How a picture is drawn from it.
    encodes : bool
        Whether a picture has a code.
    here : str
        Slug of the lesson that runs one; empty for none.
    """

    path: tuple[str, ...]
    example: str
    density: str
    samples: str
    encodes: bool
    here: str = ""


_EXPLICIT = ("generative", "explicit density")
KINDS: tuple[Kind, ...] = (
    Kind(("discriminative",), "classifier: p(y|x) alone", "none", "not at all", False),
    Kind(
        (*_EXPLICIT, "tractable", "autoregressive"),
        "PixelCNN",
        "exact",
        "pixel by pixel",
        False,
    ),
    Kind((*_EXPLICIT, "tractable", "flow"), "Real NVP", "exact", "one pass", True),
    Kind(
        (*_EXPLICIT, "approximate", "variational"),
        "VAE",
        "bound",
        "one pass",
        True,
        "vae",
    ),
    Kind(
        (*_EXPLICIT, "approximate", "diffusion"),
        "DDPM",
        "bound",
        "many passes",
        True,
    ),
    Kind(
        (*_EXPLICIT, "approximate", "Markov chain"),
        "Boltzmann machine",
        "unnormalised",
        "a long chain",
        True,
    ),
    Kind(
        ("generative", "implicit density", "direct"),
        "GAN",
        "none",
        "one pass",
        False,
    ),
    Kind(
        ("no density at all", "autoencoder"),
        "autoencoder",
        "none",
        "no rule for it",
        True,
        "autoencoder",
    ),
)
