"""The rate of a route without a session: by reader and by address."""

import json

import pytest
from starlette.requests import Request

from explorer.ui import rates, routes


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def asked(cookie: str = "", host: str = "10.0.0.1") -> Request:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "http", "method": "GET", "path": routes.DECODE}
    query = b"model=nothing"
    client = {"client": (host, 1), "headers": headers, "query_string": query}
    return Request(scope | client)


def test_a_full_bucket_gives_its_burst_and_then_the_rate(clock):
    rate = rates.Rate(10, burst_s=0.5, clock=clock)
    assert [rate.take("a") for _ in range(6)] == [True] * 5 + [False]
    clock.now = 0.099  # a token takes 0.1 s
    assert not rate.take("a")
    clock.now = 0.1
    assert rate.take("a")
    assert not rate.take("a")


def test_who_was_still_saves_up_no_more_than_a_burst(clock):
    rate = rates.Rate(10, burst_s=0.5, clock=clock)
    rate.take("a")
    clock.now = 1e6
    assert sum(rate.take("a") for _ in range(100)) == 5


def test_one_who_is_too_fast_leaves_the_others_alone(clock):
    rate = rates.Rate(1, clock=clock)
    assert [rate.take("a"), rate.take("a"), rate.take("b")] == [True, False, True]


def test_memory_is_bounded_and_the_longest_silent_is_forgotten(clock):
    rate = rates.Rate(1, most_known=2, clock=clock)
    for who in "abc":
        assert rate.take(who)
    assert not rate.take("c")
    assert rate.take("a")  # forgotten, so full again


@pytest.mark.parametrize("name", rates.READER_COOKIES)
def test_a_reader_is_told_by_her_cookie(clock, name):
    bounds = rates.Bounds(rates.Rate(1, clock=clock), rates.Rate(100, clock=clock))
    assert bounds.allow(asked(f"{name}=a"))
    assert not bounds.allow(asked(f"{name}=a"))
    assert bounds.allow(asked(f"{name}=b"))


def test_a_course_names_its_cookie_and_the_reader_is_told_by_it(clock):
    bounds = rates.Bounds(rates.Rate(1, clock=clock), rates.Rate(100, clock=clock))
    assert bounds.allow(asked("explorer_reader_8501=a; _streamlit_xsrf=1"))
    assert not bounds.allow(asked("explorer_reader_8501=a; _streamlit_xsrf=2"))
    assert bounds.allow(asked("explorer_reader_8501=b; _streamlit_xsrf=1"))


def test_made_up_cookies_still_meet_the_bound_of_the_address(clock):
    bounds = rates.Bounds(rates.Rate(1, clock=clock), rates.Rate(5, clock=clock))
    allowed = [bounds.allow(asked(f"explorer_reader={i}")) for i in range(9)]
    assert allowed == [True] * 5 + [False] * 4
    assert bounds.allow(asked("explorer_reader=1", host="10.0.0.2")) is False  # hers
    assert bounds.allow(asked("explorer_reader=x", host="10.0.0.2"))


def test_the_route_says_so(awaited, monkeypatch, clock):
    monkeypatch.setattr(rates, "LIVE", rates.Bounds(rates.Rate(1, clock=clock)))
    first = awaited(routes.decode(asked("explorer_reader=a")))
    second = awaited(routes.decode(asked("explorer_reader=a")))
    assert (first.status_code, second.status_code) == (400, 429)
    assert json.loads(second.body) == "Too many pictures at once; move again."


def test_a_drag_at_sixty_a_second_is_never_refused(clock):
    bounds = rates.Bounds(rates.Rate(rates.READER_RATE, clock=clock))
    for _ in range(600):
        clock.now += 1 / 60
        assert bounds.allow(asked("explorer_reader=a"))
