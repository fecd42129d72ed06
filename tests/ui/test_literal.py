import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.literal import JOINER, as_written


@given(st.text(max_size=40))
def test_the_words_are_all_there(text):
    bare = as_written(text).replace(JOINER, "").replace("\\", "")
    assert bare == " ".join(text.replace("\\", "").replace(JOINER, "").split())


@pytest.mark.parametrize("text", ["http://e.vil/x", "www.e.vil", "a@e.vil", ":smile:"])
def test_what_is_found_after_the_backslashes_is_parted(text):
    assert JOINER in as_written(text)


def test_other_marks_than_markdowns_stay_bare():
    assert as_written("“é” – x") == "“é” – x"
