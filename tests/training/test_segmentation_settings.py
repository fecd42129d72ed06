"""What DeepLab's settings score, and that it enters the record and nothing else."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from explorer.core.boundary import boundary_distance
from explorer.core.confusion import confusion_matrix, mean_iou
from explorer.models import records, zoo
from explorer.training import segmentation_settings as settings
from explorer.training.segmentation_data import VOID, Scene
from explorer.training.segmentation_record import held_out

DATA = Path(os.environ.get("EXPLORER_DATA", "../shared/data"))
NAME = settings.MODELS[0]


class Fake:
    """Right everywhere, but for the left column without a decoder."""

    record = zoo.record(NAME)

    def segment(self, image, side_px=0, **switches):
        labels = image[..., 0].copy()
        if switches.get("decoder") is False:
            labels[:, 0] = 1
        return {"labels": labels}


def scene() -> Scene:
    labels = np.zeros((20, 40), np.uint8)
    labels[:, 20:] = 1
    image = np.repeat(labels[..., None], 3, 2)
    labels[0] = VOID
    return Scene(image, labels)


def test_every_setting_is_scored_over_the_whole_photos_and_in_the_band() -> None:
    one = scene()
    found = settings.score_settings(Fake(), [one, one])
    assert found["n"] == 2
    assert [s["switches"] for s in found["settings"]] == list(settings.SETTINGS)
    trained = found["settings"][0]
    assert found["value"] == trained["band_miou"] == trained["miou"] == 1
    bare = found["settings"][2]
    assert bare["switches"] == {"decoder": False}
    guess = one.image[..., 0].copy()
    guess[:, 0] = 1
    wanted = mean_iou(confusion_matrix(one.labels, guess, len(Fake.record.classes)))
    assert bare["miou"] == pytest.approx(wanted, abs=1e-4)
    assert bare["miou"] < 1
    near = boundary_distance(one.labels) <= settings.BAND_PX
    assert bare["accuracy"] == pytest.approx(1 - 19 / 760, abs=1e-4)
    inside = (guess != one.labels) & near & (one.labels != VOID)
    assert (bare["band_miou"] < 1) == inside.any()


def test_only_the_score_is_new_in_the_record(tmp_path) -> None:
    source = records.FOLDER / f"{NAME}.json"
    before = json.loads(source.read_text("utf-8"))
    (tmp_path / source.name).write_text(source.read_text("utf-8"), "utf-8")
    score = settings.score_settings(Fake(), [scene()])
    settings.write(NAME, score, tmp_path)
    after = json.loads((tmp_path / source.name).read_text("utf-8"))
    assert after["scores"].pop(settings.SCORE) == score
    before["scores"].pop(settings.SCORE, None)
    assert after == before
    assert records.read(tmp_path / source.name).name == NAME


@pytest.mark.parametrize("name", settings.MODELS)
def test_what_ships_was_scored_in_every_setting(name) -> None:
    """The same network on the same photos: the first row is the record's own score."""
    scores = zoo.record(name).scores
    found = scores[settings.SCORE]
    assert [one["switches"] for one in found["settings"]] == list(settings.SETTINGS)
    assert found["n"] == scores["miou"]["n"]
    own = scores["miou"]["value"]
    assert found["settings"][0]["miou"] == pytest.approx(own, abs=2e-3)


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the training data")
@pytest.mark.slow
def test_the_score_in_the_band_is_reproduced() -> None:
    model = zoo.load("people_deeplabv3plus")
    wanted = model.record.scores[settings.SCORE]
    found = settings.score_settings(model, held_out("people", DATA), [{}])
    assert found["value"] == pytest.approx(wanted["value"], abs=5e-4)
