"""The lesson on fully convolutional classifiers, part by part."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.class_map import class_prob
from explorer.ui.catalogue import BY_SLUG
from explorer.ui.lessons import fully_convolutional as lesson
from explorer.ui.lessons import fully_convolutional_words as words
from explorer.ui.lessons.fully_convolutional_scores import Scored, ends, names

ROOT = Path(__file__).parents[2]


def _open(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[f"fully_convolutional_{name}"] = value
    app.switch_page(str(ROOT / BY_SLUG["fully_convolutional"].path))
    app.run()
    assert not app.exception
    return app


def _text(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


@pytest.mark.parametrize("part", words.PARTS)
def test_every_part_proves_itself(part: str) -> None:
    app = _open(part=part)
    proofs = [m.value for m in app.markdown if "max |Δ|" in m.value]
    assert len(proofs) == 2
    assert all("matches" in line for line in proofs)


def test_any_class_can_be_asked_for_by_link_and_all_thousand_are_offered() -> None:
    app = _open(**{"class": "disk brake (535)"})
    assert "The score of **disk brake** at" in _text(app)
    options = app.selectbox(key="fully_convolutional_class").options
    assert len(options) == len(set(options)) == 1001


def test_the_top_guess_is_the_network_s_own_and_follows_the_image() -> None:
    app = _open()
    assert "**moped** (the network's top guess)" in _text(app)
    assert "of one crop alone, the image's middle" in _text(app)
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    app.query_params["image"] = "coffee"
    app.switch_page(str(ROOT / BY_SLUG["fully_convolutional"].path)).run()
    assert "**espresso** (the network's top guess)" in _text(app)


def test_the_strongest_cell_is_that_of_the_map_shown() -> None:
    """Logits and probabilities need not peak at one cell: other classes differ."""
    logits = np.zeros((2, 1, 2), np.float32)
    logits[:, 0] = [[5, 6], [0, 9]]  # class 0: the higher logit, the lower probability
    probs = class_prob(logits, 0)
    image, head = np.zeros((8, 8, 3), np.uint8), np.zeros((1, 1, 2), np.float32)
    found = Scored(image, 0, head, logits, logits, probs, (1, 1), (0, 0, 64, 32))
    assert found.best(percent=True) == (0, 0)
    assert found.best(percent=False) == (0, 1)


def test_an_input_with_too_few_cells_says_so() -> None:
    assert "The input is only 5 × 7 feature cells" in _text(_open(size="224 px"))
    assert "feature cells, so the window" not in _text(_open(size="320 px"))


def test_the_enlarged_map_proves_itself_too() -> None:
    text = _text(_open(bilinear="true", show="Logit"))
    assert "torch.nn.functional.interpolate" in text


def test_a_place_of_the_link_is_taken_apart_and_one_off_the_map_is_pulled_in() -> None:
    text = _text(_open(part=words.PARTS[1], size="448 px", place="1,4"))
    assert "This crop alone: a logit differs by up to **" in text
    assert "With the whole input around it" in text
    far = _text(_open(part=words.PARTS[1], size="448 px", place="99,99"))
    assert "This crop alone" in far


def test_one_crop_that_is_the_whole_input_has_nothing_missing() -> None:
    text = _text(_open(part=words.PARTS[1], size="224 px"))
    assert "nothing is missing around it" in text


def test_all_crops_are_run_only_when_asked() -> None:
    app = _open(part=words.PARTS[2], size="320 px")
    assert "Measured here: 4 crops" in _text(app)  # four are run without being asked
    app = _open(part=words.PARTS[2], size="448 px")
    assert "Measured here" not in _text(app)
    app.button(key="fully_convolutional_run").click().run()
    assert not app.exception
    text = _text(app)
    assert "Measured here: 24 crops" in text
    assert "of 24 places" in text


def test_a_class_pressed_in_the_list_is_taken_once() -> None:
    app = _open()
    app.session_state[lesson.WISH] = 535
    app.run()
    assert "The score of **disk brake** at" in _text(app)
    assert app.query_params["fully_convolutional_class"] in (
        "disk brake (535)",
        ["disk brake (535)"],
    )


def test_the_palette_starts_at_nothing_and_is_not_filled_by_a_class_that_is_absent():
    assert ends(np.array([[0.001, 0.002]]), True) == (0.0, 0.01)
    assert ends(np.array([[0.1, 0.5]]), True) == (0.0, 0.5)
    assert ends(np.array([[-2.0, 3.0]]), False) == (-2.0, 3.0)
    assert ends(np.array([[3.0]]), False) == (3.0, 4.0)


def test_the_classes_are_told_apart_by_name() -> None:
    assert len(names()) == len(set(names())) == 1000
