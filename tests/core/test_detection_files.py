import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core import detection_files, detection_rows
from explorer.core.detection_files import open_detections
from explorer.core.detection_rows import BadFile

COCO = {
    "images": [
        {"id": 7, "width": 64, "height": 48},
        {"id": 3, "width": 10, "height": 20},
    ],
    "categories": [{"id": 18, "name": "dog"}, {"id": 1, "name": "person"}],
    "annotations": [
        {"image_id": 7, "category_id": 18, "bbox": [1, 2, 3, 4], "area": 9.5, "id": 1},
        {"image_id": 3, "category_id": 1, "bbox": [0, 0, 5, 5], "iscrowd": 1, "id": 2},
    ],
}
RESULTS = [
    {"image_id": 7, "category_id": 18, "bbox": [1, 2, 3, 5], "score": 0.75},
    {"image_id": 3, "category_id": 1, "bbox": [0, 0, 5, 5], "score": 0.5},
]


def as_json(value):
    return json.dumps(value).encode()


def voc(objects="", size="<size><width>64</width><height>48</height></size>"):
    return f"<annotation>{size}{objects}</annotation>".encode()


def thing(name="dog", box=(2, 3, 9, 9), more=""):
    edges = zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
    inside = "".join(f"<{tag}>{v}</{tag}>" for tag, v in edges)
    return f"<object><name>{name}</name>{more}<bndbox>{inside}</bndbox></object>"


def opened(truth, *results):
    return open_detections([("truth.json", truth), *results])


def test_coco_in_any_order():
    files = [("r.json", as_json(RESULTS)), ("instances.json", as_json(COCO))]
    for order in (files, files[::-1]):
        read = open_detections(order)
        assert read.images == ("7", "3")
        assert read.classes == ("dog", "person")
        assert read.sizes.tolist() == [[64, 48], [10, 20]]
        assert read.truths.boxes.tolist() == [[1, 2, 4, 6], [0, 0, 5, 5]]
        assert read.truths.areas.tolist() == [9.5, 25]
        assert read.truths.ignore.tolist() == [False, True]
        assert read.found.boxes.tolist() == [[1, 2, 4, 7], [0, 0, 5, 5]]
        assert read.found.scores.tolist() == [0.75, 0.5]
        assert read.found.images.tolist() == [0, 1]
        assert read.found.classes.tolist() == [0, 1]


def test_coco_is_read_as_pycocotools_reads_it(tmp_path):
    from pycocotools.coco import COCO as Theirs

    path = tmp_path / "t.json"
    path.write_bytes(as_json(COCO))
    theirs = Theirs(str(path))
    seen = theirs.loadRes(RESULTS)
    ours = opened(as_json(COCO), ("r.json", as_json(RESULTS)))
    for one, box in zip(seen.loadAnns([1, 2]), ours.found.boxes, strict=True):
        x, y, w, h = one["bbox"]
        assert box.tolist() == [x, y, x + w, y + h]


def test_voc_annotations_and_result_lists():
    more = thing("cat", (1, 1, 5, 5), "<difficult>1</difficult>")
    read = open_detections(
        [
            ("000012.xml", voc(thing() + more)),
            ("comp4_det_test_dog.txt", b"000012 0.9 2 3 9 8\n\n000012 0.1 1 1 4 4\n"),
            ("cat.txt", b"000012 0.4 1 1 4 4"),
        ]
    )
    assert read.images == ("000012",)
    assert read.classes == ("dog", "cat")
    assert read.truths.ignore.tolist() == [False, True]
    assert read.found.scores.tolist() == [0.9, 0.1, 0.4]
    assert read.found.classes.tolist() == [0, 0, 1]


def test_voc_with_scores_and_this_programs_own_results():
    scored = voc(thing(more="<score>0.5</score>"))
    own = {"12.jpg": [{"label": "dog", "score": 0.7, "box": [1, 2, 3, 4]}]}
    truth = ("a/12.xml", voc(thing()))
    read = open_detections([("found/12.xml", scored), truth])
    assert read.found.scores.tolist() == [0.5]
    read = open_detections([truth, ("results.json", as_json(own))])
    assert read.found.boxes.tolist() == [[1, 2, 3, 4]]


def test_cocos_images_are_known_by_their_files_too():
    truth = json.loads(json.dumps(COCO))
    truth["images"][0]["file_name"] = "val/000007.jpg"
    own = {"000007": [{"label": "dog", "score": 0.7, "box": [1, 2, 3, 4]}]}
    read = opened(as_json(truth), ("results.json", as_json(own)))
    assert read.images == ("000007", "3")
    assert read.found.images.tolist() == [0]
    read = opened(as_json(truth), ("r.json", as_json(RESULTS)))
    assert read.found.images.tolist() == [0, 1]


def change(where, **new):
    value = json.loads(json.dumps(COCO))
    value[where][0] |= new
    return as_json(value)


def result(**new):
    return as_json([RESULTS[0] | new])


GOOD, BAD_UTF8 = as_json(RESULTS), b'{"a": "\xff"}'
DEEP = b"[" * 200_000
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><annotation/>'


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "No true boxes"),
        ([("t.json", as_json(COCO))], "No detections"),
        ([("r.json", GOOD)], "No true boxes"),
        ([("t.json", b"")], "is empty"),
        ([("t.json", b'{"images": [')], "no complete JSON"),
        ([("t.json", BAD_UTF8)], "no text"),
        ([("t.json", DEEP)], "nested too deeply"),
        ([("t.json", b'{"a": 1}')], "has no “annotations”"),
        ([("t.json", as_json({"annotations": []}))], "needs “images”"),
        ([("t.json", as_json(COCO | {"images": [3]}))], "list of objects"),
        ([("t.json", change("images", width="wide"))], "width of 7 must be a number"),
        ([("t.json", change("images", id=[1]))], "must be a name"),
        ([("t.json", change("annotations", image_id=9))], "annotation 1: no image"),
        ([("t.json", change("annotations", category_id=9))], "no category has the id"),
        ([("t.json", change("annotations", bbox=[1, 2]))], "needs “bbox”"),
        ([("t.json", change("annotations", bbox=[0, 0, -1, 2]))], "before its left"),
        ([("t.json", change("annotations", area=float("nan")))], "area must lie in"),
        ([("t.json", as_json(COCO)), ("u.json", as_json(COCO))], "second file"),
        ([("t.json", as_json(COCO)), ("r.json", b"[3]")], "must be an object"),
        ([("t.json", as_json(COCO)), ("r.json", result(score=None))], "score must be"),
        ([("t.json", as_json(COCO)), ("r.json", result(score=1e400))], "must lie in"),
        ([("t.json", as_json(COCO)), ("r.json", result(score=True))], "must lie in"),
        (
            [("t.json", as_json(COCO)), ("r.json", result(bbox=None, segmentation={}))],
            "masks alone are not judged",
        ),
        ([("t.json", as_json(COCO)), ("a.xml", voc(thing()))], "COCO's true boxes too"),
        ([("a.xml", b"<annotation>")], "no complete XML"),
        ([("a.xml", b"<html></html>")], "it is a <html>"),
        ([("a.xml", LAUGHS)], "document type"),
        ([("a.xml", voc(thing())), ("b/a.xml", voc(thing()))], "two annotations"),
        ([("a.xml", voc("<object/>"))], "object 1's name"),
        ([("a.xml", voc("<object><name>x</name></object>"))], "needs bndbox"),
        ([("a.xml", voc(thing(box=(5, 5, 1, 9))))], "before its left"),
        (
            [("a.xml", voc(thing() + thing(more="<score>1</score>")))],
            "some objects have a score",
        ),
        ([("a.xml", voc(thing())), ("dog.txt", b"a 0.5 1 1 2")], "line 1 needs image"),
        ([("a.xml", voc(thing())), ("dog.txt", b"b 0.5 1 1 2 2")], "no true boxes of"),
        ([("a.xml", voc(thing())), ("dog.txt", b"a x 1 1 2 2")], "score must be a num"),
        ([("a.xml", voc(thing())), ("dog.txt", b"\xff\xfe")], "no text"),
        ([("a.xml", voc()), ("dog.txt", b"a 1 1 1 2 2")], "nothing to find"),
        ([("a.xml", voc(thing())), ("r.json", b'{"a": [1]}')], "needs label, score"),
        ([("photo.jpg", b"\xff\xd8\xff")], "none of the formats"),
    ],
)
def test_a_bad_file_gets_its_sentence(files, said):
    with pytest.raises(BadFile) as caught:
        open_detections(files)
    assert said in str(caught.value)
    assert str(caught.value).endswith((".", ")."))
    assert len(str(caught.value)) < 400


def test_limits_on_both_sides(monkeypatch):
    files = [("t.json", as_json(COCO)), ("r.json", as_json(RESULTS))]
    for name in ("MAX_IMAGES", "MAX_CLASSES", "MAX_TRUTHS", "MAX_DETECTIONS"):
        monkeypatch.setattr(detection_files, name, 2)
    open_detections(files)
    for name in ("MAX_IMAGES", "MAX_CLASSES", "MAX_TRUTHS", "MAX_DETECTIONS"):
        with monkeypatch.context() as patch:
            patch.setattr(detection_files, name, 1)
            with pytest.raises(BadFile, match="are more than 1; give a part"):
                open_detections(files)
    monkeypatch.setattr(detection_files, "MAX_FILES", 1)
    with pytest.raises(BadFile, match="2 files are more than 1"):
        open_detections(files)


def test_a_file_that_is_too_large(monkeypatch):
    from explorer.core import detection_formats

    data = as_json(COCO)
    monkeypatch.setattr(detection_formats, "MAX_BYTES", len(data))
    with pytest.raises(BadFile, match="No detections"):
        open_detections([("t.json", data)])
    monkeypatch.setattr(detection_formats, "MAX_BYTES", len(data) - 1)
    with pytest.raises(BadFile, match="larger than"):
        open_detections([("t.json", data)])


@given(st.binary(max_size=60), st.sampled_from(["a.json", "a.xml", "a.txt", ""]))
def test_any_bytes_are_read_or_refused_with_a_sentence(data, name):
    for start in (b"", b"[", b"{", b"<annotation>"):
        with pytest.raises(BadFile):
            open_detections([(name, start + data)])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["bbox", "score", "id", "name"]), inner)
    ),
    max_leaves=8,
)


@given(json_values, st.sampled_from(["images", "categories", "annotations"]))
def test_any_json_in_place_of_a_part_is_read_or_refused(value, part):
    for changed in (COCO | {part: value}, COCO | {part: [value]}):
        try:
            open_detections([("t", as_json(changed)), ("r", as_json(RESULTS))])
        except BadFile:
            pass


def test_numbers():
    assert detection_rows.number(2, "x") == 2.0
    assert detection_rows.number("1e6", "x") == 1e6
    for bad in ("1.1e6", np.inf, -np.inf, "nan", None, [], 10**400):
        with pytest.raises(BadFile, match="^x must"):
            detection_rows.number(bad, "x")
