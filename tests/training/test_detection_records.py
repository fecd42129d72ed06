"""The family that ships: its files, and its scores found again on held-out photos."""

import os
from functools import partial
from pathlib import Path

import pytest

from explorer.models import records, weights, zoo
from explorer.models.everyday import IOU_THRESHOLD, Everyday
from explorer.training import detection_data as data
from explorer.training.detection_record import FIRST_PHOTOS, TITLES
from explorer.training.detection_scores import LEAST_SCORE, judge, scores_of

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("EXPLORER_DATA", ROOT.parent / "shared" / "data"))
NAMES = [f"everyday_{architecture}" for architecture in TITLES]


@pytest.fixture(scope="module")
def photos():
    if not (FOLDER / "coco.zip").is_file():
        pytest.skip("needs coco.zip of the training data")
    return data.coco(FOLDER, "val")[:FIRST_PHOTOS]


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_the_recorded_one_and_small(name: str) -> None:
    about = zoo.record(name)
    paths = weights.locate(about)
    assert weights.digest(*paths) == about.sha256
    assert sum(path.stat().st_size for path in paths) == about.bytes
    assert about.bytes <= 12e6
    assert about.backbone == "everyday_lite"
    assert paths[-1] == records.FOLDER / "everyday_lite.safetensors"
    member = zoo.load(name)
    assert isinstance(member, Everyday)
    counted = sum(x.numel() for x in member.net.state_dict().values())
    if about.architecture != "mask_rcnn":  # whose boxes are another record's
        assert counted == about.parameters


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_score_is_found_again(name: str, photos) -> None:
    member = zoo.load(name)
    assert isinstance(member, Everyday)
    ask = partial(
        member.final, score_threshold=LEAST_SCORE, iou_threshold=IOU_THRESHOLD
    )
    found = scores_of(*judge(ask, photos, member.side_px))["ap50_person"]
    recorded = zoo.record(name).scores["first_ap50_person"]
    assert found["n"] == recorded["n"]
    assert found["value"] == pytest.approx(recorded["value"], abs=2e-3)
