"""The measurement that ships is made again on its first photos, where the data is."""

import os
from pathlib import Path

import numpy as np
import pytest

from explorer.models import measurements
from explorer.training import selective_search_recall as script
from explorer.training.coco_boxes import read_photos

DATA = Path(os.environ.get("EXPLORER_DATA", "../shared/data"))
needs_data = pytest.mark.skipif(
    not (DATA / "coco.zip").is_file(), reason="needs coco.zip"
)


def test_a_folder_without_the_data_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"coco\.zip"):
        list(read_photos(tmp_path))


def test_curves_join_the_objects_of_all_photos():
    overlaps = np.zeros((len(script.COUNTS), 1))
    runs = [script.Run(overlaps + value, 10, 1.0) for value in (0.5, 0.1, 0.3)]
    found = script.curve(runs, np.array([1, 1, 2]))
    assert found["recall"][0] == round(1 / 3, 4)
    assert found["mabo"][0] == 0.3
    assert found["boxes"] == 10


@needs_data
def test_photos_have_objects_and_no_groups():
    photos = list(read_photos(DATA))
    assert len(photos) > 100
    for photo in photos:
        height, width = photo.image.shape[:2]
        assert len(photo.boxes) == len(photo.labels) > 0
        assert photo.boxes.max() <= max(height, width) + 1


@needs_data
@pytest.mark.parametrize("method", ["ours", "opencv"])
def test_the_record_is_reproduced_on_its_first_photos(method):
    noted = measurements.read(script.NAME)["curves"][method]["found_a_photo"]
    at = script.COUNTS.tolist().index(noted["boxes"])
    for photo, objects in zip(read_photos(DATA), noted["objects"][:5], strict=False):
        overlaps = script.measure(photo, method, 0).overlaps[at]
        assert int((overlaps >= script.IOU_THRESHOLD).sum()) == objects
