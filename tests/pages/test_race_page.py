"""The page on the race: every detector answers, the older ones when asked."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import zoo
from explorer.ui import imagebar, live
from explorer.ui.lessons import race_runs as runs
from explorer.ui.lessons import race_words as words

ROOT = Path(__file__).parents[2]


def _open(image: str = "", own: np.ndarray | None = None, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[f"detector_race_{name}"] = value
    if image:
        app.query_params["image"] = image
    if own is not None:
        app.session_state["_own"] = imagebar.Picture(own, "own", live.digest(own))
        app.session_state["_image"] = imagebar.OWN
    app.switch_page(str(ROOT / "pages" / "detector_race.py")).run()
    assert not app.exception
    assert not app.error
    return app


def _text(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


def test_every_member_runs_and_the_words_name_the_ends() -> None:
    app = _open()
    said = _text(app)
    assert "Fastest on this photo" in said
    best = max(
        (zoo.record(name) for name in runs.FAMILY),
        key=lambda one: one.scores["ap50_person"]["value"],
    )
    assert f"{runs.title(best.name)}, AP50" in said
    assert said.count("**matches**") == 2


def test_measuring_again_takes_medians_and_keeps_the_boxes() -> None:
    app = _open()
    app.button(key="detector_race_again").click().run()
    assert not app.exception
    assert "2 times" in _text(app)


@pytest.mark.parametrize("value", [0.05, 0.95])
def test_thresholds_to_their_ends(value: float) -> None:
    app = _open()
    app.slider(key="detector_race_score").set_value(value).run()
    assert not app.exception
    app.slider(key="detector_race_iou").set_value(0.1 if value < 0.5 else 0.9).run()
    assert not app.exception
    assert "**differs from**" not in _text(app)


@pytest.mark.slow
def test_the_older_ones_join_in() -> None:
    app = _open(older="true", image="coffee")
    numbers = app.session_state["_stages"]
    assert any(name.startswith("dpm") for name in numbers)
    assert any(name.startswith("rcnn") for name in numbers)


@pytest.mark.parametrize("shape", [(3, 5), (40, 300), (31, 9)])
def test_small_and_narrow_pictures(shape) -> None:
    own = np.full((*shape, 3), 90, np.uint8)
    assert "Fastest on this photo" in _text(_open(own=own))


def test_a_link_to_a_detector_that_is_none_shows_the_first() -> None:
    assert "**matches**" in _text(_open(chosen="nonsense"))


def test_what_a_link_chose_is_proved() -> None:
    app = _open(chosen="everyday_ssd")
    assert any("everyday_ssd: head" in name for name in app.session_state["_stages"])


def test_every_part_of_the_work_has_its_name() -> None:
    known = {name for names in runs.PARTS.values() for name in names}
    image = np.full((64, 96, 3), 128, np.uint8)
    for name in runs.FAMILY:
        answer = live.model(name, "detect", image=image)
        assert answer is not None
        assert set(answer.stages) <= known
        assert sum(ms for _, ms in runs.grouped(answer.stages)) == pytest.approx(
            sum(answer.stages.values())
        )


def test_the_table_of_answers_has_a_row_for_each_need() -> None:
    picture = imagebar.Picture(np.full((64, 96, 3), 128, np.uint8), "grey", "grey")
    laps = [runs.lap(name, picture, 0.5, 1) for name in runs.FAMILY]
    rows = words.choice([one for one in laps if one is not None]).splitlines()
    assert len(rows) == 2 + 4
    assert words.choice([]) == ""
