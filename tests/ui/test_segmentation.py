"""What the lessons on segmentation share: tiles for the browser, choices, sentences."""

import base64

import cv2
import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import segmentation as shared
from explorer.ui.lessons import segmentation_stage as tiles
from explorer.ui.lessons.segmentation_truth import Truth, noted
from explorer.ui.stage.event import StageEvent

LABELS = np.array([[0, 0, 1], [2, 2, 1]], np.uint8)
CLASSES = ("sky", "building", "road")


def decode(url):
    raw = np.frombuffer(base64.b64decode(url.partition(",")[2]), np.uint8)
    return cv2.imdecode(raw, cv2.IMREAD_UNCHANGED)


def test_a_map_reaches_the_browser_without_loss():
    everything = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert (decode(tiles.png_url(everything)) == everything).all()


def test_a_tile_carries_its_shares_and_the_row_of_its_legend():
    one = tiles.ClassMap("one", LABELS, CLASSES)
    tables = tiles._tables([tiles.Photo(), one], False)
    sent = tiles._tile(one, [0, 0, 3, 2], [table["names"] for table in tables])
    assert sent["table"] == 0
    assert isinstance(sent["shares"], list)  # the browser reads it as it comes
    assert sent["shares"] == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert tables[0]["colors"] == ["#9CD3FF", "#8B8BA1", "#992277"]


def test_the_legend_has_the_classes_that_are_there_or_all():
    one = tiles.ClassMap("one", np.zeros((2, 2), np.uint8), CLASSES)
    two = tiles.ClassMap("two", np.full((2, 2), 2, np.uint8), CLASSES)
    assert tiles._tables([one], False)[0]["rows"] == [0]
    assert tiles._tables([one, two], False)[0]["rows"] == [0, 2]
    assert tiles._tables([one], True)[0]["rows"] == [0, 1, 2]
    other = tiles.ClassMap("other", LABELS, ("a", "b", "c"))
    assert len(tiles._tables([one, other], False)) == 2


def test_heat_keeps_the_lowest_level_for_what_is_not_known():
    heat = tiles.HeatMap("loss", np.array([[0.0, 2.0, np.nan]]))
    sent = tiles._heat(heat)
    assert decode(sent["map"]).tolist() == [[1, 255, 0]]
    assert (sent["lo"], sent["hi"], sent["hole"]) == (0.0, 2.0, True)
    whole = tiles._heat(tiles.HeatMap("loss", np.array([[0.0, 2.0]])))
    assert decode(whole["map"]).tolist() == [[0, 255]]


def test_the_ends_of_heat_palettes():
    signed = tiles.HeatMap("", np.array([[-1.0, 3.0]]), palette="diverging")
    assert tiles.heat_limits(signed) == (-3, 3)
    assert tiles.heat_limits(tiles.HeatMap("", np.zeros((1, 1)))) == (0, 1)
    assert tiles.heat_limits(tiles.HeatMap("", [[np.nan]], lo=2, hi=5)) == (2, 5)


def test_scores_must_have_a_column_for_each_class():
    wrong = tiles.ClassMap("x", LABELS, CLASSES, np.zeros((1, 1, 4), np.float32))
    with pytest.raises(ValueError, match=r"3 classes have shape \(1, 1, 4\)"):
        tiles._tile(wrong, [0, 0, 1, 1], [list(CLASSES)])


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"x": 0.25, "y": 1, "tile": 2}, tiles.Place(0.25, 1.0, 2)),
        ({"x": 1.01, "y": 0, "tile": 0}, None),
        ({"x": "nan", "y": 0, "tile": 0}, None),
        ({"x": 0.5, "y": 0.5, "tile": -1}, None),
        ({"x": 0.5}, None),
        (None, None),
    ],
)
def test_only_a_place_on_a_tile_is_taken_from_a_browser(sent, place):
    assert tiles.picked(StageEvent(program=sent)) == place


@pytest.mark.parametrize(
    ("name", "data"),
    [("street", "street"), ("china", "street"), ("astronaut", "people"),
     ("chelsea", "people"), ("my photo.jpg", "people")],
)  # fmt: skip
def test_the_image_suggests_the_training_data(name, data):
    picture = Picture(np.zeros((8, 8, 3), np.uint8), name, "")
    assert shared.suggested(picture) == data


def test_each_map_carries_its_miou_where_the_truth_is_known():
    """Of the six pixels sky and building are right, half of the road is."""
    guess = np.array([[0, 0, 1], [2, 0, 1]], np.uint8)
    one = tiles.ClassMap("one", guess, CLASSES)
    assert noted([one], None)[0].note == ""
    (said,) = noted([one], Truth(LABELS, ""))
    assert said.note == f"mIoU {(2 / 3 + 1 + 1 / 2) / 3:.2f}"
    assert tiles._tile(said, [0, 0, 1, 1], [list(CLASSES)])["note"] == said.note


@pytest.mark.parametrize(
    ("sample", "data"),
    [("china", "street"), ("flower", "street"), ("camera", "people")],
)
def test_a_photo_of_one_s_own_is_looked_at(sample, data):
    """The same photos under a file's name, which says nothing of what they show."""
    picture = Picture(load_sample(sample).image, "IMG_0001.jpg", "")
    assert shared.looked_at(picture) == data


def missing_app():
    import numpy as np

    from explorer.ui.imagebar import Picture
    from explorer.ui.lessons import segmentation as shared

    picture = Picture(np.zeros((32, 32, 3), np.uint8), "x", "")
    assert shared.class_map("no_such_net", picture) is None
    assert shared.full_size_map("no_such_net", picture) is None


def test_a_network_that_is_not_there_is_a_sentence():
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_function(missing_app).run()
    assert not at.exception
    assert "'no_such_net' is not among the installed" in at.warning[0].value


def truth_app():
    """A page whose photo is 24 x 16; `file` is what the reader hands over."""
    import numpy as np
    import streamlit as st

    from explorer.ui.imagebar import Picture
    from explorer.ui.lessons import segmentation_truth as known
    from explorer.ui.lessons.segmentation_stage import ClassMap

    classes = ("a", "b", "c")
    photo = st.session_state.get("photo", "one")
    picture = Picture(np.zeros((16, 24, 3), np.uint8), photo, photo)
    given = st.session_state.pop("file", None)
    if given is not None:
        st.session_state["_truth_turn"] = 0
        key = known.live.digest(picture.digest, classes)
        known._take(given, [(24, 16)], classes, key)
    found = known.truth(picture, classes)
    labels = np.zeros((8, 12), np.uint8)
    maps = [ClassMap("net", labels, classes), ClassMap("other", labels + 1, classes)]
    scored = known.score_section(maps, found, "page")
    st.session_state["miou"] = [one.miou for one in scored]


class Given:
    def __init__(self, labels):
        self.name, self.file_id = "map.png", "map"
        self.labels = labels

    def getvalue(self):
        return cv2.imencode(".png", self.labels)[1].tobytes()


def open_truth(**state):
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_function(truth_app)
    for name, value in state.items():
        at.session_state[name] = value
    return at.run()


def test_without_truth_the_page_says_how_to_get_a_score():
    at = open_truth()
    assert not at.exception
    assert any("No score here" in one.value for one in at.caption)


def test_a_class_map_scores_its_own_photo_and_no_other():
    half = np.zeros((16, 24), np.uint8)
    half[:, 12:] = 1
    at = open_truth(file=Given(half))
    assert not at.exception
    assert at.session_state["miou"] == [0.25, 0.25]
    assert any("mIoU **0.250**" in one.value for one in at.markdown)
    at.session_state["photo"] = "another"
    at.run()
    assert at.session_state["miou"] == []


def test_a_map_that_does_not_fit_gets_its_sentence_and_the_page_goes_on():
    at = open_truth(file=Given(np.full((16, 24), 7, np.uint8)))
    assert not at.exception
    assert "the number 7, but the classes are 0 (a) to 2 (c)" in at.error[0].value
    assert at.session_state["miou"] == []


def test_the_drawn_street_brings_its_truth_for_the_streets_classes_only():
    from explorer.core.samples import load_sample
    from explorer.core.street_labels import STREET_CLASSES
    from explorer.ui.lessons.segmentation_truth import Truth

    labels = load_sample("street").gt_classes
    small = Truth(labels, "").at((240, 320))
    assert small.shape == (240, 320)
    assert set(np.unique(small)) <= set(range(len(STREET_CLASSES)))
