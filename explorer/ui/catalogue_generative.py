"""The lessons on generative models, in the order of the course."""

from explorer.ui.catalogue_row import Lesson

GENERATIVE = (
    Lesson(
        slug="discriminative_generative",
        part="Generative models",
        title="Discriminative and generative",
        question="P(y|x), p(x) or p(x|y)?",
        needs="a digit, or anything that is none",
        words="bayes rule posterior prior likelihood density evidence reject "
        "out-of-distribution classifier conditional vae cvae importance weighted "
        "weighting mnist taxonomy gan flow diffusion autoregressive roc",
        icon=":material/balance:",
        torch=True,
    ),
    Lesson(
        slug="autoencoder",
        part="Generative models",
        title="Autoencoder",
        question="What fits through a bottleneck?",
        needs="a digit",
        words="bottleneck reconstruction code compression unsupervised few labels "
        "probe representation hinton salakhutdinov mnist",
        icon=":material/compress:",
        torch=True,
    ),
    Lesson(
        slug="vae",
        part="Generative models",
        title="Variational autoencoder",
        question="What does the encoder promise?",
        needs="a digit",
        words="vae elbo evidence lower bound kl divergence reparameterisation trick "
        "reparameterization "
        "beta-vae active units posterior collapse kingma welling importance weighted",
        icon=":material/blur_on:",
        torch=True,
    ),
    Lesson(
        slug="latent_space",
        part="Generative models",
        title="Latent space",
        question="What lies between two images?",
        needs="a digit",
        words="manifold traversal interpolation lerp slerp prior samples latent walk "
        "frey faces fashion mnist",
        icon=":material/explore:",
        torch=True,
    ),
    Lesson(
        slug="latent_arithmetic",
        part="Generative models",
        title="Latent arithmetic",
        question="A′ − A + B = B′?",
        needs="a photo of a face",
        words="vector arithmetic attribute direction glasses smile age gender face "
        "editing avatar nearest neighbours radford dcgan larsen utkface",
        icon=":material/calculate:",
        torch=True,
    ),
)
