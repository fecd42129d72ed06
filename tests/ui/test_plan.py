import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.catalogue import LESSONS
from explorer.ui.plan import (
    LARGEST,
    LONGEST_CODE,
    LONGEST_TITLE,
    MOST_STEPS,
    Plan,
    Step,
    pack_plan,
    step_of_link,
    unpack_plan,
    view_of,
)

SLUGS = [lesson.slug for lesson in LESSONS]
VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=9
)
PARAMETERS = st.dictionaries(
    st.sampled_from(["part", "iou", "box"]), VALUES, max_size=3
)


@st.composite
def plans(draw):
    steps = []
    for slug in draw(st.lists(st.sampled_from(SLUGS), max_size=6)):
        own = {f"{slug}_{k}": v for k, v in draw(PARAMETERS).items() if v}
        steps.append(Step(slug, view_of(slug, own)))
    return Plan("", tuple(steps)).named(draw(VALUES))


@given(plans())
def test_a_plan_survives_its_link(plan):
    found, dropped = unpack_plan(pack_plan(plan))
    assert found == plan
    assert dropped == ()


def test_ten_lessons_with_views_fit_into_a_link():
    plan = Plan("Detection, week 3: from windows to anchors")
    for number, slug in enumerate(SLUGS[12:22]):
        view = {f"{slug}_part": f"A detector {number}", f"{slug}_iou": "0.55"}
        view |= {f"{slug}_boxes": "12.5,30.25,180.75,220,40,31.5,99.125,301"}
        plan = plan.added(Step(slug, view_of(slug, view | {"image": "astronaut"})))
    address = f"https://vision.example.edu/?plan={pack_plan(plan)}"
    assert len(address) <= 2000
    assert len(plan.steps) == 10


def packed(text: str) -> str:
    packer = zlib.compressobj(9, wbits=-15)
    data = packer.compress(text.encode()) + packer.flush()
    return "1" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_unknown_lessons_are_dropped_with_a_sentence():
    plan, said = unpack_plan(packed("T\nnms\nno_such\n//evil.example\nhog"))
    assert [step.slug for step in plan.steps] == ["nms", "hog"]
    assert "no_such" in said[0]
    assert len(said) == 2


def test_a_views_foreign_parameters_are_dropped():
    plan, _ = unpack_plan(packed("T\nnms?_iou=0.3&image=own&projector=1&../x=1"))
    assert plan.steps[0].parameters == {"nms_iou": "0.3"}


@pytest.mark.parametrize("key", ["digit", "from", "to"])
def test_a_plan_does_not_say_that_there_was_a_photo_of_a_digit(key):
    plan, _ = unpack_plan(packed(f"T\nvae?_{key}_photo=1&_digit=a+photo+of+one"))
    assert plan.steps[0].parameters == {"vae_digit": "a photo of one"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "2" + pack_plan(Plan("T"))[1:],
        "1%%%%",
        pack_plan(Plan("T", (Step("nms"), Step("hog"))))[:-6],
        packed("T\n" + "nms\n" * (LARGEST // 3)),  # unpacks to more than is allowed
        "1" + "A" * (2 * LONGEST_CODE),
    ],
)
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(ValueError, match="can't be read"):
        unpack_plan(text)


@pytest.mark.parametrize(
    ("count", "cut"), [(MOST_STEPS, False), (MOST_STEPS + 1, True)]
)
def test_a_plan_is_cut_at_its_most_lessons(count, cut):
    plan, said = unpack_plan(packed("T" + "\nnms" * count))
    assert len(plan.steps) == MOST_STEPS
    assert bool(said) == cut


def test_a_full_plan_takes_no_more():
    full = Plan("", (Step("nms"),) * MOST_STEPS)
    with pytest.raises(ValueError, match=f"{MOST_STEPS} lessons"):
        full.added(Step("hog"))


def test_a_view_that_makes_the_link_too_long_is_refused():
    letters = np.random.default_rng(0).integers(97, 123, (3, 850)).astype(np.uint8)
    views = [row.tobytes().decode() for row in letters]
    plan = Plan("").added(Step("vae", view_of("vae", {"vae_ink": views[0]})))
    plan = plan.added(Step("vae", view_of("vae", {"vae_ink": views[1]})))
    third = Step("vae", view_of("vae", {"vae_ink": views[2]}))
    with pytest.raises(ValueError, match="characters"):
        plan.added(third)
    with pytest.raises(ValueError, match="characters"):
        plan.added(Step("vae")).seen_from(2, third.view)


def test_a_title_is_one_line_and_bounded():
    assert Plan().named("a\nb\u202ec ").title == "a b c"
    assert len(Plan().named("x" * 200).title) == LONGEST_TITLE


def test_moving_and_taking_out_keep_the_rest():
    plan = Plan("", (Step("nms"), Step("hog"), Step("vae")))
    assert [s.slug for s in plan.moved(2, -1).steps] == ["nms", "vae", "hog"]
    assert plan.moved(0, -1) == plan
    assert plan.moved(2, 1) == plan
    assert [s.slug for s in plan.without(1).steps] == ["nms", "vae"]
    assert plan.seen_from(1, "hog_part=x").steps[1].view == "hog_part=x"


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/course/nms?nms_iou=0.3&nms_x=1#top",
        " http://localhost:8501/nms/?nms_iou=0.3&nms_x=1&plan=q&projector=1 ",
    ],
)
def test_of_a_pasted_link_only_lesson_and_view_are_kept(text):
    assert step_of_link(text) == Step("nms", "nms_iou=0.3&nms_x=1")


@pytest.mark.parametrize(
    "text", ["", "hello", "https://example.org/", "/nowhere?x=1", "http://[bad/nms"]
)
def test_a_pasted_text_that_is_no_lesson_is_refused(text):
    with pytest.raises(ValueError, match="no link to a lesson"):
        step_of_link(text)
