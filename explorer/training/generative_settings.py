"""The generative members: what each is, on which pictures, for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Member:
    """One network to train.

    Attributes
    ----------
    title : str
        The name a reader sees.
    architecture : str
        As in the record.
    data : str
        ``digits``, ``fashion`` or ``frey``.
    arguments : mapping
        Of the network.
    epochs : int
    beta : float
        Weight of the KL (Higgins et al. 2017, beta-VAE, equation 4); 1 is the ELBO.
    """

    title: str
    architecture: str
    data: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    epochs: int = 40
    beta: float = 1.0


MEMBERS: Mapping[str, Member] = {
    "digits_classifier": Member("Digit classifier", "classifier", "digits", {}, 5),
    **{
        f"digits_ae_{z}": Member(
            f"Autoencoder of digits, {z} numbers", "autoencoder", "digits", {"z": z}, 30
        )
        for z in (2, 8, 32, 64)
    },
    "digits_vae_2": Member("VAE of digits, z = 2", "vae", "digits", {"z": 2}, 80),
    "digits_vae_10": Member("VAE of digits, z = 10", "vae", "digits", {"z": 10}),
    "digits_vae_20": Member("VAE of digits, z = 20", "vae", "digits", {"z": 20}, 50),
    "digits_vae_10_beta_05": Member(
        "VAE of digits, z = 10, β = 0.5", "vae", "digits", {"z": 10}, beta=0.5
    ),
    "digits_vae_10_beta_4": Member(
        "VAE of digits, z = 10, β = 4", "vae", "digits", {"z": 10}, beta=4.0
    ),
    "digits_cvae_10": Member(
        "VAE of digits that is told the class", "cvae", "digits", {"z": 10}
    ),
    "fashion_vae_2": Member("VAE of clothes, z = 2", "vae", "fashion", {"z": 2}, 120),
    "fashion_vae_10": Member("VAE of clothes, z = 10", "vae", "fashion", {"z": 10}, 80),
    "frey_vae_2": Member(
        "VAE of one face, z = 2",
        "vae",
        "frey",
        {"z": 2, "likelihood": "gaussian"},
        600,
    ),
}
CLASSES: Mapping[str, tuple[str, ...]] = {
    "digits": tuple("0123456789"),
    "fashion": (
        *("T-shirt", "trousers", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
    "frey": (),
}
LICENCES: Mapping[str, str] = {
    "digits": "MNIST: CC BY-SA 3.0",
    "fashion": "Fashion-MNIST: MIT",
    "frey": "Frey faces: academic use",
}
