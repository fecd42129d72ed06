"""The route of live drags: what it answers, and what it refuses with a sentence."""

import json
from concurrent.futures import Future
from urllib.parse import urlencode

import cv2
import numpy as np
import pytest
from starlette.requests import Request

from explorer.models import engine, meters, queueing, zoo
from explorer.ui import routes

NAME = "digits_vae_2"
CONDITIONAL = "digits_cvae_10"


@pytest.fixture
def ask(dragged):
    """Answer a request as the server would, without a server."""
    return lambda **values: dragged(urlencode({"model": NAME, "z": "0,0"} | values))


def said(answer):
    return json.loads(answer.body)


@pytest.fixture(scope="module")
def shipped():
    if NAME not in zoo.records():
        pytest.skip("the digits are not trained yet")
    # Torch takes its time to come in; a route has but a few seconds.
    engine.run(NAME, "decode", z=np.zeros((1, 2), np.float32))


@pytest.mark.usefixtures("shipped")
def test_picture_equals_the_engine_own(ask):
    answer = ask(z="0.5,-1.25")
    assert answer.status_code == 200
    assert answer.media_type == "image/png"
    found = cv2.imdecode(np.frombuffer(answer.body, np.uint8), cv2.IMREAD_GRAYSCALE)
    z = np.array([[0.5, -1.25]], np.float32)
    wanted = engine.run(NAME, "decode", z=z).arrays["images"][0]
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"z": "0"}, "z has 1 numbers; this network takes 2"),
        ({"z": "0,x"}, "must be numbers"),
        ({"z": "0,nan"}, "beyond 8"),
        ({"z": "0,8.01"}, "beyond 8"),
        ({"model": "../../etc"}, "no model"),
        ({"model": "efficientnet_lite0"}, "has no decoder"),
        ({"z": "0," * 3000}, "too long"),
        ({"label": "3"}, "takes no label"),
    ],
)
def test_what_does_not_fit_gets_a_sentence(ask, values, words):
    answer = ask(**values)
    assert answer.status_code == 400
    assert words in said(answer)


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("label", ["x", "", "-1", "10", "1.0", "9" * 26, "9" * 3500])
def test_a_label_that_no_class_has_is_the_askers_mistake(ask, label):
    answer = ask(model=CONDITIONAL, z="0" + ",0" * 9, label=label)
    assert answer.status_code == 400
    assert said(answer) == "label must be a whole number, 0 to 9."


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("label", ["0", "9"])
def test_the_first_and_the_last_class_are_decoded(ask, label):
    engine.run(CONDITIONAL, "decode", z=np.zeros((1, 10), np.float32), label=0)
    assert ask(model=CONDITIONAL, z="0" + ",0" * 9, label=label).status_code == 200


@pytest.mark.usefixtures("shipped")
def test_a_network_of_classes_asks_for_one(ask):
    answer = ask(model=CONDITIONAL, z="0" + ",0" * 9)
    assert (answer.status_code, said(answer)) == (
        400,
        "label must be a whole number, 0 to 9.",
    )


@pytest.mark.usefixtures("shipped")
def test_the_bound_itself_is_allowed(ask):
    assert ask(z="8,-8").status_code == 200


def test_a_full_house_is_said_at_once(ask):
    for _ in range(routes.AT_ONCE):
        assert routes._room.acquire(blocking=False)
    try:
        answer = ask()
    finally:
        for _ in range(routes.AT_ONCE):
            routes._room.release()
    assert answer.status_code == 503
    assert "busy" in said(answer)


@pytest.mark.usefixtures("shipped")
def test_who_left_is_not_decoded_for(awaited, monkeypatch):
    waiting = Future()
    monkeypatch.setattr(engine, "submit", lambda *asked, **given: waiting)

    async def gone():
        return {"type": "http.disconnect"}

    query = urlencode({"model": NAME, "z": "0,0"}).encode()
    scope = {"type": "http", "method": "GET", "path": routes.DECODE, "headers": []}
    request = Request(scope | {"query_string": query}, gone)
    assert awaited(routes.decode(request)).status_code == routes.GONE
    assert waiting.cancelled()


@pytest.mark.usefixtures("shipped")
def test_a_decoder_too_late_is_given_up(ask, monkeypatch):
    waiting = Future()
    monkeypatch.setattr(engine, "submit", lambda *asked, **given: waiting)
    monkeypatch.setattr(routes, "TIMEOUT_S", 0.05)
    answer = ask()
    assert answer.status_code == 503
    assert "in time" in said(answer)
    assert waiting.cancelled()


def shed():
    """How many were turned away, wherever it was counted."""
    (family,) = meters.SHED.collect()
    return sum(s.value for s in family.samples if s.name.endswith("_total"))


@pytest.mark.usefixtures("shipped")
def test_who_is_turned_away_by_the_engine_is_counted_once(ask, monkeypatch):
    monkeypatch.setattr(queueing, "MAX_EACH", 0)
    before = shed()
    assert ask().status_code == 503
    assert shed() == before + 1


@pytest.mark.usefixtures("shipped")
def test_a_busy_engine_is_said_with_the_place(ask, monkeypatch):
    def busy(*asked, **given):
        refused = Future()
        refused.set_exception(engine.BusyError(12))
        return refused

    monkeypatch.setattr(engine, "submit", busy)
    answer = ask()
    assert answer.status_code == 503
    assert said(answer) == "The machine is busy: 12 requests are before yours."


def test_readers_behind_one_address_are_told_apart_by_their_cookies():
    def name(cookie):
        headers = [(b"cookie", cookie)] if cookie else []
        scope = {"type": "http", "client": ("10.0.0.1", 1234), "headers": headers}
        return routes.who(Request(scope)).name

    assert name(b"_streamlit_xsrf=a") == name(b"_streamlit_xsrf=a")
    assert len({name(b"_streamlit_xsrf=a"), name(b"_streamlit_xsrf=b"), name(b"")}) == 3
    assert "xsrf" not in name(b"_streamlit_xsrf=a")  # no secret of a reader is kept


def test_colour_goes_as_jpeg_and_grey_without_loss():
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (28, 20), np.uint8)
    data, kind = routes.encoded(grey)
    assert kind == "image/png"
    back = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    np.testing.assert_array_equal(back, grey)
    red = np.zeros((64, 64, 3), np.uint8)
    red[..., 0] = 200
    data, kind = routes.encoded(red)
    assert kind == "image/jpeg"
    back = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    np.testing.assert_allclose(back, red, atol=3)
