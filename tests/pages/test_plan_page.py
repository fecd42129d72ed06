"""Lesson plans as a reader meets them: made, opened from a link, followed, left."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.ui.literal import JOINER
from explorer.ui.plan import Plan, Step, pack_plan, unpack_plan
from tests.pages.opening import open_app, sound

ROOT = Path(__file__).parents[2]
PLAN = Plan(
    "Week *3* [boxes](http://evil.example)",
    (Step("hog", "hog_part=Glyphs"), Step("convolution"), Step("hog")),
)
CODE = pack_plan(PLAN)


def links(app: AppTest) -> dict[str, str]:
    """Each page link's words and the query it carries."""
    return {x.proto.label: x.proto.query_string for x in app.get("page_link")}


def plan_of(app: AppTest) -> Plan:
    return unpack_plan(code_of(app))[0]


def code_of(app: AppTest) -> str:
    held = app.query_params["plan"]
    return held if isinstance(held, str) else held[0]


def test_a_plans_link_shows_its_cards_in_order_with_their_views():
    app = sound(open_app(plan=CODE))
    words = links(app)
    assert [x for x in words if x.startswith("**") and x[2].isdigit()] == [
        "**1. HOG descriptor**",
        "**2. Convolution**",
        "**3. HOG descriptor**",
    ]
    assert "hog_part=Glyphs" in words["**1. HOG descriptor**"]
    assert "at=3" in words["**3. HOG descriptor**"]
    assert any("Glyphs" in c.value for c in app.caption)
    title = app.header[0].value
    # A link's words are shown, not obeyed.
    assert f"\\[boxes\\](http:{JOINER}//" in title


def test_a_lesson_of_a_plan_says_where_it_is_and_leads_on():
    app = sound(open_app("pages/convolution.py", plan=CODE, at="2"))
    words = links(app)
    assert "at=1" in words["Previous"]
    assert "hog_part=Glyphs" in words["Previous"]
    assert "at=3" in words["Next"]
    assert "2 of 3 · next: HOG descriptor" in words
    assert code_of(app) == CODE


def test_without_a_step_the_lessons_keep_their_own_order():
    words = links(sound(open_app("pages/convolution.py", plan=CODE)))
    assert "at=" not in words["Next"]
    assert not any("of 3" in word for word in words)


def test_a_step_that_is_another_lessons_is_not_taken():
    for at in ("1", "0", "4", "99", "x", "-1", "²"):
        words = links(sound(open_app("pages/convolution.py", plan=CODE, at=at)))
        assert not any("of 3" in word for word in words)


def test_bad_plans_get_a_sentence_and_the_road_map_stays():
    app = sound(open_app(plan="1nonsense"))
    assert any("can't be read" in note.value for note in app.warning)
    assert "plan" not in app.query_params
    assert len(links(app)) > 30


def test_a_plan_is_made_changed_and_left():
    app = sound(open_app())
    app.button(key="_plan_begin").click().run()
    app.button(key="_plan_add").click().run()
    pasted = "https://elsewhere.example/nms?nms_iou=0.3&x=1"
    app.text_input(key="_plan_pasted").set_value(pasted).run()
    app.text_input(key="_plan_title").set_value("Mine").run()
    assert plan_of(sound(app)) == Plan(
        "Mine", (Step("convolution"), Step("nms", "nms_iou=0.3"))
    )
    app.button(key="_plan_up_1").click().run()
    assert [s.slug for s in plan_of(app).steps] == ["nms", "convolution"]
    app.button(key="_plan_usual_0").click().run()
    assert plan_of(app).steps[0].view == ""
    app.button(key="_plan_out_0").click().run()
    assert [s.slug for s in plan_of(app).steps] == ["convolution"]
    app.text_input(key="_plan_pasted").set_value("https://evil.example/").run()
    assert any("no link to a lesson" in e.value for e in app.error)
    app.button(key="_plan_done").click().run()
    app.button(key="_plan_leave").click().run()
    assert "plan" not in app.query_params


def test_the_last_view_of_a_lesson_can_start_it():
    app = sound(open_app("pages/convolution.py", plan=CODE))
    app.query_params["convolution_seen"] = "1"
    app.run()
    app.query_params.pop("convolution_seen")
    app.switch_page(str(ROOT / "pages" / "home.py")).run()
    app.button(key="_plan_edit").click().run()
    app.button(key="_plan_seen_1").click().run()
    assert plan_of(sound(app)).steps[1] == Step("convolution", "convolution_seen=1")
