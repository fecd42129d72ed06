"""The lesson on DeepLab: what it says, what it believes the browser, every part."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.boundary import change_by_distance
from explorer.core.proofs import boundary as proofs
from explorer.core.separable import ConvShape
from explorer.ui.lessons import deeplab as lesson
from explorer.ui.lessons import deeplab_compare as compare
from explorer.ui.lessons import deeplab_costs, deeplab_measured
from explorer.ui.lessons import deeplab_taps as taps
from explorer.ui.lessons import deeplab_words as words

ROOT = Path(__file__).parents[2]


def change(near: int, far: int):
    """A boundary in the middle; so many pixels differ near it, so many far away."""
    a = np.zeros((40, 80), np.uint8)
    a[:, 40:] = 1
    b = a.copy()
    b[0, 40 - near : 40] = 1
    b[1, :far] = 1
    return change_by_distance(a, b, compare.EDGES)


def test_what_changed_is_said_with_its_share_near_boundaries():
    said = words.change(change(6, 2), compare.NEAR_PX)
    assert "**0.2 % of the pixels differ.**" in said  # 8 of 3,200
    assert "75 % of those lie within 8 px" in said
    assert "a band that holds 20 % of the picture" in said  # 16 of 80 columns


def test_two_settings_that_agree_are_told_so():
    assert "agree in every pixel" in words.change(change(0, 0), 8)


def test_a_picture_of_one_class_has_no_boundary_to_be_near_to():
    a = np.zeros((4, 4), np.uint8)
    found = change_by_distance(a, 1 - a, compare.EDGES)
    assert "A has one class only" in words.change(found, 8)


def test_the_browsers_count_is_compared():
    found = change(6, 2)
    assert proofs.prove_count({"changed": 8}, found).holds
    assert not proofs.prove_count({"changed": 9}, found).holds
    assert not proofs.prove_count({}, found).holds
    assert not proofs.prove_count({"changed": "x"}, found).holds


def test_distances_are_proven_with_and_without_a_boundary(monkeypatch):
    labels = np.zeros((30, 40), np.uint8)
    assert proofs.prove_distance(labels).holds
    labels[10:, 7:19] = 3
    assert proofs.prove_distance(labels).holds
    real = proofs.boundary_distance
    monkeypatch.setattr(proofs, "boundary_distance", lambda x: real(x) + 1)
    assert not proofs.prove_distance(labels).holds


def test_the_magnifier_starts_where_most_differs():
    changed = np.zeros((100, 200), bool)
    changed[10, 10] = True
    changed[70:80, 150:160] = True
    x, y = compare.busiest(changed, np.zeros((100, 200), np.uint8))
    assert 150 <= x < 160
    assert 70 <= y < 80


def test_without_a_difference_it_starts_at_a_boundary_or_in_the_middle():
    labels = np.zeros((100, 200), np.uint8)
    none = np.zeros((100, 200), bool)
    assert compare.busiest(none, labels) == [100, 50]
    labels[:, 120:] = 1
    assert abs(compare.busiest(none, labels)[0] - 120) <= 1


def test_rates_are_doubled_at_stride_8():
    asked = lesson.Setting(8, (3, 6, 9))
    assert asked.used == (6, 12, 18)
    assert asked.switches()["rates"] == "6,12,18"
    assert asked.apart(lesson.Setting()) == "stride 8, rates 6, 12, 18"
    assert lesson.Setting().apart(asked) == "stride 16, rates 3, 6, 9"
    assert asked.apart(asked) == "the same"


def ran(decoder: bool):
    convs = (
        ConvShape("head.aspp.point.0", 320, 128, 1, 1, 22, 30),
        ConvShape("head.coarse", 128, 11, 1, 1, 22, 30),
        ConvShape("head.classify", 64, 11, 1, 1, 88, 120),
    )[: 3 if decoder else 2]
    setting = lesson.Setting(decoder=decoder)
    return compare.Ran(setting, np.zeros((4, 4), np.uint8), convs)


def test_the_table_says_where_classes_are_decided_and_what_it_costs():
    table = compare.cost_table((ran(True), ran(False)))
    assert "| class scores made on | 88 × 120 | 22 × 30 |" in table
    assert "| map the ASPP reads | 22 × 30 | 22 × 30 |" in table
    macs = (320 * 128 + 128 * 11) * 660
    assert f"| {words.many(macs + 64 * 11 * 10560)} | {words.many(macs)} |" in table


def test_what_was_measured_is_read_from_the_record():
    score = {
        "n": 7,
        "band_px": 4,
        "settings": [
            {"switches": {}, "miou": 0.61, "band_miou": 0.45},
            {"switches": {"output_stride": 8}, "miou": 0.6, "band_miou": 0.44},
        ],
    }
    said = deeplab_measured.measured(score)
    assert "on 7 photos" in said
    assert "| as trained | 0.610 | 0.450 |" in said
    assert "| output stride 8 | 0.600 | 0.440 |" in said
    assert "not scored" in deeplab_measured.measured(None)


def off_scores(whole: float, without: float, alone: float):
    found = {"": whole, "rate1,rate2,rate3": without, "1x1": alone}
    settings = [
        {"switches": {"off": off} if off else {}, "miou": miou}
        for off, miou in found.items()
    ]
    settings.append({"switches": {"rates": "48,48,48"}, "miou": 0.1})
    return {"settings": settings}


def test_the_rates_are_called_idle_only_where_the_record_says_so():
    idle = deeplab_measured.reliance(off_scores(0.6, 0.595, 0.48))
    assert "0.595 instead of 0.600; without the 1 × 1 branch 0.480" in idle
    assert "leans on its 1 × 1 branch" in idle
    equal = deeplab_measured.reliance(off_scores(0.6011, 0.6009, 0.48))
    assert "mean IoU is the same, 0.601; without" in equal
    for scores in ((0.6, 0.61, 0.48), (0.6, 0.589, 0.48)):  # a tenth is 0.012
        assert "leans" in deeplab_measured.reliance(off_scores(*scores))
    for scores in ((0.6, 0.587, 0.48), (0.6, 0.6, 0.6), (0.6, 0.6, 0.62)):
        assert "leans" not in deeplab_measured.reliance(off_scores(*scores))
    assert (
        deeplab_measured.reliance({"settings": [{"switches": {}, "miou": 0.6}]}) == ""
    )
    assert deeplab_measured.reliance(None) == ""


def test_a_stride_is_told_from_its_time():
    assert "stride 32: 637 ms, stride 16: 1539 ms" in words.taken(
        {"stride 32": 637.2, "stride 16": 1539.0}, 2_600_000
    )


def channel():
    rng = np.random.default_rng(0)
    return {
        "map": rng.normal(size=(5, 7)).astype(np.float32),
        "kernels": rng.normal(size=(3, 3, 3)).astype(np.float32),
    }


def test_the_browsers_sums_are_compared():
    shown, rates = channel(), (1, 2, 9)
    row, column = 1, 6
    sums = []
    for rate, kernel in zip(rates, shown["kernels"], strict=True):
        total = 0.0
        for i in range(3):
            for j in range(3):
                y, x = row + (i - 1) * rate, column + (j - 1) * rate
                if 0 <= y < 5 and 0 <= x < 7:
                    total += float(shown["map"][y, x]) * float(kernel[i, j])
        sums.append(total)
    sent = {"row": row, "col": column, "sums": sums}
    assert taps.prove_sums(sent, shown, rates).holds
    assert not taps.prove_sums({**sent, "row": 2}, shown, rates).holds
    for bad in ({}, {**sent, "sums": "x"}, {**sent, "row": 99}):
        assert not taps.prove_sums(bad, shown, rates).holds


def test_the_table_of_taps_has_the_chosen_rates_in_bold_and_the_papers_map():
    rows = taps.table_rows((22, 30), lesson.Setting(16, (6, 12, 18)))
    assert [name for name, *_ in rows][:3] == [
        "neighbours",
        "trained",
        "**the paper's**",
    ]
    table = words.taps_table(rows)
    assert "| trained | 22 × 30 | 3, 6, 9 | 7, 13, 19 | 58, 27, 7 % |" in table
    assert "| 33 × 33 | 6, 12, 18 | 13, 25, 37 | 40, 7, 0 % |" in table


def page(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[name if name == "image" else f"deeplab_{name}"] = value
    app.switch_page(str(ROOT / "pages" / "deeplab.py"))
    app.run()
    assert not app.exception
    assert not app.error
    return app


@pytest.mark.parametrize("part", words.PARTS)
def test_every_part_proves_itself_and_explains_its_words(part):
    app = page(part=part)
    lines = [m.value for m in app.markdown if "max |Δ|" in m.value]
    assert lines
    assert all("**matches**" in line for line in lines), lines
    assert "The words on this page" in [box.label for box in app.expander]


@pytest.mark.parametrize(
    "word",
    "ASPP Decoder Tap Depthwise Pointwise Multiply-add Trimap Backbone Atrous".split()
    + ["Output stride"],
)
def test_every_term_has_its_line(word):
    assert f"**{word}**" in words.TERMS


def test_the_drawn_street_is_scored_near_its_true_boundaries():
    said = " ".join(m.value for m in page().markdown)
    assert "noted while the street was drawn" in said
    assert "of the pixels differ" in said


def test_a_photo_without_truth_says_how_to_get_a_score():
    app = page(image="coffee")
    assert any("No score here" in c.value for c in app.caption)


def test_time_is_measured_only_when_asked_for(monkeypatch):
    monkeypatch.setattr(deeplab_costs, "RUNS", 1)
    app = page(part=words.PARTS[3])
    table = next(m.value for m in app.markdown if "| stride | decoder |" in m.value)
    assert table.count("| – |") == 4
    app.button(key="deeplab_measure").click().run()
    table = next(m.value for m in app.markdown if "| stride | decoder |" in m.value)
    assert table.count(" ms |") == 4
