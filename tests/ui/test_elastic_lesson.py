"""The elastic lesson: its masks, its settings, what it believes the browser."""

import base64

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.models import zoo
from explorer.models.records import Record
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import elastic_check, elastic_masks, elastic_views
from explorer.ui.lessons import elastic_deformation as lesson
from explorer.ui.lessons import elastic_words as words
from explorer.ui.lessons.elastic_masks import Masked

IMAGE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
MASK = np.zeros((40, 60), np.uint8)
MASK[8:20, 10:30], MASK[25:35, 5:50] = 3, 7
COLORS = {7: "#0072B2", 3: "#E69F00"}
SCENE = Masked(IMAGE, MASK, {7: "car", 3: "tree"}, COLORS, "known")


def settings(smooth: bool = True, alpha: float = 4.0) -> lesson.Settings:
    return lesson.Settings(smooth, alpha, 6.0, 3, 1)


def sent(bent: lesson.Bent, shift: float = 0.0) -> dict:
    field = bent.field[:, :: lesson.MESH_PX, :: lesson.MESH_PX]
    return {
        "field": (field.transpose(1, 2, 0).ravel() + shift).tolist(),
        "counts": [[t.area_px, t.parts, t.holes] for t in bent.after.values()],
        "between": int(bent.mixed.between.sum()),
        "invented": int(bent.mixed.invented.sum()),
    }


@pytest.mark.parametrize("smooth", [True, False])
def test_the_browser_is_compared_with_the_core(smooth: bool) -> None:
    asked = settings(smooth)
    bent = lesson.bend(SCENE, asked)
    found = elastic_check.browser_proofs(sent(bent), asked, bent)
    assert [proof.holds for proof in found] == [True, True, True]
    off = elastic_check.browser_proofs(sent(bent, 0.25), asked, bent)
    assert [proof.holds for proof in off] == [False, True, True]
    wrong = sent(bent) | {"invented": 9999}
    other = elastic_check.browser_proofs(wrong, asked, bent)
    assert [proof.holds for proof in other] == [True, False, True]
    hole = sent(bent)
    hole["counts"][0][2] += 1
    one_more = elastic_check.browser_proofs(hole, asked, bent)
    assert [proof.holds for proof in one_more] == [True, True, False]
    lost = sent(bent) | {"between": None}  # what NaN becomes on its way
    none = elastic_check.browser_proofs(lost, asked, bent)
    assert [proof.holds for proof in none] == [True, False, True]


@pytest.mark.parametrize(
    "value",
    [{}, {"field": "x"}, {"field": [1]}, {"counts": [[1]]}],
    ids=["nothing", "words", "short", "ragged"],
)
def test_nonsense_from_a_browser_proves_nothing(value: dict) -> None:
    asked = settings()
    bent = lesson.bend(SCENE, asked)
    given = sent(bent) | value if value else {}
    assert elastic_check.browser_proofs(given, asked, bent) == []


def test_a_still_field_bends_nothing() -> None:
    for smooth in (True, False):
        bent = lesson.bend(SCENE, settings(smooth, 0.0))
        np.testing.assert_array_equal(bent.image, IMAGE)
        assert bent.before == bent.after


def test_the_streets_own_masks_are_known() -> None:
    scene = load_sample("street")
    picture = Picture(
        scene.image, "street", "x", scene.gt_boxes, scene.gt_labels, "", scene.masks
    )
    found = elastic_masks.masked(picture, elastic_masks.AUTOMATIC)
    assert found.mask.shape == (216, 288)
    assert set(np.unique(found.mask)) == {0, 1, 2, 3, 4, 5}
    assert set(found.names.values()) == {"person"}
    share = (found.mask > 0).mean()
    assert share == pytest.approx(scene.masks.any(axis=0).mean(), rel=0.02)


def test_without_truth_or_network_brightness_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(elastic_masks, "networks", dict)
    found = elastic_masks.masked(Picture(IMAGE, "a", "b"), elastic_masks.AUTOMATIC)
    assert found.source == elastic_masks.CUT


def test_the_best_network_for_the_picture_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    about = zoo.record("torchvision_lraspp")

    def made(name: str, miou: float | None) -> Record:
        scores = {} if miou is None else {"miou": {"value": miou}}
        classes = ("background", "hair", "skin")
        new = {"name": name, "title": name, "scores": scores, "classes": classes}
        new |= {"data": name.split("_")[0]}
        return Record(**(dict(vars(about)) | new))

    names = {"people_a": 0.4, "people_b": 0.6, "people_trunk": None, "street_c": 0.9}
    records = {name: made(name, miou) for name, miou in names.items()}
    monkeypatch.setattr(zoo, "records", lambda: records)
    monkeypatch.setattr(zoo, "record", lambda name: records[name])
    monkeypatch.setattr(zoo, "status", lambda name: "ready")
    assert list(elastic_masks.networks()) == ["street_c", "people_b"]
    assert elastic_masks.network_for("street") == "street_c"
    assert elastic_masks.network_for("cats") is None

    class Answer:
        arrays = {"labels": np.pad(np.full((10, 60), 2, np.uint8), ((0, 30), (0, 0)))}

    asked = []
    monkeypatch.setattr(
        elastic_masks.live, "model", lambda *a, **k: asked.append(a) or Answer
    )
    found = elastic_masks.masked(Picture(IMAGE, "a", "b"), elastic_masks.AUTOMATIC)
    assert asked == [("people_b", "segment")]
    assert (found.names, list(found.colors)) == ({2: "skin"}, [2])
    assert "people_b" in found.source
    Answer.arrays = {"labels": np.zeros((40, 60), np.uint8)}  # it finds nothing
    found = elastic_masks.masked(Picture(IMAGE, "a", "b"), elastic_masks.AUTOMATIC)
    assert found.source == elastic_masks.CUT
    asked_for = elastic_masks.masked(Picture(IMAGE, "a", "b"), "people_b")
    assert "people_b" in asked_for.source
    monkeypatch.setattr(elastic_masks.live, "model", lambda *a, **k: None)
    found = elastic_masks.masked(Picture(IMAGE, "a", "b"), "people_b")
    assert found.source == elastic_masks.CUT  # the reason stands above, as a warning


def test_a_drawing_comes_as_bits_and_nonsense_draws_nothing() -> None:
    mask = np.random.default_rng(2).integers(0, 2, (7, 9)).astype(np.uint8)
    bits = base64.b64encode(np.packbits(mask).tobytes()).decode()
    np.testing.assert_array_equal(elastic_masks.read_bits(bits, 7, 9), mask)
    for bad in ("", "??", bits[:4], bits + "AAAA"):
        assert elastic_masks.read_bits(bad, 7, 9).sum() == 0


def test_an_object_in_the_dark_or_in_the_light_is_found() -> None:
    photo = np.full((30, 40, 3), 220, np.uint8)
    photo[8:22, 10:30] = 20
    assert elastic_masks.cut(photo)[1] == "dark part"
    mask, name = elastic_masks.cut(255 - photo)
    assert name == "bright part"
    assert (mask[15, 20], mask[0, 0]) == (1, 0)


def test_tiny_and_wide_pictures_get_all_their_views() -> None:
    for shape in ((1, 1), (1, 40), (40, 1), (2, 3)):
        scene = Masked(
            IMAGE[: shape[0], : shape[1]],
            MASK[: shape[0], : shape[1]],
            {3: "a"},
            COLORS,
            "",
        )
        for smooth in (True, False):
            bent = lesson.bend(scene, settings(smooth))
            assert bent.mask.shape == shape
        images, masks = elastic_views.pairs(scene.image, scene.mask, settings(), 0)
        assert len(images) == len(masks) == elastic_views.TILES


def test_the_sheets_first_pair_is_the_pair_of_its_seed() -> None:
    for smooth in (True, False):
        asked = settings(smooth)
        images, masks = elastic_views.pairs(IMAGE, MASK, asked, asked.seed)
        bent = lesson.bend(SCENE, asked)
        np.testing.assert_array_equal(images[0], bent.image)
        np.testing.assert_array_equal(masks[0], bent.mask)


def test_folds_grow_with_the_ratio() -> None:
    ratios = elastic_views.ratios_to(0.2)
    shares = elastic_views.smooth_folds((60, 80), 0, 6.0, ratios)
    assert shares[0] == 0
    assert shares[-1] > 0.1
    assert shares[ratios <= 0.3].max() < 0.002  # where the sliders stand at first


def test_the_curve_reaches_the_readers_own_ratio() -> None:
    assert elastic_views.ratios_to(10.0)[-1] == 10.0


@pytest.mark.parametrize(
    ("shares", "most"),
    [
        ([0, 0, 0, 0.2], "0.50"),
        ([0, 0.0009, 0.0011, 0], "0.25"),  # what comes after folds does not count
        ([0.1, 0, 0, 0], "0.00"),
        ([0, 0, 0, 0], "0.75"),
    ],
)
def test_up_to_where_nothing_folds_is_read_from_the_curves(
    shares: list[float], most: str
) -> None:
    ratios, curve = np.array([0, 0.25, 0.5, 0.75]), np.array(shares)
    assert f"α/σ = {most}**" in words.folds(True, ratios, [0 * curve, curve])
    assert "two nodes" in words.folds(False, ratios, [curve])


def test_only_a_photo_made_smaller_is_said_to_have_the_usual_size() -> None:
    assert "trained at" not in words.source_words(SCENE)
    wide = np.zeros((10, elastic_masks.SIDE_PX, 3), np.uint8)
    scene = Masked(wide, wide[..., 0], {}, {}, "known")
    assert "trained at" in words.source_words(scene)


def test_vectors_of_size_0_still_show_what_they_are_made_of() -> None:
    bent = lesson.bend(SCENE, settings(False, 0.0))
    assert not bent.field.any()
    assert bent.smooth.std() > 0.1
    once = lesson.bend(SCENE, settings(False, 4.0))
    np.testing.assert_allclose(once.smooth * once.gain, once.field, rtol=1e-5)


def test_switches_are_kept_for_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, object] = {}
    monkeypatch.setattr(
        lesson.remember, "set", lambda name, value, _: kept.update({name: value})
    )
    lesson.take({"smooth": True, "mixed": True, "meshed": False}, True)
    assert kept == {"mixed": 1, "meshed": 0}
    kept.clear()
    lesson.take({"smooth": True, "mixed": "yes", "meshed": None}, True)
    assert kept == {}


def test_the_rule_has_this_fields_numbers() -> None:
    told = words.smooth_rule(20.0, 0.0075, 800.0, 6.0)
    assert "0.0075" in told
    assert "800" in told
    assert r"\text{px}" in words.coarse_rule(3, 10.0)
    assert "30,000" in words.many_words(12, 24.0)
    assert "1.0 minutes" in words.many_words(12, 24.0)
