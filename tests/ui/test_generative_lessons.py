"""The first two generative lessons' own arithmetic, and that their proofs can fail."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core.bayes import normal_log_density
from explorer.core.digit_form import stroke_digit
from explorer.core.latent import active_units
from explorer.core.latent_table import evidence, latent_table
from explorer.models import zoo
from explorer.ui.lessons import bottleneck, bottleneck_probe
from explorer.ui.lessons import generative_bayes as bayes
from explorer.ui.lessons import generative_kinds as kinds
from explorer.ui.lessons import generative_reject as rejecting
from explorer.ui.lessons.generative_tree import parse_name


def test_bells_go_to_the_stage_and_back():
    state = bayes.as_state(bayes.START, flat=False)
    assert bayes.as_bells({**state, "tag": "plane"}, bayes.START) == bayes.START


def test_a_line_keeps_the_heights_that_the_plane_had():
    state = bayes.as_state(bayes.START, flat=True)
    assert [mean[1] for mean in state["means"]] == [0.0, 0.0]
    state["means"] = [[2.0, 0.0], [3.0, 0.0]]
    back = bayes.as_bells({**state, "tag": "line"}, bayes.START)
    assert back[1:5] == (2.0, bayes.START[2], 3.0, bayes.START[4])


@pytest.mark.parametrize(
    "text",
    ["", "0.5,1", "a,0,0,0,0,1,1,0,0", "1,0,0,0,0,1,1,0,0", "nan,0,0,0,0,1,1,0,0"],
)
def test_what_are_no_bells_is_refused(text):
    with pytest.raises(ValueError, match=r"numbers|convert|is not in"):
        bayes.parse_bells(text)


@pytest.mark.parametrize("tag", ["line", "plane"])
def test_a_wrong_posterior_of_the_browser_is_found(tag):
    sent = {**bayes.as_state(bayes.START, tag == "line"), "tag": tag}
    unsent = bayes.prove_playground({**sent, "posterior": None})
    assert [proof.reference for proof in unsent] == ["scipy.stats.norm"]
    assert unsent[0].holds
    first = bayes.prove_playground({**sent, "posterior": 0.5})[0]
    right = 0.5 + first.delta
    signs = [
        bayes.prove_playground({**sent, "posterior": 0.5 + sign * first.delta})[0]
        for sign in (-1, 1)
    ]
    assert not first.holds
    assert right != 0.5
    assert [proof.holds for proof in signs].count(True) == 1


def test_a_wrong_density_is_found_and_far_out_the_rule_is_proved_too(monkeypatch):
    far = (0.5, -5.0, 2.0, -4.0, 2.0, 0.3, 0.3, 5.0, -2.0)  # both densities underflow
    sent, out = (
        {**bayes.as_state(bells, False), "tag": "plane", "posterior": None}
        for bells in (bayes.START, far)
    )
    for one in (sent, out):
        assert [proof.holds for proof in bayes.prove_playground(one)] == [True]
    half = lambda *bell: normal_log_density(*bell) / 2  # noqa: E731
    monkeypatch.setattr(bayes, "normal_log_density", half)
    assert [proof.holds for proof in bayes.prove_playground(sent)] == [False]


def test_an_unknown_kind_in_a_link_is_refused():
    with pytest.raises(ValueError, match="none of"):
        parse_name("SVM")


def judged(image, weights):
    likely = np.full(10, -100.0)
    even = np.full(10, 0.1)
    return kinds.Judged(image, even, weights, likely, even, -100.0)


def test_wrong_evidence_and_a_wrong_posterior_are_found():
    from explorer.models import engine

    image = stroke_digit(4)
    answer = engine.run(kinds.TELLER, "evidence", images=image[None], samples=3, seed=0)
    one = judged(image, answer.arrays["log_weights"][0].astype(np.float64))
    assert all(proof.holds for proof in kinds.prove(one))
    wrong = replace(one, log_weights=one.log_weights + np.eye(10, 3) * 0.1)
    assert [proof.holds for proof in kinds.prove(wrong)] == [False, True]
    wrong = replace(one, bayes=np.roll(np.linspace(0, 0.2, 10), 1))
    assert [proof.holds for proof in kinds.prove(wrong)] == [True, False]


def test_areas_agree_and_a_record_of_another_area_is_found(monkeypatch):
    assert all(proof.holds for proof in rejecting.prove_areas())
    assert not rejecting.recorded(0.98, {"value": 0.981}, "").holds
    assert rejecting.recorded(0.98, {"value": 0.98001}, "").holds
    monkeypatch.setattr(rejecting, "roc", lambda *_: (None, None, 0.2))
    assert not any(proof.holds for proof in rejecting.prove_areas())


def test_the_threshold_starts_where_nearly_all_digits_are_let_in():
    known = evidence(kinds.TELLER)
    low, high, start, step = rejecting.threshold_range(known)
    assert low < start < high
    assert start % step == 0
    assert (known["digits"] >= start).mean() >= 1 - rejecting.REFUSED


def test_the_same_seed_gives_both_networks_the_same_draws():
    noise = bottleneck.draws(5)
    np.testing.assert_array_equal(noise, bottleneck.draws(5))
    assert (noise != bottleneck.draws(6)).any()
    mu = np.random.default_rng(0).normal(3, 2, (50, 4))
    z = bottleneck.own_bell(mu, noise)
    np.testing.assert_allclose((z - mu.mean(0)) / mu.std(0), noise[:, :4])


@pytest.mark.parametrize("count", bottleneck_probe.LABELS)
def test_a_probe_is_where_its_loss_is_least_and_another_is_found(monkeypatch, count):
    from explorer.ui import live

    monkeypatch.setattr(live, "compute", lambda _, make, *args: make(*args))
    name = bottleneck.SIZES[2]
    probe, accuracy = bottleneck_probe.fitted(name, count)
    assert 0 <= accuracy <= 1
    assert bottleneck_probe.prove(name, count, probe).holds
    wrong = replace(probe, bias=probe.bias + np.eye(10)[3] * 0.01)
    assert not bottleneck_probe.prove(name, count, wrong).holds


@pytest.mark.parametrize("size", bottleneck.SIZES)
@pytest.mark.parametrize("count", bottleneck_probe.LABELS)
def test_the_probe_fitted_here_does_about_as_well_as_the_recorded_ones(size, count):
    """On the same digits; one draw, so a point beside four of the record's spreads."""
    name = bottleneck.SIZES[size]
    score = zoo.record(name).scores[f"accuracy_code_{count}"]
    _, accuracy = bottleneck_probe.fitted(name, count)
    assert accuracy == pytest.approx(score["value"], abs=4 * score["std"] + 0.01)


@pytest.mark.parametrize("size", bottleneck.SIZES)
def test_drawn_codes_lie_farther_from_the_known_ones_than_a_vaes(monkeypatch, size):
    """What the page says in words is what both networks' codes say."""
    from explorer.ui import live

    monkeypatch.setattr(live, "compute", lambda _, make, *args: make(*args))
    noise, none = bottleneck.draws(0), np.zeros((0, 28, 28), np.uint8)
    plain, prior = bottleneck.SIZES[size], bottleneck.VAES[size]
    mu = latent_table(plain).mu.astype(np.float64)
    ratios = []
    for name, z in (
        (plain, bottleneck.own_bell(mu, noise)),
        (prior, noise[:, : latent_table(prior).mu.shape[1]]),
    ):
        own, drawn = bottleneck.distances(
            bottleneck.Coded(name, z.astype(np.float32), none)
        )
        ratios.append(np.median(drawn) / np.median(own))
    assert ratios[0] > 1.2 * ratios[1]


def test_numbers_that_a_vae_leaves_alone_count_for_no_distance(monkeypatch):
    from explorer.ui import live

    monkeypatch.setattr(live, "compute", lambda _, make, *args: make(*args))
    name = bottleneck.VAES[64]
    mu = latent_table(name).mu[:5]
    idle = ~active_units(latent_table(name).mu)
    assert idle.any()
    none = np.zeros((0, 28, 28), np.uint8)
    moved = bottleneck.Coded(name, mu + 100 * idle.astype(np.float32), none)
    np.testing.assert_allclose(bottleneck.distances(moved)[1], 0, atol=1e-6)


def test_a_code_or_picture_of_another_digit_is_found():
    from explorer.models import engine

    name, image = bottleneck.SIZES[8], stroke_digit(8)
    code = engine.run(name, "encode", images=image[None]).arrays["mu"]
    back = engine.run(name, "decode", z=code).arrays["images"]
    one = bottleneck.Coded(name, code, back, image)
    assert all(proof.holds for proof in bottleneck.prove([one]))
    other = replace(one, seen=stroke_digit(1))
    assert [proof.holds for proof in bottleneck.prove([other])] == [True, False]
    other = replace(one, images=255 - back)
    assert [proof.holds for proof in bottleneck.prove([other])] == [False, True]


def test_both_networks_are_those_of_the_records():
    assert zoo.record(kinds.TELLER).classes == zoo.record(kinds.NAMER).classes
