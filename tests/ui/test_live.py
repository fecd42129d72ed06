import threading
import time

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.models import readers
from explorer.ui import live
from explorer.ui.live import ENTRY_OVERHEAD_BYTES, ResultCache, digest, size_bytes


def test_a_change_of_one_pixel_in_a_large_image_is_another_digest():
    """Streamlit's own cache samples arrays of this size and misses such a change."""
    image = np.zeros((480, 640, 3), np.uint8)
    other = image.copy()
    other[317, 211, 1] = 1
    assert digest(image) != digest(other)


@given(st.lists(st.one_of(st.integers(), st.floats(), st.text(), st.booleans())))
def test_digest_is_a_function_of_the_value(values):
    assert digest(values) == digest(list(values))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("ab", "c"), ("a", "bc")),
        ((1,), (1.0,)),
        ((True,), (1,)),
        (([1], 2), ([1, 2],)),
        (({"a": 1},), ({"a": 2},)),
        ((np.zeros(4, np.uint8),), (np.zeros(1, np.float32),)),
    ],
)
def test_digest_tells_neighbours_apart(one, two):
    assert digest(*one) != digest(*two)


def test_digest_refuses_what_it_cannot_read():
    with pytest.raises(TypeError, match="fingerprint a object"):
        digest(object())


def test_non_contiguous_arrays_count_by_value():
    grid = np.arange(12).reshape(3, 4)
    assert digest(grid.T) == digest(np.ascontiguousarray(grid.T))


def test_cache_keeps_within_its_bytes_and_drops_the_oldest():
    entry = 1000 + ENTRY_OVERHEAD_BYTES
    cache = ResultCache(max_bytes=2 * entry)
    for key in "abc":
        cache.get(key, lambda: np.zeros(1000, np.uint8))
    assert cache.bytes == 2 * entry
    assert cache.get("c", lambda: None)[2]
    assert not cache.get("a", lambda: np.zeros(1000, np.uint8))[2]


@pytest.mark.parametrize(("extra", "kept"), [(0, True), (1, False)])
def test_a_result_larger_than_the_cache_is_not_kept(extra, kept):
    cache = ResultCache(max_bytes=1000 + ENTRY_OVERHEAD_BYTES)
    cache.get("big", lambda: np.zeros(1000 + extra, np.uint8))
    assert (cache.bytes > 0) is kept


def begun(cache: ResultCache) -> None:
    """Wait until somebody computes something."""
    end = time.monotonic() + 60
    while not cache._running:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_two_readers_who_ask_the_same_compute_it_once():
    cache, calls = ResultCache(), []

    def slow():
        calls.append(1)
        time.sleep(0.05)
        return 7

    got = []
    readers = [
        threading.Thread(target=lambda: got.append(cache.get("k", slow)[0]))
        for _ in range(8)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert got == [7] * 8
    assert len(calls) == 1


def test_a_reader_waits_in_slices_and_may_leave():
    cache, gate, started = ResultCache(), threading.Event(), threading.Event()

    class Left(BaseException):
        pass

    def slow():
        started.set()
        assert gate.wait(60)
        return 7

    def leave(ahead):
        raise Left

    got = []
    maker = threading.Thread(target=lambda: got.append(cache.get("k", slow)[0]))
    maker.start()
    assert started.wait(60)
    with pytest.raises(Left):
        cache.get("k", lambda: 8, leave)
    gate.set()
    maker.join()
    assert got == [7]
    assert cache.get("k", lambda: 9) == (7, pytest.approx(0, abs=6e4), True)
    assert cache._running == {}


def test_who_waits_computes_it_when_the_first_one_leaves():
    cache, waits, calls = ResultCache(), threading.Event(), []

    class Left(BaseException):
        pass

    def leaves():
        assert waits.wait(60)
        raise Left

    def make():
        calls.append(1)
        return 7

    def first():
        with pytest.raises(Left):
            cache.get("k", leaves)

    got = []

    def second():
        got.append(cache.get("k", make, lambda ahead: waits.set())[0])

    threads = [threading.Thread(target=first)]
    threads[0].start()
    begun(cache)
    threads += [threading.Thread(target=second) for _ in range(3)]
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    assert (got, calls, cache._running) == ([7] * 3, [1], {})


def test_who_waits_for_another_ones_request_is_told_her_place():
    """First nobody knows it, then as the engine tells the one who asked."""
    cache, ends = ResultCache(), threading.Event()
    heard, first_heard = [], []

    def ask():
        while not ends.is_set():
            readers.present().wait(3)
            time.sleep(0.01)
        return 7

    def first():
        with readers.reading(readers.Reader("ada", wait=first_heard.append)):
            cache.get("k", ask)

    def wait(ahead):
        heard.append(ahead)
        if ahead == 3 or len(heard) > 100:
            ends.set()

    asks = threading.Thread(target=first)
    asks.start()
    begun(cache)
    value, _, kept = cache.get("k", lambda: 8, wait)
    asks.join()
    assert (value, kept) == (7, True)
    assert heard[-1] == 3
    assert set(heard) <= {readers.UNKNOWN, 3}
    assert set(first_heard) == {3}
    assert readers.present() is readers.NOBODY


def test_a_failure_is_not_kept():
    cache = ResultCache()

    def fail():
        raise ValueError("once")

    with pytest.raises(ValueError, match="once"):
        cache.get("k", fail)
    assert cache.get("k", lambda: 3)[0] == 3


def test_a_figure_counts_as_what_is_sent():
    many = go.Figure(go.Scatter(y=np.arange(5000.0)))
    assert size_bytes(many) == len(many.to_json()) > 8 * 5000


def test_what_is_computed_anew_is_timed_and_not_kept(monkeypatch):
    cache, seen = ResultCache(), []
    monkeypatch.setattr(live, "CACHE", cache)
    monkeypatch.setattr(live, "log", seen.append)
    assert live.anew("charts", lambda ms: 2 * ms, 1.5) == 3
    assert (cache._entries, seen[0].name, seen[0].kept) == ({}, "charts", False)


def test_size_counts_nested_arrays():
    assert size_bytes({"a": [np.zeros(3), "xy"], "b": 5}) == 26


def test_a_view_counts_as_what_it_keeps_and_once():
    whole = np.zeros((100, 100), np.uint8)
    assert size_bytes(whole[:2, :2].T) == 10_000
    assert size_bytes([whole[0], whole[1:], whole]) == 10_000
    assert size_bytes(whole[0].copy()) == 100
