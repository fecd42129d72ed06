"""The page on the race: every detector answers, the older ones when asked."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import engine, zoo
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
    records = [zoo.record(name) for name in runs.FAMILY]
    most = max(one.scores["ap50_person"]["value"] for one in records)
    best = [one for one in records if one.scores["ap50_person"]["value"] == most]
    named = said.split("Most accurate on the held-out photos: ")[1].split(", AP50")[0]
    assert all(runs.title(one.name) in named for one in best)
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
    assert runs.title("dpm") in numbers
    assert runs.title("rcnn") in numbers


@pytest.mark.parametrize("shape", [(3, 5), (40, 300), (31, 9)])
def test_small_and_narrow_pictures(shape) -> None:
    own = np.full((*shape, 3), 90, np.uint8)
    assert "Fastest on this photo" in _text(_open(own=own))


def test_a_link_to_a_detector_that_is_none_shows_the_first() -> None:
    assert "**matches**" in _text(_open(chosen="nonsense"))


def test_what_a_link_chose_is_proved(monkeypatch) -> None:
    asked: list[str] = []
    model = live.model

    def spied(name, method, **inputs):
        if method == "raw":
            asked.append(name)
        return model(name, method, **inputs)

    monkeypatch.setattr(live, "model", spied)
    app = _open(chosen="everyday_ssd")
    assert asked == ["everyday_ssd"]
    # Each detector is one entry of the timing line.
    lines = set(app.session_state["_stages"])
    assert {runs.title(name) for name in runs.FAMILY} <= lines
    assert not [line for line in lines if ": " in line]


def test_another_score_threshold_runs_no_network_again(monkeypatch) -> None:
    app = _open()
    fresh: list[str] = []
    run = engine.run

    def counted(name, method, **inputs):
        fresh.append(f"{name} {method}")
        return run(name, method, **inputs)

    monkeypatch.setattr(engine, "run", counted)
    app.slider(key="detector_race_score").set_value(0.15).run()
    assert not app.exception
    assert fresh == []
    app.slider(key="detector_race_iou").set_value(0.7).run()
    assert fresh  # the spy does see what runs


def test_the_full_size_ones_are_offered_and_race_once_they_are_here(
    monkeypatch,
) -> None:
    label = zoo.record("torchvision_ssd300").label
    app = _open(full=label)
    said = _text(app)
    if zoo.status("torchvision_ssd300") != "ready":
        assert "on the full-size shelf" in said
        assert words.MEANWHILE in said
    lap, status = runs.lap, zoo.status

    def large(name, picture, iou_threshold, count):
        # The network itself is a download: SSD's answer stands in for its boxes.
        if name != "torchvision_ssd300":
            return lap(name, picture, iou_threshold, count)
        own = lap("everyday_ssd", picture, iou_threshold, count)
        return own and dataclasses.replace(own, record=zoo.record(name))

    monkeypatch.setattr(runs, "lap", large)
    monkeypatch.setattr(
        zoo,
        "status",
        lambda name: "ready" if name == "torchvision_ssd300" else status(name),
    )
    app = _open(full=label, chosen="everyday_ssd")
    said = _text(app)
    assert "on the full-size shelf" not in said
    assert "**Full-size, on this machine**" in said
    assert label in app.session_state["_stages"]
    assert "Fastest on this photo" in said


def test_parameters_count_all_that_a_detector_builds_on() -> None:
    own = {name: zoo.record(name) for name in runs.FAMILY}
    trunk = zoo.record("everyday_lite").parameters
    ssd = own["everyday_ssd"]
    assert runs.whole_parameters(ssd) == ssd.parameters + trunk
    boxes, masks = own["everyday_faster_rcnn_fpn"], own["everyday_mask_rcnn"]
    total = masks.parameters + boxes.parameters + trunk
    assert runs.whole_parameters(masks) == total
    large = zoo.record("torchvision_fcos")
    assert runs.whole_parameters(large) == large.parameters


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
    known = [one for one in laps if one is not None]
    rows = words.choice(known).splitlines()
    assert len(rows) == 2 + 5
    fast = min(known, key=lambda one: one.ms)
    best = max(known, key=lambda one: (one.ap_person, -one.ms))
    assert f"the shortest wait | {runs.title(fast.record.name)} (" in rows[2]
    taken = rows[3].split(" | ")[1]
    assert runs.title(best.record.name) in taken.split(" (")[0].split(" or ")
    assert f"AP50 of people {best.ap_person:.2f}" in rows[3]
    assert words.choice([]) == ""


def _made(name: str, scores: list[float]) -> runs.Lap:
    """A lap with made answers."""
    labels, parts = ("cat",) * len(scores), (("head", 4.0),)
    boxes = np.tile([0.0, 0.0, 9.0, 9.0], (len(scores), 1))
    return runs.Lap(zoo.record(name), boxes, np.array(scores), labels, parts, 1)


def test_a_detector_that_shows_nothing_names_its_best() -> None:
    one = _made("everyday_yolo_v1", [0.22, 0.1])
    assert words.none_said(one, 0.3) == (
        "No box reaches 0.30; the best is cat 0.22.",
        "best: cat 0.22",
    )
    assert words.racer_said(one, 0.3).startswith("No box reaches 0.30")
    assert words.racer_said(one, 0.22).startswith("One stage")
    assert words.none_said(_made("everyday_yolo_v1", []), 0.3) == (
        "No box reaches 0.05.",
        "no box",
    )


def test_equally_accurate_detectors_are_all_named_the_faster_first() -> None:
    pair = [_made(name, []) for name in ("everyday_faster_rcnn_fpn", "everyday_ssd")]
    same = [dataclasses.replace(pair[0], parts=(("head", ms),)) for ms in (9.0, 2.0)]
    assert words.most_accurate(same) == same[::-1]
    assert words.most_accurate(pair[::-1]) == pair[:1]
    masks = _made("everyday_mask_rcnn", [])
    assert masks.ap_person == pytest.approx(pair[0].ap_person, abs=0.005)
    for said in (words.here_said([*pair, masks]), words.choice([*pair, masks])):
        assert "Faster R-CNN + FPN" in said
        assert "Mask R-CNN" in said
    assert " or " in words.choice([*pair, masks]).split("\n")[3]
