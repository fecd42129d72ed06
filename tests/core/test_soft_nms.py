import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.core.boxes import box_iou
from explorer.core.soft_nms import final_scores, soft_nms_steps


@st.composite
def scenes(draw):
    n = draw(st.integers(0, 9))
    corners = draw(arrays(float, (n, 2, 2), elements=st.integers(0, 20)))
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    return boxes, draw(arrays(float, n, elements=st.floats(0, 1)))


def scores_by_definition(boxes, scores, decay, threshold, sigma):
    """Slow twin: the paper's figure 2, which drops no box."""
    now, left, final = list(scores), set(range(len(boxes))), {}
    while left:
        best = min(left, key=lambda i: (-now[i], i))
        final[best] = now[best]
        left.remove(best)
        for i in left:
            iou = float(box_iou(boxes[[best]], boxes[[i]])[0, 0])
            if decay == "gaussian":
                now[i] *= np.exp(-(iou**2) / sigma)
            elif iou >= threshold:
                now[i] *= 1 - iou
    return [final[i] for i in range(len(boxes))]


@given(
    scenes(),
    st.sampled_from(["linear", "gaussian"]),
    st.floats(0, 1),
    st.floats(0.1, 2),
)
def test_agrees_with_the_papers_figure(scene, decay, iou_threshold, sigma):
    boxes, scores = scene
    steps = soft_nms_steps(boxes, scores, decay, iou_threshold, sigma, 0.0)
    expected = scores_by_definition(boxes, scores, decay, iou_threshold, sigma)
    np.testing.assert_allclose(
        final_scores(steps, len(boxes)), expected, rtol=1e-9, atol=1e-300
    )
    assert len(steps) == len(boxes)


@given(scenes(), st.sampled_from(["linear", "gaussian"]))
def test_scores_only_fall_and_come_in_order(scene, decay):
    boxes, scores = scene
    steps = soft_nms_steps(boxes, scores, decay)
    final = [step.score for step in steps]
    assert final == sorted(final, reverse=True)
    for step in steps:
        assert (step.after <= step.before).all()
        assert step.score <= scores[step.kept]


@pytest.mark.parametrize(
    ("iou_threshold", "second"),
    [
        pytest.param(0.79, 0.1, id="below-the-iou"),
        pytest.param(0.80, 0.1, id="at-the-iou-decays"),
        pytest.param(0.81, 0.5, id="above-the-iou"),
    ],
)
def test_both_sides_of_the_linear_threshold(iou_threshold, second):
    """A 10x8 box inside a 10x10 box: IoU = .8, so .5 x (1 - .8) = .1."""
    boxes = [[0, 0, 10, 10], [0, 0, 10, 8]]
    steps = soft_nms_steps(boxes, [0.9, 0.5], "linear", iou_threshold)
    assert final_scores(steps, 2) == pytest.approx([0.9, second])


def test_gaussian_by_hand():
    boxes = [[0, 0, 10, 10], [0, 0, 10, 8]]
    step = soft_nms_steps(boxes, [0.9, 0.5], "gaussian", sigma=0.5)[0]
    assert step.ious.tolist() == [0.8]
    assert step.after[0] == pytest.approx(0.5 * np.exp(-0.64 / 0.5))


@pytest.mark.parametrize(("floor", "left"), [(0.1, 2), (0.11, 1)])
def test_both_sides_of_the_score_threshold(floor, left):
    boxes = [[0, 0, 10, 10], [0, 0, 10, 5]]
    steps = soft_nms_steps(boxes, [0.9, 0.2], score_threshold=floor)
    assert len(steps) == left
    assert len(steps[0].dropped) == 2 - left


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decay": "cubic"}, r"decay must be one of .*linear.* got 'cubic'"),
        ({"sigma": 0}, "sigma must be above 0, got 0"),
        ({"iou_threshold": 2}, r"in \[0, 1\], got 2"),
        ({"score_threshold": -1}, "at least 0, got -1"),
        ({"scores": [-0.5]}, "scores must be at least 0, got -0.5"),
    ],
)
def test_says_what_is_wrong(options, message):
    arguments = {"boxes": [[0, 0, 1, 1]], "scores": [0.5]} | options
    with pytest.raises(ValueError, match=message):
        soft_nms_steps(**arguments)
