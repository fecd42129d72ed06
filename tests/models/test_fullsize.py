"""torchvision's networks behind the engine's face, with weights made here."""

import hashlib
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.models import fullsize, zoo
from explorer.training import record_fullsize

IMAGE = np.random.default_rng(0).integers(0, 255, (96, 128, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def ssdlite() -> fullsize.Detector:
    torch.manual_seed(0)
    about = zoo.record("torchvision_ssdlite")
    runner = fullsize.wrap(fullsize.build(about), about)
    assert isinstance(runner, fullsize.Detector)
    with torch.no_grad():  # fresh weights score every box alike
        for values in runner.net.head.classification_head.parameters():
            values.normal_(0, 2)
    return runner


def test_raw_is_what_nms_chooses_from(ssdlite: fullsize.Detector) -> None:
    some = float(ssdlite.raw(IMAGE, 0.0)["scores"][300]) - 1e-6
    raw = ssdlite.raw(IMAGE, some)
    kept = ssdlite.detect(IMAGE, some, 0.5)
    assert 0 < len(kept["boxes"]) < len(raw["boxes"])
    assert raw["boxes"].dtype == np.float64
    assert (np.diff(raw["scores"]) <= 0).all()
    rows = {tuple(row) for row in raw["boxes"]}
    assert {tuple(row) for row in kept["boxes"]} <= rows
    assert set(kept["labels"]) <= set(zoo.record("torchvision_ssdlite").classes)


def test_settings_are_put_back_even_after_a_failure(ssdlite: fullsize.Detector) -> None:
    names = ("score_thresh", "nms_thresh", "detections_per_img")
    before = [getattr(ssdlite.net, name) for name in names]
    ssdlite.raw(IMAGE, 0.5)
    with pytest.raises(ValueError, match="axes"):
        ssdlite.raw(IMAGE[0], 0.5)
    with pytest.raises(RuntimeError):
        ssdlite.raw(IMAGE[:, :, :1].repeat(4, 2), 0.5)
    assert [getattr(ssdlite.net, name) for name in names] == before


def test_segmenter_labels_every_pixel() -> None:
    torch.manual_seed(0)
    about = zoo.record("torchvision_lraspp")
    runner = fullsize.wrap(fullsize.build(about), about)
    assert isinstance(runner, fullsize.Segmenter)
    found = runner.segment(IMAGE)
    assert found["labels"].shape == found["scores"].shape == IMAGE.shape[:2]
    assert found["labels"].max() < len(about.classes)
    assert (found["scores"] > 0).all()


def test_weights_load_strictly_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    about = zoo.record("torchvision_lraspp")
    assert zoo.status(about.name) == "needs download"
    with pytest.raises(zoo.ZooError, match=r"\(13 MB\) have to be downloaded first"):
        zoo.load(about.name)
    state = fullsize.build(about).state_dict()
    path = tmp_path / "w.pth"
    torch.save(state, path)
    assert isinstance(fullsize.load(about, (path,)), fullsize.Segmenter)
    state.pop(next(iter(state)))
    torch.save(state, path)
    with pytest.raises(RuntimeError, match="Missing key"):
        fullsize.load(about, (path,))


def test_a_wrong_file_in_the_cache_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    about = zoo.record("torchvision_lraspp")
    assert about.weights is not None
    name = about.weights["url"].rsplit("/", 1)[-1]
    (tmp_path / name).write_bytes(b"not a network")
    assert hashlib.sha256(b"not a network").hexdigest()[:8] != about.sha256
    with pytest.raises(zoo.ZooError, match="are not the recorded ones"):
        zoo.load(about.name)


@pytest.mark.parametrize("network", record_fullsize.NETWORKS, ids=lambda n: n[0])
def test_records_are_what_torchvision_says_today(network: tuple) -> None:
    values = record_fullsize.values(network)
    found = asdict(zoo.record(values["name"]))
    assert {**found, "classes": list(found["classes"])} == values | {"backbone": ""}


def test_published_scores() -> None:
    """torchvision's table, as it stands in the course's facts."""
    table = {"faster_rcnn": 0.370, "fcos": 0.392, "retinanet": 0.364, "ssd300": 0.251}
    table |= {"ssdlite": 0.213, "mask_rcnn": 0.379}
    for name, box_ap in table.items():
        score = zoo.record(f"torchvision_{name}").scores["box_ap"]
        assert score["value"] == pytest.approx(box_ap)
    assert zoo.record("torchvision_mask_rcnn").scores["mask_ap"]["value"] == 0.346
