"""The page that runs the CNN on crops: its parts, its counts, its runs."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import engine
from explorer.ui.lessons import cnn_windows as lesson
from explorer.ui.lessons import cnn_windows_every as lesson_every
from explorer.ui.lessons import cnn_windows_words as words
from explorer.ui.lessons.fully_convolutional_scores import names

ROOT = Path(__file__).parents[2]


def _open(image: str = "", **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[f"cnn_windows_{name}"] = value
    if image:
        app.query_params["image"] = image
    app.switch_page(str(ROOT / "pages" / "cnn_windows.py")).run()
    assert not app.exception
    assert not app.error
    return app


def _text(app: AppTest) -> str:
    return " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption)])


@pytest.mark.parametrize(("part", "count"), [*zip(words.PARTS, (1, 3, 1), strict=True)])
def test_every_part_proves_itself(part, count):
    proofs = [m.value for m in _open(part=part).markdown if "max |Δ|" in m.value]
    assert len(proofs) == count
    assert all("**matches**" in line for line in proofs), proofs


def test_the_animals_are_imagenets_own_and_the_groups_add_up_to_one():
    known = names()
    assert known[lesson.DOGS[0]] == "Chihuahua"
    assert known[lesson.DOGS[-1]] == "Mexican hairless"
    assert [known[k] for k in lesson.CATS] == [
        "tabby",
        "tiger cat",
        "Persian cat",
        "Siamese cat",
        "Egyptian cat",
    ]
    assert not {"timber wolf", "cougar"} & {
        known[k] for k in (*lesson.DOGS, *lesson.CATS)
    }
    logits = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    assert sum(p for _, p in lesson.groups(logits)) == pytest.approx(1)
    logits[200] += 30
    assert dict(lesson.groups(logits))["dog"] > 0.99


def test_a_window_of_the_link_is_cut_at_whole_pixels_inside_the_picture():
    assert lesson.whole_pixels(np.array([-4.0, 2.5, 3.4, 9.6]), 20, 9) == (0, 3, 3, 9)
    assert lesson.whole_pixels(np.array([19.9, 8.9, 20, 9]), 20, 9) == (19, 8, 20, 9)
    for box in ("10,10,90,60", "1e5,1e5,2e5,2e5", "5,5,6,6", "1,2,3"):
        _open(box=box)


def test_the_courses_count_is_computed_and_explained():
    text = _text(_open(part=words.PARTS[2]))
    assert "581 × 581 = 337,561 windows" in text
    assert "~330,000" in text
    assert "580² = 336,400" in text
    assert "hours" in text
    assert "| 15,862,700 |" in text  # all squares of 451 x 300


def test_the_readers_own_photo_is_counted_at_its_stride():
    link = {"scene": "My photo", "window": "64 × 64", "stride": "16"}
    text = _text(_open(part=words.PARTS[2], **link))
    assert "⌊(451 − 64) / 16⌋ + 1 = 25" in text
    assert "25 × 15 = 375 windows" in text


def test_a_window_larger_than_the_picture_has_no_place():
    assert "| 0 |" in words.count_table(
        lesson.window_grid(100, 90, 128), (90, 100), 0.03
    )
    assert "larger than 90 px" in words.count_said(lesson.window_grid(100, 90, 128))


def test_all_crops_are_timed_against_one_pass_on_the_same_windows():
    app = _open(part=words.PARTS[1], size="320 px")
    assert "times faster" in _text(app)
    slider = next(s for s in app.slider if s.key.startswith("cnn_windows_crops"))
    slider.set_value(slider.max).run()
    assert not app.exception
    text = _text(app)
    assert f"Measured here, {slider.max:.0f} crops" in text
    assert "at that rate" not in text
    assert "(the whole picture)" in text


def test_every_batch_size_that_fits_is_measured_when_asked():
    app = _open(part=words.PARTS[1], size="448 px")
    assert "Fastest here" not in _text(app)
    app.button(key="cnn_windows_batches").click().run()
    assert not app.exception
    assert "Fastest here" in _text(app)


def test_the_margin_that_mends_a_crop_is_written_out():
    said = words.padding_said("cat", 0.6, 0.2, 0.6, {0: 0.5, 32: 0.2, 200: 0.0})
    assert "**cat rises and falls alike**" in said
    assert "less sure" in said
    assert "other classes falls: 0 px: 50.0 %, 32 px: 20.0 %, 200 px: 0.0 %" in said
    for alike, pattern in ((0.59, "partly"), (0.3, "partly"), (0.29, "doesn't rise")):
        assert pattern in words.padding_said("cat", 0.6, 0.2, alike, {0: 0.5})
    assert "more sure" in words.padding_said("cat", 0.1, 0.2, 0.5, {0: 0.5})


def test_what_the_numbers_do_not_say_is_not_said():
    street = {0: 0.394, 64: 0.484, 200: 0.22}
    said = words.padding_said("helmet", 0.001, 0.003, None, street)
    assert "sure" not in said
    assert "correlation" not in said
    assert "other classes ends lower, but not step by step: 0 px" in said
    few = np.array([0.1, 0.5, 0.2])
    assert lesson_every.alike(few, few) is None
    flat = np.full(9, 0.2)
    varied = np.linspace(0, 1, 9)
    assert lesson_every.alike(flat, varied) is None
    assert lesson_every.alike(varied, varied + 1e-9) == pytest.approx(1)


@pytest.mark.parametrize(
    ("values", "verb"),
    [([3, 3.04], "stays"), ([1, 2, 2], "rises"), ([3, 4, 3], "comes back")],
)
def test_the_verb_follows_from_the_percentages(values, verb):
    assert verb in words.course(values)


def test_one_crop_is_not_written_as_many():
    said = words.timed_said(1, 1, 0.03, 0.03, 1)
    assert "1 crop:" in said
    assert "1 of 1 place." in said
    assert "as fast" in said


def test_the_fastest_batch_is_the_one_measured_so():
    clear = {1: [0.03, 0.031, 0.03], 2: [0.02, 0.02, 0.021], 8: [0.05, 0.06, 0.05]}
    said = words.batch_said(clear, "cpu", 10, 0.1)
    assert "batches of 2" in said
    assert "1.5 times faster than crops alone. " in said
    assert "batches of 8 take longer" in said
    assert "10 crops take 200 ms; one pass is 2.0 times faster" in said
    assert "8: 50–60 ms" in said


def test_a_batch_whose_runs_overlap_is_no_sure_gain():
    near = {1: [0.03, 0.02, 0.031], 4: [0.025, 0.021, 0.029]}
    said = words.batch_said(near, "cpu", 10, 0.1)
    assert "no sure difference" in said
    assert "busy" not in said
    alone = words.batch_said({1: [0.02], 4: [0.03]}, "cpu", 10, 0.4)
    assert "one crop alone already keeps this device busy" in alone
    assert "one pass is 2.0 times slower" in alone


def test_times_are_measured_again_and_one_batch_is_one_job(monkeypatch):
    jobs = []
    run = engine.run

    def seen(name, method, **given):
        if method == "crop_run":
            jobs.append((given["count"], given["batch"]))
        return run(name, method, **given)

    app = _open(part=words.PARTS[1], size="320 px", image="coffee")
    monkeypatch.setattr(engine, "run", seen)
    app.button(key="cnn_windows_again").click().run()
    assert not app.exception
    assert jobs
    jobs.clear()
    app.button(key="cnn_windows_batches").click().run()
    assert not app.exception
    assert jobs
    assert all(count == batch for count, batch in jobs)
