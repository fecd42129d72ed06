"""torchvision's networks behind the engine's face, with weights made here."""

import hashlib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.models import fullsize, zoo
from explorer.models.records import Record
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
    names = {*zoo.record("torchvision_ssdlite").classes, fullsize.UNUSED}
    assert set(kept["labels"]) <= names


def test_a_label_is_the_name_torchvision_gives_its_number() -> None:
    from torchvision.models.detection import FCOS_ResNet50_FPN_Weights

    about = zoo.record("torchvision_fcos")
    categories = FCOS_ResNet50_FPN_Weights.COCO_V1.meta["categories"]
    names = fullsize.label_names(about)
    assert len(about.classes) == 80
    assert not {"N/A", "__background__"} & set(about.classes)
    assert len(names) == len(categories) == about.arguments["num_classes"]
    assert names[1:].tolist() == categories[1:]
    assert names[0] == fullsize.UNUSED  # background: no box has it


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


SMALL_PX = 64  # shortest side; SSD300 and SSDlite know one size only
DETECTORS = [
    name
    for name, about in zoo.records().items()
    if about.architecture == "torchvision" and about.task != "segmentation"
]
SEGMENTERS = [
    name
    for name, about in zoo.records().items()
    if about.architecture == "torchvision" and about.task == "segmentation"
]


def _small(name: str) -> tuple[Record, fullsize.Detector | fullsize.Segmenter]:
    """Build a record's network with fresh weights, for small images."""
    torch.manual_seed(0)
    about = zoo.record(name)
    arguments = dict(about.arguments)
    if "ssd" not in name and about.task != "segmentation":
        arguments |= {"min_size": SMALL_PX, "max_size": 2 * SMALL_PX}
    preprocessing = about.preprocessing | {"side_px": SMALL_PX}
    small = replace(about, arguments=arguments, preprocessing=preprocessing)
    return small, fullsize.wrap(fullsize.build(small), small)


@pytest.mark.slow
@pytest.mark.parametrize("name", DETECTORS)
def test_every_detector_is_built_and_answers(name: str) -> None:
    about, runner = _small(name)
    assert isinstance(runner, fullsize.Detector)
    assert sum(p.numel() for p in runner.net.parameters()) == about.parameters
    raw = runner.raw(IMAGE, 0.0)
    assert set(raw) == {"boxes", "scores", "labels"}
    n = len(raw["scores"])
    assert n > 10
    assert raw["boxes"].shape == (n, 4)
    assert raw["boxes"].dtype == raw["scores"].dtype == np.float64
    assert (raw["boxes"] >= 0).all()
    assert (raw["boxes"] <= [128, 96, 128, 96]).all()
    assert ((raw["scores"] >= 0) & (raw["scores"] <= 1)).all()
    assert raw["labels"].shape == (n,)
    assert set(raw["labels"]) <= {*about.classes, fullsize.UNUSED}
    few = float(raw["scores"][10]) - 1e-6  # masks are slow: ask for few
    found = runner.detect(IMAGE, few, 0.5, masks=True)
    k = len(found["scores"])
    assert 0 < k <= n
    assert (found["scores"] >= few).all()
    assert found["boxes"].shape == (k, 4)
    assert ("masks" in found) == (about.task == "instance")
    if "masks" in found:
        assert found["masks"].shape == (k, 96, 128)
        assert found["masks"].dtype == bool


@pytest.mark.slow
@pytest.mark.parametrize("name", SEGMENTERS)
def test_every_segmenter_is_built_and_answers(name: str) -> None:
    about, runner = _small(name)
    assert isinstance(runner, fullsize.Segmenter)
    found = runner.segment(IMAGE)
    assert set(found) == {"labels", "scores"}
    assert found["labels"].shape == found["scores"].shape == (96, 128)
    assert found["labels"].dtype == np.uint8
    assert found["labels"].max() < len(about.classes)
    assert ((found["scores"] > 0) & (found["scores"] <= 1)).all()


@pytest.mark.slow
@pytest.mark.parametrize("network", record_fullsize.NETWORKS, ids=lambda n: n[0])
def test_a_network_is_the_one_torchvision_builds_for_its_weights(
    network: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torchvision changes norms and their eps when it is given weights."""
    from torchvision.models import WeightsEnum, get_model, get_weight

    name, builder, weights, *_, more = network
    ours = fullsize.build(zoo.record(f"torchvision_{name}"))
    state = ours.state_dict()
    monkeypatch.setattr(WeightsEnum, "get_state_dict", lambda self, *_, **__: state)
    theirs = get_model(builder, weights=get_weight(weights), **more)
    assert [_kind(m) for m in ours.modules()] == [_kind(m) for m in theirs.modules()]


def _kind(module: torch.nn.Module) -> tuple[str, float | None]:
    return type(module).__name__, getattr(module, "eps", None)


@pytest.mark.parametrize("network", record_fullsize.NETWORKS, ids=lambda n: n[0])
def test_records_are_what_torchvision_says_today(network: tuple) -> None:
    values = record_fullsize.values(network)
    found = asdict(zoo.record(values["name"]))
    found |= {key: list(found[key]) for key in ("classes", "label_ids")}
    assert found == {"label_ids": [], "backbone": ""} | values


def test_published_scores() -> None:
    """torchvision's table, as it stands in the course's facts."""
    table = {"faster_rcnn": 0.370, "fcos": 0.392, "retinanet": 0.364, "ssd300": 0.251}
    table |= {"ssdlite": 0.213, "mask_rcnn": 0.379}
    for name, box_ap in table.items():
        score = zoo.record(f"torchvision_{name}").scores["box_ap"]
        assert score["value"] == pytest.approx(box_ap)
    assert zoo.record("torchvision_mask_rcnn").scores["mask_ap"]["value"] == 0.346
