"""What the lesson on encoders and decoders says."""

import streamlit as st

from explorer.ui.glossary import glossary_box

PARTS = ("Compare", "Inside", "Switch off", "Sizes")
SEGNET, UNET = "segnet", "unet"
TITLES = {SEGNET: "SegNet", UNET: "U-Net"}
HEADS = {
    SEGNET: "SegNet passes indices: where each maximum stood",
    UNET: "U-Net passes features: whole maps",
}
QUESTION = (
    "SegNet's decoder unpools with the encoder's indices. What exactly crosses over?",
    (
        "The largest value of each 2 × 2 window, and where it stood",
        "Only where it stood: 2 bits a window",
        "The whole map before pooling",
    ),
    1,
    "The decoder places its own values at the encoder's positions: no value crosses. "
    "Look at part Inside: the numbers that are put back come from the level below. "
    "U-Net is the one that passes whole maps.",
)
SOURCES = (
    "Badrinarayanan, Kendall and Cipolla 2017, SegNet, PAMI 39(12), "
    "arXiv:1511.00561, section 3 (indices; 2 bits for each 2 × 2 window) and 3.1 "
    "(decoder variants)",
    "Ronneberger, Fischer and Brox 2015, U-Net, MICCAI, arXiv:1505.04597, section 2 "
    "and figure 1 (valid convolutions: 572 to 388, cropped skips)",
    "Cheng et al. 2021, Boundary IoU, CVPR, arXiv:2103.16562, section 4",
)
RANK_HELP = (
    "1: the channel whose values vary most on this image; 2: the next; and so on. For "
    "SegNet it must vary in encoder and decoder both, since one channel's indices "
    "serve the same channel of the decoder."
)
OFF_HELP = {
    UNET: "The skip whose maps are replaced by zeros; level 1 is the finest. The "
    "weights stay as they were trained.",
    SEGNET: "The level at which a value is copied to its whole 2 × 2 window instead of "
    "going back to where the maximum stood; level 1 is the finest.",
}
ONLY_UNET = (
    "For people there is U-Net alone: SegNet was trained on streets. Choose *Street* "
    "to see both."
)
DIAGRAM_HINT = "Click a level to open it below (or arrow keys and Enter)."
CROSSING_HINT = "Point at a map: the close-ups below follow (or arrow keys)."
SIZES_HINT = "Squares to scale; numbers are sides in px. Blue crosses over."
STRIP_HINT = (
    "Click a column to choose it (or arrow keys and Enter). Below: what changed."
)
CURVE = (
    "A curve far above the thick dotted one, that of all pixels: labels change at "
    "boundaries. Along it: anywhere."
)
LEDGER = "Scores and counts are from the networks' records."
EQUALLY_LARGE = (
    "Both were made about equally large, so that what differs is what they pass across."
)
TERMS = """
- **Encoder**: the half of the network that makes maps smaller and richer, by
  convolutions and pooling.
- **Decoder**: the half that makes them large again, up to a class for every pixel.
- **Level**: all that happens at one map size; 1 is the finest.
- **Max pooling**: each 2 × 2 window keeps its largest value only.
- **Index**: which of the window's four cells held it. Two bits say that.
- **Unpooling by indices**: a value goes to that cell of its window, 0 to the others.
- **Nearest**: a value is copied to its whole window; no index is needed.
- **Skip connection**: a map of the encoder, handed to the decoder's level of the same
  size.
- **Concatenation**: skip and raised maps are stacked, channels on channels, and the
  next convolution reads both.
- **Up-convolution**: a transposed convolution; here each value becomes 2 × 2.
- **Valid convolution**: only where the kernel fits, so a 3 × 3 kernel takes a pixel off
  each border.
- **Channel**: one map of a stack. **Feature**: a value in it.
- **mIoU**: for each class the overlap of prediction and truth, divided by their union;
  then the mean over the classes.
- **Boundary IoU**: the same, counting only pixels close to a region's border.
"""


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def off_label(architecture: str, off: str) -> str:
    """Name a setting of the switches in a few words.

    Examples
    --------
    >>> off_label("unet", ""), off_label("unet", "2"), off_label("unet", "1,2,3,4")
    ('all skips', 'without skip 2', 'without any skip')
    >>> off_label("segnet", "2")
    'nearest at level 2'
    """
    many = "," in off
    if architecture == UNET:
        if not off:
            return "all skips"
        return "without any skip" if many else f"without skip {off}"
    if not off:
        return "all indices"
    return "nearest everywhere" if many else f"nearest at level {off}"


def off_short(off: str) -> str:
    """Name a setting for the toolbar.

    Examples
    --------
    >>> off_short(""), off_short("3"), off_short("1,2")
    ('none', '3', 'all')
    """
    return "none" if not off else ("all" if "," in off else off)


def off_name(architecture: str, off: str) -> str:
    """Name a setting of the switches on a tile, in words that do not part.

    Examples
    --------
    >>> off_name("unet", "2"), off_name("segnet", "1,2"), off_name("segnet", "")
    ('−\xa0skip\xa02', 'no\xa0indices', 'all\xa0indices')
    """
    many = "," in off
    if architecture == UNET:
        name = "no skips" if many else (f"− skip {off}" if off else "all skips")
    else:
        name = "no indices" if many else (f"nearest at {off}" if off else "all indices")
    return name.replace(" ", "\xa0")
