"""Who is served when: turns, lanes, what is shared, dropped, batched, turned away."""

from concurrent.futures import CancelledError

import numpy as np
import pytest

from explorer.models import (
    batching,
    costs,
    engine,
    meters,
    queueing,
    readers,
    running,
    zoo,
)
from explorer.models.jobs import Job
from tests.models.engine_cases import PATIENCE_S, Fake, ask, fake, held, own, until

__all__ = ["fake", "own"]


def value(meter, *labels):
    """Read a counter, or a histogram's count."""
    (family,) = meter.collect()
    wanted = dict(zip(meter._labelnames, labels, strict=True))
    return sum(
        s.value
        for s in family.samples
        if s.name.endswith(("_total", "_count")) and s.labels == wanted
    )


def test_readers_take_turns(own, fake):
    with held(own, fake):
        jobs = ask(own, "a", *range(10, 30)) + ask(own, "b", 50) + ask(own, "c", 60, 61)
        places = [own.ahead(job) for job in jobs]
    for job in jobs:
        job.result(PATIENCE_S)
    assert fake.order[:7] == [10, 50, 60, 11, 61, 12, 13]
    # The job at work is before all; then as they really ran.
    ran = {value: 1 + place for place, value in enumerate(fake.order)}
    assert places == [ran[v] for v in [*range(10, 30), 50, 60, 61]]


def test_a_batch_runs_in_the_turn_of_its_first_reader():
    codes = {"z": np.zeros((1, 2), np.float32)}
    jobs = [Job("fake", "decode", codes, reader) for reader in ("ada", "bob")]
    assert batching.joined(jobs).owner == "ada"


def test_what_is_at_work_has_nobody_before_it(own, fake):
    busy = own.submit("fake", "hold")
    assert fake.at_work.wait(PATIENCE_S)
    assert own.ahead(busy) == 0
    fake.gate.set()
    busy.result(PATIENCE_S)


def test_a_heavy_job_does_not_stop_a_light_one(own, fake, monkeypatch):
    slow = Fake()
    monkeypatch.setitem(zoo._runners, "slow", slow)
    own._costs.note("slow", "hold", costs.HEAVY_S)
    with held(own, slow, "slow"):
        assert own.run("fake", "double", x=np.array([1])).arrays["y"] == [2]
        # The same model never runs twice at a time, its light methods wait for it.
        waiting = own.submit("slow", "double", x=np.array([5]))
        assert own.run("fake", "double", x=np.array([2])).arrays["y"] == [4]
        assert not waiting.done()
    assert waiting.result(PATIENCE_S).arrays["y"] == [10]
    assert own.lanes["heavy"].thread is not own.lanes["light"].thread


@pytest.mark.parametrize(
    ("name", "lane"),
    [
        ("torchvision_mask_rcnn", "heavy"),
        ("torchvision_ssdlite", "light"),
        ("rcnn", "heavy"),
        ("everyday_fast_rcnn", "heavy"),
        ("everyday_yolo_v3", "light"),
        ("digits_vae_2", "light"),
        ("zebra", "light"),
    ],
)
def test_a_record_says_what_is_heavy_until_it_was_measured(name, lane):
    known = costs.Costs()
    assert known.lane(name, "detect") == lane
    known.note(name, "detect", costs.HEAVY_S - 0.01)
    assert known.lane(name, "detect") == "light"
    known.note(name, "detect", costs.HEAVY_S + 0.02)
    assert known.lane(name, "detect") == "heavy"


def test_a_run_that_took_long_makes_its_method_heavy(own, fake, monkeypatch):
    monkeypatch.setattr(costs, "HEAVY_S", 0.0)
    own.run("fake", "double", x=np.array([1]))
    with held(own, fake):
        waiting = own.submit("fake", "double", x=np.array([2]))
    waiting.result(PATIENCE_S)
    assert waiting.job.lane == "heavy"


def test_the_same_request_is_run_once(own, fake):
    with held(own, fake):
        one, two, other = ask(own, "a", 7) + ask(own, "b", 7) + ask(own, "b", 8)
        one.cancel()  # the first leaves: the second still gets its answer
    assert two.result(PATIENCE_S).arrays["y"] == [14]
    assert other.result(PATIENCE_S).arrays["y"] == [16]
    assert fake.order == [7, 8]
    assert ask(own, "a", 7)[0].result(PATIENCE_S).arrays["y"] == [14]
    assert fake.order == [7, 8, 7]  # what has ended is run anew


def test_a_shared_failure_reaches_all_and_blocks_nobody(own, fake):
    with held(own, fake):
        both = [own.submit("fake", "fail", how="key") for _ in range(2)]
    for job in both:
        assert "KeyError" in str(job.exception(PATIENCE_S))
    assert own.run("fake", "double", x=np.array([1])).arrays["y"] == [2]


def test_who_has_left_is_not_computed_for(own, fake):
    here = {"a": True, "b": True}
    before = value(meters.RUNS, "fake", "double", "cancelled")
    with held(own, fake):
        (gone,) = ask(own, "a", 1, here=lambda: here["a"])
        (stays,) = ask(own, "b", 2, here=lambda: here["b"])
        (dropped,) = ask(own, "b", 3)
        dropped.cancel()
        here["a"] = False
    assert stays.result(PATIENCE_S).arrays["y"] == [4]
    with pytest.raises(CancelledError):
        gone.result(PATIENCE_S)
    assert fake.order == [2]
    assert value(meters.RUNS, "fake", "double", "cancelled") == before + 2


def test_a_reader_is_told_its_place_and_may_leave(own, fake):
    places = []

    class Left(BaseException):
        pass

    def wait(ahead):
        places.append(ahead)
        if len(places) == 2:
            raise Left

    with held(own, fake):
        ask(own, "a", 1)
        with readers.reading(readers.Reader("b", wait=wait)), pytest.raises(Left):
            own.run("fake", "double", x=np.array([2]))
        ask(own, "b", 3)
    until(lambda: 3 in fake.order)
    assert places == [2, 2]
    assert fake.order == [1, 3]


def test_a_full_queue_says_how_many_wait(own, fake, monkeypatch):
    monkeypatch.setattr(queueing, "MAX_WAITING", 3)
    before = value(meters.SHED, "engine")
    with held(own, fake):
        waiting = ask(own, "a", 1, 2) + ask(own, "b", 3)
        (refused,) = ask(own, "c", 4)
        error = refused.exception(PATIENCE_S)
        assert str(error) == "The machine is busy: 3 requests are before yours."
        assert isinstance(error, engine.BusyError)
        assert error.ahead == 3
        (joined,) = ask(own, "c", 3)  # what is computed anyway has room for all
    assert [job.exception(PATIENCE_S) for job in [*waiting, joined]] == [None] * 4
    assert value(meters.SHED, "engine") == before + 1
    assert ask(own, "c", 4)[0].result(PATIENCE_S).arrays["y"] == [8]


def test_one_reader_cannot_fill_the_queue(own, fake, monkeypatch):
    monkeypatch.setattr(queueing, "MAX_EACH", 2)
    with held(own, fake):
        a = ask(own, "a", 1, 2, 3)
        b = ask(own, "b", 4)
    told = [job.exception(PATIENCE_S) for job in a + b]
    assert [error is None for error in told] == [True, True, False, True]


@pytest.mark.parametrize("bad", [False, True])
def test_codes_that_wait_are_decoded_together(own, fake, bad):
    before = value(meters.BATCH_JOBS, "fake")
    with held(own, fake):
        jobs = [
            own.submit("fake", "decode", z=np.full((n, 2), float(n)), label=n)
            for n in (1, 2, 3)
        ]
        wide = own.submit("fake", "decode", z=np.ones((1, 5)), label=0)
        plain = own.submit("fake", "decode", z=np.ones((1, 2)))
        if bad:
            failing = own.submit("fake", "decode", z=-np.ones((1, 2)), label=9)
    for n, job in zip((1, 2, 3), jobs, strict=True):
        images = job.result(PATIENCE_S).arrays["images"]
        np.testing.assert_array_equal(images, np.full((n, 2), 2.0 * n))
        assert images.base is None
    assert wide.result(PATIENCE_S).arrays["images"].shape == (1, 5)
    assert plain.result(PATIENCE_S).arrays["images"].shape == (1, 2)
    if bad:  # it fails alone, after the whole was tried
        assert "below 0" in str(failing.exception(PATIENCE_S))
        assert fake.rows == [7, 1, 2, 3, 1, 1, 1]
    else:
        assert fake.rows == [6, 1, 1]
        assert value(meters.BATCH_JOBS, "fake") == before + 3


@pytest.mark.parametrize("name", ["digits_vae_2", "digits_cvae_10", "faces_vae"])
def test_a_batch_of_a_real_decoder_is_its_single_pictures(name):
    runner, rng = zoo.load(name), np.random.default_rng(0)
    size = int(zoo.record(name).arguments["z"])
    codes = [rng.normal(size=(n, size)).astype(np.float32) for n in (1, 3, 2)]
    told = [{"label": k} for k in range(3)] if "cvae" in name else [{}] * 3
    jobs = [
        Job(name, "decode", {"z": z, **t}) for z, t in zip(codes, told, strict=True)
    ]
    for job, answer in zip(jobs, running.answers(jobs), strict=True):
        alone = runner.methods["decode"](**job.arguments)["images"].astype(int)
        # Float sums in another order may round to the neighbouring level.
        assert np.abs(answer.arrays["images"] - alone).max() <= 1
        assert (answer.arrays["images"] == alone).mean() > 0.999
