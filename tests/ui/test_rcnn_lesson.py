"""What the lesson on R-CNN makes of the network's answers, with SVMs and without."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from explorer.core.box_codec import clip_boxes, decode
from explorer.core.samples import load_sample
from explorer.models.engine import Answer
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import rcnn as lesson
from explorer.ui.lessons import rcnn_runs as runs
from explorer.ui.lessons import rcnn_scene as scene
from explorer.ui.lessons import rcnn_words as words

IMAGE = load_sample("coffee").image
PICTURE = Picture(IMAGE, "coffee", live.digest(IMAGE))
BOXES = np.array([[10, 10, 300, 200], [0, 0, 90, 90], [400, 100, 590, 390.0]])
SVMS = ("cat", "cup", "dog")


def answers(count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """What ``crops`` gives, of random numbers: the sums below hold for any."""
    rng = np.random.default_rng(seed)
    shapes = {"logits": 1000, "features": 1300, "scores": len(SVMS)}
    made = {k: rng.random((count, n)).astype(np.float32) for k, n in shapes.items()}
    return made | {"deltas": rng.normal(0, 0.3, (count, len(SVMS), 4)).astype("f4")}


@pytest.fixture
def trained(monkeypatch):
    monkeypatch.setattr(runs, "trained", lambda: SVMS)


def joined(*counts: int) -> runs.Run:
    stages = {"warp": 1.0, "backbone": 10.0, "heads": 0.5}
    parts = [Answer(answers(n, n), stages, "cpu") for n in counts]
    return runs._joined(np.resize(BOXES, (sum(counts), 4)), parts)


def test_jobs_are_joined_with_their_times():
    run = joined(2, 1)
    assert run.scores.shape == (3, len(SVMS))
    assert run.deltas.shape == (3, len(SVMS), 4)
    assert (run.warp_ms, run.network_ms) == (2.0, 20.0)


def test_one_slow_job_does_not_decide_the_time_of_a_crop():
    run = joined(4, 1, 4)  # each job takes as long: a crop of the second is slow
    assert (run.warp_each_ms, run.network_each_ms) == (0.25, 2.5)


def test_svms_move_their_candidates_and_imagenet_leaves_them(trained):
    run = joined(3)
    asked = scene.Asked(3, True, 0.4, 0.3)
    piped = lesson._piped(PICTURE, run, asked)
    assert len(piped.found.rows) == (run.scores >= 0.4).sum()
    row, label = piped.found.rows[0], piped.found.labels[0]
    moved = decode(run.boxes[row][None], run.deltas[row, label][None].astype(float))
    assert_allclose(piped.found.boxes[0], clip_boxes(moved, 600, 400)[0])
    plain = lesson._piped(PICTURE, run, scene.Asked(3, False, 0.0, 0.3))
    assert sorted(plain.found.rows) == [0, 1, 2]
    assert_allclose(plain.found.boxes, run.boxes[plain.found.rows])


def test_the_stage_is_told_each_crops_best_class_and_its_move(trained):
    run, asked = joined(3), scene.Asked(3, True, 0.4, 0.3)
    told = scene.program(PICTURE, BOXES, asked, lesson._piped(PICTURE, run, asked))
    best = run.scores.argmax(axis=1)
    assert told["best"].tolist() == best.tolist()
    assert told["picked"] == run.scores.max(axis=1).argmax()
    assert set(told["labelNames"]) <= set(SVMS)
    assert told["features"].shape == (3, scene.MEANS)
    assert told["featureCount"] == 1300
    deltas = run.deltas[np.arange(3), best].astype(float)
    assert_allclose(
        told["moved"], clip_boxes(decode(run.boxes, deltas), 600, 400), rtol=1e-5
    )


def test_without_answers_the_stage_shows_the_proposals_alone():
    told = scene.program(PICTURE, BOXES, scene.Asked(2, False, 0.2, 0.3), None)
    assert not told["ready"]
    assert told["count"] == 2
    assert len(told["all"]) == 3
    assert "features" not in told


def test_the_frames_are_the_steps_and_one_a_round(trained):
    piped = lesson._piped(PICTURE, joined(3), scene.Asked(3, True, 0.4, 0.3))
    names = words.frame_names(piped, 3)
    assert len(names) == 6 + len(piped.steps)
    assert names[0].startswith("1 Proposals: 3 of 3")
    assert f"round 1 of {len(piped.steps)}" in names[6]
