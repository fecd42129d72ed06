"""The star model against placements tried one by one."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from explorer.core.people import match_people, people_in_scan
from explorer.core.proofs import star as proofs
from explorer.core.samples import load_sample
from explorer.core.star import StarModel, deformation, part_responses, star_maps
from explorer.core.star_file import load_star, save_star
from explorer.core.star_place import around, take_apart
from explorer.core.star_scan import level_pair, part_boxes, scan_star
from explorer.core.windows import detect_windows, score_map, windows_above
from explorer.models.records import FOLDER
from tests.core.star_cases import random_blocks, random_model

MODEL = random_model()
COARSE, FINE = random_blocks()
MAPS = star_maps(COARSE, FINE, MODEL)


@pytest.fixture(scope="module")
def shipped() -> StarModel:
    return load_star(FOLDER / "dpm.safetensors", "dpm")


def best_part(fine: np.ndarray, model: StarModel, part: int, row: int, col: int):
    """Return the best of all places of one part, by the definition."""
    side = 5
    best = -np.inf
    for y in range(fine.shape[0] - side + 1):
        for x in range(fine.shape[1] - side + 1):
            look = (fine[y : y + side, x : x + side] * model.filters[part]).sum()
            dy = y - 2 * row - model.anchors[part, 0]
            dx = x - 2 * col - model.anchors[part, 1]
            cost = model.costs[part] @ [dx, dy, dx**2, dy**2]
            best = max(best, look - cost)
    return best


@pytest.mark.parametrize("place", [(0, 0), (2, 1), (1, 0)])
def test_a_score_is_root_plus_the_best_of_all_placements(place):
    row, col = place
    window = COARSE[row : row + 15, col : col + 7]
    slow = float((window * MODEL.root.weights).sum()) + MODEL.root.bias
    slow += sum(best_part(FINE, MODEL, part, row, col) for part in range(3))
    assert MAPS.scores[row, col] == pytest.approx(slow, abs=1e-3)


def test_responses_are_opencvs_correlations():
    field = sum(
        cv2.filter2D(FINE[..., k], -1, MODEL.filters[1][..., k]) for k in range(36)
    )
    ours = part_responses(FINE, MODEL.filters)[1]
    np.testing.assert_allclose(ours, field[2:-2, 2:-2], atol=1e-4)


def test_a_part_that_does_not_fit_has_no_response():
    assert part_responses(FINE[:4], MODEL.filters).shape[1:] == (0, 13)
    assert part_responses(FINE[:5], MODEL.filters).shape[1:] == (1, 13)


def test_a_level_smaller_than_the_window_has_no_scores():
    assert star_maps(COARSE[:14], FINE[:29], MODEL).scores.shape == (0, 2)


def test_the_parts_of_a_place_add_up_to_its_score():
    for row, col in ((0, 0), (2, 1)):
        place = take_apart(MAPS, MODEL, row, col)
        assert place.score == pytest.approx(MAPS.scores[row, col], abs=1e-5)
        assert (place.rest == MODEL.anchors + [2 * row, 2 * col]).all()
    with pytest.raises(ValueError, match="3 rows and 2 columns of windows"):
        take_apart(MAPS, MODEL, 3, 0)


def test_no_part_gains_by_a_step_to_any_side():
    place = take_apart(MAPS, MODEL, 1, 1)
    reach = int(np.abs(place.moved).max()) + 1
    seen = around(MAPS.responses, place.rest, reach)
    for part, (dy, dx) in enumerate(place.moved):
        here = place.looks[part] - place.costs[part]
        for step in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            y, x = dy + step[0], dx + step[1]
            look = seen[part, y + reach, x + reach]
            if np.isfinite(look):
                assert look - deformation(MODEL.costs[part], x, y) <= here + 1e-6


def test_what_lies_beyond_the_map_is_nan_around_a_rest():
    seen = around(MAPS.responses, np.array([[0, 0]] * 3), 2)
    assert np.isnan(seen[:, :2]).all()
    np.testing.assert_array_equal(seen[:, 2:, 2:], MAPS.responses[:, :3, :3])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"anchors": MODEL.anchors[:2]}, "3 parts need anchors"),
        ({"anchors": np.array([[0, 0], [0, 0], [27, 0]])}, "0..26 and 0..10"),
        ({"costs": np.zeros((3, 4))}, "must be above 0"),
        ({"filters": MODEL.filters[:, :4]}, "filters must be"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        replace(MODEL, **change)


def test_root_and_finer_grid_begin_at_the_same_point():
    """A dark half: its edge is at block r of the level and at 2r of the finer one."""
    image = np.full((160, 96, 3), 200, np.uint8)
    image[80:] = 40
    coarse, fine = level_pair(image, (96, 160), 16)
    strongest = coarse.sum(axis=(1, 2)).argmax(), fine.sum(axis=(1, 2)).argmax()
    assert abs(2 * strongest[0] - strongest[1]) <= 1


def test_without_parts_it_is_the_sliding_window():
    image = load_sample("street").image
    alone = random_model(parts=0)
    ours = scan_star(image, alone, 1.5)
    theirs = detect_windows(image, alone.root, 1.5, padding_px=16)
    for one, other in zip(ours.windows.levels, theirs.levels, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-6)


def test_the_shipped_model_finds_the_people_of_the_drawn_street(shipped):
    scene = load_sample("street")
    scan = scan_star(scene.image, shipped)
    found = people_in_scan(scan.windows, (640, 480), 0.3)
    truth = scene.gt_boxes[np.array(scene.gt_labels) == "person"]
    assert match_people(found.boxes, truth).sum() >= 0.5 * len(truth)
    best = windows_above(scan.windows, 0.3).take(np.arange(1))
    parts = part_boxes(scan, best)
    assert parts.shape == (1, shipped.parts, 4)
    middle = (parts[0, :, :2] + parts[0, :, 2:]) / 2
    around_it = best.boxes[0] + np.array([-40, -40, 40, 40])
    assert ((middle >= around_it[:2]) & (middle <= around_it[2:])).all()


def test_a_photo_smaller_than_the_window_has_no_levels(shipped):
    scan = scan_star(np.zeros((127, 64, 3), np.uint8), shipped)
    assert scan.windows.levels == ()
    every = windows_above(scan.windows, -np.inf)
    assert part_boxes(scan, every).shape == (0, 0, 4)


def test_a_model_comes_back_from_its_file_in_half_precision(tmp_path):
    path = tmp_path / "star.safetensors"
    save_star(MODEL, path)
    back = load_star(path, "back")
    np.testing.assert_allclose(back.filters, MODEL.filters, atol=3e-4)
    np.testing.assert_array_equal(back.anchors, MODEL.anchors)
    np.testing.assert_allclose(back.costs, MODEL.costs, atol=1e-7)
    assert back.root.bias == pytest.approx(MODEL.root.bias)
    with pytest.raises(FileNotFoundError, match=r"no file gone\.safetensors"):
        load_star(tmp_path / "gone.safetensors", "gone")
    with pytest.raises(ValueError, match=r"holds weights, bias|holds bias, weights"):
        load_star(FOLDER / "hog_svm.safetensors", "rigid")


def test_the_proofs_hold_and_can_fail():
    place = take_apart(MAPS, MODEL, 1, 1)
    score = float(MAPS.scores[1, 1])
    assert proofs.prove_placements(MAPS, MODEL).holds
    for part in range(3):
        assert proofs.prove_dilation(MAPS, MODEL, part).holds
    assert proofs.prove_score(COARSE, FINE, MODEL, place, score, (1, 1)).holds
    for part in range(3):
        spread = MAPS.spread.copy()
        spread[part, 0, 0] += 1e-6
        assert not proofs.prove_placements(replace(MAPS, spread=spread), MODEL).holds
    off = proofs.prove_score(COARSE, FINE, MODEL, place, score + 0.01, (1, 1))
    assert not off.holds


def test_the_dilation_is_proved_with_the_part_s_own_bowl(monkeypatch):
    other = replace(MODEL, costs=MODEL.costs * 1.01)
    real = proofs.distance_transform
    monkeypatch.setattr(
        proofs,
        "distance_transform",
        lambda maps, costs, *at: real(maps, other.costs[:1], *at),
    )
    assert not proofs.prove_dilation(MAPS, MODEL, 0).holds


def test_the_root_of_the_maps_is_the_template_s():
    np.testing.assert_array_equal(MAPS.root, score_map(COARSE, MODEL.root))
