"""Processes that die: each is started again, and a reader's session has one home."""

import asyncio
import os
import re
import signal
import socket
import time

import pytest

from deploy import start
from tests.deploy.course import HEALTH, Course, get, gone, nginx, until
from tests.deploy.reader import Reader, photo


def test_a_reader_whose_process_died_stays_where_she_went(course, awaited):
    """Her session with its pictures and photos is there, though hers is back."""

    async def visit():
        async with Reader(course.url, "nms", "nms_iou=0.3") as reader:
            home = reader.cookie(course.cookie("home"))
            died = home.removeprefix("home_")
            number = course.fronts()[died]
            os.kill(number, signal.SIGKILL)
            await reader.cut()
            fresh = [get(course.url + "/nms")[0] for _ in range(20)]
            await reader.client.get(HEALTH)  # as her page does before it joins again
            await reader.join()
            iou = reader.elements["IoU threshold"].value[0]
            await asyncio.to_thread(back, died, number)
            await reader.show_photo(photo(), "hers.jpg")
            reader.page = ""  # the road map is full of pictures
            await reader.run({})
            seen = [(await reader.client.get(one)).status_code for one in reader.media]
            page = await reader.client.get("/nms")
            moved = reader.cookie(course.cookie("home"))
            return fresh, iou, seen, page.headers.get("set-cookie"), home, moved

    def back(port: str, number: int):
        until(lambda: course.fronts()[port] != number, "it is started again")
        up = f"http://127.0.0.1:{port}{HEALTH}"
        until(lambda: get(up)[0] == 200, "it answers again")
        time.sleep(11)  # and nginx sends strangers there again

    # A process starts anew, and nginx waits 10 s more: a minute is tight under load.
    fresh, iou, seen, cookie, home, moved = awaited(visit(), 180)
    assert fresh == [200] * 20
    assert iou == 0.3
    assert seen
    assert set(seen) == {200}
    assert moved != home
    assert cookie is None  # nothing to say: she lives there
    course.wait()


def test_a_home_that_nobody_has_is_as_none(course):
    for name in ("home_1", "home_99999999", "http://elsewhere", "explorer"):
        hers = f"{course.cookie('home')}={name}"
        status, headers, _ = get(course.url + "/nms", Cookie=hers)
        assert status == 200
        assert re.search(r"explorer_home_\d+=home_\d+;", headers["set-cookie"])


def test_nginx_that_dies_is_started_again_though_it_left_its_workers(course):
    number = course.nginx()
    os.kill(number, signal.SIGKILL)
    until(lambda: course.nginx() != number, "it is started again")
    course.wait()


without_nginx = pytest.mark.skipif(
    nginx() is None, reason="a course needs nginx: apt-get install nginx"
)


@without_nginx
def test_a_second_signal_while_it_stops_leaves_no_process_behind(tmp_path):
    other = Course(tmp_path / "course.log")
    try:
        numbers = until(
            lambda: len(n := list(other.fronts().values())) == 2 and n, "two started"
        )
        other.signal(signal.SIGTERM)
        time.sleep(0.1)
        for _ in range(20):
            other.signal(signal.SIGTERM)
            time.sleep(0.01)
    finally:
        other.close()
    assert "Traceback" not in (tmp_path / "course.log").read_text()
    until(lambda: gone(numbers), "all ended with it")


@without_nginx
def test_ports_that_another_course_has_are_refused(monkeypatch):
    monkeypatch.setattr(start, "LEFT_S", 0.1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(start.Hopeless, match=f"Port {port} cannot be had"):
            start.chosen_ports(1, port, 0)
        with pytest.raises(start.Hopeless, match=f"Port {port} .* another --port"):
            start.check(start.arguments([f"--port={port}"]))
    assert start.arguments([]).first_port == 0
    assert len(set(start.chosen_ports(3, 0, 0))) == 3
