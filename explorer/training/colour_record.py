"""The files and records of the convolutional VAE: faces with directions, avatars.

Run as ``python -m explorer.training.colour_record NAME FOLDER STATE`` after
``colour_vae``.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from explorer.core.latent import active_units
from explorer.core.latent_table import LatentTable, write_table
from explorer.models import generative, records, weights
from explorer.models.face_vae import SIDE_PX, FaceVAE
from explorer.models.generative import Variational
from explorer.models.segmenters import as_float
from explorer.training.colour_data import Faces, faces, held_avatars
from explorer.training.colour_vae import BATCH, BETA, CODE, SEED
from explorer.training.face_directions import PICKS, direction
from explorer.training.generative_scores import codes, parts
from explorer.training.halves import halves
from explorer.training.hog_svm_record import commit
from explorer.training.machine import machine

TITLES = {"faces": "VAE of faces", "avatars": "VAE of drawn faces"}
LICENCES = {
    "faces": (
        "weights: trained by this project on UTKFace, non-commercial research use only"
    ),
    "avatars": "weights: trained by this project on faces that it draws itself",
}
ATTRIBUTES = ("skin", "hair", "length", "glasses", "smile", "yaw", "light")
FIRST = 200  # test pictures, for a test to find their score again

Score = dict[str, Any]


def write(name: str, run: dict[str, Any], folder: Path) -> None:
    """Write file, table and record, scored as they will be used."""
    full = f"{name}_vae"
    path = records.FOLDER / f"{full}.safetensors"
    save_file(halves(run["average"]), path)
    net = FaceVAE(CODE[name])
    net.load_state_dict(as_float(load_file(path)), strict=True)
    values = describe(name, run) | {
        "parameters": sum(p.numel() for p in net.parameters()),
        "bytes": path.stat().st_size,
        "sha256": weights.digest(path),
    }
    runner = generative.runner(net, records.parse(values, full))
    assert isinstance(runner, Variational)
    values["scores"] = (
        _faces(full, runner, faces(folder))
        if name == "faces"
        else _avatars(full, runner)
    )
    records.write(values)
    print(full, values["scores"])


def describe(name: str, run: dict[str, Any]) -> dict[str, Any]:
    """Return a record but for file and scores."""
    return {
        "name": f"{name}_vae",
        "title": TITLES[name],
        "task": "generative",
        "architecture": "vae",
        "arguments": {
            "z": CODE[name],
            "shape": [SIDE_PX, SIDE_PX, 3],
            "beta": BETA[name],
        },
        "data": name,
        "classes": [],
        "preprocessing": {"color": "RGB", "range": [0, 1], "side_px": SIDE_PX},
        "scores": {},
        "parameters": 0,
        "macs": None,
        "bytes": 0,
        "sha256": "0" * 64,
        "licence": LICENCES[name],
        "command": (
            f"python -m explorer.training.colour_vae {name} FOLDER STATE "
            f"--steps {run['step']}"
        ),
        "seed": SEED,
        "commit": commit(),
        "seconds": round(float(run["seconds"]), 1),
        "machine": machine(),
        "note": (
            f"{run['step']} steps of {BATCH} pictures. Learnt by pixels and by what "
            "the first stages of the ImageNet backbone see (a perceptual term), each "
            "with its own best variance; so there is no bound in nats to compare. l2 "
            "is the mean squared error of numbers in [0, 1] on pictures kept apart. "
            "Weights are the running average, in float16."
        ),
    }


def errors(net: Variational, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean squared error of every picture decoded from its mean."""
    found = []
    for one in parts(images):
        back = net.decode(net.encode(one)["mu"])["images"]
        found.append(((back / 255.0 - one / 255.0) ** 2).mean(axis=(1, 2, 3)))
    return np.concatenate(found)


def _l2(error: NDArray[np.float64]) -> dict[str, Score]:
    return {
        name: {
            "value": round(float(part.mean()), 5),
            "split": "test",
            "n": len(part),
        }
        for name, part in (("l2", error), ("l2_first", error[:FIRST]))
    }


def _faces(name: str, net: Variational, known: Faces) -> dict[str, Score]:
    mu = codes(net, known.images)
    scores = _l2(errors(net, known.images[known.tested])) | _active(mu)
    found = {one: direction(known, mu, one) for one in PICKS}
    for one, way in found.items():
        scores[f"auc_{one}"] = {
            "value": round(way.auc, 4),
            "norm": round(float(np.linalg.norm(way.vector)), 3),
            "pairs": way.pairs,
            "split": "test",
            "n": way.tested,
        }
    columns = {
        one: getattr(known, one) for one in ("age", "gender", "glasses", "smile")
    }
    ways = {one: way.vector.astype(np.float32) for one, way in found.items()}
    write_table(name, LatentTable(mu, columns, ways))
    return scores


def _avatars(name: str, net: Variational) -> dict[str, Score]:
    made, images = held_avatars()
    mu = codes(net, images)
    table = {  # hundredths: a table holds whole numbers
        one: np.array([round(100 * getattr(a, one)) for a in made], np.int64)
        for one in ATTRIBUTES
    }
    write_table(name, LatentTable(mu, table))
    return _l2(errors(net, images)) | _active(mu)


def _active(mu: NDArray[np.float32]) -> dict[str, Score]:
    count = int(active_units(mu).sum())
    return {
        "active_units": {
            "value": count,
            "of": mu.shape[1],
            "split": "all",
            "n": len(mu),
        }
    }


def main() -> None:
    """Read the command line and write what was trained."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", choices=list(TITLES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    asked = parser.parse_args()
    write(asked.name, torch.load(asked.state, weights_only=True), asked.folder)


if __name__ == "__main__":
    main()
