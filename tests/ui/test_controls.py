"""Bound controls under links that ask for what is not, and ends that move."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

PAGE = Path(__file__).parents[1] / "browser" / "apps" / "controls_page.py"
NAMES = ("slider", "number", "select", "choose")


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=30)
    for name, value in link.items():
        app.query_params[f"t_{name}"] = value
    return app.run()


def shown(app: AppTest) -> tuple[str, str]:
    assert not app.exception
    values, notes, _ = (text.value for text in app.text)
    return values, notes


@pytest.mark.parametrize("asked", ["", "zzz", "-1", "1e9", "nan", "1,2"])
def test_what_no_control_offers_gives_the_usual_values(asked):
    values, notes = shown(opened(**dict.fromkeys(NAMES, asked)))
    assert values == "values 3 3 0 0"
    assert notes != "notes 0" or asked == ""


def test_a_links_values_are_shown_without_a_note():
    asked = dict(zip(NAMES, ("8", "7", "6", "5"), strict=True))
    assert shown(opened(**asked)) == ("values 8 7 6 5", "notes 0")


def test_values_beyond_ends_that_moved_come_to_them_without_a_note():
    app = opened(**dict.fromkeys(NAMES, "8"))
    app.get("button_group")[0].set_value("5").run()
    assert shown(app) == ("values 5 5 0 0", "notes 0")


@pytest.mark.parametrize("asked", ["", "zzz", "-1", "nan", "true,false", "Second "])
def test_what_is_no_fold_and_no_tab_leaves_the_usual_ones(asked):
    app = opened(fold=asked, tabs=asked)
    assert shown(app)[1] != "notes 0" or asked == ""
    assert app.text[2].value == "open False 0"


def test_a_link_opens_a_fold_and_a_tab_without_a_note():
    app = opened(fold="true", tabs="second")
    assert shown(app)[1] == "notes 0"
    assert app.text[2].value == "open True 1"


@pytest.mark.parametrize(
    ("asked", "opens"),
    [("open", True), ("OPEN", True), ("True", True), ("False", False)]
    + [("false", False), ("Closed", False)],
)
def test_a_link_may_spell_a_fold_in_either_way(asked, opens):
    app = opened(fold=asked)
    assert shown(app)[1] == "notes 0"
    assert app.text[2].value == f"open {opens} 0"
    assert ("t_fold" in app.query_params) == opens  # a copy of the link opens it too
