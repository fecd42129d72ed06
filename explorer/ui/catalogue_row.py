"""What a row of the catalogue of lessons holds."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("Segmentation", "Detection", "Generative models")


@dataclass(frozen=True)
class Lesson:
    """A row in the course.

    Attributes
    ----------
    slug : str
        File name of the page and its path in the URL.
    part : str
        One of ``PARTS``.
    question : str
        What the reader can answer afterwards.
    needs : str
        The image it is best with, in a few words; empty when any will do.
    words : str
        Terms a search should find it by, beyond title and question.
    icon : str
        A Material symbol from Streamlit's own bundled font.
    torch : bool
        Whether the page runs a network; the others never import torch.
    """

    slug: str
    part: str
    title: str
    question: str
    needs: str
    words: str
    icon: str
    torch: bool

    @property
    def path(self) -> str:
        """Page file, relative to the repository root."""
        return f"pages/{self.slug}.py"

    @property
    def short(self) -> str:
        """The title as the narrow sidebar can hold it."""
        name = self.title.replace("Non-maximum", "Non-max")
        name = name.replace("convolutional classifier", "convolutional")
        name = name.replace("Challenges of detection", "Challenges")
        name = name.replace("Discriminative and", "Discrim.,")
        name = name.replace("Variational autoencoder", "VAE")
        return name.replace("Transposed convolution", "Transposed conv.")

    @property
    def file(self) -> Path:
        """Page file, absolute, as Streamlit's links want it."""
        return ROOT / self.path
