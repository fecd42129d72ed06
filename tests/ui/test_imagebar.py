"""The image bar as a reader uses it: samples, uploads good and bad, links."""

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.runtime.uploaded_file_manager import DeletedFile
from streamlit.testing.v1 import AppTest

from explorer.core.samples import SAMPLES


def page():
    import streamlit as st

    from explorer.ui import link
    from explorer.ui.imagebar import image_bar

    picture = image_bar(default="astronaut")
    st.text(f"{picture.name} {picture.image.shape} {picture.digest}")
    for sentence in link.take_notes():
        st.warning(sentence)


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def jpeg(width=200, height=100, orientation=1, level=90) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = io.BytesIO()
    grey = np.full((height, width, 3), level, np.uint8)
    Image.fromarray(grey).save(data, "JPEG", exif=exif.tobytes())
    return data.getvalue()


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    app.session_state["_image_door"] = True
    app.run()
    app.file_uploader[0].set_value((name, data, "image/jpeg"))
    return app.run()


def test_the_lessons_own_sample_comes_first():
    assert opened().text[0].value.startswith("astronaut (")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_every_sample_opens_within_the_working_size(sample):
    app = opened(image=sample.name)
    assert not app.exception
    name, height, width = app.text[0].value.replace("(", "").split(" ")[:3]
    assert name == sample.name
    assert max(int(height.strip(",")), int(width.strip(","))) <= 640


def hall():
    import streamlit as st

    from explorer.ui.imagebar import credit_in_hall, image_bar

    st.session_state.setdefault("_projector", st.query_params.get("projector") == "1")
    image_bar(default="astronaut")
    st.text("the picture")
    credit_in_hall()


@pytest.mark.parametrize(("projector", "times"), [("0", 1), ("1", 2)])
def test_on_a_projector_the_credit_stands_whole_at_the_end(projector, times):
    app = AppTest.from_function(hall, default_timeout=30)
    app.query_params["projector"] = projector
    app.run()
    said = [one.value for one in app.caption]
    credit = next(one.credit for one in SAMPLES if one.name == "astronaut")
    assert len(said) == times
    assert all(one.endswith(credit) for one in said)
    assert said[-1].startswith("The image: ") == (projector == "1")


def test_a_bar_that_the_body_no_longer_shows_leaves_no_credit():
    """The body alone runs again: the lesson's header, which starts anew, does not."""
    from explorer.ui import imagebar, lesson

    state = {"_stages": {}}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lesson.st, "session_state", state)
        patched.setattr(lesson, "fragment", lambda draw: draw)
        shows = [True, False]

        def draw():
            if shows.pop(0):
                imagebar.set_credit("4 × 3 px · her")

        below = lesson.body(draw)
        below()
        assert imagebar.credit() == "4 × 3 px · her"
        below()
        assert imagebar.credit() == ""
        imagebar.set_credit("the header's")
        lesson.body(lambda: None)()
        assert imagebar.credit() == "the header's"


def test_a_choice_is_kept_and_put_into_the_link():
    app = opened()
    app.selectbox(key="_image_select").select_index(2).run()
    assert app.query_params["image"] == SAMPLES[2].name
    assert app.text[0].value.startswith(SAMPLES[2].name)


def test_a_photo_becomes_the_image_upright():
    app = upload(opened(), "phone.jpg", jpeg(orientation=6))
    assert app.text[0].value.startswith("phone.jpg (200, 100, 3)")
    assert app.query_params["image"] == "own"
    assert "phone.jpg" in app.selectbox(key="_image_select").options[0]


@pytest.mark.parametrize("bad", [b"", b"hello", b"<svg></svg>", jpeg()[:300]])
def test_a_bad_file_gets_a_sentence_and_the_last_good_image_stays(bad):
    app = upload(opened(), "good.jpg", jpeg())
    good = app.text[0].value
    app = upload(app, "bad.jpg", bad)
    assert not app.exception
    assert app.text[0].value == good
    assert app.error[0].value.endswith("The page goes on with the image it had.")


def test_the_sentence_goes_when_a_good_photo_comes():
    app = upload(opened(), "bad.jpg", b"hello")
    assert app.error
    app = upload(app, "good.jpg", jpeg())
    assert not app.error
    assert app.text[0].value.startswith("good.jpg")


def lessons():
    import streamlit as st

    from explorer.ui import imagebar

    slug = st.query_params.get("at", "hog")
    imagebar.arrive(slug)
    st.session_state["_lesson"] = slug
    imagebar.image_bar(default="astronaut")


def test_the_sentence_goes_with_another_picture_and_with_another_lesson():
    def refused() -> AppTest:
        app = AppTest.from_function(lessons, default_timeout=30)
        app = upload(app.run(), "bad.jpg", b"hello")
        assert app.run().error  # it stays while the reader stays
        return app

    app = refused()
    assert not app.selectbox(key="_image_select").select_index(2).run().error
    app = refused()
    app.query_params["at"] = "nms"
    assert not app.run().error
    app.query_params["at"] = "hog"
    assert not app.run().error


def test_the_uploaders_own_copy_is_let_go_and_the_door_closes():
    app = upload(opened(), "good.jpg", jpeg())
    assert not app.file_uploader
    app.session_state["_image_door"] = True
    assert app.run().file_uploader[0].value is None


def test_a_photo_named_again_after_it_was_let_go_changes_nothing(monkeypatch):
    """Streamlit runs the callback once more, with a mark in place of the file."""
    from explorer.ui import imagebar

    app = upload(opened(), "good.jpg", jpeg())
    good = app.text[0].value
    take = imagebar._take
    gone = DeletedFile("good.jpg's")
    monkeypatch.setattr(imagebar, "_take", lambda file: (take(file), take(gone)))
    app = upload(app, "next.jpg", jpeg(level=120))
    assert not app.exception
    assert not app.error
    assert app.text[0].value.startswith("next.jpg")
    assert app.text[0].value != good


def test_another_reader_never_sees_the_photo():
    upload(opened(), "mine.jpg", jpeg())
    other = opened(image="own")
    assert other.text[0].value.startswith("astronaut")
    assert "never leaves her session" in other.warning[0].value
    names = " ".join(other.selectbox(key="_image_select").options)
    assert "mine.jpg" not in names


def test_a_lost_photo_is_told_at_each_reload_until_another_is_chosen():
    first = opened(image="own")
    assert "Choose it again" in first.warning[0].value
    assert "or choose a sample" in first.warning[0].value
    assert first.run().query_params["image"] == "own"  # what a reload would open
    first.selectbox(key="_image_select").select_index(2).run()
    assert first.query_params["image"] == SAMPLES[2].name


def test_a_choice_is_written_again_when_the_link_has_lost_it():
    """As after a change of lesson, when Streamlit clears the address."""
    app = opened(image="coffee")
    del app.query_params["image"]
    app.run()
    assert app.query_params["image"] == "coffee"


def test_an_unknown_image_in_a_link_is_named():
    app = opened(image="no_such")
    assert r"no\_such" in app.warning[0].value
    assert app.text[0].value.startswith("astronaut")


def test_back_to_a_sample_and_the_photo_is_still_offered():
    app = upload(opened(), "good.jpg", jpeg())
    app.selectbox(key="_image_select").select_index(1).run()
    assert not app.text[0].value.startswith("good.jpg")
    app.selectbox(key="_image_select").select_index(0).run()
    assert app.text[0].value.startswith("good.jpg")


def test_a_file_with_a_samples_name_is_not_taken_for_that_sample():
    app = upload(opened(), "astronaut", jpeg())
    assert app.text[0].value.startswith("astronaut (yours) (100, 200, 3)")


def test_a_larger_photo_tells_both_sizes():
    big = Image.new("RGB", (1280, 960))
    file = io.BytesIO()
    big.save(file, "JPEG")
    app = upload(opened(), "big.jpg", file.getvalue())
    assert "1280 × 960 px (width × height), shown at 640 × 480" in app.caption[-1].value
