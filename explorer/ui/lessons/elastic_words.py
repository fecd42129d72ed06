"""What the lesson on elastic deformation says."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.ui.glossary import glossary_box
from explorer.ui.lessons.elastic_masks import SIDE_PX, Masked

KINDS = ("Smooth noise (Simard)", "Coarse grid (U-Net)")
KIND_HELP = (
    "Simard: a random number at every pixel, smoothed by a Gaussian. U-Net: random "
    "vectors at a few nodes, bicubic interpolation between them."
)
MASK_HELP = (
    "The drawn street brings its exact mask. For a photo nobody has labelled, a "
    "network's answer or its brightness stands in, or you draw one yourself."
)
SEED_HELP = "Which random numbers. Another seed, another training pair."
NODES_HELP = "Nodes along each side. The U-Net paper takes 3."
QUESTION = (
    "The mask says 0 for street and 1 to 5 for five people. You warp it with bilinear "
    "interpolation, like the photo, and round. What appears at the edge of person 5?",
    (
        "A clean edge from 5 to 0",
        "A few pixels more of person 5",
        "A rim of pixels that belong to persons 1 to 4",
    ),
    2,
    "Bilinear mixes label numbers as if they were brightness: between 5 and 0 lie 4, "
    "3, 2 and 1, which are other people. A label is a name, not an amount: masks are "
    "warped with nearest, which only ever copies one.",
)
SOURCES = (
    "Simard, Steinkraus and Platt 2003, *Best practices for convolutional neural "
    "networks applied to visual document analysis*, section 2 (the smooth field)",
    "Ronneberger, Fischer and Brox 2015, *U-Net*, arXiv:1505.04597, section 3.1 "
    "(3 × 3 nodes, standard deviation 10 px, bicubic; 30 training images, section 4)",
    "Keys 1981, *Cubic convolution interpolation for digital image processing* "
    "(the bicubic kernel)",
)
TERMS = """
- **Data augmentation**: new training pairs made from old ones, by changes that leave
  the labels true.
- **Displacement field**: two numbers a pixel: how far down and how far right of itself
  the result reads the photo. Since each pixel of the result asks, none stays empty.
- **α**: the field's size, here the root mean square of its numbers, in pixels.
- **σ**: the standard deviation of the Gaussian that smooths the noise, in pixels: how
  far neighbours move together.
- **Mask**: one label a pixel, a number that stands for a class or for one object.
- **Nearest**: take the label of the pixel nearest to the place read. **Bilinear**: mix
  the four around it, by nearness.
- **Topology**: what bending alone can't change: how many parts a region has, and how
  many holes. **Euler number**: parts minus holes.
- **Folded over**: places of the photo that the result reads more than once, as a
  tablecloth pushed together lies on itself. Beyond the photo's border, what is read is
  its mirror image.
"""
SHEET_TITLE = "**30 photos become 30,000: the same pair under twelve seeds**"
EMPTY = {
    True: "Nothing is drawn yet: paint a region on the left photo, a ring for example.",
    False: "No region was found in this photo: choose another mask, or draw one.",
}
SIZE = {True: "α, size", False: "Vectors' size"}


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def titles(drawn: bool) -> dict[str, tuple[str, str]]:
    """Return the titles of photo and result: the bold part and what follows it."""
    first = "paint on it" if drawn else "the mesh: where the result is read"
    return {
        "photo": ("Photo and mask", first),
        "result": ("Result", "its own mesh, straight"),
    }


def source_words(scene: Masked) -> str:
    """Say what is bent, at what size, and where its mask comes from."""
    height, width = scene.image.shape[:2]
    size = f"Worked at {width} × {height} px"
    if max(height, width) == SIDE_PX:
        size += ", about what networks are trained at"
    return f"{size}. The mask is {scene.source}."


def smooth_rule(sigma_px: float, rms: float, gain: float, alpha_px: float) -> str:
    """Write the smooth field with this seed's numbers, as LaTeX."""
    return (
        r"\text{field}=\alpha\,\frac{G_\sigma * \text{noise}}"
        r"{\mathrm{rms}(G_\sigma * \text{noise})}"
        rf"={alpha_px:g}\;\text{{px}}\cdot\frac{{G_{{{sigma_px:g}}} * \text{{noise}}}}"
        rf"{{{rms:.4f}}}={gain:.0f}\cdot (G_{{{sigma_px:g}}} * \text{{noise}})"
    )


def coarse_rule(nodes: int, sd_px: float) -> str:
    """Write U-Net's field, as LaTeX."""
    return (
        r"\text{field}(r,c)=\sum_{i,j} w_i(r)\,w_j(c)\;v_{ij},\quad v_{ij}\sim"
        rf"\mathcal N(0,\,({sd_px:g}\;\text{{px}})^2),\quad {nodes}\times {nodes}"
        r"\text{ nodes}"
    )


def many_words(count: int, ms: float) -> str:
    """Say what thirty thousand pairs cost, from the time these took."""
    each = ms / count
    minutes = each * 30_000 / 60_000
    return (
        f"These {count} pairs, photo and mask, took {ms:.0f} ms here: {each:.1f} ms a "
        f"pair. At this size and speed, a thousand seeds would make 30 photos 30,000 "
        f"in {minutes:.1f} minutes. They are never stored: training bends each "
        "photo anew every time it comes along. Click one to look at it above."
    )


UNET_RATIO = "the vectors' size against the distance between two nodes"
LITTLE_FRAC = 0.001  # of the result folded: too little to be seen
EXACTNESS = (
    "Counts in bold with an orange line are those that bending should have kept. They "
    "change where the field folds, where a region leaves the picture or its mirror "
    "image comes in, and where something is thinner than a pixel after shrinking."
)
STILL = r"\text{field}=0\quad(\alpha=0)"


def folds(
    smooth: bool, ratios: NDArray[np.float64], shares: Sequence[NDArray[np.float64]]
) -> str:
    """Say up to which ratio next to nothing folds, by the curves beside it.

    Parameters
    ----------
    smooth : bool
        Whether the field is Simard's.
    ratios : (n,) float64 array
    shares : sequence of (n,) float64 arrays
        Folded share of the result at each ratio, a curve a smoothness.

    Examples
    --------
    >>> said = folds(True, np.array([0.0, 0.4, 0.8]), [np.array([0, 0.0005, 0.1])])
    >>> said.split(". ")[1]
    'Up to **α/σ = 0.40** less than 0.1 % of the result is folded here'
    """
    still = np.max(shares, axis=0) < LITTLE_FRAC
    most = ratios[max(int(np.argmin(still)) - 1, 0) if not still.all() else -1]
    what = "the field's size against its smoothness" if smooth else UNET_RATIO
    name = "α/σ" if smooth else "the ratio"
    return (
        f"What counts is {what}. Up to **{name} = {most:.2f}** less than "
        f"{100 * LITTLE_FRAC:g} % of the result is folded here. Beyond, the photo is "
        "torn, parts appear twice, and the truth becomes doubtful."
    )


def working(smooth: bool, sigma_px: float, nodes: int) -> tuple[str, str, str]:
    """Say what the three pictures of the field's making show."""
    last = (
        "**3** Scaled to pixels: each arrow goes from a pixel of the result to the "
        "place of the photo it is read from."
    )
    if not smooth:
        return (
            f"**1** The part to the right of {nodes} × {nodes} random vectors: orange "
            "to the right, blue to the left.",
            "**2** Bicubic in between: every pixel has a number.",
            last,
        )
    return (
        "**1** Noise: each pixel's part to the right, anywhere between −1 (blue) and "
        "1 (orange).",
        f"**2** After the Gaussian of σ = {sigma_px:g} px: neighbours agree now, and "
        "the numbers have shrunk.",
        last,
    )
