"""Measurements that ship: the check, and what the one of selective search promises."""

import numpy as np
import pytest

from explorer.core.selective_search import FAST, MAX_SIDE_PX, MIN_SIZE, NEAR_IOU
from explorer.models import measurements
from explorer.models.records import RecordError

GOOD = {
    "name": "one",
    "title": "t",
    "data": "coco",
    "split": "val",
    "n": 3,
    "settings": {},
    "counts": [1, 2],
    "curves": {"ours": {"recall": [0.1, 0.2], "boxes": 5}},
    "licence": "",
    "command": "",
    "seed": 0,
    "commit": None,
    "seconds": 1.0,
    "machine": "",
    "note": "",
}


def test_what_is_written_is_read(tmp_path):
    measurements.write(GOOD, tmp_path)
    assert dict(measurements.read("one", tmp_path)) == GOOD


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"n": "3"}, "'n' is a str"),
        ({"n": True}, "'n' is a bool"),
        ({"counts": [1, 2, 3]}, "has 2 values for 3 counts"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, says):
    with pytest.raises(RecordError, match=says):
        measurements.write(GOOD | change, tmp_path)
    lacking = {key: value for key, value in GOOD.items() if key != "split"}
    with pytest.raises(RecordError, match="lacks the key 'split'"):
        measurements.check(lacking, "one.json")


@pytest.mark.parametrize(("text", "says"), [("[", "not JSON"), ("[]", "object")])
def test_a_broken_file_is_named(tmp_path, text, says):
    (tmp_path / "two.json").write_text(text)
    with pytest.raises(RecordError, match=says):
        measurements.read("two", tmp_path)
    with pytest.raises(RecordError, match="no measurement"):
        measurements.read("three", tmp_path)


def test_selective_search_was_measured_as_it_runs_and_keeps_up_with_opencv():
    record = measurements.read("selective_search")
    settings = record["settings"]
    assert settings["strategies"] == len(FAST)
    assert settings["max_side_px"] == MAX_SIDE_PX
    assert settings["min_size"] == MIN_SIZE
    assert settings["near_iou"] == NEAR_IOU
    assert record["photos"] > 100
    at = record["counts"].index(1000)
    ours, theirs = (record["curves"][name] for name in ("ours", "opencv"))
    assert ours["recall"][at] >= theirs["recall"][at] - 0.02
    for curve in record["curves"].values():
        assert (np.diff(curve["recall"]) >= 0).all()
        assert (np.diff(curve["mabo"]) >= 0).all()
