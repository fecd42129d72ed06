"""Where each kind of generative model stands: what it can compute and what it can't.

After Goodfellow 2016, NIPS tutorial on generative adversarial networks
(arXiv:1701.00160), figure 9: models told apart by what they do with the density. Ours
has one more branch on either side: what learns P(y|x) alone, and what learns a code
alone.
"""

from dataclasses import dataclass

ASKED = ("P(y|x)", "log p(x)", "a new x", "a code")  # what a model may be asked for


@dataclass(frozen=True)
class Kind:
    """A leaf of the tree.

    Attributes
    ----------
    path : tuple of str
        The branches that lead to it, from the trunk.
    name : str
    answers : tuple of str
        What it says to each of ``ASKED``; one that starts with "no" is a refusal.
    said : str
        In a few sentences, how and why.
    source : str
        The paper.
    here : tuple of str
        Slugs of the lessons that run one; empty for none.
    """

    path: tuple[str, ...]
    name: str
    answers: tuple[str, str, str, str]
    said: str
    source: str
    here: tuple[str, ...] = ()

    @property
    def refuses(self) -> tuple[bool, ...]:
        """Which of ``ASKED`` it can't answer."""
        return tuple(answer.split()[0] == "no" for answer in self.answers)


_TRACTABLE = ("generative", "explicit p(x)", "tractable")
_APPROXIMATE = ("generative", "explicit p(x)", "approximate")
KINDS: tuple[Kind, ...] = (
    Kind(
        ("discriminative",),
        "classifier",
        ("directly", "no", "no", "no"),
        "It learns P(y|x), and nothing of x itself. Every classifier, segmenter and "
        "detector of the course stands here. It has to share out 100 % among its "
        "classes, whatever it is shown.",
        "Bishop 2006, Pattern Recognition and Machine Learning, section 1.5.4",
        ("fcn", "faster_rcnn", "yolo"),
    ),
    Kind(
        _TRACTABLE,
        "PixelCNN",
        ("no", "exactly", "pixel by pixel", "no"),
        "Autoregressive: p(x) is a product over the pixels, each given those before "
        "it. The product is exact, and a sample needs as many passes as pixels.",
        "van den Oord et al. 2016, arXiv:1601.06759",
    ),
    Kind(
        _TRACTABLE,
        "flow (Real NVP)",
        ("no", "exactly", "one pass", "as large as x"),
        "A chain of functions that can be turned round carries x to noise; the change "
        "of volume on the way makes p(x) exact.",
        "Dinh et al. 2017, arXiv:1605.08803",
    ),
    Kind(
        _APPROXIMATE,
        "VAE",
        ("no", "a bound below", "one pass", "a cloud"),
        "A code is drawn, a picture is decoded from it. The integral over all codes "
        "has no closed form, so it is bounded from below with the help of an encoder.",
        "Kingma & Welling 2014, arXiv:1312.6114",
        ("vae", "latent_space"),
    ),
    Kind(
        _APPROXIMATE,
        "conditional VAE",
        ("by Bayes' rule", "a bound below", "one pass, any y", "a cloud"),
        "A VAE that is told the class bounds p(x|y). With a prior P(y), Bayes' rule "
        "makes it a classifier, and the sum over y bounds p(x): the parts “Digits” and "
        "“Is it a digit?” of this page run one.",
        "Kingma et al. 2014, arXiv:1406.5298, model M2",
        ("discriminative_generative",),
    ),
    Kind(
        _APPROXIMATE,
        "diffusion (DDPM)",
        ("no", "a bound below", "many passes", "as large as x"),
        "Noise is added in many small steps, and a network learns to undo each. Its "
        "bound is a VAE's with fixed encoder and as many layers as steps.",
        "Ho et al. 2020, arXiv:2006.11239",
    ),
    Kind(
        _APPROXIMATE,
        "Boltzmann machine",
        ("no", "up to a factor", "a long chain", "hidden units"),
        "An energy for each x gives p(x) up to a factor that would need a sum over all "
        "pictures; samples come from a Markov chain that runs until it settles.",
        "Hinton 2002, Neural Computation 14(8), 1771",
    ),
    Kind(
        ("generative", "implicit p(x)"),
        "GAN",
        ("no", "no", "one pass", "no"),
        "Noise goes through a generator, and a second network judges the result. There "
        "are only samples: nobody can ask it how likely a picture is.",
        "Goodfellow et al. 2014, arXiv:1406.2661",
    ),
    Kind(
        ("a code alone",),
        "autoencoder",
        ("no", "no", "no rule", "a point"),
        "It learns to give back what it was given through a narrow middle. Codes are "
        "good features, but no rule says where a code may be drawn.",
        "Hinton & Salakhutdinov 2006, Science 313, 504",
        ("autoencoder",),
    ),
)
