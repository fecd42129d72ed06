"""The unpooling page, part by part, as links and the browser reach it."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.catalogue import BY_SLUG
from explorer.ui.lessons import unpool_words as words
from explorer.ui.lessons import unpooling as lesson

ROOT = Path(__file__).parents[2]
PHOTO, GRID = words.PARTS


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[f"unpooling_{name}"] = value
    app.switch_page(str(ROOT / BY_SLUG["unpooling"].path))
    app.run()
    assert not app.exception
    assert not app.error
    return app


def proofs(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize(("link", "count"), [({"part": GRID}, 7), ({}, 9)])
def test_each_part_proves_every_way_back(link: dict, count: int) -> None:
    found = proofs(opened(**link))
    assert len(found) == count
    assert all("**matches**" in line for line in found), found
    for name in ("max_pool2d", "max_unpool2d", "conv_transpose2d", "mse_loss"):
        assert any(name in line for line in found)


@pytest.mark.parametrize(("k", "s"), [(2, 1), (2, 3), (3, 1), (3, 2), (3, 3)])
def test_overlaps_and_gaps_are_proved_too(k: int, s: int) -> None:
    app = opened(part=GRID, grid_k=str(k), grid_s=str(s))
    assert all("**matches**" in line for line in proofs(app))
    side = (6 - k) // s + 1
    assert any(f"**{side * side} of 36**" in m.value for m in app.markdown)


def test_a_link_brings_edited_numbers_back() -> None:
    numbers = ",".join("7" for _ in range(36))
    app = opened(part=GRID, numbers=numbers)
    assert app.session_state["unpooling_numbers"] == (7.0,) * 36
    assert all("**matches**" in line for line in proofs(app))


@pytest.mark.parametrize("numbers", ["1,2", "x", "nan," * 35 + "1"])
def test_numbers_of_a_link_that_do_not_fit_are_left(numbers: str) -> None:
    app = opened(part=GRID, numbers=numbers)
    start = tuple(map(float, lesson.GRID_START))
    assert app.session_state["unpooling_numbers"] == start


@pytest.mark.parametrize(
    "edit",
    [{}, {"input": None}, {"input": [1]}, {"input": ["x"] * 36}, {"input": [1e9] * 36}],
)
def test_nonsense_from_a_browser_is_not_taken(
    edit: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple] = []
    monkeypatch.setattr(lesson.remember, "set", lambda *given: kept.append(given))
    lesson._take(edit)
    assert kept == []
    lesson._take({"input": [2] * 36})
    assert [name for name, *_ in kept] == ["numbers"]


def test_a_layer_after_relu_has_no_switch_for_it() -> None:
    keys = [t.key for t in opened(part=PHOTO, layer="stem, ÷2").toggle]
    assert "unpooling_relu" not in keys
    keys = [t.key for t in opened(part=PHOTO).toggle]
    assert "unpooling_relu" in keys


def test_without_fitted_kernels_there_is_one_way_less() -> None:
    app = opened(part=PHOTO, fitted="false")
    assert len(proofs(app)) == 7


def test_a_map_without_room_for_a_window_is_said_in_a_sentence() -> None:
    assert "2 × 9 cells" in words.too_small((112, 2, 9), 3)


def test_what_is_kept_and_carried_is_counted() -> None:
    assert "18 bits" in words.kept(2, (6, 6), (3, 3))
    assert "4 bits" in words.kept(3, (6, 6), (2, 2))  # 9 places need 4
    table = words.carried(2, (24, 40, 56), (20, 28))
    assert "3.3 kB" in table  # 24 x 560 x 2 bits
    assert "210.0 kB" in table  # 24 x 2240 x 4 bytes


@pytest.mark.parametrize(
    "word", ["Max pooling", "Switch", "Bed of nails", "Nearest", "ReLU", "Lost"]
)
def test_every_term_has_its_line(word: str) -> None:
    assert f"**{word}**" in words.TERMS


def test_colours_are_explained_as_they_are_used() -> None:
    assert "Orange" in words.foot(False, False, True)
    assert "orange" in words.foot(True, False, False)
    assert "orange" not in words.foot(True, True, False).lower()
    assert words.foot(False, True, False) == words.LOST


def test_the_first_grid_has_ties_and_its_maxima_in_many_corners() -> None:
    grid = np.reshape(lesson.GRID_START, lesson.GRID)
    windows = grid.reshape(3, 2, 3, 2).swapaxes(1, 2).reshape(9, 4)
    assert len(set(windows.argmax(axis=1))) == 4
    assert any((row == row.max()).sum() > 1 for row in windows)
