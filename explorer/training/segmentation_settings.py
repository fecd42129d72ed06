"""Score DeepLabv3+ in the settings its lesson switches, on photos no run has seen.

Run as ``python -m explorer.training.segmentation_settings FOLDER [MODEL ...]`` after
``explorer.training.segmentation``. What is found enters the model's record, as the
score ``boundary_miou``: its value is that of the network as trained, in a narrow band
around the true boundaries; ``settings`` holds the others.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from explorer.core.boundary import boundary_distance
from explorer.core.confusion import confusion_matrix, mean_iou, pixel_accuracy
from explorer.models import records, segmenters, weights, zoo
from explorer.training.segmentation_data import Scene
from explorer.training.segmentation_record import held_out

SCORE = "boundary_miou"
BAND_PX = 4
MODELS = ("street_deeplabv3plus", "people_deeplabv3plus")
Switches = Mapping[str, int | str | bool]
SETTINGS: tuple[Switches, ...] = (
    {},
    {"output_stride": 8},
    {"decoder": False},
    {"rates": "1,1,1"},
    {"rates": "6,12,18"},
    {"rates": "48,48,48"},
    {"off": "rate1,rate2,rate3"},
    {"off": "1x1"},
)


def score_settings(
    model: segmenters.Segmenter,
    scenes: Sequence[Scene],
    settings: Sequence[Switches] = SETTINGS,
) -> dict[str, Any]:
    """Segment every scene in every setting; read the scores off the sums.

    Returns
    -------
    dict
        A record's score: ``value``, ``split``, ``n``, ``band_px`` and ``settings``, a
        list of ``switches``, ``miou``, ``accuracy`` and ``band_miou``; the network as
        trained comes first.
    """
    classes = len(model.record.classes)
    whole = np.zeros((len(settings), classes, classes), np.int64)
    band = np.zeros_like(whole)
    for scene in scenes:
        near = boundary_distance(scene.labels) <= BAND_PX
        for k, switches in enumerate(settings):
            labels = model.segment(scene.image, 0, **switches)["labels"]
            whole[k] += confusion_matrix(scene.labels, labels, classes)
            band[k] += confusion_matrix(scene.labels[near], labels[near], classes)
    found = [
        {
            "switches": dict(switches),
            "miou": round(mean_iou(whole[k]), 4),
            "accuracy": round(pixel_accuracy(whole[k]), 4),
            "band_miou": round(mean_iou(band[k]), 4),
        }
        for k, switches in enumerate(settings)
    ]
    return {
        "value": found[0]["band_miou"],
        "split": "test",
        "n": len(scenes),
        "band_px": BAND_PX,
        "settings": found,
    }


def write(name: str, score: Mapping[str, Any], folder: Path = records.FOLDER) -> None:
    """Put the score into a model's record; all else stays as it is."""
    values = records.read_object(folder / f"{name}.json", "record")
    values["scores"][SCORE] = dict(score)
    records.write(values, folder)


def main() -> None:
    """Read the command line and score the models it names."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("model", nargs="*", help=", ".join(MODELS))
    asked = parser.parse_args()
    for name in asked.model or MODELS:
        about = zoo.record(name)
        model = segmenters.load(about, weights.locate(about))
        scenes = held_out(name.partition("_")[0], asked.folder)
        score = score_settings(model, scenes)
        print(name, *score["settings"], sep="\n", flush=True)
        write(name, score)


if __name__ == "__main__":
    main()
