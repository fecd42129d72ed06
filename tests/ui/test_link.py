import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.link import as_text, from_text


@given(
    st.tuples(*[st.integers(-9999, 9999).map(lambda v: v / 4)] * 4),
)
def test_a_box_survives_the_link(box):
    assert from_text(as_text(box), (0.0,) * 4) == box


@pytest.mark.parametrize("text", ["1,2,3", "1,2,3,4,5", "a,b,c,d", "", "1,2,3,nan"])
def test_a_bad_box_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        from_text(text, (0.0, 0.0, 0.0, 0.0))


@pytest.mark.parametrize(("text", "ok"), [("999999", True), ("1000000", False)])
def test_numbers_are_bounded(text, ok):
    if ok:
        assert from_text(text, (0.0,)) == (999999.0,)
    else:
        with pytest.raises(ValueError, match="below 1e6"):
            from_text(text, (0.0,))


def test_an_empty_default_takes_any_length():
    assert from_text("1,2", ()) == (1.0, 2.0)
    assert from_text("", ()) == ()


def test_type_follows_the_default():
    assert from_text("7", 3) == 7
    assert from_text("7", "x") == "7"
    with pytest.raises(ValueError, match="invalid literal"):
        from_text("7.5", 3)


UI = Path(__file__).parents[2] / "explorer" / "ui"
# What holds a value that a reader sets; the rest of Streamlit is pressed or shown.
HOLDS = {
    *("slider", "select_slider", "selectbox", "multiselect", "radio", "pills"),
    *("segmented_control", "toggle", "checkbox", "number_input", "text_input"),
    *("text_area", "date_input", "time_input", "color_picker", "feedback"),
}


@pytest.mark.parametrize(
    "file", sorted((UI / "lessons").glob("*.py")), ids=lambda x: x.stem
)
def test_no_lesson_keeps_a_control_out_of_its_link(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in HOLDS and ast.unparse(node.func.value) == "st":
                assert "bind" in {word.arg for word in node.keywords}, node.lineno
