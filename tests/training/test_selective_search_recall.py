"""The measurement that ships is made again on its first photos, where the data is."""

import os
from pathlib import Path

import numpy as np
import pytest

from explorer.core.proposal_recall import recall_at
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
def test_a_method_of_ours_does_about_as_well_on_a_few_photos_as_opencv():
    photos = list(read_photos(DATA))[:6]
    at = script.COUNTS.tolist().index(1000)
    found = {}
    for method in ("ours", "opencv"):
        runs = [script.measure(photo, method, 0) for photo in photos]
        found[method] = recall_at(np.concatenate([r.overlaps for r in runs], axis=1))
    assert found["ours"][at] > found["opencv"][at] - 0.15
