"""Templates as files, and the people found with the one that ships."""

import cv2
import numpy as np
import pytest
from safetensors.numpy import save_file

from explorer.core.people import detect_people, framing_windows, person_boxes
from explorer.core.street import draw_street
from explorer.core.windows import (
    Template,
    load_template,
    template_from_vector,
    template_vector,
)
from tests.core.window_cases import SHAPE, people

__all__ = ["people"]

# Templates


def test_a_template_survives_its_vector(people):
    again = template_from_vector(template_vector(people), "again")
    np.testing.assert_array_equal(again.weights, people.weights)
    assert again.bias == people.bias
    default = cv2.HOGDescriptor.getDefaultPeopleDetector()
    np.testing.assert_array_equal(template_vector(people), default.ravel())


def test_template_guards():
    with pytest.raises(ValueError, match="3780 weights .* got 12"):
        template_from_vector(np.zeros(12), "short")
    with pytest.raises(ValueError, match=r"\(15, 7, 36\)"):
        Template(np.zeros((7, 15, 36), np.float32), 0.0, "turned")
    with pytest.raises(ValueError, match="finite"):
        Template(np.zeros(SHAPE, np.float32), float("nan"), "broken")


def test_a_template_is_read_from_its_file(tmp_path, people):
    path = tmp_path / "one.safetensors"
    bias = np.array([people.bias], np.float32)
    save_file({"weights": people.weights, "bias": bias}, path)
    read = load_template(path, "one")
    np.testing.assert_array_equal(read.weights, people.weights)
    assert read.bias == pytest.approx(people.bias)
    with pytest.raises(FileNotFoundError, match=r"no file two\.safetensors"):
        load_template(tmp_path / "two.safetensors", "two")
    save_file({"bias": bias}, path)
    with pytest.raises(ValueError, match="holds bias, not weights"):
        load_template(path, "one")


# People


def test_everyone_on_the_street_is_found_and_little_else(people):
    street = draw_street()
    found = detect_people(street.image, people, score_threshold=0.5)
    ious = iou(street.boxes, found.boxes)
    assert ious.max(axis=1).min() >= 0.5
    assert (ious.max(axis=0) < 0.3).sum() <= 1
    assert (np.diff(found.scores) <= 0).all()


def iou(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    inter = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(b[:, 2:] - b[:, :2]).prod(axis=1) for b in (one, other)]
    return inter / (areas[0][:, None] + areas[1] - inter)


def test_framing_undoes_the_margin_in_height():
    windows = np.array([[10.0, 20.0, 110.0, 220.0]])
    np.testing.assert_allclose(framing_windows(person_boxes(windows)), windows)


def test_people_are_cut_at_the_border():
    boxes = person_boxes([[-100, -100, 100, 300]], (90, 200))
    assert boxes.tolist() == [[0.0, 0.0, 64.0, 200.0]]
