"""What the readers of a load test open, and which control each moves there."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

ARITHMETIC = "arithmetic lessons"
NETWORK = "shipped networks"


@dataclass(frozen=True)
class Visit:
    """A lesson, the view it is opened in, and the control that is moved.

    Attributes
    ----------
    weight : int
        Readers of this lesson among those of its kind.
    drag : str
        Model whose plane is dragged in between; empty where there is none.
    """

    slug: str
    kind: str
    label: str
    weight: int = 1
    query: str = ""
    photo: bool = True
    drag: str = ""


_TWO_D = "transposed_convolution_part=2-D"
_MAPS = "ssd_part=Live&ssd_show=What+each+map+finds"
VISITS = (
    Visit("hog", ARITHMETIC, "Normalisation", 2),
    Visit("hog", ARITHMETIC, "Bins", 1, "hog_part=Glyphs"),
    Visit("convolution", ARITHMETIC, "Stride", 2, "convolution_part=My+photo"),
    Visit("nms", ARITHMETIC, "IoU threshold", 2),
    Visit("transposed_convolution", ARITHMETIC, "Kernel size", 1, _TWO_D, photo=False),
    Visit("unpooling", ARITHMETIC, "Stride", 1, "unpooling_part=My+photo"),
    Visit("elastic_deformation", ARITHMETIC, "Field"),
    Visit("roi_pooling", ARITHMETIC, "Stride"),
    Visit("anchors", ARITHMETIC, "Positive from"),
    Visit("latent_space", NETWORK, "Pictures", 3, photo=False, drag="digits_vae_2"),
    Visit("fcn", NETWORK, "Opened up"),
    Visit("encoder_decoder", NETWORK, "Skip off", 1, "encoder_decoder_part=Switch+off"),
    Visit("faster_rcnn", NETWORK, "Score threshold", 2),
    Visit("mask_rcnn", NETWORK, "Score threshold", 2),
    Visit("yolo", NETWORK, "Score threshold", 1, "yolo_part=Final+boxes"),
    Visit("ssd", NETWORK, "Score threshold", 1, _MAPS),
    Visit("vae", NETWORK, "Seed of ε", photo=False),
)


def seats() -> Iterator[Visit]:
    """Yield each next reader's visit: the kinds in turn, each by its weights.

    Examples
    --------
    >>> [visit.slug for visit in itertools.islice(seats(), 3)]
    ['hog', 'latent_space', 'convolution']
    """
    rows = [_spread(kind) for kind in (ARITHMETIC, NETWORK)]
    return itertools.chain.from_iterable(zip(*map(itertools.cycle, rows), strict=True))


def _spread(kind: str) -> list[Visit]:
    """List a kind's visits by weight, the same ones far apart."""
    mine = [visit for visit in VISITS if visit.kind == kind]
    places = [
        ((turn + 0.5) / visit.weight, at, visit)
        for at, visit in enumerate(mine)
        for turn in range(visit.weight)
    ]
    return [visit for *_, visit in sorted(places, key=lambda one: one[:2])]
