"""Many pictures in one job are those pictures one by one."""

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.models import engine
from explorer.models.batch import batched


@pytest.fixture(scope="module")
def pictures():
    image = load_sample("astronaut").image[::2, ::2]
    return np.stack([image, image[:, ::-1], np.zeros_like(image)])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("haar_faces", {"score_threshold": -6.0, "only": "face"}),
        ("haar_faces", {"score_threshold": 0.0}),
        ("hog_svm", {"score_threshold": -0.5}),
        ("opencv_people", {"score_threshold": -0.5, "iou_threshold": 0.6}),
        ("dpm", {"score_threshold": -0.5}),
    ],
)
def test_a_batch_is_its_pictures_one_by_one(pictures, name, options):
    together = engine.run(name, "batch", images=pictures, **options)
    assert "3 pictures" in together.stages
    for k, image in enumerate(pictures):
        alone = engine.run(name, "detect", image=image, **options).arrays
        rows = together.arrays["frames"] == k
        for key, values in alone.items():
            assert np.array_equal(together.arrays[key][rows], values), (k, key)
    assert (together.arrays["frames"] < 2).all()  # nothing is found in the dark
    assert len(together.arrays["frames"])


def test_one_cascade_alone_finds_what_it_finds_among_all(pictures):
    every = engine.run("haar_faces", "detect", image=pictures[0]).arrays
    face = engine.run("haar_faces", "detect", image=pictures[0], only="face").arrays
    rows = every["labels"] == "face"
    assert rows.any()
    assert set(face["labels"]) == {"face"}
    assert np.array_equal(face["boxes"], every["boxes"][rows])
    assert np.array_equal(face["scores"], every["scores"][rows])


def test_an_unknown_class_is_named_with_those_there_are(pictures):
    with pytest.raises(
        engine.EngineError, match="no cascade for 'dog'; there are face"
    ):
        engine.run("haar_faces", "detect", image=pictures[0], only="dog")


@pytest.mark.parametrize("shape", [(4, 4, 3), (0, 4, 4, 3)])
def test_what_is_no_stack_of_pictures_is_refused(shape):
    with pytest.raises(ValueError, match="F, H, W, 3"):
        batched(lambda image: {}, np.zeros(shape, np.uint8))
