"""COCO's JSON, VOC's XML and result lists, and this program's own: told by content."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from explorer.core.detection_rows import (
    MAX_BYTES,
    READS,
    BadFile,
    Read,
    corners,
    name_of,
    number,
    parse_json,
    shown,
    stem,
)

VOC_RESULTS = re.compile(r"comp\d+_det_[^_]+_(.+)")
VOC_LINE = 6  # image, score, and four edges
SCORE_TAGS = ("score", "confidence")
MOST_SCORE = 1e9


class Content(Protocol):
    """A file that was read; ``into`` adds it to a set, truths (order 0) first."""

    order: int

    def into(self, read: Read) -> None:
        """Add what the file says."""


def read_file(name: str, data: bytes) -> Content:
    """Return a file's content by what it is.

    Raises
    ------
    BadFile
        If it is none of the formats, too large, or broken.
    """
    title = f"“{name[-60:]}”" if name else "The file"
    if not data.strip():
        raise BadFile(f"{title} is empty.")
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 2**20
        raise BadFile(f"{title} is larger than {limit} MB; give a part of the set.")
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return VocAnnotation(title, stem(name), _parse_xml(data, title))
    if start in (b"{", b"["):
        return _json(title, parse_json(data.lstrip(b"\xef\xbb\xbf"), title))
    if name.lower().endswith(".txt"):
        return VocResults(title, stem(name), data)
    raise BadFile(f"{title} is none of the formats read here: {READS}.")


def _json(title: str, value: Any) -> Content:
    if isinstance(value, Mapping) and isinstance(value.get("annotations"), list):
        return CocoAnnotations(title, value)
    if isinstance(value, list):
        return CocoResults(title, value)
    if isinstance(value, Mapping) and all(isinstance(v, list) for v in value.values()):
        return OwnResults(title, value)
    raise BadFile(
        f"{title} is JSON, but has no “annotations” (true boxes) and is no result list."
    )


@dataclass
class CocoAnnotations:
    """``instances_*.json``: images, categories, annotations."""

    title: str
    value: Mapping[str, Any]
    order: int = field(default=0, init=False)

    def into(self, read: Read) -> None:
        """Add images, classes and true boxes; their numbers are kept for results."""
        if read.has_truth:
            raise BadFile(f"{self.title} is a second file of true boxes; give one.")
        read.has_truth = True
        for row in self._list("images"):
            name = name_of(row.get("id"), f"{self.title}: an image's id")
            width = number(row.get("width", 0), f"{self.title}: the width of {name}")
            height = number(row.get("height", 0), f"{self.title}: the height of {name}")
            read.sizes[name] = (width, height)
            if isinstance(row.get("file_name"), str):
                read.files.setdefault(stem(row["file_name"]), name)
        for row in self._list("categories"):
            key = name_of(row.get("id"), f"{self.title}: a category's id")
            label = name_of(row.get("name", key), f"{self.title}: category {key}")
            read.labels[key] = label
            read.classes.setdefault(label)
        for place, one in enumerate(self._list("annotations"), start=1):
            self._annotation(read, one, f"{self.title}: annotation {place}")

    def _annotation(self, read: Read, one: Mapping[str, Any], what: str) -> None:
        image, label = coco_place(read, one, what)
        area = one.get("area")
        read.truths.add(
            coco_box(one, what),
            image,
            label,
            ignore=one.get("iscrowd") in (1, True),
            area=None if area is None else number(area, f"{what}'s area", 1e12),
        )

    def _list(self, name: str) -> Sequence[Mapping[str, Any]]:
        rows = self.value.get(name)
        if not isinstance(rows, list) or not all(isinstance(r, Mapping) for r in rows):
            raise BadFile(f"{self.title} needs “{name}”, a list of objects.")
        return rows


@dataclass
class CocoResults:
    """A list of {image_id, category_id, bbox, score}."""

    title: str
    value: Sequence[Any]
    order: int = field(default=1, init=False)

    def into(self, read: Read) -> None:
        """Add the detections."""
        read.has_found = True
        for row, one in enumerate(self.value):
            what = f"{self.title}: result {row + 1}"
            if not isinstance(one, Mapping):
                raise BadFile(f"{what} must be an object, got {shown(one)}.")
            image, label = coco_place(read, one, what)
            score = number(one.get("score"), f"{what}'s score", MOST_SCORE)
            read.found.add(coco_box(one, what), image, label, score)


@dataclass
class OwnResults:
    """This program's ``detect``: {image: [{label, score, box}]}."""

    title: str
    value: Mapping[str, Sequence[Any]]
    order: int = field(default=1, init=False)

    def into(self, read: Read) -> None:
        """Add the detections."""
        read.has_found = True
        for key, rows in self.value.items():
            image = known_image(read, str(key), self.title)
            for row, one in enumerate(rows):
                what = f"{self.title}: result {row + 1} of {shown(key)}"
                box = one.get("box") if isinstance(one, Mapping) else None
                if not isinstance(box, list) or len(box) != 4:
                    raise BadFile(f"{what} needs label, score and box of four numbers.")
                edges = [number(v, f"{what}: an edge") for v in box]
                score = number(one.get("score"), f"{what}'s score", MOST_SCORE)
                label = name_of(one.get("label"), f"{what}'s label")
                read.classes.setdefault(label)
                x1, y1, x2, y2 = edges
                read.found.add(corners(x1, y1, x2, y2, what), image, label, score)


@dataclass
class VocAnnotation:
    """One image's XML; with scores in it, its objects are detections."""

    title: str
    image: str
    root: ElementTree.Element
    order: int = field(init=False)

    def __post_init__(self) -> None:
        """Tell true boxes from detections."""
        scored = [_score(one) is not None for one in self.root.iter("object")]
        if any(scored) and not all(scored):
            raise BadFile(f"{self.title}: some objects have a score and some have not.")
        self.order = 1 if scored and all(scored) else 0

    def into(self, read: Read) -> None:
        """Add the image and its boxes."""
        if self.order:
            read.has_found = True
            image = known_image(read, self.image, self.title)
        else:
            image = self._add_image(read)
        for row, one in enumerate(self.root.iter("object")):
            what = f"{self.title}: object {row + 1}"
            label = name_of(one.findtext("name"), f"{what}'s name")
            read.classes.setdefault(label)
            if self.order:
                score = number(_score(one), f"{what}'s score", MOST_SCORE)
                read.found.add(_edges(one, what), image, label, score)
            else:
                hard = (one.findtext("difficult") or "0").strip() == "1"
                read.truths.add(_edges(one, what), image, label, ignore=hard)

    def _add_image(self, read: Read) -> str:
        if read.labels:
            raise BadFile(
                f"{self.title} is VOC's, and there are COCO's true boxes too."
            )
        if self.image in read.sizes:
            raise BadFile(f"{self.title}: the image {self.image} has two annotations.")
        read.has_truth = True
        sides = [self.root.findtext(f"size/{side}") for side in ("width", "height")]
        width, height = (number(v or 0, f"{self.title}: a side") for v in sides)
        read.sizes[self.image] = (width, height)
        return self.image


@dataclass
class VocResults:
    """A class's result list: image, score, xmin, ymin, xmax, ymax a line."""

    title: str
    name: str
    data: bytes
    order: int = field(default=1, init=False)

    def into(self, read: Read) -> None:
        """Add the detections."""
        named = VOC_RESULTS.fullmatch(self.name)
        label = name_of(named.group(1) if named else self.name, f"{self.title}: class")
        read.has_found = True
        read.classes.setdefault(label)
        try:
            lines = self.data.decode("utf-8").splitlines()
        except UnicodeDecodeError:
            raise BadFile(f"{self.title} is no text.") from None
        for row, line in enumerate(lines):
            parts = line.split()
            what = f"{self.title}: line {row + 1}"
            if not parts:
                continue
            if len(parts) != VOC_LINE:
                raise BadFile(
                    f"{what} needs image, score, xmin, ymin, xmax, ymax; got "
                    f"{shown(line)}."
                )
            image = known_image(read, parts[0], what)
            score = number(parts[1], f"{what}: the score", MOST_SCORE)
            x1, y1, x2, y2 = (number(v, f"{what}: an edge") for v in parts[2:])
            read.found.add(corners(x1, y1, x2, y2, what), image, label, score)


def coco_place(read: Read, one: Mapping[str, Any], what: str) -> tuple[str, str]:
    """Return the image and the class a COCO row names."""
    image, key = str(one.get("image_id")), str(one.get("category_id"))
    if image not in read.sizes:
        raise BadFile(f"{what}: no image has the id {shown(image)}.")
    if key not in read.labels:
        raise BadFile(f"{what}: no category has the id {shown(key)}.")
    return image, read.labels[key]


def coco_box(one: Mapping[str, Any], what: str) -> tuple[float, float, float, float]:
    """Return COCO's x, y, width, height as corners."""
    box = one.get("bbox")
    if not isinstance(box, list) or len(box) != 4:
        more = " (masks alone are not judged here)" if "segmentation" in one else ""
        raise BadFile(f"{what} needs “bbox”, four numbers{more}; got {shown(box)}.")
    x, y, width, height = (number(v, f"{what}: a number of bbox") for v in box)
    return corners(x, y, x + width, y + height, what)


def known_image(read: Read, name: str, what: str) -> str:
    """Return the annotated image of that name or stem."""
    for asked in (name, stem(name)):
        if asked in read.files or asked in read.sizes:
            return read.files.get(asked, asked)
    raise BadFile(f"{what}: there are no true boxes of an image {shown(name)}.")


def _edges(one: ElementTree.Element, what: str) -> tuple[float, float, float, float]:
    names = ("xmin", "ymin", "xmax", "ymax")
    found = [one.findtext(f"bndbox/{name}") for name in names]
    if None in found:
        raise BadFile(f"{what} needs bndbox with {', '.join(names)}.")
    x1, y1, x2, y2 = (number(v, f"{what}: an edge") for v in found)
    return corners(x1, y1, x2, y2, what)


def _score(one: ElementTree.Element) -> str | None:
    texts = (one.findtext(tag) for tag in SCORE_TAGS)
    return next((text for text in texts if text is not None), None)


def _parse_xml(data: bytes, title: str) -> ElementTree.Element:
    """Parse without entities: a few lines of them can unfold into gigabytes."""
    if b"<!DOCTYPE" in data.upper() or b"\0" in data:
        raise BadFile(f"{title} declares a document type or is not UTF-8; VOC's don't.")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as reason:
        raise BadFile(f"{title} is no complete XML file ({reason}).") from None
    if root.tag != "annotation":
        raise BadFile(f"{title} is XML, but no VOC annotation: it is a <{root.tag}>.")
    return root
