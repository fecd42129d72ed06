"""The load test's readers on a live server: what they do is what a browser would."""

import asyncio

import pytest

from benchmarks import load
from benchmarks.load_plan import ARITHMETIC, NETWORK
from benchmarks.load_reader import DRAG, OPEN, PHOTO, photo
from benchmarks.load_server import Server, get
from benchmarks.load_wire import Wire

READ_S = 5.0
MOST_ROUNDS = 4  # on a machine too slow to do all in the first


@pytest.fixture
def on_the_side(awaited):
    """Await on a thread of its own, as long as a loaded machine takes."""

    def wait(coroutine):
        async def bounded():
            async with asyncio.timeout(55):
                return await coroutine

        return awaited(bounded())

    return wait


def test_three_readers_open_move_upload_and_drag_without_an_error(app_url, on_the_side):
    done, errors = dict.fromkeys((ARITHMETIC, NETWORK, OPEN, PHOTO, DRAG), 0), {}
    for turn in range(MOST_ROUNDS):
        book = on_the_side(load.crowd(Server(app_url), 3, READ_S, turn))
        errors |= book.errors
        done = {kind: n + len(book.ms[kind]) for kind, n in done.items()}
        assert book.failed == 0, errors
        if all(done.values()):
            break
    assert all(done.values()), done
    assert errors == {}


def test_a_moved_control_reaches_the_script_and_a_photo_the_page(app_url, on_the_side):
    async def visit():
        wire = Wire(app_url, "hog")
        found = {}
        try:
            await wire.open()
            found["at first"] = {w.label for w in wire.widgets.values()}
            part = next(w for w in wire.widgets.values() if w.label == "Part")
            await wire.move(part, "Masks")
            found["moved"] = {w.label for w in wire.widgets.values()}
            run = await wire.upload("mine.jpg", photo(1), "image/jpeg")
            found["photo"] = {str(w.value) for w in wire.widgets.values()}
            found["refused"] = await wire.upload("no.jpg", b"no photo", "image/jpeg")
            return run, found, wire.params
        finally:
            await wire.close()

    run, found, params = on_the_side(visit())
    assert "Normalisation" in found["at first"]
    assert "Normalisation" not in found["moved"]
    assert run.errors == []
    assert "Your photo: mine.jpg" in found["photo"]
    assert "Masks" in found["photo"]  # the control stays where the reader put it
    assert params == {"hog_part": "Masks", "image": "own"}
    assert any("no.jpg" in one for one in found["refused"].errors)


def test_the_live_server_says_alive_ready_and_its_numbers(app_url):
    assert get(app_url + "/healthz")[0] == 200
    status, said = get(app_url + "/readyz")
    assert status in (200, 503)
    assert said.endswith(".")
    assert Server(app_url).metric("explorer_readers") >= 0
    assert Server(app_url).metric("process_resident_memory_bytes") > 1e7
    assert "explorer_route_seconds_count" in get(app_url + "/metrics")[1]
