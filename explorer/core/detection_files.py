"""The door for detections: COCO or VOC files become one set, or one clear sentence."""

from collections.abc import Sequence

import numpy as np

from explorer.core.detection_formats import read_file
from explorer.core.detection_rows import (
    MAX_CLASSES,
    MAX_DETECTIONS,
    MAX_FILES,
    MAX_IMAGES,
    MAX_TRUTHS,
    READS,
    BadFile,
    Read,
    Rows,
)
from explorer.core.labelled import Found, Labelled, Truths, found, truths


def open_detections(files: Sequence[tuple[str, bytes]]) -> Labelled:
    """Read what was found and what is true from the files of one set.

    Parameters
    ----------
    files : sequence of (name, bytes)
        In any order; what each is, is told by its content. See ``READS``.

    Returns
    -------
    Labelled
        Images in the annotations' order, named by their files where those are known;
        classes likewise.

    Raises
    ------
    BadFile
        With a sentence: what was wrong, what is needed.

    Notes
    -----
    COCO's boxes are x, y, width, height from 0; VOC's are the corner pixels, counted
    from 1, and stay as they are: its rule counts a side in whole pixels.

    Examples
    --------
    >>> xml = b"<annotation><object><name>cat</name><bndbox><xmin>1</xmin>"
    >>> xml += b"<ymin>2</ymin><xmax>9</xmax><ymax>8</ymax></bndbox></object>"
    >>> xml += b"</annotation>"
    >>> both = [("07.xml", xml), ("comp3_det_val_cat.txt", b"07 0.9 1 2 9 9")]
    >>> read = open_detections(both)
    >>> read.images, read.classes, len(read.truths), read.found.boxes.tolist()
    (('07',), ('cat',), 1, [[1.0, 2.0, 9.0, 9.0]])
    """
    if len(files) > MAX_FILES:
        raise BadFile(f"{len(files)} files are more than {MAX_FILES}; choose fewer.")
    read = Read()
    # Truths first: results name images and classes by the annotations' numbers.
    waiting = [read_file(name, data) for name, data in files]
    if not any(one.order == 0 for one in waiting):
        raise BadFile(f"No true boxes among these files. Needed: {READS}.")
    for apply in sorted(waiting, key=lambda one: one.order):
        apply.into(read)
    return _labelled(read)


def _labelled(read: Read) -> Labelled:
    if not read.has_found:
        raise BadFile(f"No detections among these files. Needed: {READS}.")
    for what, rows, most in (
        ("true boxes", read.truths.boxes, MAX_TRUTHS),
        ("detections", read.found.boxes, MAX_DETECTIONS),
        ("images", read.sizes, MAX_IMAGES),
        ("classes", read.classes, MAX_CLASSES),
    ):
        if len(rows) > most:
            raise BadFile(f"{len(rows):,} {what} are more than {most:,}; give a part.")
    if not read.truths.boxes:
        raise BadFile("The annotations hold no true box: there is nothing to find.")
    images = {name: row for row, name in enumerate(read.sizes)}
    classes = {name: row for row, name in enumerate(read.classes)}
    named = {number: file for file, number in read.files.items()}
    return Labelled(
        tuple(classes),
        tuple(named.get(name, name) for name in images),
        np.array(list(read.sizes.values()), float).reshape(-1, 2),
        _truths(read.truths, images, classes),
        _found(read.found, images, classes),
    )


def _truths(rows: Rows, images: dict[str, int], classes: dict[str, int]) -> Truths:
    return truths(
        rows.boxes,
        [classes[name] for name in rows.classes],
        [images[name] for name in rows.images],
        areas=rows.areas,
        ignore=rows.ignore,
    )


def _found(rows: Rows, images: dict[str, int], classes: dict[str, int]) -> Found:
    return found(
        rows.boxes,
        rows.scores,
        [classes[name] for name in rows.classes],
        [images[name] for name in rows.images],
    )
