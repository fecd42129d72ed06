"""The deformable people detector that ships: its record, and how it is trained."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.core.star import star_maps
from explorer.core.star_file import load_star
from explorer.core.street import draw_street
from explorer.models import records, weights
from explorer.training import dpm, dpm_latent, dpm_parts
from explorer.training.pennfudan import Photo, read_photos, split_photos
from tests.core.star_cases import random_blocks, random_model

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("EXPLORER_DATA", ROOT.parent / "shared" / "data"))
with_photos = pytest.mark.skipif(
    not (DATA / "pennfudan.zip").is_file(), reason="needs the training data's folder"
)
PATH = records.FOLDER / "dpm.safetensors"


@pytest.fixture(scope="module")
def record():
    return records.read(records.FOLDER / "dpm.json")


@pytest.fixture(scope="module")
def street() -> Photo:
    scene = draw_street(0)
    return Photo("street", scene.image, np.asarray(scene.boxes, float))


def test_the_file_is_the_recorded_one(record):
    model = load_star(PATH, "dpm")
    assert weights.digest(PATH) == record.sha256
    assert PATH.stat().st_size == record.bytes
    assert record.parameters == dpm_latent.weights_of(model).size
    assert record.arguments["parts"] == model.parts == 8


def test_it_was_judged_on_the_rigid_templates_own_photos(record):
    rigid = records.read(records.FOLDER / "hog_svm.json")
    for key in ("n", "photos", "split"):
        assert record.scores["ap50_person"][key] == rigid.scores["ap50_person"][key]
    assert record.seed == rigid.seed
    assert record.arguments["iou_threshold"] == rigid.arguments["iou_threshold"]


@with_photos
@pytest.mark.slow
def test_the_records_scores_are_found_again_on_the_held_out_photos(record):
    held = split_photos(read_photos(DATA), record.seed)[1]
    score = dpm.evaluate(held, load_star(PATH, "dpm"))
    recall, ap = record.scores["recall"], record.scores["ap50_person"]
    assert score.boxes == recall["n"]
    assert score.recall == pytest.approx(recall["value"], abs=0.013)
    assert score.false_per_photo == pytest.approx(recall["false_per_photo"], abs=0.1)
    assert score.ap50 == pytest.approx(ap["value"], abs=0.01)
    still = dpm.evaluate(held, dpm.nailed(load_star(PATH, "dpm")))
    assert still.ap50 == pytest.approx(ap["parts_at_rest"], abs=0.01)


def test_a_row_times_the_weights_is_the_windows_score():
    model = random_model()
    blocks = dpm_latent.Blocks(*random_blocks())
    maps = star_maps(blocks.coarse, blocks.fine, model)
    for row, col in ((0, 0), (2, 1)):
        numbers = dpm_latent.row_of(blocks, model, maps, row, col)
        score = float(numbers @ dpm_latent.weights_of(model))
        assert score == pytest.approx(float(maps.scores[row, col]), abs=1e-4)


def test_weights_go_into_a_model_and_come_out():
    model = random_model()
    flat = np.abs(np.random.default_rng(3).normal(size=11_013 - 5 * 904)) + 0.1
    back = dpm_latent.weights_of(dpm_latent.with_weights(model, flat))
    np.testing.assert_allclose(back, flat, rtol=1e-6)


def test_a_rest_moves_to_the_bottom_of_its_bowl_and_no_score_changes():
    model = random_model()
    model = replace(
        model,
        anchors=np.array([[10, 5], [26, 5], [12, 0]]),
        costs=np.array(
            [
                [0.4, -0.25, 0.1, 0.05],  # two blocks to the left, 2.5 down
                [0.0, -1.0, 0.1, 0.1],  # down, out of the window
                [0.02, 0.0, 0.1, 0.1],  # less than half a block
            ]
        ),
    )
    after = dpm_parts.rested(model)
    assert after.anchors.tolist() == [[12, 3], [26, 5], [12, 0]]
    coarse, fine = random_blocks()
    before_maps = star_maps(coarse, fine, model)
    after_maps = star_maps(coarse, fine, after)
    np.testing.assert_allclose(after_maps.scores, before_maps.scores, atol=1e-4)
    np.testing.assert_array_equal(after_maps.places, before_maps.places)


def test_parts_take_the_most_energy_in_the_middle_or_in_pairs():
    energy = np.zeros((31, 15))
    energy[0:5, 5:10] = 3.0  # a head
    energy[20:25, 0:5] = energy[20:25, 10:15] = 2.0  # two sides
    anchors = dpm_parts.first_anchors(energy, 3)
    assert anchors.tolist() == [[0, 5], [20, 0], [20, 10]]


def test_a_last_single_part_is_no_half_of_a_pair():
    energy = np.zeros((31, 15))
    energy[20:25, 0:5] = energy[20:25, 10:15] = 2.0
    assert dpm_parts.first_anchors(energy, 1)[0, 1] == 5


def test_only_weights_for_a_person_count_as_energy():
    weights = np.zeros((2, 1, 36), np.float32)
    weights[0, 0, :2] = 0.5
    weights[1, 0, :2] = -0.5
    assert dpm_parts.energy_of(weights).tolist() == [[0.5], [0.0]]


def test_the_first_parts_are_cut_out_of_the_finer_root():
    root = random_model().root
    first = dpm_parts.first_model(root)
    assert first.parts == dpm_parts.PARTS
    grid = dpm_parts.finer(root.weights)
    row, col = first.anchors[3]
    cut = grid[row : row + 5, col : col + 5] * dpm_parts.FINE_SHARE
    np.testing.assert_allclose(first.filters[3], cut, atol=1e-7)


def test_the_fit_parts_people_from_others_and_keeps_the_springs():
    model = random_model()
    rng = np.random.default_rng(0)
    size = dpm_latent.weights_of(model).size
    people = rng.normal(0.05, 0.1, (40, size)).astype(np.float32)
    others = rng.normal(-0.05, 0.1, (80, size)).astype(np.float32)
    people[:, -1] = others[:, -1] = 1
    fitted = dpm.fit(people, others, model)
    w = dpm_latent.weights_of(fitted)
    assert (people @ w > 0).all()
    assert (others @ w < 0).all()
    assert fitted.costs[:, 2:].min() >= dpm.LEAST_SQUARE


def test_a_person_is_placed_near_her_frame_and_mirrored(street):
    people = dpm_latent.people_of(street)
    tall = (street.boxes[:, 3] - street.boxes[:, 1] >= 90).sum()
    assert len(people) == 2 * tall > 0
    (image, window), (mirror, other) = people[:2]
    np.testing.assert_array_equal(image, mirror[:, ::-1])
    assert other[0] == image.shape[1] - window[2]
    model = load_star(PATH, "dpm")
    row = dpm_latent.latent_row(image, window, model)
    assert row is not None
    assert row.size == dpm_latent.weights_of(model).size
    assert row[-1] == 1


def test_windows_without_a_person_are_within_the_margin(street):
    model = load_star(PATH, "dpm")
    rows = dpm_latent.false_rows(street, model)
    scores = rows @ dpm_latent.weights_of(model).astype(np.float32)
    assert 0 < len(rows) <= dpm_latent.HARD_PER_PHOTO
    assert (scores >= dpm_latent.HARD_ABOVE - 1e-3).all()
    assert (np.diff(scores) <= 1e-3).all()


def test_only_rows_about_within_the_margin_are_kept(monkeypatch):
    model = random_model()
    size = dpm_latent.weights_of(model).size
    rows = np.zeros((3, size), np.float32)
    rows[:, -1] = np.array([0.0, 1.0, -1.2]) / model.root.bias
    kept = dpm.hardest(rows, model) @ dpm_latent.weights_of(model)
    np.testing.assert_allclose(kept, [1.0, 0.0], atol=1e-6)
    monkeypatch.setattr(dpm, "MOST_ROWS", 1)
    assert len(dpm.hardest(rows, model)) == 1


def test_nailed_parts_stay_at_rest():
    model = dpm.nailed(random_model())
    maps = star_maps(*random_blocks(), model)
    rest = model.anchors + [2, 2]
    inside = (rest < maps.responses.shape[1:]).all(axis=1)
    np.testing.assert_array_equal(maps.places[inside, 1, 1], rest[inside])


def test_the_root_alone_has_no_parts_and_a_higher_bias():
    model = random_model()
    people = np.zeros((2, dpm_latent.weights_of(model).size), np.float32)
    people[:, -2] = 0.5 / model.costs[-1, -1]
    alone = dpm.root_alone(model, people)
    assert alone.parts == 0
    assert alone.root.bias == pytest.approx(model.root.bias + 0.5, abs=1e-5)
