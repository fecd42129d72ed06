"""The HOG lesson as a reader uses it, in AppTest."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.core.hog import MASKS

ROOT = Path(__file__).parents[2]


def open_hog(**link):
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / "pages" / "hog.py"))
    app.run()
    assert not app.exception, app.exception
    return app


def text_of(app):
    return "\n".join(m.value for m in app.markdown)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("0", "**3,780** numbers"),
        ("1", "the mask reads the framed ones"),
        ("2", "A vote is as strong as the gradient is long"),
        ("3", "lies in cell row 7, column 2"),
        ("4", "stands in **4** blocks"),
        ("5", "= place **"),
    ],
)
def test_every_step_writes_its_arithmetic(step, sentence):
    app = open_hog(hog_step=step, hog_pixel="20,60")
    assert sentence in text_of(app)
    assert not app.error


def test_both_proofs_hold_on_another_window_and_in_other_settings():
    app = open_hog(hog_window="100,100,164,228", hog_cell="16", hog_bins="12")
    proofs = [line for line in text_of(app).splitlines() if "max |Δ|" in line]
    assert len(proofs) == 2
    assert all("**matches**" in line for line in proofs)
    assert "64 px wide here" in text_of(app)


def test_shadow_leaves_normalised_strokes_and_dims_the_others():
    app = open_hog(hog_part="Glyphs", hog_light="0.3")
    text = text_of(app)
    left = {
        line.split("|")[1].strip(): int(line.split("**")[1].rstrip("%"))
        for line in text.splitlines()
        if "%**" in line and line.startswith("|")
    }
    assert left["L2-Hys"] > 85
    assert left["none"] < 65


def test_masks_show_how_far_directions_turn():
    assert "leaves the pixel itself out" in text_of(open_hog(hog_part="Masks"))
    app = open_hog(hog_part="Masks", hog_mask="1-D uncentred")
    assert "differ from the centred mask's" in text_of(app)


def test_another_photo_forgets_window_and_pixel():
    app = open_hog(hog_window="100,100,164,228", hog_pixel="20,60")
    app.session_state["_image"] = "astronaut"
    app.run()
    assert not app.exception
    assert "hog_pixel" not in app.query_params
    assert "64 px wide here" not in text_of(app)


def proofs_of(app):
    return [line for line in text_of(app).splitlines() if "max |Δ|" in line]


@pytest.mark.parametrize("mask", MASKS)
def test_the_masks_part_proves_the_gradient_it_shows(mask):
    title = MASKS[mask].title
    (proof,) = proofs_of(open_hog(hog_part="Masks", hog_mask=title))
    assert "matches" in proof
    assert f"{title} mask" in proof
    assert "640 × 480" in proof


def test_a_mask_the_libraries_lack_is_named_beside_the_one_compared():
    proofs = proofs_of(open_hog(hog_mask="3x3 Sobel"))
    assert len(proofs) == 2
    for proof, library in zip(proofs, ("OpenCV", "scikit-image"), strict=True):
        assert f"{library} knows only the centred mask" in proof
        assert "not 3x3 Sobel" in proof
    assert not any("knows only" in proof for proof in proofs_of(open_hog()))


def test_terms_are_explained():
    assert any(
        "L2-Hys" in m and "Block" in m for m in text_of(open_hog()).split("\n\n")
    )
