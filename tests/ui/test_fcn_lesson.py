"""The lesson on FCN: its words, its choices, what it believes the browser."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.core.fusion import enlarge, fuse_steps
from explorer.models import zoo
from explorer.ui.lessons import fcn as lesson
from explorer.ui.lessons import fcn_fusion as view
from explorer.ui.lessons import fcn_words as words

ROOT = Path(__file__).parents[2]
CLASSES = ("a", "b", "c")
AT = (0.3, 0.7)
INDEX = 1


def made(off=()):
    """A network's answer with random scores: 64 x 96 pixels, three strides."""
    rng = np.random.default_rng(0)
    scores = {s: rng.normal(size=(64 // s, 96 // s, 3)) for s in (32, 16, 8)}
    weights = {s: rng.normal(size=(3, 3, 4, 4)) for s in (16, 8)}
    steps = fuse_steps(scores, weights, off)
    arrays = {"size": np.array([64, 96])}
    for name, maps in (
        ("score", scores),
        ("weight", weights),
        ("doubled", steps.doubled),
        ("fused", steps.fused),
    ):
        arrays |= {f"{name}_{s}": grid for s, grid in maps.items()}
    arrays["labels"] = enlarge(steps.finest, 64, 96).argmax(2).astype(np.uint8)
    return lesson.Net(8, off, CLASSES, arrays)


def sent(net, shift=0.0):
    pixel = enlarge(net.finest, 64, 96)[int(AT[1] * 64), int(AT[0] * 96), INDEX]
    sums = [
        net.arrays[f"fused_{s}"][int(AT[1] * 64 / s), int(AT[0] * 96 / s), INDEX]
        for s in (16, 8)
    ]
    added = {"sums": [sums[0] + shift, sums[1]], "logit": pixel}
    return {"x": AT[0], "y": AT[1], "k": INDEX, **added}


def test_the_browsers_sums_are_the_networks():
    net = made()
    assert view.browser_delta(sent(net), net) == 0
    assert view.browser_delta(sent(net, 0.5), net) == pytest.approx(0.5)
    other = view.browser_delta(sent(net) | {"k": INDEX + 1}, net)
    assert other is not None
    assert other > 0.01


@pytest.mark.parametrize(
    "change",
    [
        {"sums": [1.0]},
        {"x": 1.5},
        {"sums": "x"},
        {"logit": None},
        {"y": "nan"},
        {"k": 3},
    ],
    ids=["few", "outside", "words", "nothing", "nan", "class"],
)
def test_nonsense_from_a_browser_proves_nothing(change):
    net = made()
    assert view.browser_delta(sent(net) | change, net) is None
    assert view.browser_delta({}, net) is None


def test_a_networks_name_says_which_skips_are_off():
    assert made().title == "FCN-8s"
    assert made((16,)).title == "FCN-8s, skip 16 off"
    assert made((16, 8)).title == "FCN-8s, skip 16 and 8 off"


def test_the_browser_gets_one_classs_weights_and_all_classes_of_the_source():
    net = made((8,))
    boxes = [[float(k), 0.0, 1.0, 1.0] for k in range(8)]
    rows = view.program(net, INDEX, [16, 8], boxes)["rows"]
    assert [row["off"] for row in rows] == [False, True]
    assert (rows[1]["source"] == net.arrays["fused_16"]).all()
    assert (rows[1]["weight"] == net.arrays["weight_8"][:, INDEX]).all()
    assert rows[1]["boxes"] == boxes[4:]


def test_the_class_under_a_mark_on_the_far_border_is_the_last_pixels():
    net = made()
    assert view.class_at(net, (1.0, 1.0)) == net.arrays["labels"][-1, -1]
    assert view.class_at(net, (0.0, 0.0)) == net.arrays["labels"][0, 0]


def records(**values):
    about = zoo.record("efficientnet_lite0")
    return {
        int(name[1:]): replace(
            about, scores={"miou": {"value": value, "split": "test", "n": 233}}
        )
        for name, value in values.items()
    }


def test_the_page_says_what_was_measured_in_either_order():
    good = words.order(records(s32=0.5, s16=0.55, s8=0.56))
    assert "on 233 test photos: each skip made it better" in good
    bad = words.order(records(s32=0.5, s16=0.57, s8=0.56))
    assert "the order is 32s < 8s < 16s, unlike the paper's" in bad
    equal = words.order(records(s32=0.5, s16=0.5, s8=0.56))
    assert "unlike" in equal
    assert words.order(records(s8=0.5)) == ""


def test_the_tables_hold_the_records_and_the_papers_numbers():
    table = words.records_table(records(s32=0.512, s8=0.561))
    assert "| FCN-32s | 51.2 % | 63.6 % |" in table
    assert "| FCN-8s | 56.1 % | 65.5 % |" in table
    layers = words.layers_table({32: 851, 8: 67}, (352, 480))
    assert "| stride 32 | 15 × 11 | 851 px | 404 px |" in layers
    assert "| stride 8 | 60 × 44 | 67 px | 44 px |" in layers


def test_each_tile_has_its_step_and_the_pixel_the_last():
    assert len(words.steps([])) == 2
    names = words.steps([16, 8])
    rows = view.program(made(), INDEX, [16, 8], [[0.0] * 4] * 8)["rows"]
    assert [row["from"] for row in rows] == [1, 4]
    assert names[rows[1]["from"] - 1] == "added: the sum at stride 16"
    assert names[rows[1]["from"]] == "doubled, from stride 16 to 8"
    assert names[-1] == "enlarged 8 times: the pixel's class score"
    assert len(names) == 3 * 2 + 2


def test_the_reach_is_told_for_this_pictures_size():
    assert "851 px on a side, more than the whole picture" in words.fields(
        {32: 851, 8: 67}, (352, 480)
    )
    assert "240 px are 50% of its length" in words.fields({32: 240}, (352, 480))


def open_page(**link):
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=120)
    for name, value in link.items():
        at.query_params[name] = value
    at.switch_page(str(ROOT / "pages" / "fcn.py"))
    at.run()
    assert not at.exception
    return at


def test_without_its_networks_the_page_says_so_and_goes_on(monkeypatch):
    known = {k: v for k, v in zoo.records().items() if "fcn" not in k}
    monkeypatch.setattr(zoo, "records", lambda: known)
    at = open_page()
    assert "'street_fcn8s' is not among the installed" in at.warning[0].value
    assert any("**Skip**" in one.value for one in at.markdown)


needs_weights = pytest.mark.skipif(
    "street_fcn8s" not in zoo.records(), reason="the FCNs are not installed"
)


@needs_weights
def test_the_loss_is_proved_where_it_is_drawn():
    at = open_page(fcn_first="Loss", image="street")
    proofs = [one.value for one in at.markdown if "max |Δ|" in one.value]
    assert any("torch cross_entropy" in one for one in proofs)
    assert all("**matches**" in one for one in proofs)
    assert any("Pixel-wise cross-entropy" in one.value for one in at.caption)


@needs_weights
def test_a_skip_that_is_off_is_named_and_still_proved():
    at = open_page(fcn_skip_8="false", image="street")
    said = " ".join(one.value for one in at.markdown)
    assert "FCN-8s, skip 8 off: mIoU" in said
    assert said.count("**matches**") == 3
