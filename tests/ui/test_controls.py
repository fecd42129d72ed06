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
    values, notes = (text.value for text in app.text)
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
