"""The files and records of the small generative networks, scored as they are used.

Run as ``python -m explorer.training.generative_record FOLDER STATE`` after
``generative``.
"""

import argparse
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from explorer.core.latent_table import LatentTable, write_evidence, write_table
from explorer.models import generative, records, weights
from explorer.models.generative import Coder, Runner, Variational
from explorer.models.segmenters import as_float
from explorer.training.generative import SEED, build
from explorer.training.generative_data import Pictures, pictures
from explorer.training.generative_scores import (
    PROBED,
    codes,
    reject_kinds,
    reject_scores,
    score,
)
from explorer.training.generative_settings import CLASSES, LICENCES, MEMBERS, Member
from explorer.training.halves import halves
from explorer.training.hog_svm_record import commit
from explorer.training.machine import machine

COMMAND = "python -m explorer.training.generative FOLDER STATE"


def write(name: str, run: dict[str, Any], data: Pictures) -> Runner:
    """Write a member's file, score what was written, write its record."""
    member = MEMBERS[name]
    path = records.FOLDER / f"{name}.safetensors"
    save_file(halves(run["net"]), path)
    shape = (int(data.train.shape[1]), int(data.train.shape[2]))
    net = build(member, shape)
    net.load_state_dict(as_float(load_file(path)), strict=True)
    values = describe(name, member, shape, float(run["seconds"])) | {
        "parameters": sum(p.numel() for p in net.parameters()),
        "bytes": path.stat().st_size,
        "sha256": weights.digest(path),
    }
    runner = generative.runner(net, records.parse(values, name))
    values["scores"] = score(runner, data)
    if isinstance(runner, Coder | Variational) and not classes_told(member):
        table = LatentTable(codes(runner, data.test), {"label": data.test_labels})
        write_table(name, table)
    records.write(values)
    print(name, values["scores"], flush=True)
    return runner


def classes_told(member: Member) -> bool:
    """Whether a code alone says nothing: its class has to be told as well."""
    return member.architecture == "cvae"


def describe(
    name: str, member: Member, shape: tuple[int, int], seconds: float
) -> dict[str, Any]:
    """Return a record but for the file and the scores."""
    arguments = {**member.arguments, "shape": list(shape)}
    if member.architecture in ("vae", "cvae"):
        arguments["beta"] = member.beta
    named = member.architecture == "classifier"
    return {
        "name": name,
        "title": member.title,
        "task": "classification" if named else "generative",
        "architecture": member.architecture,
        "arguments": arguments,
        "data": member.data,
        "classes": list(CLASSES[member.data]),
        "preprocessing": {"color": "grey", "range": [0, 1]},
        "scores": {},
        "parameters": 0,
        "macs": None,
        "bytes": 0,
        "sha256": "0" * 64,
        "licence": f"weights: trained by this project; {LICENCES[member.data]}",
        "command": f"{COMMAND} {name}",
        "seed": SEED,
        "commit": commit(),
        "seconds": round(seconds, 1),
        "machine": machine(),
        "note": note(member),
    }


def note(member: Member) -> str:
    """Say how it was trained and what its scores are of."""
    said = f"{member.epochs} epochs of Adam, the rate falling as a cosine; float16. "
    if member.architecture == "classifier":
        return said + "Pictures turned, moved and scaled a little."
    if member.architecture == "autoencoder":
        return said + (
            "Cross-entropy a pixel; l2 is the mean squared error of brightness in "
            "[0, 1]. The probe is a logistic regression on few labels."
        )
    return said + (
        f"KL weighted by {member.beta:g}. Values in nats a picture: neg_elbo with one "
        "sample, iw_bound_50 the negative bound with 50."
    )


def main() -> None:
    """Read the command line; write every member that was trained."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    asked = parser.parse_args()
    torch.manual_seed(SEED)
    held: dict[str, Pictures] = {}
    for name, member in MEMBERS.items():
        path = asked.state / f"{name}.pt"
        if not path.is_file():
            continue
        if member.data not in held:
            held[member.data] = pictures(asked.folder, member.data)
        run = torch.load(path, weights_only=True)
        runner = write(name, run, held[member.data])
        if member.architecture == "cvae":
            assert isinstance(runner, Variational)
            _add_reject(name, runner, asked.folder, held)


def _add_reject(
    name: str, net: Variational, folder: Path, held: dict[str, Pictures]
) -> None:
    """Add to a record how well log p(x) tells digits from other pictures."""
    if "fashion" not in held:
        held["fashion"] = pictures(folder, "fashion")
    digits = held[MEMBERS[name].data].test[:PROBED]
    sure = reject_kinds(net, digits, held["fashion"].test[:PROBED])
    found = reject_scores(sure)
    write_evidence(name, sure)
    path = records.FOLDER / f"{name}.json"
    values = records.read_object(path, "record")
    values["scores"] |= found
    records.write(values)
    print(name, found)


if __name__ == "__main__":
    main()
