"""The lesson on RoI pooling: its words, its picture, what it believes the browser."""

import numpy as np
import pytest

from explorer.core.roi import roi_pool_steps
from explorer.core.roi_align import roi_align_steps, roi_resize_steps
from explorer.core.roi_shift import WAYS, mean_change_shifted
from explorer.figures.roi import cells_image, shift_figure
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import roi_pooling as lesson
from explorer.ui.lessons import roi_words as words

GRID = np.random.default_rng(0).normal(size=(1, 9, 12))
BOX = np.array([20.0, 24.0, 120.0, 97.5])


def found():
    given = (GRID, BOX, 2, 1 / 16)
    return lesson.Pooled(
        BOX, roi_pool_steps(*given), roi_align_steps(*given), roi_resize_steps(*given)
    )


def sent(shift=0.0):
    one = found()
    ways = {w: (getattr(one, w).values.ravel() + shift).tolist() for w in lesson._WAYS}
    return {"box": BOX.tolist(), **ways}


def test_the_browsers_outputs_are_compared_only_for_the_same_box():
    assert lesson.browser_delta(sent(), found()) == 0
    assert lesson.browser_delta(sent(0.25), found()) == pytest.approx(0.25)
    assert lesson.browser_delta(sent() | {"box": [0, 0, 9, 9]}, found()) is None


@pytest.mark.parametrize(
    "value",
    [{}, {"box": [1]}, sent() | {"pool": "x"}, sent() | {"align": [1]}],
    ids=["nothing", "short", "words", "few"],
)
def test_nonsense_from_a_browser_proves_nothing(value):
    assert lesson.browser_delta(value, found()) is None


def test_the_reading_has_this_boxs_numbers():
    table = words.reading(BOX, found().pool, 16, GRID.shape[1:])
    assert "| left | 20.0 | 1.25 | 1 | from 1 | −4.0 px |" in table
    assert "| top | 24.0 | 1.50 | 2 | from 2 | +8.0 px |" in table
    assert "| right | 120.0 | 7.50 | 8 | to 8 | +24.0 px |" in table


@pytest.mark.parametrize(
    ("right", "said"),
    [
        (183.9, ""),  # 11.49: the last column of 12
        (184.0, "columns are 0 to 11, without 12"),  # 11.5 rounds up
    ],
)
def test_a_cell_beyond_the_map_is_said_to_be_none(right, said):
    box = np.array([20.0, 24.0, right, 97.5])
    pool = roi_pool_steps(GRID, box, 2, 1 / 16)
    text = words.reading(box, pool, 16, GRID.shape[1:])
    assert said in text
    assert ("beyond its edge" in text) == bool(said)
    assert pool.cols.max() == 12  # bins end where the map ends


def test_the_papers_numbers_come_from_the_constant():
    assert "stride 16: 26.9 → **30.3** (+3.4)" in words.gain()
    assert "stride 32: 23.6 → **30.9** (+7.3)" in words.gain()


def test_the_curve_has_a_point_for_every_shift():
    shifts = np.linspace(0, 32, 9)
    changes = mean_change_shifted(GRID, BOX, 2, 1 / 16, shifts)
    figure = shift_figure(shifts, changes, ("a", "b", "c"), 16)
    assert [trace.name for trace in figure.data] == ["a", "b", "c"]
    np.testing.assert_array_equal(figure.data[1].y, changes[1])


def test_the_curves_are_the_mean_change_of_the_outputs():
    shifts = np.array([0.0, 3, 20])
    changes = mean_change_shifted(GRID, BOX, 2, 1 / 16, shifts)
    for column, shift in enumerate(shifts):
        moved = BOX + [shift, 0, shift, 0]
        for row, steps in enumerate(
            (roi_pool_steps, roi_align_steps, roi_resize_steps)
        ):
            there, here = (steps(GRID, b, 2, 1 / 16).values for b in (moved, BOX))
            expected = np.abs(there - here).mean()
            assert changes[row, column] == pytest.approx(expected)
    assert changes[:, 0].tolist() == [0, 0, 0]


def test_the_first_view_shows_stairs_and_a_curve():
    """RoIPool waits and jumps on the picture a reader meets first; RoIAlign follows."""
    scene = default_scene()
    shifts = np.linspace(0, 2 * scene.stride, lesson.SHIFTS)
    given = (scene.values[None], np.array(scene.start), 7, 1 / scene.stride, shifts)
    pool, align, _ = mean_change_shifted(*given)
    assert 3 <= len(np.unique(pool)) <= 6
    assert np.ptp(pool) > 0.1 * np.abs(scene.values).max()
    assert len(np.unique(align)) == lesson.SHIFTS
    assert np.abs(np.diff(align)).max() < 0.5 * np.abs(np.diff(pool)).max()
    assert WAYS == ("RoIPool", "RoIAlign", "Crop + resize")


def default_scene():
    from explorer.core.samples import load_sample
    from explorer.models import engine
    from explorer.ui.lessons import roi_scene

    image = load_sample("astronaut").image
    arrays = engine.run("efficientnet_lite0", "features", image=image, layers="stage5")
    values = arrays.arrays["stage5"][roi_scene.FIRST_CHANNEL[16]]
    height, width = values.shape
    shown = np.zeros((16 * height, 16 * width, 3), np.uint8)
    start = roi_scene._start(Picture(image, "astronaut", ""), shown)
    return roi_scene.Scene(shown, values, 16, start)


def test_leaving_the_picture_is_explained():
    assert "After 24 px the box leaves the picture" in words.leaving(24.0)


def test_the_hand_part_explains_the_border():
    at = page("4 × 4")
    said = " ".join(one.value for one in at.caption)
    assert "After 32 px the box leaves the picture" in said
    assert "own 16 numbers" in said


def small_photo_app():
    import numpy as np
    import streamlit as st

    from explorer.ui.imagebar import Picture
    from explorer.ui.lessons import roi_pooling as lesson

    size = st.session_state["size"]
    image = np.random.default_rng(0).integers(0, 255, (*size, 3)).astype(np.uint8)
    stride = st.session_state["stride"]
    scene = lesson.photo_scene(Picture(image, "small", str(size)), stride, 0)
    asked = lesson.Settings(7, 2, True, False)
    box, event = lesson.show(scene, asked)
    found = lesson.pooled(scene, box, asked)
    lesson.explain(scene, found, asked)
    proofs = lesson.prove(scene, found, asked, event)
    st.session_state["proofs"] = [one.holds for one in proofs]
    st.session_state["shape"] = scene.image.shape[:2]


@pytest.mark.parametrize(
    ("size", "shape"),
    [((20, 20), (32, 32)), ((16, 128), (32, 256)), ((128, 16), (256, 32))],
)
def test_a_tiny_photo_is_enlarged_for_the_network(size, shape):
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_function(small_photo_app, default_timeout=60)
    at.session_state["size"] = size
    for stride in (8, 16, 32):
        at.session_state["stride"] = stride
        at.run()
        assert not at.exception
        assert at.session_state["shape"] == shape
        assert at.session_state["proofs"] == [True, True]
    high, wide = size
    assert (
        f"photo of {wide} × {high} px was resized to {shape[1]} × {shape[0]}"
        in at.caption[0].value
    )


def test_cells_are_squares_of_one_colour():
    image = cells_image([[0.0, 1.0], [2.0, 3.0]], 4)
    assert image.shape == (8, 8, 3)
    assert (image[:4, :4] == image[0, 0]).all()
    assert (image[0, 0] != image[7, 7]).any()
    assert cells_image(np.ones((2, 2)), 3).shape == (6, 6, 3)


def test_the_hand_example_is_the_courses():
    grid = np.array(lesson.HAND).reshape(1, 4, 4)
    steps = roi_pool_steps(grid, lesson.HAND_BOX, 2, 1 / lesson.HAND_CELL_PX)
    assert steps.values.tolist() == [[[6, 5], [7, 9]]]


def lesson_app():
    import numpy as np
    import streamlit as st

    from explorer.ui.lessons.roi_scene import Scene, first_box, keep_box

    scene = Scene(
        np.zeros((64, 64, 3), np.uint8),
        np.zeros((4, 4), np.float32),
        16,
        (8.0, 8.0, 40.0, 40.0),
    )
    moved = st.session_state.pop("moved", None)
    if moved is not None:
        keep_box("roi", scene, np.array(moved))
    st.session_state["box"] = first_box("roi", scene)


def test_a_moved_box_is_kept_and_one_beside_the_picture_is_not():
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_function(lesson_app)
    at.run()
    assert at.session_state["box"] == (8, 8, 40, 40)
    for moved, expected in (
        ((10, 10, 30, 30), (10, 10, 30, 30)),
        ((60, 10, 200, 30), (8, 8, 40, 40)),
        ((8, 8, 40, 40), (8, 8, 40, 40)),
    ):
        at.session_state["moved"] = [float(v) for v in moved]
        at.run()
        assert not at.exception
        assert at.session_state["box"] == expected
    assert "page_roi" not in at.query_params


def test_the_page_runs_by_hand_and_on_a_photo_without_a_browser():
    for part in lesson.PARTS:
        at = page(part)
        words_shown = " ".join(one.value for one in at.markdown)
        assert words_shown.count("**matches**") == 2
        assert "**Quantisation**" in words_shown


def page(part):
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    root = Path(__file__).parents[2]
    at = AppTest.from_file(str(root / "explorer" / "app.py"), default_timeout=60)
    at.switch_page(str(root / "pages" / "roi_pooling.py"))
    at.query_params["roi_pooling_part"] = part
    at.run()
    assert not at.exception
    assert not at.error
    return at


@pytest.mark.parametrize(
    ("size", "now", "said"),
    [
        (
            (40, 30),
            (32, 32),
            "width to 80\u00a0%, its height to 107\u00a0%, so width to height",
        ),
        ((40, 30), (32, 32), "1.33 before, is 1.00 now: what is round looks narrower"),
        ((640, 43), (640, 32), "looks wider"),
        ((31, 31), (32, 32), "so it keeps its proportions"),
    ],
)
def test_what_the_networks_cells_did_to_a_photo_is_said(size, now, said):
    assert said in words.resized(size, now, least=32)
