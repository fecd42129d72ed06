"""What a reader may hand over as the true classes of her photo."""

import io

import numpy as np
import pytest
from PIL import Image

from explorer.core.door import BadImage
from explorer.core.door_labels import open_labels

CLASSES = ("sky", "building", "road")
SIZE = (20, 16)
LABELS = np.arange(320, dtype=np.uint8).reshape(16, 20) % 3


def png(labels=LABELS, mode=None, kind="PNG"):
    picture = Image.fromarray(labels)
    if mode == "P":
        picture.putpalette([250, 0, 0, 0, 250, 0, 0, 0, 250])
    elif mode:
        picture = picture.convert(mode)
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def refusal(data, sizes=(SIZE,)):
    with pytest.raises(BadImage) as caught:
        open_labels(data, "map.png", sizes, CLASSES)
    return str(caught.value)


@pytest.mark.parametrize("mode", [None, "P", "I;16"])
def test_the_numbers_come_through_whatever_their_colours(mode):
    assert (open_labels(png(mode=mode), "map.png", [SIZE], CLASSES) == LABELS).all()


def test_a_black_and_white_map_has_the_classes_0_and_1():
    data = png(LABELS % 2 * 255, "1")
    assert (open_labels(data, "map.png", [SIZE], CLASSES) == LABELS % 2).all()


def test_no_class_is_kept_and_the_last_class_is_allowed():
    labels = LABELS.copy()
    labels[0] = 255
    assert (open_labels(png(labels), "", [SIZE], CLASSES) == labels).all()


def test_a_map_of_the_full_size_is_brought_to_the_photos_without_mixing():
    large = LABELS.repeat(3, 0).repeat(3, 1)
    small = open_labels(png(large), "", [SIZE, (60, 48)], CLASSES)
    assert (small == LABELS).all()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (png(kind="BMP"), "is no PNG: other formats change the numbers"),
        (png(mode="RGB"), "holds colours (RGB)"),
        (png(LABELS[:, :-1].copy()), "19 × 16 pixels and the photo 20 × 16"),
        (png(LABELS + 1), "the number 3, but the classes are 0 (sky) to 2 (road)"),
        (png(np.full_like(LABELS, 255)), "gives no pixel a class"),
        (png()[:60], "breaks off"),
        (b"\x89PNG" + b"0" * 99, "damaged"),
        (png(LABELS[:8, :8].copy()), "too small"),
    ],
    ids=["empty", "bmp", "rgb", "size", "number", "void", "cut", "junk", "tiny"],
)  # fmt: skip
def test_a_map_that_does_not_fit_gets_its_sentence(data, said):
    assert said in refusal(data)


def test_both_sizes_are_named_once():
    assert "the photo 20 × 16 or 40 × 32:" in refusal(
        png(np.zeros((9, 30, 1), np.uint8)[..., 0].repeat(2, 0)), (SIZE, (40, 32))
    )
    assert "the photo 20 × 16:" in refusal(
        png(np.zeros((18, 30), np.uint8)), (SIZE, SIZE)
    )
