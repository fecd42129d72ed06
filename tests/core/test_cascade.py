"""The cascade of Viola and Jones against OpenCV's own."""

import time
from collections import Counter

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core import cascade_scan
from explorer.core.cascade import FILES, cascade_path, opencv_cascade, read_cascade
from explorer.core.cascade_group import group_boxes
from explorer.core.cascade_scan import (
    FLAT,
    SKIPPED,
    best_window,
    cut_off,
    raw_boxes,
    scan_cascade,
)
from explorer.core.cascade_window import window_steps
from explorer.core.cascade_windows import Windows, level_picture
from explorer.core.haar import (
    KINDS,
    corner_weights,
    count_features,
    feature_value,
    kind_rects,
)
from explorer.core.integral import (
    box_sum,
    integral_image,
    squared_integral,
    tilted_integral,
)
from explorer.core.proofs.viola_jones import (
    opencv_raw,
    prove_feature,
    prove_groups,
    prove_integrals,
    prove_scan,
)
from explorer.core.samples import load_sample

SAMPLES = ("astronaut", "chelsea")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("step", [1.2, 1.5])
def test_raw_boxes_equal_opencvs(name: str, sample: str, step: float) -> None:
    image = load_sample(sample).image
    cascade = opencv_cascade(name)
    ours = raw_boxes(scan_cascade(image, cascade, step), cascade)
    theirs, _ = opencv_raw(image, name, step)
    proof = prove_scan(cut_off(ours, image.shape), theirs)
    assert proof.holds, proof


def test_windows_past_the_photos_edge_are_cut_off_as_opencvs() -> None:
    image = np.ascontiguousarray(load_sample("astronaut").image[20:250, 120:262])
    cascade = opencv_cascade("face")
    ours = raw_boxes(scan_cascade(image, cascade, 1.2), cascade)
    theirs, _ = opencv_raw(image, "face", 1.2)
    assert (ours[:, 2] > image.shape[1]).any()
    assert not prove_scan(ours, theirs).holds
    assert prove_scan(cut_off(ours, image.shape), theirs).holds
    found = cv2.CascadeClassifier(str(cascade_path("face"))).detectMultiScale(
        cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), scaleFactor=1.2, minNeighbors=1
    )
    groups = group_boxes(ours, 1)
    boxes = cut_off(groups.boxes[groups.kept], image.shape)
    xywh = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    assert sorted(xywh.tolist()) == sorted(np.asarray(found).tolist())


def test_the_face_of_the_astronaut_is_found() -> None:
    image = load_sample("astronaut").image
    cascade = opencv_cascade("face")
    groups = group_boxes(raw_boxes(scan_cascade(image, cascade, 1.2), cascade), 3)
    (box,) = groups.boxes[groups.kept]
    assert box[0] < 225 < box[2]  # between the eyes
    assert box[1] < 120 < box[3]


def test_a_missing_box_is_a_difference() -> None:
    boxes = np.array([[0, 0, 9, 9], [0, 0, 9, 9], [5, 5, 30, 30]])
    assert prove_scan(boxes, boxes).holds
    assert not prove_scan(boxes[1:], boxes).holds


def test_survivors_never_grow_and_cost_is_counted() -> None:
    image = load_sample("chelsea").image
    cascade = opencv_cascade("face")
    scan = scan_cascade(image, cascade, 1.5)
    assert (np.diff(scan.survivors) <= 0).all()
    assert scan.survivors[-1] == len(raw_boxes(scan, cascade))
    flat = sum(int((level.passed == FLAT).sum()) for level in scan.levels)
    asked = scan.survivors[:-1].copy()
    asked[0] -= flat  # too flat to have a contrast: no feature is asked
    assert scan.evaluated == int(asked @ cascade.sizes)


def test_a_photo_smaller_than_the_window_has_no_levels() -> None:
    cascade = opencv_cascade("face")
    assert not scan_cascade(np.zeros((20, 20, 3), np.uint8), cascade, 1.2).levels


def test_the_step_must_enlarge() -> None:
    with pytest.raises(ValueError, match="1"):
        scan_cascade(np.zeros((40, 40), np.uint8), opencv_cascade("face"), 1.0)


def test_a_file_that_is_no_cascade_is_refused(tmp_path) -> None:
    path = tmp_path / "none.xml"
    path.write_text("<opencv_storage><nothing/></opencv_storage>")
    with pytest.raises(ValueError, match="none.xml"):
        read_cascade(path)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1), st.data())
def test_integral_images_equal_opencvs(h, w, seed, data) -> None:
    grey = np.random.default_rng(seed).integers(0, 256, (h, w), dtype=np.uint8)
    sums, squares, tilted = cv2.integral3(grey, sdepth=cv2.CV_32S)
    assert np.array_equal(integral_image(grey), sums)
    assert np.array_equal(squared_integral(grey), squares)
    assert np.array_equal(tilted_integral(grey), tilted)
    x, y = data.draw(st.integers(0, w - 1)), data.draw(st.integers(0, h - 1))
    wide, high = data.draw(st.integers(1, w - x)), data.draw(st.integers(1, h - y))
    plain = int(grey[y : y + high, x : x + wide].sum())
    assert box_sum(integral_image(grey), (x, y, wide, high)) == plain
    assert prove_integrals(grey).holds


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(0, 40))
def test_groups_equal_opencvs(seed: int, neighbours: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 60, (count, 2))
    side = rng.integers(20, 40, (count, 1))
    raw = np.hstack([corner, corner + side]).astype(np.int64)
    groups = group_boxes(raw, neighbours)
    proof = prove_groups(raw, groups.boxes[groups.kept], neighbours)
    assert proof.holds, proof


def test_the_features_of_a_window_are_those_of_the_published_count() -> None:
    counts = count_features(24)
    assert sum(counts.values()) == 162_336
    assert Counter(counts.values()) == Counter([43_200, 43_200, 27_600, 27_600, 20_736])


@pytest.mark.parametrize("name", FILES)
def test_one_window_is_judged_as_in_the_scan_of_all(name: str) -> None:
    image = load_sample("chelsea").image
    cascade = opencv_cascade(name)
    scan = scan_cascade(image, cascade, 1.5)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    rng = np.random.default_rng(4)
    for level in scan.levels[::2]:
        small = level_picture(grey, np.float32(level.scale))
        seen = np.argwhere(level.passed != SKIPPED)
        last = np.argwhere(level.passed == level.passed.max())[0]
        for row, col in [last, *rng.permutation(seen)[:12]]:
            steps = window_steps(
                small, cascade, (col * level.step_px, row * level.step_px)
            )
            assert steps.passed == level.passed[row, col]


def test_the_best_window_passed_all_or_came_furthest() -> None:
    cascade = opencv_cascade("face")
    for sample in SAMPLES:
        scan = scan_cascade(load_sample(sample).image, cascade, 1.2)
        level, row, col = best_window(scan, cascade)
        most = max(int(one.passed.max()) for one in scan.levels)
        assert scan.levels[level].passed[row, col] == most
    with pytest.raises(ValueError, match="fits"):
        best_window(scan_cascade(np.zeros((9, 9), np.uint8), cascade), cascade)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(KINDS)), st.integers(0, 2**32 - 1), st.data())
def test_a_feature_is_its_light_pixels_minus_its_dark(name, seed, data) -> None:
    kind = KINDS[name]
    grey = np.random.default_rng(seed).integers(0, 256, (30, 30), dtype=np.uint8)
    w = kind.across * data.draw(st.integers(1, 12 // kind.across))
    h = kind.down * data.draw(st.integers(1, 12 // kind.down))
    at = (data.draw(st.integers(0, 10)), data.draw(st.integers(0, 10)))
    rects = kind_rects(kind, (2, 3, w, h))
    part = grey[at[1] + 3 :, at[0] + 2 :][:h, :w].astype(int)
    cells = part.reshape(kind.down, h // kind.down, kind.across, -1).sum((1, 3))
    light = sum(cells[row, col] for col, row in kind.light)
    assert feature_value(integral_image(grey), rects, at) == (
        kind.weight * light - cells.sum()
    )
    assert prove_feature(grey, rects, at).holds
    flat = np.full_like(grey, 77)
    assert feature_value(integral_image(flat), rects, at) == 0
    looked_up = {2: 6, 3: 8, 4: 9}[kind.across * kind.down]  # the paper's numbers
    assert len(corner_weights(rects, tilted=False)) == looked_up


def test_a_tilted_feature_equals_its_pixels_and_a_wrong_place_does_not() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (60, 60), dtype=np.uint8)
    cascade = opencv_cascade("full body")
    for k in np.flatnonzero(cascade.tilted)[::20]:
        assert prove_feature(grey, cascade.rects[k], (9, 11), True).holds
    with pytest.raises(ValueError, match="leaves"):
        feature_value(integral_image(grey), [[0, 0, 9, 9, 1]], (55, 0))
    with pytest.raises(ValueError, match="cells"):
        kind_rects(KINDS["four"], (0, 0, 3, 2))


@pytest.mark.skipif(
    cascade_scan.STAGE_CLOCK is not time.thread_time, reason="a coarse thread clock"
)
def test_a_stages_time_leaves_out_the_time_of_others(monkeypatch):
    real = Windows.first_stage

    def interrupted(self):
        time.sleep(0.3)
        return real(self)

    monkeypatch.setattr(Windows, "first_stage", interrupted)
    scan = scan_cascade(np.zeros((30, 30), np.uint8), opencv_cascade("eye"))
    assert 0 < scan.stage_ms[0] < 200
