"""Write what was trained on for a larger input, and score what ships at its own size.

Run as ``python -m explorer.training.detection_refined FOLDER STATE``: what
``detection_refine`` and ``detection_masks --refine`` left in STATE becomes the weights
of its members, and every member's record (``--only`` some) is written anew, its scores
taken at the size of input that ``detection_record`` names. Without anything in STATE it
scores what ships again. With ``--mean`` the weights are the mean of STATE's and of
earlier runs' (Wortsman et al. 2022, Model soups).
"""

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from explorer.models import records
from explorer.models.known_places import SIDE_PX
from explorer.models.yolo_loss import IGNORE_V2
from explorer.training import detection_data as data
from explorer.training import detection_record as record
from explorer.training.detection_refine import BATCH, backbone
from explorer.training.halves import State
from explorer.training.hog_svm_record import commit
from explorer.training.machine import machine

LARGER = "Its input has {side} px, though it learnt at {first}: it finds more that way."
SAID_LARGER = re.compile(r" Its input has \d+ px, .*?that way\.")  # of an earlier size
REFINED = (
    "Then {steps} steps of {batch} pictures of {side} px, from these weights on, the "
    "backbone still frozen."
)
START = "It began from {title}'s weights where a layer of both is alike."
MEAN = "Weights are the mean of the last {count} runs'."
MORE = {
    "fast_rcnn": "These pictures were searched for its RoIs, as a photo is.",
    "yolo_v1": "Unlike in the paper, a box that overlaps a truth by more than "
    f"{IGNORE_V2} is not asked to say 'no object'.",
}
# What a run holds beside its members.
OTHERS = {"arguments", "step", "seconds", "options", "side_px"}


def refined(state: Path, earlier: Sequence[Path] = ()) -> dict[str, dict[str, Any]]:
    """Save the weights of every run in a folder; return the runs by architecture.

    Where a member was trained in ``earlier`` folders too, the mean of all is saved.
    """
    before = [one for folder in earlier for one in _runs(folder)]
    runs = {}
    for run in _runs(state):
        side, names = run["side_px"], sorted(set(run) - OTHERS)
        for name in names:
            same = [run, *(one for one in before if name in one)]
            own = mean([record.own(one[name]["average"]) for one in same])
            record.save(f"everyday_{name}", own)
            words = [str(side), *names, *run.get("options", "").split()]
            said = f"detection_refine FOLDER STATE {' '.join(words)}"
            about = {"said": said, "mean": len(same), "start": _start(words)}
            size = sum(one.numel() for one in own.values())
            runs[name] = run | about | {"parameters": size}
    masks = state / "refined_masks.pt"
    if masks.is_file():
        run = torch.load(masks, weights_only=True)
        record.save("everyday_mask_rcnn", run["average"])
        said = f"detection_masks FOLDER STATE --refine {run['side_px']}"
        runs["mask_rcnn"] = run | {"said": said}
    return runs


def _runs(state: Path) -> list[dict[str, Any]]:
    """Read the runs that a folder holds, each with the side of its pictures."""
    return [
        torch.load(path, weights_only=True)
        | {"side_px": int(path.stem.rpartition("_")[2])}
        for path in sorted(state.glob("refined_[0-9]*.pt"))
    ]


def _start(words: Sequence[str]) -> str | None:
    """Return whose weights a run began from, if not its own."""
    option = "--start"
    return words[words.index(option) + 1] if option in words else None


def mean(states: Sequence[State]) -> State:
    """Return the mean of weights of one architecture; counters are the first's.

    Examples
    --------
    >>> one = {"w": torch.tensor([1.0, 4.0]), "n": torch.tensor(7)}
    >>> mean([one, {"w": torch.zeros(2), "n": torch.tensor(9)}])
    {'w': tensor([0.5000, 2.0000]), 'n': tensor(7)}
    """
    first = states[0]
    return {
        name: torch.stack([one[name].double() for one in states]).mean(0).to(value)
        if value.is_floating_point()
        else value
        for name, value in first.items()
    }


def said_of(values: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    """Return what changes in a record by a run that went on from its weights.

    Where it began from another member's, that one's history is what went before.
    """
    steps, start = run["step"], run.get("start")
    if start:
        values = json.loads((records.FOLDER / f"everyday_{start}.json").read_text())
        began = START.format(title=record.TITLES[start])
        values |= {"note": f"{began} Of these: {values['note']}"}
    command = f"python -m explorer.training.{run['said']} --steps {steps}"
    note = REFINED.format(steps=steps, batch=BATCH, side=run["side_px"])
    command = f"{values['command']}; {command}"
    note = f"{values['note']} {note}"
    if run.get("mean", 1) > 1:
        count = run["mean"]
        earlier = " ".join(f"STATE{n + 2}" for n in range(count - 1))
        again = f"detection_refined FOLDER STATE --mean {earlier}"
        command = f"{command}; python -m explorer.training.{again}"
        note = f"{note} {MEAN.format(count=count)}"
    return {
        "command": command,
        "note": note,
        "seconds": round(values["seconds"] + float(run["seconds"]), 1),
        "commit": commit(),
        "machine": machine(),
    }


def main() -> None:
    """Read the command line, write weights and records."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument(
        "--mean", nargs="*", type=Path, default=[], help="earlier runs to average with"
    )
    parser.add_argument("--only", nargs="*", help="members, by their names")
    asked = parser.parse_args()
    val, trunk = data.coco(asked.folder, "val"), backbone()
    runs = refined(asked.state, asked.mean)
    for architecture in asked.only or record.TITLES:
        name = f"everyday_{architecture}"
        values = json.loads((records.FOLDER / f"{name}.json").read_text())
        values |= record.measured(values["weights"]["files"])
        side, before = record.side_of(architecture), values["preprocessing"]["side_px"]
        values["preprocessing"]["side_px"] = side
        if architecture in runs or side != before:
            values["note"] = SAID_LARGER.sub("", values["note"])
        if architecture in runs:
            run = runs[architecture]
            size = run.get("parameters", values["parameters"])
            values |= said_of(values, run) | {"parameters": size}
            more = MORE.get(architecture, "")
            if more not in values["note"]:
                values["note"] += f" {more}"
            values["arguments"] |= run.get("arguments", {}).get(architecture, {})
            if run["side_px"] != side:
                first = run["side_px"]
                values["note"] += " " + LARGER.format(side=side, first=first)
        elif side != before:
            values["note"] += " " + LARGER.format(side=side, first=SIDE_PX)
        about = records.parse(values, name)
        record.write_scored(values, record.runner(about, trunk), val)


if __name__ == "__main__":
    main()
