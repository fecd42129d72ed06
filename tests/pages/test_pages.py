"""Every page from the entrypoint, as a reader opens it, in AppTest."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.catalogue import BY_SLUG, LESSONS
from tests.pages.opening import open_app, sound

ROOT = Path(__file__).parents[2]
EXTRA = {"pages/home.py"}  # a page, not a lesson
LONGEST_TITLE = 21  # letters, of what the sidebar shows before it cuts
MOST_OPTIONS = 60  # of a list of a thousand classes, so many are tried, evenly


def test_catalogue_and_pages_folder_agree():
    files = {str(p.relative_to(ROOT)) for p in (ROOT / "pages").glob("*.py")}
    assert {x.path for x in LESSONS} | EXTRA == files


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.slug)
def test_titles_fit_the_sidebar_and_no_two_are_alike(lesson):
    assert len(lesson.short) <= LONGEST_TITLE
    assert [x.short for x in LESSONS].count(lesson.short) == 1


def test_home_shows_every_lesson_and_finds_them_by_word():
    app = open_app()
    sound(app)
    text = " ".join(m.value for m in app.markdown)
    assert all(lesson.question in text for lesson in LESSONS)
    app.text_input(key="_home_search").set_value("roialign").run()
    text = " ".join(m.value for m in app.markdown)
    assert BY_SLUG["roi_pooling"].question in text
    assert BY_SLUG["hog"].question not in text
    app.text_input(key="_home_search").set_value("no such lesson").run()
    assert "no such lesson" in app.info[0].value


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.slug)
def test_page_opens_with_its_title_and_every_proof_holds(lesson):
    app = open_app(lesson.path)
    sound(app)
    assert app.title[0].value == lesson.title
    proofs = [m.value for m in app.markdown if "max |Δ|" in m.value]
    assert proofs
    assert all("**matches**" in line for line in proofs), proofs


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.slug)
def test_every_slider_goes_to_both_ends(lesson):
    app = open_app(lesson.path)
    for key in [s.key for s in app.slider]:
        for end in ("min", "max"):
            if key not in [s.key for s in app.slider]:
                continue  # a control may leave with the part it belongs to
            control = app.slider(key=key)
            control.set_value(getattr(control, end)).run()
            sound(app)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.slug)
def test_every_option_is_chosen_once(lesson):
    app = open_app(lesson.path)
    for kind in ("button_group", "selectbox", "toggle"):
        for key in [w.key for w in app.get(kind) if w.key]:
            if key.startswith("_image_") or key == "_projector_switch":
                continue
            for option in options_of(app, kind, key):
                # A control may leave with the part of the page it belongs to.
                for widget in [w for w in app.get(kind) if w.key == key]:
                    choose(widget, kind, option).run()
                    sound(app)


def options_of(app: AppTest, kind: str, key: str) -> list:
    for widget in [w for w in app.get(kind) if w.key == key]:
        options = [True, False] if kind == "toggle" else list(widget.options)
        return options[:: len(options) // MOST_OPTIONS + 1]
    return []


def choose(widget, kind: str, option):
    if kind == "toggle":
        return widget.set_value(option)
    if kind == "selectbox":
        return widget.select_index(list(widget.options).index(option))
    return widget.set_value(option)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.slug)
@pytest.mark.parametrize("image", ["astronaut", "camera", "coffee"])
def test_page_takes_any_sample(lesson, image):
    sound(open_app(lesson.path, image=image))


def test_a_link_with_an_unknown_image_says_so_and_goes_on():
    app = open_app("pages/hog.py", image="nonsense")
    sound(app)
    assert any("nonsense" in note.value for note in app.info)


def test_a_link_with_a_readers_own_photo_says_that_it_stays_with_her():
    app = open_app("pages/hog.py", image="own")
    sound(app)
    assert any("never leaves her session" in note.value for note in app.info)


def test_a_bad_value_in_a_link_falls_back_with_a_note():
    app = open_app("pages/nms.py", nms_iou="7", nms_part="nowhere")
    sound(app)
    said = " ".join(note.value for note in app.info)
    assert "“7”" in said
    assert "“nowhere”" in said


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.slug)
def test_page_is_thin(lesson):
    """A page wires; it computes and draws nothing itself."""
    source = (ROOT / lesson.path).read_text()
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) or ""
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert {name.split(".")[0] for name in imported} <= {"streamlit", "explorer"}
    assert not any(name.startswith("explorer.training") for name in imported)
    assert source.count("\n") <= 80


ARITHMETIC = [x for x in LESSONS if not x.torch]


def test_arithmetic_pages_never_import_torch():
    """In a process of its own, because another test may have imported torch."""
    paths = ["", *(str(x.file) for x in ARITHMETIC)]
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from streamlit.testing.v1 import AppTest\n"
        "for path in sys.argv[2:]:\n"
        "    app = AppTest.from_file('explorer/app.py', default_timeout=60)\n"
        "    app = (app.switch_page(path) if path else app).run()\n"
        "    assert not app.exception and not app.error, (path, app.error)\n"
        "    assert 'torch' not in sys.modules, path\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(ROOT), *paths],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
