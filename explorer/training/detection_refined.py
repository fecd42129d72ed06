"""Write what was trained on for a larger input, and score what ships at its own size.

Run as ``python -m explorer.training.detection_refined FOLDER STATE``: what
``detection_refine`` left in STATE becomes the weights of its members, and every
member's record is written anew, its scores taken at the size of input that
``detection_record`` names. Without anything in STATE it scores what ships again.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from explorer.models import records
from explorer.models.known_places import SIDE_PX
from explorer.training import detection_data as data
from explorer.training import detection_record as record
from explorer.training.detection_refine import BATCH, backbone
from explorer.training.hog_svm_record import commit
from explorer.training.machine import machine

LARGER = "Its input has {side} px, though it learnt at {first}: it finds more that way."
REFINED = (
    "Then {steps} steps of {batch} pictures of {side} px, from these weights on, the "
    "backbone still frozen."
)
OTHERS = {"arguments", "step", "seconds"}  # of a run, beside its members


def refined(state: Path) -> dict[str, dict[str, Any]]:
    """Save the weights of every run in a folder; return the runs by architecture."""
    runs = {}
    for path in sorted(state.glob("refined_*.pt")):
        run = torch.load(path, weights_only=True)
        side = int(path.stem.rpartition("_")[2])
        for name in [one for one in record.TITLES if one in run]:
            record.save(f"everyday_{name}", record.own(run[name]["average"]))
            runs[name] = run | {"side_px": side, "names": sorted(set(run) - OTHERS)}
    return runs


def said_of(values: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    """Return what changes in a record by a run that went on from its weights."""
    side, steps = run["side_px"], run["step"]
    names = " ".join(run["names"])
    command = f"python -m explorer.training.detection_refine FOLDER STATE {side} "
    more = REFINED.format(steps=steps, batch=BATCH, side=side)
    return {
        "command": f"{values['command']}; {command}{names} --steps {steps}",
        "note": f"{values['note']} {more}",
        "seconds": round(values["seconds"] + float(run["seconds"]), 1),
        "commit": commit(),
        "machine": machine(),
    }


def main() -> None:
    """Read the command line, write weights and records."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    asked = parser.parse_args()
    val, trunk = data.coco(asked.folder, "val"), backbone()
    runs = refined(asked.state)
    for architecture in record.TITLES:
        name = f"everyday_{architecture}"
        values = json.loads((records.FOLDER / f"{name}.json").read_text())
        values |= record.measured(values["weights"]["files"])
        side, before = record.side_of(architecture), values["preprocessing"]["side_px"]
        values["preprocessing"]["side_px"] = side
        if architecture in runs:
            values |= said_of(values, runs[architecture])
        elif side != before:
            values["note"] += " " + LARGER.format(side=side, first=SIDE_PX)
        about = records.parse(values, name)
        record.write_scored(values, record.runner(about, trunk), val)


if __name__ == "__main__":
    main()
