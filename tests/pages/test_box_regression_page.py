"""The page on box regression: its parts, the live head, what the browser sends."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.box_codec import encode
from explorer.ui.lessons import box_regression as lesson
from explorer.ui.lessons import box_regression_words as words

ROOT = Path(__file__).parents[2]
PAIR = np.array([[10.0, 20, 50, 60], [20, 20, 70, 80]])


def opened(image: str = "", **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[f"box_regression_{name}"] = value
    if image:
        app.query_params["image"] = image
    app.switch_page(str(ROOT / "pages" / "box_regression.py")).run()
    assert not app.exception
    assert not app.error
    return app


def said(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


@pytest.mark.parametrize("part", words.PARTS)
def test_every_part_proves_itself(part):
    proofs = [m.value for m in opened(part=part).markdown if "max |Δ|" in m.value]
    assert len(proofs) == 2
    assert all("**matches**" in line for line in proofs), proofs


def test_the_head_names_the_cup_and_moves_nearer():
    app = opened(part=words.PARTS[1], times="2")
    text = said(app)
    assert "The SVMs say **cup**" in text
    path = text.split("IoU with the truth: ")[1].split(",")[0].split(" → ")
    assert len(path) == 3
    assert float(path[2]) > float(path[0])


def test_a_class_that_is_not_there_moves_it_otherwise():
    ours, other = (
        said(opened(part=words.PARTS[1], **{"class": name})).split("IoU with")[1][:60]
        for name in ("cup", "train")
    )
    assert ours != other


def test_no_move_leaves_the_proposal():
    text = said(opened(part=words.PARTS[1], times="0"))
    assert "The proposal overlaps the truth by" in text


def keys(app: AppTest) -> str:
    return " ".join(
        h.proto.body for h in app.get("html") if "ledger-key" in h.proto.body
    )


def test_a_key_says_what_each_colour_is():
    once, never, often = (
        keys(opened(part=words.PARTS[1], times=times)) for times in ("1", "0", "2")
    )
    assert all(name in once for name in ("proposal", "truth", "moved"))
    assert "moved" not in never
    assert "thick: the last" in often
    assert "moved" in keys(opened(part=words.PARTS[2]))


def test_many_proposals_stand_beside_the_record():
    text = said(opened(part=words.PARTS[2]))
    assert "of 32** proposals come nearer" in text
    assert "On 128 photos kept out of training, 766 proposals" in text


def test_a_photo_without_truth_asks_for_one():
    assert "drag the box named truth" in said(opened("chelsea"))


def test_the_browsers_numbers_are_checked():
    deltas = encode(PAIR[:1], PAIR[1:])
    sent = {
        "boxes": PAIR.tolist(),
        "t": deltas[0].tolist(),
        "own": False,
        "moved": PAIR[1].tolist(),
        "iou": [1200 / (1600 + 3000 - 1200), 1.0],
    }
    shown = lesson.Shown(PAIR, PAIR[:1], deltas, PAIR[1:], sent)
    assert lesson.browser_delta(shown) < 1e-9
    wrong = replace(shown, sent=sent | {"iou": [0.5, 1.0]})
    assert lesson.browser_delta(wrong) > 0.1
    assert lesson.browser_delta(replace(shown, pair=PAIR + 1)) is None
    assert lesson.browser_delta(replace(shown, sent={"t": [1]})) is None
