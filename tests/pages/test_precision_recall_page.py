"""The lesson on precision and recall, as a reader uses it."""

import json

import numpy as np

from explorer.core.labelled import found, one_image, truths
from explorer.models.engine import Answer
from explorer.ui.lessons import judging_detectors, judging_files
from tests.pages.test_pages import open_app, sound

PAGE = "pages/precision_recall.py"


def said(app):
    return " ".join(m.value for m in (*app.markdown, *app.caption, *app.info))


def test_the_street_is_judged_against_its_own_boxes():
    app = open_app(PAGE)
    sound(app)
    assert "Dashed orange: wrong" in said(app)
    assert "of 5** true boxes are found" in said(app)
    assert "pycocotools.cocoeval.COCOeval" in said(app)


def test_a_photo_without_truth_says_what_to_do():
    app = open_app(PAGE, image="astronaut")
    sound(app)
    assert "There is no true face yet" in said(app)


def test_truths_come_with_the_link_and_change_with_the_image():
    box = "172,62,280,180,face"
    app = open_app(PAGE, image="astronaut", precision_recall_truth_astronaut=box)
    sound(app)
    assert "**1 of 1** true boxes are found" in said(app)
    assert app.query_params["precision_recall_truth_astronaut"] == box
    bad = open_app(PAGE, image="astronaut", precision_recall_truth_astronaut="1,2,x")
    sound(bad)
    assert "can't be read" in said(bad)


def test_the_example_has_its_published_numbers():
    app = open_app(PAGE, precision_recall_part="Sets")
    sound(app)
    assert "15 people in 7 pictures and 24 detections" in said(app)
    assert "picture chosen at the top plays no part" in said(app)
    assert "As published: 11-point 0.268398, all-point 0.245687." in said(app)
    app.selectbox(key="precision_recall_rule_example").set_value("COCO").run()
    sound(app)
    assert "detection 23" in said(app)


def test_a_link_to_another_readers_files_says_where_they_went():
    link = {"precision_recall_part": "Sets", "precision_recall_set": "Your files"}
    app = open_app(PAGE, **link)
    sound(app)
    assert "open them again under “Files”" in said(app)
    assert "does not offer" not in said(app)
    assert "precision_recall_set" not in app.query_params


def test_uploaded_files_are_judged_and_bad_ones_get_a_sentence():
    app = open_app(PAGE, precision_recall_part="Sets")
    app.session_state[judging_files.KEPT] = judging_files.OwnSet(
        one_image(
            (0, 0),
            ["<b>cat</b>", "dog"],
            truths([[0, 0, 10, 10], [20, 0, 30, 10]], classes=[0, 1]),
            found([[0, 0, 10, 10]], [0.5]),
        )
    )
    app.run()
    app.selectbox(key="precision_recall_set").set_value("Your files").run()
    sound(app)
    assert "**1 of 1** true boxes are found" in said(app)
    app.session_state["_judging_error"] = "“x.json” is empty."
    app.run()
    assert "“x.json” is empty. The page goes on" in app.error[0].value


class File:
    def __init__(self, name, value):
        self.name, self.value = name, json.dumps(value).encode()

    def getvalue(self):
        return self.value


def test_the_door_takes_files_and_forgets_an_old_complaint(monkeypatch):
    state = {"_judging_turn": 0}
    monkeypatch.setattr(judging_files.st, "session_state", state)
    judging_files._take([File("a.json", [])])
    assert "No true boxes" in state["_judging_error"]
    image = {"id": 1, "width": 9, "height": 9}
    row = {"image_id": 1, "category_id": 1, "bbox": [0, 0, 5, 5]}
    truth = {
        "images": [image],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [row],
    }
    judging_files._take([File("r.json", [row | {"score": 1}]), File("t.json", truth)])
    assert "_judging_error" not in state
    assert state[judging_files.KEPT].labelled.classes == ("cat",)
    assert judging_files.OWN in state.values()


def test_masks_are_scored_where_truth_is_known():
    app = open_app(PAGE, precision_recall_part="Masks")
    sound(app)
    assert "sklearn.metrics.jaccard_score" in said(app)
    app = open_app(PAGE, precision_recall_part="Masks", image="astronaut")
    sound(app)
    assert "nothing to score" in said(app)


def test_a_detector_of_eighty_classes_is_judged_class_by_class(monkeypatch):
    """As the full-size networks answer; their weights are not here."""
    network = "torchvision_ssdlite"
    raw = {
        "boxes": np.array(
            [[531, 136, 601, 250], [208, 135, 287, 261], [-5, 0, 9, 9.0]]
        ),
        "scores": np.array([0.9, 0.8, 0.7]),
        "labels": np.array(["person", "dog", "car"]),
    }
    answer = Answer(raw, {"network": 1.0}, "a test")
    monkeypatch.setattr(judging_detectors.zoo, "status", lambda name: "ready")
    monkeypatch.setattr(judging_detectors.live, "model", lambda *_, **__: answer)
    title = judging_detectors.detector_label(network)
    app = open_app(PAGE, precision_recall_detector=title)
    sound(app)
    assert "**1 of 1** detection is right" in said(app)
    assert "**1 of 5** true boxes are found" in said(app)
    app.selectbox(key=f"precision_recall_class_{network}").set_value("dog").run()
    sound(app)
    assert "There is no true dog yet" in said(app)


def test_a_pictures_own_truth_comes_back():
    box = "172,62,280,180,person"
    app = open_app(PAGE, image="street", precision_recall_truth_street=box)
    sound(app)
    assert "of 1** true boxes are found" in said(app)
    app.button(key="precision_recall_restore_truth").click().run()
    sound(app)
    assert "of 5** true boxes are found" in said(app)
    assert "precision_recall_truth_street" not in app.query_params
    assert not [b for b in app.button if b.key == "precision_recall_restore_truth"]


def test_every_shipped_detector_has_a_short_title_and_a_lowest_score():
    shipped = judging_detectors.SHIPPED
    assert "dpm" in shipped
    assert set(judging_detectors.LOWEST) == set(shipped)
